//! Passwords and what stands in for them: ASVS V6.

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

fn sign_up(world: &World, email: &str, password: &str) -> u16 {
    world.post("/sign-up/email", &[], &json!({ "name": "x", "email": email, "password": password })).status
}

#[test]
fn asvs_6_2_1_eight_characters_at_least_on_every_way_in() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    world.post("/request-password-reset", &[], &json!({ "email": ada.email, "redirectTo": "/reset" }));
    let link = world.link_to(&ada.email);
    let token = link.split("reset-password/").nth(1).unwrap().split('?').next().unwrap();
    for short in ["", "a", "seven77", "\u{1f600}\u{1f600}\u{1f600}"] {
        assert_eq!(sign_up(&world, "new@example.com", short), 400, "{short}");
        assert_eq!(world.post("/signup", &[], &json!({ "email": "new@example.com", "password": short })).status, 400);
        let body = json!({ "currentPassword": PASSWORD, "newPassword": short });
        assert_eq!(world.with_bearer("POST", "/change-password", &ada.bearer, &body).status, 400, "{short}");
        let body = json!({ "token": token, "newPassword": short });
        assert_eq!(world.post("/reset-password", &[], &body).status, 400, "{short}");
    }
    let body = json!({ "token": token, "newPassword": "eight888" });
    assert_eq!(world.post("/reset-password", &[], &body).status, 200, "the refusals did not use the link up");
    assert_eq!(sign_up(&world, "new@example.com", "eight888"), 200);
}

#[test]
fn asvs_6_2_3_a_change_asks_for_the_old_password() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    for current in [json!("a wrong password"), json!(""), Value::Null, json!(true), json!({ "$ne": 1 })] {
        let body = json!({ "currentPassword": current, "newPassword": "another good password" });
        assert_eq!(world.with_bearer("POST", "/change-password", &ada.bearer, &body).status, 400, "{current}");
    }
    assert_eq!(world.sign_in(&ada.email, PASSWORD).status, 200);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another good password" });
    assert_eq!(world.with_bearer("POST", "/change-password", &ada.bearer, &body).status, 200);
    assert_eq!(world.sign_in(&ada.email, PASSWORD).status, 401);
    assert_eq!(world.sign_in(&ada.email, "another good password").status, 200);
}

#[test]
fn asvs_6_2_4_the_most_common_passwords_are_refused_where_that_is_on() {
    for setting in [("DOORWARD_REFUSE_COMMON_PASSWORDS", "on"), ("DOORWARD_PRESET", "hardened")] {
        let world = World::with(&[setting]);
        for common in [
            "password",
            "Password",
            "PASSWORD",
            "12345678",
            "123456789",
            "qwertyuiop",
            "iloveyou",
            "password1",
            "football",
            "sunshine",
        ] {
            let answer = world.post(
                "/sign-up/email",
                &[],
                &json!({ "name": "x", "email": "new@example.com", "password": common }),
            );
            assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("PASSWORD_TOO_COMMON")), "{common}");
        }
        assert_eq!(sign_up(&world, "new@example.com", PASSWORD), 200);
    }
}

#[test]
fn asvs_6_2_5_and_6_2_8_any_characters_and_each_of_them_counts() {
    let world = World::new();
    let long = format!("{}!", "x".repeat(126));
    let passwords = [
        "        ",
        " leading and trailing ",
        "correct\u{a0}horse\u{2003}battery",
        "пароль-пароль",
        "\u{1f511}\u{1f6aa}\u{1f511}\u{1f6aa}",
        "tab\tand\"quote'<>&;--\\%00$1",
        "a\u{301}e\u{301}i\u{301}o\u{301}u\u{301}",
        &long,
    ];
    for (number, password) in passwords.into_iter().enumerate() {
        let email = format!("person{number}@example.com");
        assert_eq!(sign_up(&world, &email, password), 200, "{password:?}");
        assert_eq!(world.sign_in(&email, password).status, 200, "{password:?}");
        let mut near = vec![format!("{password} "), format!(" {password}"), format!("{password}\u{0}")];
        if password.trim() != password {
            near.push(password.trim().to_owned());
        }
        let upper = password.to_uppercase();
        near.extend((upper != password).then_some(upper));
        let mut cut: String = password.to_owned();
        cut.pop();
        near.push(cut);
        for other in near {
            assert!(matches!(world.sign_in(&email, &other).status, 400 | 401), "{other:?} opens {password:?}");
        }
    }
    // bcrypt would have stopped looking after 72 bytes.
    let other = format!("{}?", "x".repeat(126));
    assert!(matches!(world.sign_in("person7@example.com", &other).status, 401), "the last character counts");
}

#[test]
fn asvs_6_2_9_sixty_four_characters_are_welcome() {
    let world = World::new();
    for (number, length) in [64, 100, 128].into_iter().enumerate() {
        let (email, password) = (format!("person{number}@example.com"), "p".repeat(length));
        assert_eq!(sign_up(&world, &email, &password), 200, "{length}");
        assert_eq!(world.sign_in(&email, &password).status, 200, "{length}");
    }
}

#[test]
fn asvs_6_3_2_nobody_is_there_before_somebody_signs_up() {
    let world = World::new();
    assert!(world.column(r#"SELECT id FROM "user""#).is_empty());
    for (email, password) in
        [("admin@example.com", "admin"), ("admin@localhost.local", "password"), ("root@example.com", "doorward")]
    {
        assert_eq!(world.sign_in(email, password).status, 401);
    }
}

#[test]
fn asvs_6_4_3_a_reset_takes_all_other_reset_links_with_it() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let eve = world.member("eve@example.com");
    let ask = |email: &str| {
        world.post("/request-password-reset", &[], &json!({ "email": email, "redirectTo": "/reset" }));
        let link = world.link_to(email);
        link.split("reset-password/").nth(1).unwrap().split('?').next().unwrap().to_owned()
    };
    let (first, second, eves) = (ask(&ada.email), ask(&ada.email), ask(&eve.email));
    let use_up = |token: &str, password: &str| {
        world.post("/reset-password", &[], &json!({ "token": token, "newPassword": password })).status
    };
    assert_eq!(use_up(&second, "another good password"), 200);
    assert_eq!(use_up(&first, "a third good password"), 400, "an older link, perhaps in somebody else's hands");
    assert_eq!(world.sign_in(&ada.email, "another good password").status, 200);
    assert_eq!(use_up(&eves, "another good password"), 200, "other people's links stay");
}

#[test]
fn asvs_6_5_3_codes_in_links_are_long_random_and_different() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let mut seen = std::collections::HashSet::new();
    for _ in 0..8 {
        world.post("/request-password-reset", &[], &json!({ "email": ada.email, "redirectTo": "/reset" }));
        let link = world.link_to(&ada.email);
        let token = link.split("reset-password/").nth(1).unwrap().split('?').next().unwrap().to_owned();
        assert!(token.len() >= 24 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "142 bits: {token}");
        assert!(seen.insert(token));
    }
    world.change_rows(r#"UPDATE verification SET "expiresAt" = '2020-01-01T00:00:00.000Z'"#);
    for token in seen {
        let late =
            world.post("/reset-password", &[], &json!({ "token": token, "newPassword": "another good password" }));
        assert_eq!(late.status, 400, "a link that is too old");
    }
}

#[test]
fn asvs_11_4_2_passwords_are_stored_slowly_and_salted() {
    for (setting, start) in [("scrypt", ""), ("argon2id", "$argon2id$v=19$m=19456,t=2,p=1$")] {
        let world = World::with(&[("DOORWARD_PASSWORD_HASH", setting)]);
        world.member("ada@example.com");
        world.member("eve@example.com");
        let stored = world.column("SELECT password FROM account");
        assert_ne!(stored[0], stored[1], "the same password, two salts");
        for hash in stored {
            assert!(!hash.contains(PASSWORD) && hash.starts_with(start), "{hash}");
            let salt_and_key = hash.split_once(':').map(|(salt, key)| (salt.len(), key.len()));
            assert!(setting != "scrypt" || salt_and_key == Some((32, 128)), "{hash}");
        }
    }
}
