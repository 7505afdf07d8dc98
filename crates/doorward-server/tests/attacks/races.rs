//! Thirty-two at once: ASVS 2.3.3, 15.4.1 and 15.4.2. Whatever can be used once is used once.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::{
    support::Answer,
    world::{PASSWORD, World},
};

const MANY: usize = 32;

fn winners(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 200).count()
}

#[test]
fn better_auth_issue_4039_thirty_two_sign_ups_make_one_account() {
    let world = World::new();
    let answers = world.at_once(MANY, |number| {
        // Half of them by the other door, and in other spellings of the one address.
        let email = if number % 3 == 0 { "ADA@Example.com" } else { "ada@example.com" };
        let body = json!({ "name": "x", "email": email, "password": format!("password number {number}") });
        world.post(if number % 2 == 0 { "/sign-up/email" } else { "/signup" }, &[], &body)
    });
    assert_eq!(winners(&answers), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 422)));
    assert_eq!(world.column(r#"SELECT email FROM "user""#), ["ada@example.com"]);
    assert_eq!(world.column(r#"SELECT "providerId" FROM account"#), ["credential"]);
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    let works = world.sign_in("ada@example.com", &format!("password number {winner}"));
    assert_eq!(works.status, 200, "the winner's password is the one that works");
    let other = world.sign_in("ada@example.com", &format!("password number {}", (winner + 1) % MANY));
    assert_eq!(other.status, 401);
}

#[test]
fn asvs_6_5_1_a_reset_link_works_once_among_thirty_two() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    world.post("/request-password-reset", &[], &json!({ "email": ada.email, "redirectTo": "/reset" }));
    let link = world.link_to(&ada.email);
    let token = link.split("reset-password/").nth(1).unwrap().split('?').next().unwrap();
    let answers = world.at_once(MANY, |number| {
        let body = json!({ "token": token, "newPassword": format!("password number {number}") });
        world.post("/reset-password", &[], &body)
    });
    assert_eq!(winners(&answers), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)));
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    assert_eq!(world.sign_in(&ada.email, &format!("password number {winner}")).status, 200);
    assert_eq!(world.sign_in(&ada.email, PASSWORD).status, 401, "the old password is gone");
    let again = world.post("/reset-password", &[], &json!({ "token": token, "newPassword": "one more password" }));
    assert_eq!(again.status, 400);
}

#[test]
fn cve_2026_1035_thirty_two_refreshes_make_one_lineage() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let (_, refresh) = world.short_sign_in(&ada.email);
    let answers = world.at_once(MANY, |_| world.post("/refresh", &[], &json!({ "refreshToken": refresh })));
    let successors: HashSet<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.json()["refreshToken"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(successors.len(), 1, "everybody who gets a successor gets the same one");
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401)));
    // Six at once are a browser with six tabs; thirty-two are somebody else, so that the family has ended.
    assert!(winners(&answers) <= 6, "{}", winners(&answers));
    for successor in successors {
        assert_eq!(
            world.post("/refresh", &[], &json!({ "refreshToken": successor })).status,
            401,
            "the family lives on"
        );
    }
}

#[test]
fn asvs_15_4_2_a_deletion_link_works_once_among_thirty_two() {
    let world = World::with(&[("DOORWARD_DELETE_USER_MAIL", "on")]);
    let ada = world.member("ada@example.com");
    assert_eq!(world.with_bearer("POST", "/delete-user", &ada.bearer, &json!({})).status, 200);
    let link = world.link_to(&ada.email);
    let answers = world.at_once(MANY, |_| world.get(&link, &[("Cookie", &ada.cookie)]));
    let gone = answers.iter().filter(|answer| matches!(answer.status, 200 | 302)).count();
    assert_eq!(gone, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert!(world.column(r#"SELECT id FROM "user""#).is_empty() && world.column("SELECT id FROM session").is_empty());
}

#[test]
fn asvs_15_4_2_an_address_goes_to_one_of_those_who_prove_it() {
    let world = World::new();
    let people: Vec<_> = (0..4).map(|number| world.member(&format!("person{number}@example.com"))).collect();
    let links: Vec<_> = people
        .iter()
        .map(|person| {
            let asked = world.with_bearer(
                "POST",
                "/change-email",
                &person.bearer,
                &json!({ "newEmail": "wanted@example.com" }),
            );
            assert_eq!(asked.status, 200);
            world.link_to("wanted@example.com")
        })
        .collect();
    let answers = world.at_once(MANY, |number| world.get(&links[number % links.len()], &[]));
    assert!(answers.iter().all(|answer| answer.status < 500));
    assert_eq!(world.column(r#"SELECT email FROM "user" WHERE email = 'wanted@example.com'"#).len(), 1);
    assert_eq!(world.column(r#"SELECT email FROM "user""#).len(), 4);
}

#[test]
fn asvs_15_4_2_a_task_is_deleted_once_and_a_revoked_session_mints_nothing() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let task = world.tasks("POST", "", &token, &json!({ "title": "x" })).json();
    let path = format!("/{}", task["id"].as_str().unwrap());
    let answers = world.at_once(MANY, |_| world.tasks("DELETE", &path, &token, &Value::Null));
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    // Sign-out against thirty-one who use the session at that moment: whatever they got, nothing works afterwards.
    let (_, refresh) = world.short_sign_in(&ada.email);
    let answers = world.at_once(MANY, |number| match number {
        0 => world.post("/sign-out", &[("Cookie", &ada.cookie)], &json!({})),
        number if number % 2 == 0 => world.with_bearer("GET", "/token", &ada.bearer, &Value::Null),
        _ => world.with_bearer("GET", "/get-session", &ada.bearer, &Value::Null),
    });
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 401)));
    assert!(!world.is_signed_in(&ada.bearer));
    assert_eq!(world.with_bearer("GET", "/token", &ada.bearer, &Value::Null).status, 401);
    assert_eq!(world.post("/refresh", &[], &json!({ "refreshToken": refresh })).status, 200, "another session goes on");
}

#[test]
fn better_auth_issue_6215_thirty_two_first_tokens_make_one_key() {
    let world = World::new();
    let people: Vec<_> = (0..2).map(|number| world.member(&format!("person{number}@example.com"))).collect();
    let answers = world.at_once(MANY, |number| match number % 3 {
        0 => world.get("/api/auth/jwks", &[]),
        _ => world.with_bearer("GET", "/token", &people[number % 2].bearer, &Value::Null),
    });
    assert_eq!(winners(&answers), MANY);
    assert_eq!(world.column("SELECT id FROM jwks").len(), 1);
}

#[test]
fn asvs_11_5_2_values_made_under_load_are_all_different() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let answers = world.at_once(MANY, |_| world.sign_in(&ada.email, PASSWORD));
    assert_eq!(winners(&answers), MANY, "sign-ins wait for their turn");
    let tokens: HashSet<_> = answers.iter().map(|answer| answer.json()["token"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tokens.len(), MANY);
    assert!(tokens.iter().all(|token| token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    let ids: HashSet<_> = world.column("SELECT id FROM session").into_iter().collect();
    assert_eq!(ids.len(), MANY + 1);
}
