//! The life of a session, and its end: ASVS V7.

use std::{collections::HashSet, thread, time::Duration};

use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World};

/// Asserts that nothing of a session opens anything any more; an access token ends within two seconds.
fn assert_dead(world: &World, person: &Person, access: &str, about: &str) {
    for bearer in [&person.session, &person.bearer] {
        assert!(!world.is_signed_in(bearer), "{about}");
        for path in ["/token", "/list-sessions", "/list-accounts", "/me"] {
            assert_eq!(world.with_bearer("GET", path, bearer, &Value::Null).status, 401, "{about}: {path}");
        }
    }
    assert_eq!(world.session_behind(&person.cookie), Value::Null, "{about}");
    assert_eq!(
        world.post("/update-user", &[("Cookie", &person.cookie)], &json!({ "name": "x" })).status,
        401,
        "{about}"
    );
    assert_eq!(world.with_bearer("GET", "/me", access, &Value::Null).status, 401, "{about}: /me asks for the session");
    let ended = (0..40).any(|_| {
        thread::sleep(Duration::from_millis(100));
        world.tasks("GET", "", access, &Value::Null).status == 401
    });
    assert!(ended, "{about}: the access token lives on");
}

#[test]
fn asvs_7_4_1_after_sign_out_nothing_of_the_session_opens_anything() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let access = world.access_token(&ada);
    let answer = world.post("/sign-out", &[("Cookie", &ada.cookie)], &json!({}));
    assert_eq!(answer.status, 200);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"), "{}", answer.head);
    assert_dead(&world, &ada, &access, "sign-out");
}

#[test]
fn asvs_7_4_1_an_expired_session_opens_nothing() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let (_, refresh) = world.short_sign_in(&ada.email);
    world.change_rows(r#"UPDATE session SET "expiresAt" = '2020-01-01T00:00:00.000Z'"#);
    assert!(!world.is_signed_in(&ada.bearer));
    assert_eq!(world.with_bearer("GET", "/token", &ada.bearer, &Value::Null).status, 401);
    assert_eq!(world.post("/refresh", &[], &json!({ "refreshToken": refresh })).status, 401);
}

#[test]
fn asvs_7_4_2_deleting_a_person_ends_every_session_of_theirs() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let other = world.session_of(&ada);
    let access = world.access_token(&other);
    let gone = world.with_bearer("POST", "/delete-user", &ada.bearer, &json!({ "password": PASSWORD }));
    assert_eq!(gone.status, 200, "{}", gone.body);
    assert_dead(&world, &other, &access, "deletion");
    assert!(world.column("SELECT id FROM session").is_empty());
}

#[test]
fn asvs_7_4_3_a_changed_password_can_end_all_other_sessions() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let other = world.session_of(&ada);
    let (access, refresh) = world.short_sign_in(&ada.email);
    let body =
        json!({ "currentPassword": PASSWORD, "newPassword": "another good password", "revokeOtherSessions": true });
    let answer = world.with_bearer("POST", "/change-password", &ada.bearer, &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_dead(&world, &other, &access, "a changed password");
    assert_eq!(world.post("/refresh", &[], &json!({ "refreshToken": refresh })).status, 401);
    assert!(world.is_signed_in(answer.header("set-auth-token").unwrap()), "whoever changed it goes on");
}

#[test]
fn asvs_7_4_3_the_hardened_preset_ends_them_unasked() {
    let world = World::with(&[("DOORWARD_PRESET", "hardened")]);
    let up = json!({ "name": "x", "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(world.post("/sign-up/email", &[], &up).status, 200);
    let [ada, other] = [(); 2].map(|()| world.sign_in("ada@example.com", PASSWORD));
    let [ada, other] = [ada, other].map(|answer| answer.header("set-auth-token").unwrap().to_owned());
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another good password" });
    assert_eq!(world.with_bearer("POST", "/change-password", &ada, &body).status, 200);
    assert!(!world.is_signed_in(&other), "a change");
    let again = world.sign_in("ada@example.com", "another good password").header("set-auth-token").unwrap().to_owned();
    world.post("/request-password-reset", &[], &json!({ "email": "ada@example.com", "redirectTo": "/reset" }));
    let link = world.link_to("ada@example.com");
    let token = link.split("reset-password/").nth(1).unwrap().split('?').next().unwrap();
    let reset = world.post("/reset-password", &[], &json!({ "token": token, "newPassword": "a third good password" }));
    assert_eq!(reset.status, 200);
    assert!(!world.is_signed_in(&again), "a reset");
    // A bare token, as it could be read out of a database, is worth nothing there.
    let fresh = world.sign_in("ada@example.com", "a third good password");
    assert!(!world.is_signed_in(fresh.json()["token"].as_str().unwrap()));
}

#[test]
fn asvs_7_5_2_people_see_their_sessions_and_end_them() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let others: Vec<_> = (0..3).map(|_| world.session_of(&ada)).collect();
    let access = world.access_token(&others[0]);
    let listed = world.with_bearer("GET", "/list-sessions", &ada.bearer, &Value::Null).json();
    assert_eq!(listed.as_array().unwrap().len(), 4);
    let body = json!({ "token": others[0].session });
    assert_eq!(world.with_bearer("POST", "/revoke-session", &ada.bearer, &body).status, 200);
    assert_dead(&world, &others[0], &access, "revoke-session");
    let access = world.access_token(&others[1]);
    assert_eq!(world.with_bearer("POST", "/revoke-other-sessions", &ada.bearer, &json!({})).status, 200);
    assert_dead(&world, &others[1], &access, "revoke-other-sessions");
    assert!(world.is_signed_in(&ada.bearer) && !world.is_signed_in(&others[2].bearer));
    let access = world.access_token(&ada);
    assert_eq!(world.with_bearer("POST", "/revoke-sessions", &ada.bearer, &json!({})).status, 200);
    assert_dead(&world, &ada, &access, "revoke-sessions");
}

#[test]
fn asvs_7_2_4_every_sign_in_makes_a_new_token() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let mut tokens = HashSet::from([ada.session.clone()]);
    for _ in 0..4 {
        // Whatever token somebody was led to carry into the sign-in, it is not the one they leave with.
        let body =
            json!({ "email": ada.email, "password": PASSWORD, "token": ada.session, "sessionToken": ada.session });
        let answer = world.post("/sign-in/email", &[("Cookie", &ada.cookie)], &body);
        assert!(tokens.insert(answer.json()["token"].as_str().unwrap().to_owned()));
    }
    for token in &tokens {
        assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "190 bits: {token}");
    }
    let fixed = format!("better-auth.session_token={}", "A".repeat(32));
    let answer =
        world.post("/sign-in/email", &[("Cookie", &fixed)], &json!({ "email": ada.email, "password": PASSWORD }));
    assert_ne!(answer.json()["token"], "A".repeat(32));
}

#[test]
fn asvs_7_5_1_what_matters_most_asks_for_the_password_or_a_recent_sign_in() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    world.change_rows(r#"UPDATE session SET "createdAt" = '2026-01-01T00:00:00.000Z'"#);
    assert!(world.is_signed_in(&ada.bearer));
    assert_eq!(
        world.with_bearer("GET", "/list-sessions", &ada.bearer, &Value::Null).status,
        403,
        "it would show tokens"
    );
    assert_eq!(world.with_bearer("POST", "/unlink-account", &ada.bearer, &json!({ "accountId": "x" })).status, 403);
    assert_eq!(world.with_bearer("POST", "/delete-user", &ada.bearer, &json!({})).status, 400);
    let body = json!({ "currentPassword": "a wrong password", "newPassword": "another good password" });
    assert_eq!(world.with_bearer("POST", "/change-password", &ada.bearer, &body).status, 400);
    let without = json!({ "newPassword": "another good password" });
    assert_eq!(world.with_bearer("POST", "/change-password", &ada.bearer, &without).status, 400);
    assert_eq!(world.sign_in(&ada.email, PASSWORD).status, 200);
}

#[test]
fn asvs_7_3_1_a_session_that_is_not_remembered_is_short() {
    let world = World::new();
    world.member("ada@example.com");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false });
    let answer = world.post("/sign-in/email", &[], &body);
    let lines: Vec<_> = answer.head.lines().filter(|line| line.contains("session_token=")).collect();
    assert!(lines.len() == 1 && !lines[0].contains("Max-Age"), "it ends with the browser: {lines:?}");
    let bearer = answer.header("set-auth-token").unwrap();
    let session = world.with_bearer("GET", "/get-session", bearer, &Value::Null).json();
    let text = |name: &str| {
        doorward_database::Stamp::parse(session["session"][name].as_str().unwrap()).unwrap().milliseconds()
    };
    assert_eq!(text("expiresAt") - text("createdAt"), 24 * 60 * 60 * 1000, "a day");
}

#[test]
fn asvs_7_3_2_without_refresh_a_session_ends_whatever_its_use() {
    for (refresh, slides) in [("on", true), ("off", false)] {
        let world = World::with(&[("DOORWARD_SESSION_REFRESH", refresh)]);
        let ada = world.member("ada@example.com");
        // Six days ago: it has a day to live, and an extension is due.
        world.change_rows(r#"UPDATE session SET "expiresAt" = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 day')"#);
        let before = world.column(r#"SELECT "expiresAt" FROM session"#);
        for _ in 0..3 {
            assert!(world.is_signed_in(&ada.bearer));
            assert_ne!(world.session_behind(&ada.cookie), Value::Null);
        }
        assert_eq!(world.column(r#"SELECT "expiresAt" FROM session"#) != before, slides, "refresh {refresh}");
    }
}
