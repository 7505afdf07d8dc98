//! Bad input: the right 4xx with clear words, nothing half stored, never a 5xx.

use http::{Method, Request, StatusCode, header};
use serde_json::json;

use crate::support::{ORIGIN, PASSWORD, TestApp};

#[tokio::test]
async fn bodies_that_do_not_fit_are_told_why() {
    let app = TestApp::new().await;
    let cases = [
        (
            json!({}),
            "[body.name] Invalid input: expected string, received undefined; [body.email] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined",
        ),
        (json!({ "name": "A", "email": "nope", "password": PASSWORD }), "[body.email] Invalid email address"),
        (
            json!({ "name": "A", "email": "a@b.co", "password": "" }),
            "[body.password] Too small: expected string to have >=1 characters",
        ),
        (
            json!({ "name": 5, "email": "a@b.co", "password": PASSWORD }),
            "[body.name] Invalid input: expected string, received number",
        ),
        (
            json!({ "name": "a\u{0}b", "email": "a@b.co", "password": PASSWORD }),
            "[body.name] Invalid input: control characters are not allowed",
        ),
        (
            json!(null),
            "[body] Invalid input: expected object, received null; [body] Invalid input: expected record, received null",
        ),
    ];
    for (body, message) in cases {
        let answer = app.browser().post("/sign-up/email", body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"));
        assert_eq!(answer.json["message"], message);
    }
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 0);
}

#[tokio::test]
async fn bodies_are_bounded_in_size_and_depth() {
    let app = TestApp::new().await;
    let large =
        app.browser().post("/sign-in/email", json!({ "email": "a@b.co", "password": "x".repeat(70_000) })).await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"));
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100));
    let deep = app
        .browser()
        .send(Request::post("/api/auth/sign-in/email").header(header::CONTENT_TYPE, "application/json"), deep.into())
        .await;
    assert_eq!((deep.status, deep.code()), (StatusCode::BAD_REQUEST, "BAD_REQUEST"));
}

#[tokio::test]
async fn unknown_paths_and_methods_are_404_and_empty() {
    let app = TestApp::new().await;
    let odd = app.browser().get("/reset-password/%00?callbackURL=%2Fx").await;
    assert_eq!(odd.header("location"), "http://localhost:3000/x?error=INVALID_TOKEN");
    let cases = [
        (Method::GET, "/nothing"),
        (Method::GET, "/sign-in/email"),
        (Method::PUT, "/ok"),
        (Method::HEAD, "/ok"),
        (Method::OPTIONS, "/sign-in/email"),
        (Method::GET, "/ok/"),
        (Method::GET, "//ok"),
        (Method::GET, "/OK"),
        (Method::GET, ""),
    ];
    for (method, path) in cases {
        let answer =
            app.browser().send(Request::builder().method(&method).uri(format!("/api/auth{path}")), "".into()).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_FOUND, ""), "{method} {path}");
        assert!(answer.headers.get(header::CONTENT_TYPE).is_none());
    }
}

#[tokio::test]
async fn cookies_make_the_origin_count() {
    let app = TestApp::new().await;
    let ada = app.member("ada@example.com").await;
    for (origin, status) in [
        (Some(ORIGIN), StatusCode::OK),
        (Some("https://evil.example"), StatusCode::FORBIDDEN),
        (Some("http://localhost:3000.evil.example"), StatusCode::FORBIDDEN),
        (None, StatusCode::FORBIDDEN),
        (Some("null"), StatusCode::FORBIDDEN),
    ] {
        let mut request = Request::post("/api/auth/update-user").header(header::CONTENT_TYPE, "application/json");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let answer = ada.clone().send(request, json!({ "name": "Grace" }).to_string().into()).await;
        assert_eq!(answer.status, status, "{origin:?}");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_a_foreign_page() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    for target in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%2Fevil.example",
        "javascript:alert(1)",
        "/.//evil.example",
        "/\u{ff0f}evil.example\u{7f}",
    ] {
        let answer = app
            .browser()
            .post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD, "callbackURL": target }))
            .await;
        assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "INVALID_CALLBACK_URL"), "{target}");
    }
    let wide = app
        .browser()
        .post(
            "/sign-in/email",
            json!({ "email": "ada@example.com", "password": PASSWORD, "callbackURL": "/\u{ff0f}evil" }),
        )
        .await;
    assert_eq!(wide.status, StatusCode::OK, "Better Auth answers 500 here");
    assert_eq!(wide.header("location"), "/%EF%BC%8Fevil");
}

#[tokio::test]
async fn a_name_is_a_text() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    for name in [json!(null), json!(5), json!({}), json!(["x"])] {
        assert_eq!(ada.post("/update-user", json!({ "name": name })).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(
        ada.post("/update-user", json!({ "email": "new@example.com", "name": 5 })).await.code(),
        "EMAIL_CAN_NOT_BE_UPDATED"
    );
    assert_eq!(
        ada.post("/update-user", json!({ "role": "admin" })).await.json,
        json!({ "message": "No fields to update" })
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::new().await;
    for path in ["/ok", "/nothing", "/get-session", "/jwks", "/error?error=%3Cscript%3E"] {
        let answer = app.browser().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.text.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn the_rate_limit_speaks_both_dialects() {
    let app = TestApp::with(|config| config.network.rate_limit = true).await;
    for _ in 0..3 {
        assert_eq!(app.browser().post("/sign-in/email", json!({})).await.status, StatusCode::BAD_REQUEST);
    }
    let refused = app.browser().post("/sign-in/email", json!({})).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((refused.header("x-retry-after"), refused.header("retry-after")), ("10", "10"));
    app.clock.advance(11);
    assert_eq!(app.browser().post("/sign-in/email", json!({})).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_attack_on_an_account_is_stopped_and_does_not_lock_its_owner_out() {
    let app = TestApp::with(|config| {
        config.network.rate_limit = true;
        config.network.trusted_proxies = vec!["192.0.2.1".parse().unwrap()];
    })
    .await;
    app.member("ada@example.com").await;
    let attempt = |address: String, password: &'static str| {
        let mut browser = app.browser().header("x-forwarded-for", &address);
        async move { browser.post("/signin", json!({ "email": "ada@example.com", "password": password })).await.status }
    };
    let mut evaluated = 0;
    for number in 0..60 {
        app.clock.advance(11); // past Better Auth's own window
        let status = attempt(format!("198.51.100.{number}"), "wrong horse 9").await;
        evaluated += u32::from(status == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(evaluated, 20, "twenty an hour, from any number of addresses");
    assert_eq!(attempt("203.0.113.9".into(), PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        attempt("192.0.2.1".into(), PASSWORD).await,
        StatusCode::OK,
        "from where she is signed in, Ada gets through"
    );
}

#[tokio::test]
async fn what_javascript_takes_is_taken() {
    let app = TestApp::with(|config| config.trusted_origins = vec!["myapp://".to_owned()]).await;
    let mut ada = app.member("ada@example.com").await;
    // A program that cuts a text with an emoji in it sends half of a pair.
    let request = Request::post("/api/auth/update-user").header(header::CONTENT_TYPE, "application/json");
    let request = request.header(header::ORIGIN, ORIGIN);
    assert_eq!(ada.send(request, r#"{"name":"Ada \ud83e"}"#.into()).await.status, StatusCode::OK);
    assert_eq!(ada.get("/get-session").await.json["user"]["name"], "Ada \u{fffd}");
    // Apps have addresses of their own, in any letters.
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "callbackURL": "myapp://open?name=é" });
    let answer = app.browser().post("/sign-in/email", body).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::OK, "myapp://open?name=%C3%A9"));
    // Several flags are a yes, as one is.
    app.clock.advance(2 * 86_400);
    let before = ada.get("/get-session?disableRefresh=1&disableRefresh=2").await;
    assert_eq!(before.header("set-cookie"), "", "{}", before.text);
    assert_ne!(ada.get("/get-session").await.header("set-cookie"), "");
}

#[tokio::test]
async fn a_path_that_is_no_text_is_answered_in_the_features_own_way() {
    let app = TestApp::new().await;
    let answer = app.browser().get("/reset-password/%ff?callbackURL=/x").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::FOUND, "http://localhost:3000/x?error=INVALID_TOKEN")
    );
    let answer = app.browser().get("/callback/%ff?state=x").await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text);
}

#[tokio::test]
async fn of_two_origins_none_is_trusted() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let request = Request::post("/api/auth/sign-out").header(header::ORIGIN, ORIGIN);
    let answer = ada.send(request.header(header::ORIGIN, "https://evil.example"), axum::body::Body::empty()).await;
    assert_eq!(answer.code(), "INVALID_ORIGIN");
}
