//! Many at once: one winner, nothing half done. Two routers over one database stand for two processes.

use std::sync::Arc;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_for_somebody_who_leaves_meanwhile_is_refused() {
    let app = TestApp::with(|config| config.password.hashing_threads = 1).await;
    let mut eve = app.member("eve@example.com").await;
    app.member("ada@example.com").await;
    app.browser().post("/request-password-reset", json!({ "email": "ada@example.com", "redirectTo": "/new" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let token = link.strip_prefix("/reset-password/").unwrap().split('?').next().unwrap().to_owned();
    let busy = tokio::spawn(async move { eve.post("/verify-password", json!({ "password": PASSWORD })).await });
    while app.auth.hashing_load().running == 0 {
        tokio::task::yield_now().await;
    }
    let mut browser = app.browser();
    let reset = tokio::spawn(async move {
        browser.post("/reset-password", json!({ "newPassword": "battery staple 7", "token": token })).await
    });
    while app.auth.hashing_load().waiting == 0 {
        tokio::task::yield_now().await;
    }
    app.sql(r#"DELETE FROM "user" WHERE email = 'ada@example.com'"#, vec![]).await;
    let refused = reset.await.unwrap();
    assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "INVALID_TOKEN"), "{}", refused.text);
    assert_eq!(busy.await.unwrap().status, StatusCode::OK);
}

/// More rounds by `DOORWARD_ROUNDS`, for a night.
fn rounds(default: u32) -> u32 {
    std::env::var("DOORWARD_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sign_in_in_flight_does_not_outlive_the_password() {
    let app = TestApp::with(|config| {
        config.password.hashing_queue = 100;
        config.password.hashing_threads = 2;
    })
    .await;
    let mut ada = app.member("ada@example.com").await;
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let mut browser = app.browser();
        tasks.push(tokio::spawn(async move {
            browser.post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
            browser
        }));
    }
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "battery staple 7", "revokeOtherSessions": true });
    assert_eq!(ada.post("/change-password", change).await.status, StatusCode::OK);
    for task in tasks {
        assert_eq!(task.await.unwrap().get("/get-session").await.text, "null");
    }
    assert_ne!(ada.get("/get-session").await.text, "null", "whoever changed it stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_changes_with_one_password_one_wins() {
    let app = TestApp::with(|config| config.password.hashing_threads = 2).await;
    let ada = app.member("ada@example.com").await;
    let change = |number: u32| {
        let mut browser = ada.clone();
        let body = json!({ "currentPassword": PASSWORD, "newPassword": format!("battery staple {number}") });
        tokio::spawn(async move { browser.post("/change-password", body).await.status })
    };
    let (first, second) = (change(1), change(2));
    let mut statuses = [first.await.unwrap(), second.await.unwrap()];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::BAD_REQUEST]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_unlink_at_once_leave_one_way_in() {
    let app = TestApp::new().await;
    let ada = app.member("ada@example.com").await;
    for _ in 0..rounds(10) {
        app.sql(r#"DELETE FROM account WHERE "providerId" <> 'credential'"#, vec![]).await;
        app.sql(r#"INSERT INTO account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt") SELECT 'second', 'x', 'github', "userId", "createdAt", "updatedAt" FROM account"#, vec![]).await;
        let listed = ada.clone().get("/list-accounts").await;
        let ids: Vec<String> =
            listed.json.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        let unlink = |id: String| {
            let mut browser = ada.clone();
            tokio::spawn(async move { browser.post("/unlink-account", json!({ "accountId": id })).await })
        };
        let both = [unlink(ids[0].clone()), unlink(ids[1].clone())];
        for one in both {
            one.await.unwrap();
        }
        assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
        app.sql("UPDATE account SET \"providerId\" = 'credential', \"accountId\" = \"userId\", id = 'first'", vec![])
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_refresh_token_outlives_a_change_of_password() {
    let app = TestApp::new().await;
    let ada = app.member("ada@example.com").await;
    let mut passwords = [PASSWORD, "battery staple 7"];
    for _ in 0..rounds(3) {
        let signed_in =
            app.browser().post("/signin", json!({ "email": "ada@example.com", "password": passwords[0] })).await;
        let mut token = signed_in.json["refreshToken"].as_str().unwrap().to_owned();
        let mut browser = ada.clone();
        let body = json!({ "currentPassword": passwords[0], "newPassword": passwords[1] });
        let changing = tokio::spawn(async move { browser.post("/change-password", body).await.status });
        let refreshed = loop {
            let answer = app.browser().post("/refresh", json!({ "refreshToken": token })).await;
            match answer.json["refreshToken"].as_str() {
                Some(successor) => successor.clone_into(&mut token),
                None => break answer,
            }
        };
        assert_eq!(refreshed.status, StatusCode::UNAUTHORIZED);
        assert_eq!(changing.await.unwrap(), StatusCode::OK);
        assert_eq!(app.count("SELECT count(*) FROM doorward_refresh").await, 0);
        passwords.swap(0, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_verification_link_signs_in_once() {
    let app = TestApp::with(|config| config.account.sign_in_after_verification = true).await;
    for round in 0..rounds(5) {
        let address = format!("ada{round}@example.com");
        app.member(&address).await.post("/send-verification-email", json!({ "email": address })).await;
        let link = app.mailbox.link(&address).unwrap();
        let before = app.count("SELECT count(*) FROM session").await;
        let together = Arc::new(tokio::sync::Barrier::new(16));
        let following = (0..16).map(|_| {
            let (mut browser, link, together) = (app.browser(), link.clone(), Arc::clone(&together));
            tokio::spawn(async move {
                together.wait().await;
                browser.get(&link).await.status
            })
        });
        for status in following.collect::<Vec<_>>() {
            assert!(matches!(status.await.unwrap(), StatusCode::OK | StatusCode::FOUND));
        }
        assert_eq!(app.count("SELECT count(*) FROM session").await, before + 1);
    }
}

/// Between the proof of the address and the session that it opens.
#[tokio::test]
async fn who_leaves_while_their_address_is_proved_is_not_signed_in() {
    if std::env::var("DOORWARD_TEST_POSTGRES").is_ok() {
        return; // the trigger that makes them leave is written for SQLite
    }
    let app = TestApp::with(|config| config.account.sign_in_after_verification = true).await;
    app.member("ada@example.com").await.post("/send-verification-email", json!({ "email": "ada@example.com" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    app.sql(r#"CREATE TRIGGER leave AFTER UPDATE ON "user" BEGIN DELETE FROM "user" WHERE id = NEW.id; END"#, vec![])
        .await;
    let link = link.split("&callbackURL").next().unwrap();
    let refused = app.browser().get(link).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "USER_NOT_FOUND"), "{}", refused.text);
    assert_eq!(app.count("SELECT count(*) FROM session").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_changes_of_the_address_one_wins() {
    let app = TestApp::new().await;
    for round in 0..rounds(5) {
        let mut ada = app.member(&format!("ada{round}@example.com")).await;
        let mut links = Vec::new();
        for address in [format!("b{round}@example.com"), format!("c{round}@example.com")] {
            ada.post("/change-email", json!({ "newEmail": address, "callbackURL": "/account" })).await;
            links.push(app.mailbox.link(&address).unwrap());
        }
        let following = links.iter().cycle().take(8).map(|link| {
            let (mut browser, link) = (app.browser(), link.clone());
            tokio::spawn(async move { browser.get(&link).await.header("location").to_owned() })
        });
        let mut won = 0;
        for location in following.collect::<Vec<_>>() {
            won += u32::from(location.await.unwrap() == "/account");
        }
        assert_eq!(won, 1);
    }
}
