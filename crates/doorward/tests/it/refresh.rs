//! RFC 9700, section 4.14.2: rotation, replay, and the end of a family.

use http::StatusCode;
use serde_json::json;

use crate::support::{Answer, Browser, PASSWORD, TestApp};

async fn signed_in(app: &TestApp) -> String {
    app.member("ada@example.com").await;
    let answer = app.browser().post("/signin", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    token_of(&answer)
}

fn token_of(answer: &Answer) -> String {
    answer.json["refreshToken"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
}

async fn refresh(mut browser: Browser, token: &str) -> Answer {
    browser.post("/refresh", json!({ "refreshToken": token })).await
}

#[tokio::test]
async fn the_direct_predecessor_gets_the_same_successor_for_a_moment() {
    let app = TestApp::new().await;
    let first = signed_in(&app).await;
    let second = token_of(&refresh(app.browser(), &first).await);
    assert_ne!(first, second);
    for _ in 0..5 {
        assert_eq!(token_of(&refresh(app.browser(), &first).await), second);
    }
    let once_more = refresh(app.browser(), &first).await;
    assert_eq!(once_more.status, StatusCode::UNAUTHORIZED, "six replays are too many");
    assert_eq!(refresh(app.browser(), &second).await.status, StatusCode::UNAUTHORIZED, "and end the family");
}

#[tokio::test]
async fn a_late_replay_ends_the_session() {
    let app = TestApp::new().await;
    let first = signed_in(&app).await;
    let answer = refresh(app.browser(), &first).await;
    let second = token_of(&answer);
    let mut bearer =
        app.browser().header("authorization", &format!("Bearer {}", answer.json["token"].as_str().unwrap()));
    assert_eq!(bearer.get("/me").await.status, StatusCode::OK);
    app.clock.advance(31);
    assert_eq!(refresh(app.browser(), &first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(app.browser(), &second).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(bearer.get("/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_grandparent_ends_the_session_even_in_time() {
    let app = TestApp::new().await;
    let first = signed_in(&app).await;
    let second = token_of(&refresh(app.browser(), &first).await);
    let third = token_of(&refresh(app.browser(), &second).await);
    assert_eq!(refresh(app.browser(), &first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(app.browser(), &third).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn it_ends_with_its_session() {
    let app = TestApp::new().await;
    for end in ["/sign-out", "/revoke-sessions"] {
        app.sql(r#"DELETE FROM "user""#, vec![]).await;
        app.member("ada@example.com").await;
        let answer = app.browser().post("/signin", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
        let session_token = app.sql(r#"UPDATE session SET token = token WHERE id IN (SELECT "sessionId" FROM doorward_refresh) RETURNING token"#, vec![]).await[0].text(0).unwrap();
        let mut browser = app.browser().header("authorization", &format!("Bearer {session_token}"));
        assert_eq!(browser.post(end, json!({})).await.status, StatusCode::OK);
        assert_eq!(refresh(app.browser(), &token_of(&answer)).await.status, StatusCode::UNAUTHORIZED, "{end}");
    }
}

#[tokio::test]
async fn a_changed_password_ends_it() {
    let app = TestApp::new().await;
    let token = signed_in(&app).await;
    let mut ada = app.browser();
    ada.post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    let changed =
        ada.post("/change-password", json!({ "currentPassword": PASSWORD, "newPassword": "battery staple 7" })).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(refresh(app.browser(), &token).await.status, StatusCode::UNAUTHORIZED);
    assert_ne!(ada.get("/get-session").await.text, "null", "the session itself stays, as in Better Auth");
}

#[tokio::test]
async fn use_keeps_it_alive_until_the_absolute_end() {
    let app = TestApp::new().await;
    let mut token = signed_in(&app).await;
    for _ in 0..4 {
        app.clock.advance(6 * 86_400);
        token = token_of(&refresh(app.browser(), &token).await);
    }
    app.clock.advance(6 * 86_400 + 1);
    assert_eq!(refresh(app.browser(), &token).await.status, StatusCode::UNAUTHORIZED, "thirty days are over");
}

#[tokio::test]
async fn rubbish_is_refused() {
    let app = TestApp::new().await;
    for token in ["x", &"x".repeat(9000), "null", "a.b.c"] {
        assert_eq!(refresh(app.browser(), token).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(app.browser().post("/refresh", json!({ "refreshToken": 5 })).await.status, StatusCode::BAD_REQUEST);
}
