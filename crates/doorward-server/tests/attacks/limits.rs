//! Guessing, and the ways around its limits: ASVS 6.1.1, 6.3.1, 2.4.1, NIST SP 800-63B.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    support::{Answer, request},
    world::{PASSWORD, World},
};

const ON: (&str, &str) = ("DOORWARD_RATE_LIMIT", "on");

fn guess(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("Content-Type", "application/json"), ("Origin", world.origin.as_str())];
    all.extend_from_slice(headers);
    world.send("POST", path, &all, r#"{"email":"ada@example.com","password":"a wrong password"}"#)
}

/// A world where this machine has used up its three sign-ins for the next ten seconds.
fn exhausted(variables: &[(&str, &str)]) -> World {
    let world = World::with(variables);
    for _ in 0..3 {
        assert_eq!(guess(&world, "/api/auth/sign-in/email", &[]).status, 401);
    }
    let refused = guess(&world, "/api/auth/sign-in/email", &[]);
    assert_eq!(refused.status, 429);
    world
}

#[test]
fn rfc6585_4_a_refusal_says_how_long_to_wait() {
    let world = exhausted(&[ON]);
    let refused = guess(&world, "/api/auth/sign-in/email", &[]);
    for name in ["retry-after", "x-retry-after"] {
        let seconds: u32 = refused.header(name).unwrap().parse().unwrap();
        assert!((1..=10).contains(&seconds), "{name}: {seconds}");
    }
    assert_eq!(refused.header("set-cookie"), None);
}

#[test]
fn cve_2026_45364_no_header_makes_one_client_many() {
    let world = exhausted(&[ON]);
    let names = [
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "X-Client-IP",
        "CF-Connecting-IP",
        "True-Client-IP",
        "X-Cluster-Client-IP",
        "Fastly-Client-IP",
        "X-Originating-IP",
        "X-Remote-IP",
        "X-Remote-Addr",
        "Via",
        "X-Envoy-External-Address",
        "X-ProxyUser-Ip",
    ];
    for name in names {
        for address in [
            "203.0.113.7",
            "198.51.100.1, 203.0.113.8",
            "for=203.0.113.9",
            "127.0.0.1",
            "::1",
            "unknown",
            "",
            "2001:db8::1",
        ] {
            assert_eq!(guess(&world, "/api/auth/sign-in/email", &[(name, address)]).status, 429, "{name}: {address}");
        }
    }
    let twice = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "203.0.113.8")];
    assert_eq!(guess(&world, "/api/auth/sign-in/email", &twice).status, 429);
    let other = [("User-Agent", "another"), ("Accept-Language", "tlh"), ("Cookie", "a=b")];
    assert_eq!(guess(&world, "/api/auth/sign-in/email", &other).status, 429);
}

#[test]
fn cve_2026_45364_behind_a_proxy_spellings_and_neighbours_are_one_client() {
    let behind = [ON, ("DOORWARD_TRUSTED_PROXIES", "127.0.0.1/32, 10.0.0.0/8")];
    let same = [
        ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:DB8:1:2:0:0:0:9"],
        ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201", "192.0.2.1:4711"],
        ["198.51.100.1", "203.0.113.1, 198.51.100.1", "6.6.6.6, 7.7.7.7,198.51.100.1", "x, 198.51.100.1, 10.1.2.3"],
    ];
    for addresses in same {
        let world = World::with(&behind);
        for address in &addresses[..3] {
            assert_eq!(
                guess(&world, "/api/auth/sign-in/email", &[("X-Forwarded-For", address)]).status,
                401,
                "{address}"
            );
        }
        let last = guess(&world, "/api/auth/sign-in/email", &[("X-Forwarded-For", addresses[3])]);
        assert_eq!(last.status, 429, "{} is the same client", addresses[3]);
        let other = guess(&world, "/api/auth/sign-in/email", &[("X-Forwarded-For", "203.0.113.200")]);
        assert_eq!(other.status, 401, "somebody else is not held up");
    }
}

#[test]
fn ghsa_x732_6j76_qmhm_no_spelling_of_a_path_escapes_its_limit() {
    let world = exhausted(&[ON]);
    let absolute = format!("{}/api/auth/sign-in/email", world.origin);
    let paths = [
        "//api/auth/sign-in/email",
        "/api//auth/sign-in/email",
        "/api/auth//sign-in/email",
        "/api/auth/sign-in//email",
        "/api/auth/sign-in/email/",
        "/api/auth/sign-in/email//",
        "/api/auth/./sign-in/email",
        "/api/auth/x/../sign-in/email",
        "/x/../api/auth/sign-in/email",
        "/api/auth/sign-in%2Femail",
        "/api/auth/sign-in%2femail",
        "/api/auth/sign%2din/email",
        "/api/auth/%73ign-in/email",
        "/api%2Fauth/sign-in/email",
        "/API/AUTH/SIGN-IN/EMAIL",
        "/api/auth/Sign-In/Email",
        "/api/auth/sign-in/email?x=1",
        "/api/auth/sign-in/email?",
        "/api/auth/sign-in/email#x",
        "/api/auth/sign-in/email;x=1",
        "/api/auth/sign-in/email%20",
        "/api/auth/sign-in/email%00",
        "/api/auth/sign-in/email%09",
        "/api/auth/sign-in/email.json",
        "/api/auth/sign-in/email%3Fx",
        "/api/auth\\sign-in\\email",
        "/api/auth/sign-in/%65mail",
        "/api/auth/sign-in/email/..",
        "/sign-in/email",
        "*",
        &absolute,
        "http://evil.example/api/auth/sign-in/email",
        "HTTP://EVIL.EXAMPLE//api/auth/sign-in/email",
    ];
    for path in paths {
        let answer = guess(&world, path, &[]);
        assert!(matches!(answer.status, 400 | 404 | 405 | 429), "{path} was evaluated: {}", answer.status);
    }
}

#[test]
fn asvs_6_3_4_all_doors_share_one_count_of_wrong_passwords() {
    let world = World::with(&[ON]);
    let ada = world.member("ada@example.com");
    let wrong = "a wrong password";
    let mut evaluated = 0;
    let mut count = |answer: Answer| {
        assert!(matches!(answer.status, 400 | 401 | 429), "{}: {}", answer.status, answer.body);
        evaluated += u32::from(answer.status != 429);
    };
    for _ in 0..12 {
        count(guess(&world, "/api/auth/sign-in/email", &[]));
        count(guess(&world, "/api/auth/signin", &[]));
        count(world.with_bearer("POST", "/verify-password", &ada.bearer, &json!({ "password": wrong })));
        let body = json!({ "currentPassword": wrong, "newPassword": "a new long password" });
        count(world.with_bearer("POST", "/change-password", &ada.bearer, &body));
        count(world.with_bearer("POST", "/delete-user", &ada.bearer, &json!({ "password": wrong })));
    }
    assert_eq!(evaluated, 10, "ten a minute from one address, whatever the door");
    assert_eq!(world.column(r#"SELECT email FROM "user""#), ["ada@example.com"]);
}

#[test]
fn asvs_6_3_1_an_account_is_tried_twenty_times_an_hour_from_anywhere() {
    let world = World::with(&[ON]);
    world.member("ada@example.com");
    let statuses: Vec<_> = (1..=60)
        .map(|number| world.sign_in_from([127, 0, 1, number], "ada@example.com", "a wrong password").status)
        .collect();
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 20, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)));
    // Where she signed up, and is signed in, the owner gets through all the same.
    assert_eq!(world.sign_in("ada@example.com", PASSWORD).status, 200);
    // And an address that nobody has is counted alike, so that the limit tells nothing either.
    let unknown: Vec<_> = (1..=60)
        .map(|number| world.sign_in_from([127, 0, 2, number], "nobody@example.com", "a wrong password").status)
        .collect();
    assert_eq!(unknown, statuses);
}

#[test]
fn asvs_6_1_1_an_attack_from_elsewhere_locks_no_owner_out() {
    let world = World::with(&[ON]);
    world.member("ada@example.com");
    let until = Instant::now() + Duration::from_secs(3);
    let (mut signed_in, mut tries, mut refused) = (0, 0, 0);
    while Instant::now() < until {
        for _ in 0..10 {
            refused +=
                u32::from(world.sign_in_from([127, 0, 0, 66], "ada@example.com", "a wrong password").status == 429);
        }
        if tries < 3 {
            tries += 1;
            signed_in += u32::from(world.sign_in_from([127, 0, 0, 77], "ada@example.com", PASSWORD).status == 200);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(signed_in, tries, "the owner, from an address of her own, every time");
    assert!(refused > 20, "{refused} guesses were refused");
}

#[test]
fn asvs_6_3_1_right_passwords_and_other_people_are_not_held_up() {
    let world = World::with(&[ON]);
    world.member("ada@example.com");
    for _ in 0..20 {
        world.sign_in_from([127, 0, 0, 66], "ada@example.com", "a wrong password");
    }
    // The attacker's own address is refused for other people as well, but nobody else is.
    assert_eq!(world.sign_in_from([127, 0, 0, 66], "ada@example.com", PASSWORD).status, 429);
    for number in 100..110 {
        assert_eq!(world.sign_in_from([127, 0, 0, number], "ada@example.com", PASSWORD).status, 200, "{number}");
    }
    let session = world.raw_from([127, 0, 0, 66], request("GET", "/api/auth/get-session", &[], ""));
    assert_eq!((session.status, session.json()), (200, Value::Null), "what is no guess is still answered");
}

#[test]
fn asvs_2_4_1_mails_and_accounts_are_not_made_in_bulk() {
    let world = World::with(&[ON]);
    world.member("ada@example.com");
    let mut mails = 0;
    for _ in 0..20 {
        let body = json!({ "email": "ada@example.com", "redirectTo": "/reset" });
        let answer = world.post("/request-password-reset", &[], &body);
        assert!(matches!(answer.status, 200 | 429));
        mails += u32::from(answer.status == 200);
    }
    assert_eq!(mails, 3, "three a minute");
    let made = (0..20).filter(|number| {
        let body = json!({ "name": "x", "email": format!("bulk{number}@example.com"), "password": PASSWORD });
        world.post("/sign-up/email", &[], &body).status == 200
    });
    assert!(made.count() <= 3);
}
