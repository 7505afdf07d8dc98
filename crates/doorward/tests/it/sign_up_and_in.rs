use http::{Request, StatusCode, header};
use serde_json::json;

use crate::support::{ORIGIN, PASSWORD, TestApp};

#[tokio::test]
async fn signing_up_signs_in() {
    let app = TestApp::new().await;
    let mut ada = app.browser();
    let answer =
        ada.post("/sign-up/email", json!({ "name": "Ada", "email": "Ada@Example.com", "password": PASSWORD })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json["user"]["email"], "ada@example.com");
    assert_eq!(
        answer.json["user"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id"]
    );
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("better-auth.session_token=")
            && cookie.ends_with("; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );

    let session = ada.get("/get-session").await;
    assert_eq!(session.json["user"]["id"], answer.json["user"]["id"]);
    assert_eq!(session.json["session"]["token"], answer.json["token"]);
    assert_eq!(session.json["session"]["ipAddress"], "192.0.2.1");
    assert_eq!(session.header("cache-control"), "no-store");
    assert_eq!(session.header("access-control-expose-headers"), "set-auth-jwt");
}

#[tokio::test]
async fn an_address_belongs_to_one_person() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let again = app
        .browser()
        .post("/sign-up/email", json!({ "name": "Eve", "email": "ADA@example.com", "password": "another horse 8" }))
        .await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
    );
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 1);
    assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
}

#[tokio::test]
async fn private_sign_up_reveals_nobody() {
    let app = TestApp::with(|config| config.account.private_sign_up = true).await;
    let body = |name: &str| json!({ "name": name, "email": "ada@example.com", "password": PASSWORD });
    let first = app.browser().post("/sign-up/email", body("Ada")).await;
    let second = app.browser().post("/sign-up/email", body("Ada")).await;
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(first.json["token"], second.json["token"]);
    assert_eq!(first.headers.keys().collect::<Vec<_>>(), second.headers.keys().collect::<Vec<_>>());
    assert_ne!(first.json["user"]["id"], second.json["user"]["id"]);
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 1);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_sound_the_same() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let wrong =
        app.browser().post("/sign-in/email", json!({ "email": "ada@example.com", "password": "wrong horse 9" })).await;
    let unknown =
        app.browser().post("/sign-in/email", json!({ "email": "eve@example.com", "password": "wrong horse 9" })).await;
    assert_eq!((wrong.status, &wrong.text), (StatusCode::UNAUTHORIZED, &unknown.text));
    assert_eq!(wrong.code(), "INVALID_EMAIL_OR_PASSWORD");
    assert!(wrong.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn hashes_from_elsewhere_verify_and_become_ours() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    // passlib's bcrypt of "correct horse 9" would do as well; argon2id is what the crate itself can write.
    let imported = doorward_crypto::password::hash_argon2id(PASSWORD, &doorward::SystemRandom);
    app.sql("UPDATE account SET password = $1", vec![imported.as_str().into()]).await;
    let wrong =
        app.browser().post("/sign-in/email", json!({ "email": "ada@example.com", "password": "wrong horse 9" })).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let right = app.browser().post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    assert_eq!(right.status, StatusCode::OK);
    let stored = app.sql("UPDATE account SET password = password RETURNING password", vec![]).await[0].text(0).unwrap();
    assert_eq!(doorward_crypto::password::scheme(&stored), Some(doorward_crypto::password::Scheme::Scrypt));
    let again = app.browser().post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    assert_eq!(again.status, StatusCode::OK);
}

/// The median of five wrong sign-ins.
async fn time_of(app: &TestApp, email: &str) -> std::time::Duration {
    let mut times = Vec::new();
    for _ in 0..5 {
        let started = std::time::Instant::now();
        let wrong = app.browser().post("/sign-in/email", json!({ "email": email, "password": "wrong horse 9" })).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times[2]
}

#[tokio::test]
async fn asvs_6_3_8_an_unknown_address_costs_what_brought_along_accounts_cost() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    app.auth.housekeep().await;
    let body = json!({ "email": "nobody@example.com", "password": PASSWORD });
    let right_for_ada = app.browser().post("/sign-in/email", body).await;
    assert_eq!(right_for_ada.status, StatusCode::UNAUTHORIZED, "what it costs is not whom it lets in");
    let bcrypt_12 = "$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    app.sql("UPDATE account SET password = $1", vec![bcrypt_12.into()]).await;
    app.auth.housekeep().await;
    let (known, unknown) = (time_of(&app, "ada@example.com").await, time_of(&app, "nobody@example.com").await);
    assert!(unknown > known / 2 && known > unknown / 2, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn common_passwords_are_refused_where_that_is_on() {
    let app = TestApp::with(|config| config.password.refuse_common = true).await;
    let common = app
        .browser()
        .post("/sign-up/email", json!({ "name": "Ada", "email": "ada@example.com", "password": "Password1" }))
        .await;
    assert_eq!((common.status, common.code()), (StatusCode::BAD_REQUEST, "PASSWORD_TOO_COMMON"));
    app.member("ada@example.com").await;
}

#[tokio::test]
async fn a_cross_site_form_cannot_sign_anybody_in() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let attempt = |origin: Option<&'static str>, site: Option<&'static str>| {
        let mut browser = app.browser();
        let mut request =
            Request::post("/api/auth/sign-in/email").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site).header("sec-fetch-mode", "navigate");
        }
        async move {
            browser
                .send(request, format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+")).into())
                .await
        }
    };
    assert_eq!(attempt(Some(ORIGIN), Some("same-origin")).await.status, StatusCode::OK);
    assert_eq!(attempt(None, None).await.status, StatusCode::OK); // curl, a phone: no browser to fool
    assert_eq!(attempt(Some("https://evil.example"), None).await.code(), "INVALID_ORIGIN");
    assert_eq!(attempt(Some("null"), Some("same-site")).await.code(), "MISSING_OR_NULL_ORIGIN");
    assert_eq!(attempt(None, Some("cross-site")).await.code(), "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED");
}
