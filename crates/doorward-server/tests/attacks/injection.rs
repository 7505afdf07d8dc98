//! Text that wants to be a query, a header, a log line or a script: ASVS 1.2, 1.3, 16.4.1.

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

const SQL: [&str; 14] = [
    "' OR '1'='1",
    "' OR 1=1 --",
    "'; DROP TABLE \"user\"; --",
    "\"; DROP TABLE user; --",
    "' UNION SELECT password FROM account --",
    "') OR ('1'='1",
    "admin'--",
    "1; ATTACH DATABASE '/tmp/x' AS x",
    "%' OR '%'='",
    "_%",
    "$1",
    "?1",
    "\\' OR 1=1 --",
    "\u{2019} OR 1=1 --",
];

#[test]
fn asvs_1_2_4_no_text_becomes_a_query() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let task = world.tasks("POST", "", &token, &json!({ "title": "mine" })).json();
    for text in SQL {
        let encoded = doorward_crypto::cookie::percent_encode(text);
        for email in [text.to_owned(), format!("{text}@example.com"), format!("ada@example.com{text}")] {
            let answer = world.post("/sign-in/email", &[], &json!({ "email": email, "password": "wrong password" }));
            assert!(matches!(answer.status, 400 | 401), "{email}: {}", answer.status);
        }
        let answer = world.post("/reset-password", &[], &json!({ "token": text, "newPassword": "a long password" }));
        assert_eq!(answer.status, 400, "{text}");
        assert_eq!(world.post("/refresh", &[], &json!({ "refreshToken": text })).status, 401, "{text}");
        assert_eq!(world.with_bearer("POST", "/revoke-session", &ada.bearer, &json!({ "token": text })).status, 200);
        let answer = world.with_bearer("POST", "/unlink-account", &ada.bearer, &json!({ "accountId": text }));
        assert_eq!(answer.status, 400, "{text}");
        assert_eq!(world.get(&format!("/api/auth/verify-email?token={encoded}"), &[]).status, 401, "{text}");
        for path in [
            format!("/{encoded}"),
            format!("?cursor={encoded}"),
            format!("?cursor=1-{encoded}"),
            format!("?limit={encoded}"),
        ] {
            let answer = world.tasks("GET", &path, &token, &Value::Null);
            assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        }
        assert_eq!(world.session_behind(&format!("better-auth.session_token={encoded}")), Value::Null);
        // What may be any text is kept as it is, and does nothing.
        let made = world.tasks("POST", "", &token, &json!({ "title": text })).json();
        assert_eq!(made["title"], text);
        assert_eq!(world.with_bearer("POST", "/update-user", &ada.bearer, &json!({ "name": text })).status, 200);
        assert_eq!(world.session_behind(&ada.cookie)["user"]["name"], text);
        let agent = world
            .get("/api/auth/get-session", &[("Cookie", &ada.cookie), ("User-Agent", &text.replace('\u{2019}', "'"))]);
        assert_eq!(agent.status, 200);
    }
    assert_eq!(world.column(r#"SELECT email FROM "user""#), ["ada@example.com"]);
    let titles = world.tasks("GET", "", &token, &Value::Null).json();
    assert_eq!(titles.as_array().unwrap().len(), SQL.len() + 1);
    assert!(titles.as_array().unwrap().contains(&task));
}

#[test]
fn cwe_943_operators_are_no_text() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    for value in
        [json!({ "$ne": "" }), json!({ "$gt": "" }), json!(["ada@example.com"]), json!(1), json!(true), Value::Null]
    {
        for body in [json!({ "email": value, "password": PASSWORD }), json!({ "email": ada.email, "password": value })]
        {
            for path in ["/sign-in/email", "/signin", "/sign-up/email", "/signup"] {
                assert_eq!(world.post(path, &[], &body).status, 400, "{path} {body}");
            }
        }
        assert_eq!(
            world.post("/reset-password", &[], &json!({ "token": value, "newPassword": "a long password" })).status,
            400
        );
        assert_eq!(world.post("/refresh", &[], &json!({ "refreshToken": value })).status, 400, "{value}");
        let revoked = world.with_bearer("POST", "/revoke-session", &ada.bearer, &json!({ "token": value }));
        assert_eq!(revoked.status, 400, "{value}");
    }
    for body in
        ["[]", "1", "null", "\"text\"", "", "{", "{\"email\"", "[[[[", "\u{feff}{}", "{} {}", "{'email':1}", "NaN"]
    {
        for path in ["/sign-in/email", "/signin", "/request-password-reset", "/reset-password", "/refresh"] {
            let headers = [("Content-Type", "application/json"), ("Origin", world.origin.as_str())];
            let answer = world.send("POST", &format!("/api/auth{path}"), &headers, body);
            assert_eq!(answer.status, 400, "{path} {body:?}: {}", answer.body);
        }
    }
}

#[test]
fn cwe_158_zero_bytes_and_broken_text_are_refused() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    for text in ["\u{0}", "a\u{0}b", "\u{0}@example.com"] {
        for body in [
            json!({ "name": text, "email": "new@example.com", "password": PASSWORD }),
            json!({ "name": "x", "email": format!("new{text}@example.com"), "password": PASSWORD }),
        ] {
            assert_eq!(world.post("/sign-up/email", &[], &body).status, 400, "{text:?}");
        }
        assert_eq!(world.with_bearer("POST", "/update-user", &ada.bearer, &json!({ "name": text })).status, 400);
        let title = world.tasks("POST", "", &world.access_token(&ada), &json!({ "title": text }));
        assert!(matches!(title.status, 201 | 400), "{text:?}: {}", title.status);
    }
    let headers = [("Content-Type", "application/json"), ("Origin", world.origin.as_str())];
    for body in [
        r#"{"email":"\ud800","password":"x"}"#,
        r#"{"email":"a@b.co","password":"\udfff\ud800"}"#,
        "{\"email\":\"\u{1}\"}",
    ] {
        let answer = world.send("POST", "/api/auth/sign-in/email", &headers, body);
        assert!(matches!(answer.status, 400 | 401), "{body}: {}", answer.status);
    }
    let broken = b"{\"email\":\"\xff\xfe\",\"password\":\"\xc0\"}";
    let head = format!(
        "POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        broken.len()
    );
    assert!(matches!(world.raw([head.as_bytes(), broken].concat()).status, 400 | 401));
    for path in [
        "/%00",
        "/api/auth/%00",
        "/api/auth/reset-password/%00",
        "/api/auth/%ff%fe",
        "/%c0%ae%c0%ae/etc/passwd",
        "/api/tasks/%ff",
    ] {
        let answer = world.get(path, &[]);
        assert!(matches!(answer.status, 302 | 400 | 401 | 404), "{path}: {}", answer.status);
    }
}

#[test]
fn cwe_22_pages_are_files_of_the_binary_alone() {
    let world = World::new();
    for path in [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/....//....//etc/passwd",
        "/..\\..\\etc\\passwd",
        "/_next/../../../etc/passwd",
        "/static/..%5c..%5cdoorward-data/doorward.db",
        "/doorward-data/secret",
        "/doorward.db",
        "/.env",
        "/.git/config",
        "/Cargo.toml",
        "/api/auth/../../../etc/passwd",
        "/index.html%00.js",
    ] {
        let answer = world.get(path, &[]);
        let about = format!("{path}: {} {}", answer.status, answer.head);
        assert!(
            !answer.body.contains("root:")
                && !answer.body.contains("SQLite format")
                && !answer.body.contains("[package]"),
            "{about}"
        );
        assert!(matches!(answer.status, 400 | 404), "{about}");
    }
}

#[test]
fn cwe_93_no_text_becomes_a_header() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    for text in [
        "x\r\nX-Injected: 1",
        "x\nX-Injected: 1",
        "x\rX-Injected: 1",
        "x%0d%0aX-Injected:%201",
        "x\u{560a}\u{560d}X-Injected: 1",
    ] {
        let encoded = doorward_crypto::cookie::percent_encode(text);
        let mut answers = vec![
            world.post(
                "/sign-in/email",
                &[],
                &json!({ "email": ada.email, "password": "wrong password", "callbackURL": format!("/{text}") }),
            ),
            world.post(
                "/request-password-reset",
                &[],
                &json!({ "email": ada.email, "redirectTo": format!("/{text}") }),
            ),
            world.with_bearer("POST", "/update-user", &ada.bearer, &json!({ "name": text })),
            world.with_bearer("GET", "/get-session", &ada.bearer, &Value::Null),
        ];
        for path in [
            format!("/api/auth/error?error={encoded}"),
            format!("/api/auth/reset-password/{encoded}?callbackURL=%2F{encoded}"),
            format!("/api/auth/verify-email?token={encoded}&callbackURL=%2F{encoded}"),
            format!("/{encoded}"),
        ] {
            answers.push(world.get(&path, &[]));
        }
        for answer in answers {
            assert!(
                answer.header("x-injected").is_none() && !answer.head.contains("\nX-Injected"),
                "{text:?}: {}",
                answer.head
            );
        }
    }
}

#[test]
fn asvs_1_2_1_nothing_from_outside_stands_in_a_page_unescaped() {
    let world = World::new();
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'-alert(1)-'",
        "</title><svg/onload=alert(1)>",
        "<x-attack>\"x-attack\"'x-attack'",
    ] {
        let encoded = doorward_crypto::cookie::percent_encode(text);
        for path in [
            format!("/api/auth/error?error={encoded}"),
            format!("/api/auth/error?error=x&error_description={encoded}"),
            format!("/signin?error={encoded}"),
            format!("/{encoded}"),
            format!("/api/auth/{encoded}"),
            format!("/api/{encoded}"),
        ] {
            let answer = world.get(&path, &[]);
            // Not even the beginning of a tag, or the end of an attribute.
            for raw in [text, "<x-attack", "\"x-attack", "'x-attack", "x-attack>"] {
                assert!(!answer.body.contains(raw), "{path}: {}", answer.body);
            }
            assert!(answer.header("content-security-policy").is_some_and(|policy| !policy.contains("'unsafe-inline'")));
        }
    }
}

#[test]
fn cwe_532_and_cwe_779_what_a_refused_page_says_fills_no_log() {
    let world = World::new();
    let cookie = ("Cookie", "better-auth.session_token=x");
    let before = world.server.log().len();
    for number in 0..100 {
        let long = format!("https://evil{number}.example/{}", "x".repeat(8_000));
        let foreign = [cookie, ("Origin", long.as_str())];
        assert_eq!(world.post("/sign-out", &foreign, &json!({})).status, 403);
    }
    let led = [cookie, ("Origin", ""), ("Referer", "https://evil.example/page?token=of-somebody")];
    assert_eq!(world.post("/sign-in/email", &led, &json!({ "email": "a@example.com", "password": "x" })).status, 403);
    let log = world.server.log();
    assert!(log.contains("origin https://evil7.example\""), "the first ones are told: {log}");
    assert!(!log.contains("of-somebody"), "a link that somebody came from is not");
    assert!(log.len() - before < 20_000, "{} bytes for 100 refusals", log.len() - before);
}

#[test]
fn asvs_16_4_1_no_text_becomes_a_log_line() {
    for format in ["text", "json"] {
        let world = World::with(&[("DOORWARD_LOG", "trace"), ("DOORWARD_LOG_FORMAT", format)]);
        let ada = world.member("ada@example.com");
        let line = "2026-01-01T00:00:00Z  INFO forged: somebody signed in";
        let colour = "\u{1b}[31mred\u{1b}[0m";
        for text in [
            format!("x\n{line}"),
            format!("x\r\n{line}"),
            colour.to_owned(),
            format!("\u{85}{line}"),
            format!("\u{2028}{line}"),
        ] {
            let encoded = doorward_crypto::cookie::percent_encode(&text);
            world.post("/sign-in/email", &[], &json!({ "email": text, "password": "wrong password" }));
            world.post("/sign-in/email", &[("Origin", &text.replace(['\r', '\n', '\u{1b}'], " "))], &json!({}));
            world.with_bearer("POST", "/update-user", &ada.bearer, &json!({ "name": text }));
            world.tasks("POST", "", &world.access_token(&ada), &json!({ "title": text }));
            world.get(&format!("/api/auth/{encoded}"), &[]);
            world.get(&format!("/{encoded}?x={encoded}"), &[("User-Agent", &format!("x\t{}", &line))]);
            world.get(&format!("/api/auth/verify-email?token={encoded}"), &[]);
            world.get("/api/tasks", &[("Authorization", &format!("Bearer {encoded}"))]);
        }
        let log = world.server.log();
        assert!(log.contains("answered"), "nothing was logged at all");
        for logged in log.lines() {
            assert!(
                !logged.contains('\u{1b}') && !logged.contains('\u{85}') && !logged.contains('\u{2028}'),
                "{logged:?}"
            );
            assert!(!logged.starts_with("2026-01-01") && !logged.starts_with(line), "{logged:?}");
            assert!(format != "json" || serde_json::from_str::<Value>(logged).is_ok(), "{logged:?}");
        }
    }
}
