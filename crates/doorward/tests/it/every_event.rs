//! Every place that tells of something: take one out, and a test here or in `events` fails.

use http::StatusCode;
use serde_json::json;

use crate::{
    events::trail,
    support::{Browser, PASSWORD, TestApp},
};

const ADA: &str = "ada@example.com";

/// Waits until the trail holds this event; gives its reason.
async fn reason(app: &TestApp, event: &str) -> Option<String> {
    for _ in 0..100 {
        if let Some(entry) = trail(app, None, 0).await.into_iter().find(|entry| entry.event == event) {
            return entry.reason;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no {event}: {:?}", trail(app, None, 0).await);
}

async fn sign_in(browser: &mut Browser, password: &str) -> StatusCode {
    browser.post("/sign-in/email", json!({ "email": ADA, "password": password })).await.status
}

#[tokio::test]
async fn an_address_that_is_not_proved_yet() {
    let app = TestApp::with(|config| config.account.require_verification = true).await;
    let body = json!({ "name": "Ada", "email": ADA, "password": PASSWORD });
    assert_eq!(app.browser().post("/sign-up/email", body).await.status, StatusCode::OK);
    assert_eq!(sign_in(&mut app.browser(), PASSWORD).await, StatusCode::FORBIDDEN);
    assert_eq!(reason(&app, "sign-in-failed").await.as_deref(), Some("unverified"));
}

#[tokio::test]
async fn guesses_that_are_not_looked_at() {
    let app = TestApp::with(|config| config.network.rate_limit = true).await;
    let mut statuses = Vec::new();
    for _ in 0..11 {
        statuses.push(sign_in(&mut app.browser(), "wrong horse 9").await);
        app.clock.advance(if statuses.len() % 3 == 0 { 11 } else { 0 });
    }
    assert_eq!(statuses[9..], [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS]);
    assert_eq!(reason(&app, "refused").await.as_deref(), Some("guesses"));
}

#[tokio::test]
async fn wrong_passwords_of_somebody_signed_in() {
    let change = json!({ "currentPassword": "wrong horse 9", "newPassword": "battery staple 7" });
    for (path, body) in [
        ("/change-password", change),
        ("/verify-password", json!({ "password": "wrong horse 9" })),
        ("/delete-user", json!({ "password": "wrong horse 9" })),
    ] {
        let app = TestApp::new().await;
        assert_eq!(app.member(ADA).await.post(path, body).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(reason(&app, "password-failed").await, None);
    }
}

#[tokio::test]
async fn an_address_that_is_taken() {
    for private in [false, true] {
        let app = TestApp::with(|config| config.account.private_sign_up = private).await;
        let body = json!({ "name": "Ada", "email": ADA, "password": PASSWORD });
        app.browser().post("/sign-up/email", body.clone()).await;
        app.browser().post("/sign-up/email", body).await;
        assert_eq!(reason(&app, "sign-up-failed").await.as_deref(), Some("known"));
    }
}

#[tokio::test]
async fn another_address() {
    let app = TestApp::new().await;
    let mut ada = app.member(ADA).await;
    app.sql(r#"UPDATE "user" SET "emailVerified" = $1"#, vec![true.into()]).await;
    assert_eq!(ada.post("/change-email", json!({ "newEmail": "new@example.com" })).await.status, StatusCode::OK);
    reason(&app, "email-change-requested").await;
    let link = app.mailbox.link("new@example.com").unwrap();
    ada.get(&link).await;
    reason(&app, "email-changed").await;
}

#[tokio::test]
async fn keys_that_are_withdrawn() {
    let app = TestApp::new().await;
    app.member(ADA).await.get("/token").await;
    let first = app.auth.list_keys().await.unwrap().remove(0).kid;
    let second = app.auth.rotate_keys(None).await.unwrap().remove(0).kid;
    assert!(app.auth.retire_key(&first, true).await.unwrap());
    assert_eq!(reason(&app, "key-deleted").await, Some(first));
    app.clock.advance(100);
    assert!(app.auth.retire_key(&second, false).await.unwrap());
    assert_eq!(reason(&app, "key-retired").await, Some(second));
}
