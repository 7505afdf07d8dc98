//! What every answer carries, and what none does: ASVS 3.4, 13.4, 14.3.2.

use serde_json::{Value, json};

use crate::{
    support::{Answer, request},
    world::{PASSWORD, World},
};

/// Answers of every kind there is: good, refused, malformed, empty, pages.
fn all_kinds(world: &World) -> Vec<(String, Answer)> {
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let cookie = [("Cookie", ada.cookie.as_str())];
    let mut answers = Vec::new();
    for path in [
        "/",
        "/signin",
        "/account",
        "/no/such/page",
        "/theme.css",
        "/theme.json",
        "/healthz",
        "/.well-known/change-password",
        "/api/auth/ok",
        "/api/auth/error?error=x",
        "/api/auth/none",
        "/api/none",
        "/api/docs",
        "/api/openapi.json",
        "/metrics",
        "/api/tasks",
        "/api/auth/jwks",
        "/api/auth/revoked",
        "/api/auth/get-session",
        "/api/auth/token",
        "/api/auth/me",
        "/api/auth/list-sessions",
        "/api/auth/verify-email?token=x",
        "/api/auth/verify-email?token=x&callbackURL=%2F",
        "/api/auth/reset-password/x?callbackURL=%2F",
        "/api/auth/callback/none",
    ] {
        answers.push((path.to_owned(), world.get(path, &[])));
        answers.push((format!("{path} signed in"), world.get(path, &cookie)));
        answers.push((format!("POST {path}"), world.send("POST", path, &[], "")));
    }
    let body = json!({ "email": ada.email, "password": "a wrong password" });
    answers.push(("a wrong password".into(), world.post("/sign-in/email", &[], &body)));
    answers
        .push(("a foreign origin".into(), world.post("/sign-in/email", &[("Origin", "https://evil.example")], &body)));
    answers.push((
        "a wrong media type".into(),
        world.send("POST", "/api/auth/signin", &[("Content-Type", "text/x")], "x"),
    ));
    answers
        .push(("no JSON".into(), world.send("POST", "/api/auth/signin", &[("Content-Type", "application/json")], "x")));
    answers.push(("a task".into(), world.tasks("POST", "", &token, &json!({ "title": "x" }))));
    answers.push(("a wrong task".into(), world.tasks("POST", "", &token, &json!({}))));
    answers.push(("two hosts".into(), world.raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")));
    for method in ["HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND"] {
        for path in ["/", "/api/auth/ok", "/api/tasks"] {
            answers.push((format!("{method} {path}"), world.send(method, path, &[], "")));
        }
    }
    answers
}

#[test]
fn asvs_3_4_every_answer_is_told_how_to_be_treated() {
    let world = World::new();
    for (about, answer) in all_kinds(&world) {
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(expected), "{about}: {}", answer.head);
        }
        assert!(answer.header("referrer-policy").is_some() && answer.header("permissions-policy").is_some(), "{about}");
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{about}: {}", answer.head));
        for part in ["frame-ancestors 'none'", "base-uri 'none'", "form-action '", "default-src '"] {
            assert!(policy.contains(part), "{about}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("default-src *"), "{about}: {policy}");
        assert_eq!(answer.header("strict-transport-security"), None, "{about}: not promised on plain http");
    }
}

#[test]
fn asvs_13_4_6_no_answer_says_what_it_was_made_with() {
    let world = World::new();
    for (about, answer) in all_kinds(&world) {
        for name in ["server", "x-powered-by", "via", "x-runtime", "x-version", "x-debug", "x-aspnet-version"] {
            assert_eq!(answer.header(name), None, "{about}");
        }
        let text = format!("{} {}", answer.head, answer.body).to_lowercase();
        for word in [
            "hyper/",
            "axum",
            "rustc",
            "src/",
            ".rs:",
            "panicked",
            "backtrace",
            "sqlite",
            "rusqlite",
            "no such table",
            "/tmp/",
        ] {
            assert!(!text.contains(word), "{about} says {word:?}");
        }
    }
}

#[test]
fn asvs_3_4_1_https_is_asked_for_a_year() {
    let world = World::on_https(&[]);
    for path in ["/", "/signin", "/api/auth/ok", "/api/auth/none", "/api/tasks", "/theme.css"] {
        for scheme in ["https", "http"] {
            let answer = world.get(path, &[("X-Forwarded-Proto", scheme)]);
            let value = answer.header("strict-transport-security").unwrap_or_else(|| panic!("{path} by {scheme}"));
            let seconds: u64 = value.split("max-age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
            assert!(seconds >= 31_536_000, "{value}");
        }
    }
    // A call in the clear is refused and not led on: what it carried has been seen by then.
    let clear = world.get("/api/auth/get-session", &[("X-Forwarded-Proto", "http")]);
    assert_eq!((clear.status, clear.header("location")), (403, None));
}

#[test]
fn asvs_14_3_2_no_copy_of_what_is_personal_is_kept() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let (token, refresh) = world.short_sign_in(&ada.email);
    let up = json!({ "name": "x", "email": "eve@example.com", "password": PASSWORD });
    let down = json!({ "email": ada.email, "password": "a wrong password" });
    let kept = [
        ("sign-up", world.post("/sign-up/email", &[], &up)),
        ("sign-in", world.sign_in(&ada.email, PASSWORD)),
        ("signin", world.post("/signin", &[], &json!({ "email": ada.email, "password": PASSWORD }))),
        ("signin refused", world.post("/signin", &[], &down)),
        ("refresh", world.post("/refresh", &[], &json!({ "refreshToken": refresh }))),
        ("me", world.with_bearer("GET", "/me", &token, &Value::Null)),
        ("token", world.with_bearer("GET", "/token", &ada.bearer, &Value::Null)),
        ("get-session", world.with_bearer("GET", "/get-session", &ada.bearer, &Value::Null)),
        ("list-sessions", world.with_bearer("GET", "/list-sessions", &ada.bearer, &Value::Null)),
        ("list-accounts", world.with_bearer("GET", "/list-accounts", &ada.bearer, &Value::Null)),
        ("change-password", world.with_bearer("POST", "/change-password", &ada.bearer, &json!({ "currentPassword": PASSWORD, "newPassword": "another good password", "revokeOtherSessions": true }))),
        ("tasks", world.tasks("GET", "", &token, &Value::Null)),
        ("a task", world.tasks("POST", "", &token, &json!({ "title": "x" }))),
        ("no token", world.get("/api/tasks", &[])),
    ];
    for (about, answer) in kept {
        let value = answer.header("cache-control").unwrap_or_else(|| panic!("{about}: {}", answer.head));
        assert!(value.contains("no-store"), "{about}: {value}");
    }
}

#[test]
fn asvs_13_4_4_trace_and_other_methods_are_not_there() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let cookie = ("Cookie", ada.cookie.as_str());
    for method in [
        "TRACE", "TRACK", "DEBUG", "CONNECT", "PROPFIND", "MKCOL", "MOVE", "COPY", "LOCK", "SEARCH", "PURGE", "LINK",
        "get", "Post", "X",
    ] {
        for path in
            ["/", "/signin", "/api/auth/ok", "/api/auth/get-session", "/api/auth/sign-out", "/api/tasks", "/healthz"]
        {
            let answer = world.send(method, path, &[cookie, ("X-Echo", "a-secret-of-this-request")], "");
            assert!(matches!(answer.status, 400 | 401 | 404 | 405), "{method} {path}: {}", answer.status);
            assert!(!answer.body.contains("a-secret-of-this-request"), "{method} {path} echoes");
        }
    }
    assert!(world.is_signed_in(&ada.bearer));
    let star = world.raw(request("OPTIONS", "*", &[], ""));
    assert!(matches!(star.status, 400 | 404 | 405), "{}", star.status);
}

#[test]
fn asvs_4_1_1_every_body_says_what_it_is() {
    let world = World::new();
    for (about, answer) in all_kinds(&world) {
        if answer.body.is_empty() {
            continue;
        }
        let kind = answer.header("content-type").unwrap_or_else(|| panic!("{about}: {}", answer.head));
        assert!(!kind.contains("octet-stream"), "{about}: {kind}");
        if answer.body.starts_with('{') || answer.body.starts_with('[') {
            assert!(kind.starts_with("application/json"), "{about}: {kind}");
        } else if answer.body.starts_with("<!") {
            assert!(kind.starts_with("text/html"), "{about}: {kind}");
        }
    }
}
