//! Mails that somebody else had a hand in: where their links lead, and what they say.

use serde_json::json;

use crate::{
    support::request,
    world::{PASSWORD, World},
};

#[test]
fn cve_2023_49097_a_reset_link_leads_to_the_configured_host_alone() {
    for trusted in ["", "127.0.0.1/32"] {
        let world = World::with(&[("DOORWARD_TRUSTED_PROXIES", trusted)]);
        world.member("ada@example.com");
        let body = json!({ "email": "ada@example.com", "redirectTo": "/reset" }).to_string();
        let headers = [
            ("X-Forwarded-Host", "evil.example"),
            ("X-Forwarded-Server", "evil.example"),
            ("X-Host", "evil.example"),
            ("X-Original-Host", "evil.example"),
            ("X-HTTP-Host-Override", "evil.example"),
            ("Forwarded", "host=evil.example;proto=https"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Port", "4711"),
            ("X-Forwarded-Prefix", "/evil"),
            ("X-Original-URL", "https://evil.example/"),
            ("X-Rewrite-URL", "https://evil.example/"),
            ("Origin", world.origin.as_str()),
        ];
        for header in headers {
            let all = [("Content-Type", "application/json"), header];
            let answer = world.send("POST", "/api/auth/request-password-reset", &all, &body);
            assert_eq!(answer.status, 200, "{header:?}: {}", answer.body);
            let link = world.link_to("ada@example.com"); // fails when it leads elsewhere
            assert!(link.starts_with("/api/auth/reset-password/"), "{header:?}: {link}");
        }
        for host in [
            "evil.example",
            "evil.example:80",
            "127.0.0.1@evil.example",
            "evil.example#",
            "evil.example/x",
            "",
            "a b",
            "[::1",
        ] {
            let text =
                request("POST", "/api/auth/request-password-reset", &[("Content-Type", "application/json")], &body);
            let answer = world.raw(text.replace("Host: localhost", &format!("Host: {host}")));
            assert!(matches!(answer.status, 200 | 400), "{host}: {}", answer.status);
            if answer.status == 200 {
                world.link_to("ada@example.com");
            }
        }
        let absolute = "http://evil.example/api/auth/request-password-reset";
        let answer = world.send("POST", absolute, &[("Content-Type", "application/json")], &body);
        assert!(matches!(answer.status, 200 | 400 | 404));
        if answer.status == 200 {
            world.link_to("ada@example.com");
        }
        for (_, letter) in world.letters("ada@example.com") {
            assert!(!letter.contains("evil"), "{letter}");
        }
    }
}

#[test]
fn cwe_93_nobody_writes_the_head_of_a_mail() {
    let world = World::with(&[("DOORWARD_REQUIRE_EMAIL_VERIFICATION", "on")]);
    for (number, name) in
        ["x\r\nBcc: eve@example.com", "x\nSubject: y", "x\u{0}", "x\u{85}Bcc: e@e.co"].into_iter().enumerate()
    {
        let body = json!({ "name": name, "email": format!("person{number}@example.com"), "password": PASSWORD });
        assert_eq!(world.post("/sign-up/email", &[], &body).status, 400, "{name:?}");
    }
    for email in [
        "a@example.com\r\nBcc: eve@example.com",
        "a@example.com,eve@example.com",
        "a@example.com;eve@example.com",
        "<a@example.com>",
        "a@example.com eve@example.com",
        "\"a b\"@example.com",
        "a@example.com%0aBcc:eve@example.com",
        "Eve <eve@example.com>",
        "a@[127.0.0.1]",
        "a@b@example.com",
        "a\u{ff20}example.com",
        "\u{430}da@example.com",
    ] {
        for path in ["/sign-up/email", "/request-password-reset", "/send-verification-email"] {
            let body = json!({ "name": "x", "email": email, "password": PASSWORD });
            assert_eq!(world.post(path, &[], &body).status, 400, "{path}: {email:?}");
        }
    }
    let good = json!({ "name": "Ada Lovelace", "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(world.post("/sign-up/email", &[], &good).status, 200);
    assert!(world.letters("eve@example.com").is_empty());
    let letter = world.letters("ada@example.com").pop().unwrap().1;
    assert_eq!(
        letter.to_lowercase().matches("\nto:").count() + usize::from(letter.to_lowercase().starts_with("to:")),
        1
    );
    assert!(letter.contains("Hello Ada Lovelace,"), "{letter}");
}

#[test]
fn cwe_451_a_name_is_no_message_to_somebody_else() {
    // Whoever signs up with somebody else's address chooses the name that the mail greets.
    let world = World::with(&[("DOORWARD_REQUIRE_EMAIL_VERIFICATION", "on")]);
    let long = "Congratulations you have won ".repeat(5);
    for (number, name) in [
        "see https://evil.example/prize",
        "go to www.evil.example now",
        "evil.example",
        "call +1 900 555 0100 or write to eve@evil.example",
        "evil\u{3002}example",
        &long,
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("victim{number}@example.com");
        let body = json!({ "name": name, "email": email, "password": PASSWORD });
        assert_eq!(world.post("/sign-up/email", &[], &body).status, 200, "{name}");
        world.link_to(&email);
        let body = json!({ "email": email, "redirectTo": "/reset" });
        assert_eq!(world.post("/request-password-reset", &[], &body).status, 200);
        let letter = loop {
            if let Some((_, letter)) = world.letters(&email).pop() {
                break letter;
            }
        };
        assert!(
            letter.contains("Hello,") && !letter.contains("evil") && !letter.contains("Congratulations"),
            "{letter}"
        );
    }
}
