//! With `hash_tokens`, a copy of the database opens nothing, and nobody notices.

use http::StatusCode;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp};

async fn hashing() -> TestApp {
    TestApp::with(|config| config.hash_tokens = true).await
}

async fn text_of(app: &TestApp, sql: &'static str) -> String {
    app.database.query_one(sql, &[]).await.unwrap().unwrap().text(0).unwrap()
}

/// The token in a browser's session cookie, without its signature.
fn held(browser: &Browser) -> String {
    let (_, value) = browser.cookies.iter().find(|(name, _)| name == "better-auth.session_token").unwrap();
    value.split('.').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_database_holds_opens_no_session() {
    let app = hashing().await;
    let mut ada = app.member("ada@example.com").await;
    let stored = text_of(&app, "SELECT token FROM session").await;
    assert_ne!(stored, held(&ada));
    assert_eq!(ada.get("/get-session").await.json["session"]["token"], stored.as_str());

    let mut thief = app.browser().header("authorization", &format!("Bearer {stored}"));
    assert_eq!(thief.get("/get-session").await.text, "null");
    let mut owner = app.browser().header("authorization", &format!("Bearer {}", held(&ada)));
    assert_eq!(owner.get("/get-session").await.json["user"]["email"], "ada@example.com");
}

#[tokio::test]
async fn sessions_are_extended_listed_and_ended_as_ever() {
    let app = hashing().await;
    let mut phone = app.member("ada@example.com").await;
    let mut laptop = app.browser();
    laptop.post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    let held_before = held(&phone);
    app.clock.advance(2 * 86_400);
    assert!(phone.get("/get-session").await.header("set-cookie").contains("Max-Age=604800"));
    assert_eq!(held(&phone), held_before);

    laptop.post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    let own = phone.get("/get-session").await.json["session"]["token"].clone();
    let listed = laptop.get("/list-sessions").await;
    assert!(listed.json.as_array().unwrap().iter().any(|session| session["token"] == own), "{}", listed.text);
    assert_eq!(laptop.post("/revoke-session", json!({ "token": own })).await.status, StatusCode::OK);
    assert_eq!(phone.get("/get-session").await.text, "null");
    assert_eq!(laptop.post("/sign-out", json!({})).await.status, StatusCode::OK);
    assert_eq!(laptop.get("/get-session").await.text, "null");
}

#[tokio::test]
async fn sessions_from_before_stay_alive() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    ada.router = app.second(|config| config.hash_tokens = true).await;
    assert_eq!(ada.get("/get-session").await.json["user"]["email"], "ada@example.com");
    assert_eq!(ada.post("/sign-out", json!({})).await.status, StatusCode::OK);
    assert_eq!(app.count("SELECT count(*) FROM session").await, 0);
}

#[tokio::test]
async fn digests_open_nothing_when_hashing_is_switched_off_again() {
    let app = hashing().await;
    app.member("ada@example.com").await;
    let stored = text_of(&app, "SELECT token FROM session").await;
    let mut thief = app.browser().header("authorization", &format!("Bearer {stored}"));
    thief.router = app.second(|_| {}).await;
    assert_eq!(thief.get("/get-session").await.text, "null");
}

#[tokio::test]
async fn links_in_mails_work_and_stand_nowhere() {
    let app = hashing().await;
    app.member("ada@example.com").await;
    app.browser().post("/request-password-reset", json!({ "email": "ada@example.com", "redirectTo": "/x" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let token = link.strip_prefix("/reset-password/").unwrap().split('?').next().unwrap().to_owned();
    let stored = text_of(&app, "SELECT identifier FROM verification").await;
    assert!(!stored.contains(&token) && !stored.contains(':'), "{stored}");

    let reset = json!({ "newPassword": "battery staple 7", "token": token });
    assert!(app.browser().get(&link).await.header("location").ends_with(&token));
    assert_eq!(app.browser().post("/reset-password", reset.clone()).await.status, StatusCode::OK);
    assert_eq!(app.browser().post("/reset-password", reset).await.code(), "INVALID_TOKEN");
}
