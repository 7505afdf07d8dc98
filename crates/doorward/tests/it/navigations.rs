//! A browser that opens a page by itself, without a script to read JSON: plain forms, and links in mails.

use http::{Request, StatusCode, header};
use serde_json::json;

use crate::support::{Answer, Browser, ORIGIN, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";
const BACK: &str = "&callbackURL=%2Ftasks&errorCallbackURL=%2Fsignin";

async fn post(browser: &mut Browser, path: &str, body: &str) -> Answer {
    let request = Request::post(format!("/api/auth{path}"))
        .header(header::CONTENT_TYPE, FORM)
        .header(header::ORIGIN, ORIGIN)
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-mode", "navigate");
    browser.send(request, body.to_owned().into()).await
}

/// Status, where it leads, and what it shows.
fn way(answer: &Answer) -> (StatusCode, &str, &str) {
    (answer.status, answer.header("location"), answer.text.as_str())
}

#[tokio::test]
async fn a_form_without_javascript_leads_on() {
    let app = TestApp::new().await;
    let account = "email=ada%40example.com&password=correct+horse+9&callbackURL=%2Ftasks";
    for (path, body) in [("/sign-up/email", format!("name=Ada&{account}")), ("/sign-in/email", account.to_owned())] {
        let mut ada = app.browser();
        let answer = post(&mut ada, path, &body).await;
        assert_eq!(way(&answer), (StatusCode::SEE_OTHER, "/tasks", ""), "{path}");
        assert_eq!(ada.get("/get-session").await.json["user"]["email"], "ada@example.com");
    }
    let away = "email=ada%40example.com&password=correct+horse+9&callbackURL=https%3A%2F%2Fevil.example";
    assert_eq!(post(&mut app.browser(), "/sign-in/email", away).await.code(), "INVALID_CALLBACK_URL");
}

#[tokio::test]
async fn a_refused_form_leads_back_to_its_page() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    for (path, fields, code) in [
        ("/sign-in/email", "email=ada%40example.com&password=wrong", "INVALID_EMAIL_OR_PASSWORD"),
        ("/sign-in/email", "email=nobody&password=wrong", "INVALID_EMAIL"),
        ("/sign-in/email", "email=ada%40example.com", "VALIDATION_ERROR"),
        ("/sign-up/email", "name=Ada&email=eve%40example.com&password=short", "PASSWORD_TOO_SHORT"),
        (
            "/sign-up/email",
            "name=Ada&email=ada%40example.com&password=correct+horse+9",
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
        ),
    ] {
        let answer = post(&mut app.browser(), path, &format!("{fields}{BACK}")).await;
        let back = format!("/signin?error={code}#{code}");
        assert_eq!(way(&answer), (StatusCode::SEE_OTHER, back.as_str(), ""), "{fields}");
        assert!(answer.header("set-cookie").is_empty());
    }
    // Who names no page gets the answer itself; so does a script, whatever it names.
    let silent = post(&mut app.browser(), "/sign-in/email", "email=ada%40example.com&password=wrong").await;
    assert_eq!((silent.status, silent.code()), (StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD"));
    let body = json!({ "email": "ada@example.com", "password": "wrong", "errorCallbackURL": "/signin" });
    assert_eq!(app.browser().post("/sign-in/email", body).await.status, StatusCode::UNAUTHORIZED);
    let away = "email=ada%40example.com&password=wrong&errorCallbackURL=https%3A%2F%2Fevil.example";
    assert_eq!(post(&mut app.browser(), "/sign-in/email", away).await.code(), "INVALID_ERROR_CALLBACK_URL");
}

#[tokio::test]
async fn a_form_that_comes_too_often_leads_back_too() {
    let app = TestApp::with(|config| config.network.rate_limit = true).await;
    let mut ada = app.browser();
    let fields = format!("email=ada%40example.com&password=wrong{BACK}");
    for _ in 0..3 {
        post(&mut ada, "/sign-in/email", &fields).await;
    }
    let answer = post(&mut ada, "/sign-in/email", &fields).await;
    let back = "/signin?error=TOO_MANY_REQUESTS#TOO_MANY_REQUESTS";
    assert_eq!(way(&answer), (StatusCode::SEE_OTHER, back, ""));
    let away = "email=ada%40example.com&password=wrong&errorCallbackURL=https%3A%2F%2Fevil.example";
    assert_eq!(post(&mut ada, "/sign-in/email", away).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_old_deletion_link_leads_to_the_page_that_asked_for_it() {
    let app = TestApp::with(|config| config.account.delete_user_mail = true).await;
    let mut ada = app.member("ada@example.com").await;
    let link = "/delete-user/callback?token=gone&callbackURL=%2Fbye%3Fdeleted%3D1";
    assert_eq!(ada.get(link).await.code(), "INVALID_TOKEN", "as Better Auth answers");
    let open = |link: &str| Request::get(format!("/api/auth{link}")).header("sec-fetch-mode", "navigate");
    let led = ada.send(open(link), axum::body::Body::empty()).await;
    assert_eq!(way(&led), (StatusCode::FOUND, "/bye?deleted=1&error=INVALID_TOKEN", ""));
    let stranger = app.browser().send(open(link), axum::body::Body::empty()).await;
    assert_eq!(way(&stranger), (StatusCode::FOUND, "/bye?deleted=1&error=FAILED_TO_GET_USER_INFO", ""));
    let nowhere = ada.send(open("/delete-user/callback?token=gone"), axum::body::Body::empty()).await;
    assert_eq!(nowhere.code(), "INVALID_TOKEN");
    let away = "/delete-user/callback?token=gone&callbackURL=https%3A%2F%2Fevil.example";
    assert_eq!(ada.send(open(away), axum::body::Body::empty()).await.code(), "INVALID_CALLBACK_URL");
}
