//! Who has an account here: ASVS 6.3.8. The answers; their times are reported by [`crate::timing`].

use serde_json::{Value, json};

use crate::{
    support::Answer,
    world::{PASSWORD, World},
};

/// Everything of an answer that somebody can compare: status, names and values of headers, and the body.
fn seen(answer: &Answer) -> (u16, Vec<String>, String) {
    let lines = answer.head.lines().skip(1).filter(|line| !line.to_lowercase().starts_with("date:"));
    (answer.status, lines.map(str::to_owned).collect(), answer.body.clone())
}

fn assert_same(known: &Answer, unknown: &Answer, about: &str) {
    assert_eq!(seen(known), seen(unknown), "{about}");
}

#[test]
fn asvs_6_3_8_sign_in_tells_nothing() {
    let world = World::new();
    world.member("ada@example.com");
    for path in ["/sign-in/email", "/signin"] {
        let with = |email: &str| world.post(path, &[], &json!({ "email": email, "password": "a wrong password" }));
        let known = with("ada@example.com");
        assert_eq!(known.status, 401);
        for email in ["bob@example.com", "ADA@example.com", "aDa@Example.com"] {
            assert_same(&known, &with(email), &format!("{path}: {email}"));
        }
    }
    // The same for an account that has no password, and one whose address is not verified.
    let strict = World::with(&[("DOORWARD_REQUIRE_EMAIL_VERIFICATION", "on")]);
    let body = json!({ "name": "x", "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(strict.post("/sign-up/email", &[], &body).status, 200);
    let known = strict.sign_in("ada@example.com", "a wrong password");
    assert_same(&known, &strict.sign_in("bob@example.com", "a wrong password"), "not verified");
    let right = strict.sign_in("ada@example.com", PASSWORD);
    assert_eq!(right.status, 403, "only who knows the password learns that the address is not verified");
}

#[test]
fn asvs_6_3_8_asking_for_mail_tells_nothing() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    world.member("bob@example.com");
    for path in ["/request-password-reset", "/send-verification-email"] {
        let known = world.post(path, &[], &json!({ "email": "ada@example.com" }));
        assert_eq!(known.status, 200, "{}", known.body);
        assert_same(&known, &world.post(path, &[], &json!({ "email": "nobody@example.com" })), path);
    }
    let verified = world.link_to("ada@example.com");
    assert!(verified.contains("verify-email") || verified.contains("reset-password"));
    world.change_rows(r#"UPDATE "user" SET "emailVerified" = 1"#);
    let known = world.post("/send-verification-email", &[], &json!({ "email": "ada@example.com" }));
    let unknown = world.post("/send-verification-email", &[], &json!({ "email": "nobody@example.com" }));
    assert_same(&known, &unknown, "an address that is verified already");
    // Somebody who is signed in wants another's address.
    let taken = world.with_bearer("POST", "/change-email", &ada.bearer, &json!({ "newEmail": "bob@example.com" }));
    let free = world.with_bearer("POST", "/change-email", &ada.bearer, &json!({ "newEmail": "free@example.com" }));
    assert_same(&taken, &free, "change-email");
    assert!(world.letters("nobody@example.com").is_empty());
}

#[test]
fn asvs_6_3_8_private_sign_up_tells_nothing() {
    for setting in [
        ("DOORWARD_PRIVATE_SIGN_UP", "on"),
        ("DOORWARD_PRESET", "hardened"),
        ("DOORWARD_REQUIRE_EMAIL_VERIFICATION", "on"),
    ] {
        let world = World::with(&[setting]);
        let up = |email: &str, name: &str| {
            world.post(
                "/sign-up/email",
                &[],
                &json!({ "name": name, "email": email, "password": PASSWORD, "image": "https://x.example/y" }),
            )
        };
        assert_eq!(up("ada@example.com", "The real Ada").status, 200);
        let (known, unknown) = (up("ada@example.com", "A Person"), up("bob@example.com", "A Person"));
        assert_eq!((known.status, unknown.status), (200, 200));
        let shape = |answer: &Answer, email: &str| {
            let mut body = answer.json();
            for name in ["id", "createdAt", "updatedAt"] {
                assert_eq!(body["user"][name].as_str().unwrap().len(), if name == "id" { 32 } else { 24 });
                body["user"][name] = Value::Null;
            }
            assert_eq!(body["user"]["email"], email);
            body["user"]["email"] = Value::Null;
            let names: Vec<_> = body["user"].as_object().unwrap().keys().cloned().collect();
            let heads = answer.head.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned());
            (body.to_string(), names, heads.collect::<Vec<_>>())
        };
        assert_eq!(shape(&known, "ada@example.com"), shape(&unknown, "bob@example.com"), "{setting:?}");
        let short = |email: &str| seen(&world.post("/signup", &[], &json!({ "email": email, "password": PASSWORD })));
        assert_eq!(short("ada@example.com"), short("carol@example.com"), "{setting:?}");
        assert_eq!(world.column(r#"SELECT name FROM "user" WHERE email = 'ada@example.com'"#), ["The real Ada"]);
    }
}

#[test]
fn asvs_6_3_8_links_and_tokens_tell_nothing() {
    let world = World::new();
    let (ada, bob) = (world.member("ada@example.com"), world.member("bob@example.com"));
    let unknown = world.get("/api/auth/reset-password/unknown?callbackURL=%2Freset", &[]);
    let malformed = world.get("/api/auth/reset-password/%00?callbackURL=%2Freset", &[]);
    assert_same(&unknown, &malformed, "reset links");
    let revoked = world.with_bearer("POST", "/revoke-session", &ada.bearer, &json!({ "token": bob.session }));
    let nothing = world.with_bearer("POST", "/revoke-session", &ada.bearer, &json!({ "token": "unknown" }));
    assert_same(&revoked, &nothing, "somebody else's session");
    let (foreign, absent) = ("/api/tasks/00000000000000000000000000000000", "/api/tasks/x");
    let token = world.access_token(&ada);
    let bobs = world.tasks("POST", "", &world.access_token(&bob), &json!({ "title": "x" })).json();
    let access = format!("Bearer {token}");
    let headers = [("Authorization", access.as_str())];
    let theirs = world.get(&format!("/api/tasks/{}", bobs["id"].as_str().unwrap()), &headers);
    assert_same(&theirs, &world.get(foreign, &headers), "somebody else's task");
    assert_same(&theirs, &world.get(absent, &headers), "no id at all");
}
