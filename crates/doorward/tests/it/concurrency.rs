//! Many at once: one winner, nothing half done. Two routers over one database stand for two processes.

use http::StatusCode;
use serde_json::json;

use crate::support::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_sign_ups_with_one_address_wins() {
    let app = TestApp::with(|config| config.password.hashing_queue = 100).await;
    let second = app.second(|config| config.network.rate_limit = false).await;
    let mut tasks = Vec::new();
    for number in 0..16 {
        let mut browser = app.browser();
        if number % 2 == 0 {
            browser.router = second.clone();
        }
        tasks.push(tokio::spawn(async move {
            browser
                .post(
                    "/sign-up/email",
                    json!({ "name": "Ada", "email": "ada@example.com", "password": format!("{PASSWORD} {number}") }),
                )
                .await
                .status
        }));
    }
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            StatusCode::OK => won += 1,
            other => assert_eq!(other, StatusCode::UNPROCESSABLE_ENTITY),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 1);
    assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_refreshes_with_one_token_make_one_lineage() {
    let app = TestApp::with(|config| config.refresh.reuse_count = 100).await;
    let second = app.second(|config| config.refresh.reuse_count = 100).await;
    app.member("ada@example.com").await;
    let answer = app.browser().post("/signin", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    let mut token = answer.json["refreshToken"].as_str().unwrap().to_owned();
    for _ in 0..rounds(10) {
        let mut tasks = Vec::new();
        for number in 0..20 {
            let mut browser = app.browser();
            if number % 2 == 0 {
                browser.router = second.clone();
            }
            let body = json!({ "refreshToken": token });
            tasks.push(tokio::spawn(async move { browser.post("/refresh", body).await }));
        }
        let mut successors = std::collections::HashSet::new();
        for task in tasks {
            let answer = task.await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            successors.insert(answer.json["refreshToken"].as_str().unwrap().to_owned());
        }
        assert_eq!(successors.len(), 1);
        token = successors.into_iter().next().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_resets_with_one_token_wins() {
    let app = TestApp::with(|config| config.password.hashing_queue = 100).await;
    app.member("ada@example.com").await;
    app.browser().post("/request-password-reset", json!({ "email": "ada@example.com", "redirectTo": "/new" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let token = link.strip_prefix("/reset-password/").unwrap().split('?').next().unwrap().to_owned();
    let tasks: Vec<_> = (0..12)
        .map(|number| {
            let (mut browser, token) = (app.browser(), token.clone());
            tokio::spawn(async move {
                browser
                    .post(
                        "/reset-password",
                        json!({ "newPassword": format!("battery staple {number}"), "token": token }),
                    )
                    .await
                    .status
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            StatusCode::OK => won += 1,
            other => assert_eq!(other, StatusCode::BAD_REQUEST),
        }
    }
    assert_eq!(won, 1);
}

/// More rounds by `DOORWARD_ROUNDS`, for a night.
fn rounds(default: u32) -> u32 {
    std::env::var("DOORWARD_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
