use http::StatusCode;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp};

const NEW: &str = "battery staple 7";
const EVE: &str = "eve@example.com";

#[tokio::test]
async fn a_forgotten_password_is_reset_once() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let asked = app
        .browser()
        .post("/request-password-reset", json!({ "email": "ADA@example.com", "redirectTo": "/reset-password" }))
        .await;
    let unknown = app
        .browser()
        .post("/request-password-reset", json!({ "email": "eve@example.com", "redirectTo": "/reset-password" }))
        .await;
    assert_eq!((asked.status, &asked.text), (StatusCode::OK, &unknown.text));
    assert!(app.mailbox.link("eve@example.com").is_none());
    let link = app.mailbox.link("ada@example.com").unwrap();
    let followed = app.browser().get(&link).await;
    assert_eq!(followed.status, StatusCode::FOUND);
    let page = followed.header("location").to_owned();
    let token = page.strip_prefix("http://localhost:3000/reset-password?token=").unwrap();
    let reset = json!({ "newPassword": NEW, "token": token });
    assert_eq!(
        app.browser().post("/reset-password", json!({ "newPassword": "short", "token": token })).await.code(),
        "PASSWORD_TOO_SHORT"
    );
    assert_eq!(app.browser().post("/reset-password", reset.clone()).await.status, StatusCode::OK);
    assert_eq!(app.browser().post("/reset-password", reset).await.code(), "INVALID_TOKEN");
    assert_eq!(
        app.browser().post("/sign-in/email", json!({ "email": "ada@example.com", "password": NEW })).await.status,
        StatusCode::OK
    );
    assert_eq!(
        app.browser().post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        app.browser().get(&link).await.header("location"),
        "http://localhost:3000/reset-password?error=INVALID_TOKEN"
    );
}

#[tokio::test]
async fn a_reset_link_ends_after_an_hour() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    app.browser().post("/request-password-reset", json!({ "email": "ada@example.com", "redirectTo": "/x" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let token = link.strip_prefix("/reset-password/").unwrap().split('?').next().unwrap().to_owned();
    app.clock.advance(3601);
    assert_eq!(
        app.browser().post("/reset-password", json!({ "newPassword": NEW, "token": token })).await.code(),
        "INVALID_TOKEN"
    );
}

#[tokio::test]
async fn an_address_is_verified_by_its_link() {
    let app = TestApp::with(|config| config.account.require_verification = true).await;
    let sign_up = app
        .browser()
        .post(
            "/sign-up/email",
            json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "callbackURL": "/welcome" }),
        )
        .await;
    assert_eq!((sign_up.status, &sign_up.json["token"]), (StatusCode::OK, &json!(null)));
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(app.browser().post("/sign-in/email", credentials.clone()).await.code(), "EMAIL_NOT_VERIFIED");
    let link = app.mailbox.link("ada@example.com").unwrap();
    let tampered = link.replace("token=ey", "token=eY");
    assert_eq!(app.browser().get(&tampered).await.header("location"), "/welcome?error=INVALID_TOKEN");
    assert_eq!(app.browser().get(&link).await.header("location"), "/welcome");
    assert_eq!(app.browser().post("/sign-in/email", credentials).await.status, StatusCode::OK);
    app.clock.advance(3601);
    assert_eq!(app.browser().get(&link).await.header("location"), "/welcome?error=TOKEN_EXPIRED");
}

#[tokio::test]
async fn an_address_changes_only_when_the_new_one_is_proved() {
    let app = TestApp::new().await;
    app.member("taken@example.com").await;
    let mut ada = app.member("ada@example.com").await;
    let taken = ada.post("/change-email", json!({ "newEmail": "taken@example.com" })).await;
    let free = ada.post("/change-email", json!({ "newEmail": "new@example.com", "callbackURL": "/account" })).await;
    assert_eq!((taken.status, &taken.text), (StatusCode::OK, &free.text));
    assert!(app.mailbox.link("taken@example.com").is_none());
    let link = app.mailbox.link("new@example.com").unwrap();
    assert_eq!(ada.get("/get-session").await.json["user"]["email"], "ada@example.com");
    assert_eq!(ada.get(&link).await.header("location"), "/account");
    assert_eq!(ada.get("/get-session").await.json["user"]["email"], "new@example.com");
    assert_eq!(
        ada.get(&link).await.header("location"),
        "/account?error=INVALID_TOKEN",
        "the link is used up by the change"
    );
}

#[tokio::test]
async fn an_address_taken_meanwhile_is_no_server_error() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    ada.post("/change-email", json!({ "newEmail": "new@example.com" })).await;
    let link = app.mailbox.link("new@example.com").unwrap();
    app.member("new@example.com").await;
    assert_eq!(ada.get(&link).await.header("location"), "/?error=INVALID_TOKEN");
}

#[tokio::test]
async fn an_account_is_deleted_by_password_or_by_mail() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    assert_eq!(ada.post("/delete-user", json!({ "password": "wrong horse 9" })).await.code(), "INVALID_PASSWORD");
    assert_eq!(ada.post("/delete-user", json!({ "password": PASSWORD })).await.json["message"], "User deleted");
    for table in [r#"SELECT count(*) FROM "user""#, "SELECT count(*) FROM session", "SELECT count(*) FROM account"] {
        assert_eq!(app.count(table).await, 0);
    }

    let app = TestApp::with(|config| config.account.delete_user_mail = true).await;
    let mut ada = app.member("ada@example.com").await;
    let mut eve = app.member("eve@example.com").await;
    ada.post("/delete-user", json!({ "callbackURL": "/bye" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    assert_eq!(eve.get(&link).await.code(), "INVALID_TOKEN", "a link works for its own account alone");
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 2);
    ada.post("/delete-user", json!({ "callbackURL": "/bye" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    assert_eq!(ada.get(&link).await.header("location"), "/bye");
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 1);
}

#[tokio::test]
async fn a_reset_ends_a_change_of_address_that_began_before_it() {
    let app = TestApp::new().await;
    let mut thief = app.member("ada@example.com").await;
    thief.post("/change-email", json!({ "newEmail": "thief@example.com" })).await;
    let theirs = app.mailbox.link("thief@example.com").unwrap();
    app.clock.advance(60);
    app.browser().post("/request-password-reset", json!({ "email": "ada@example.com", "redirectTo": "/x" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let token = link.strip_prefix("/reset-password/").unwrap().split('?').next().unwrap().to_owned();
    let reset = app.browser().post("/reset-password", json!({ "newPassword": NEW, "token": token })).await;
    assert_eq!(reset.status, StatusCode::OK);

    app.browser().get(&theirs).await;
    assert_eq!(app.count(r#"SELECT count(*) FROM "user" WHERE email = 'ada@example.com'"#).await, 1);
}

#[tokio::test]
async fn nobody_fills_a_mailbox_by_an_account_of_theirs() {
    let app = TestApp::with(|config| {
        config.network.rate_limit = true;
        config.network.trusted_proxies = vec!["192.0.2.1".parse().unwrap()];
        config.account.delete_user_mail = true;
        config.account.change_email_confirm = true;
    })
    .await;
    let mut eve = app.member(EVE).await;
    app.sql(r#"UPDATE "user" SET "emailVerified" = true"#, vec![]).await;
    let from =
        |browser: &Browser, number: usize| browser.clone().header("x-forwarded-for", &format!("203.0.113.{number}"));
    let sent = |to: &str| std::iter::from_fn(|| app.mailbox.link(to)).count();

    // By one link, which sends a mail to the new address each time.
    eve.post("/change-email", json!({ "newEmail": "somebody@example.com" })).await;
    let link = app.mailbox.link(EVE).expect("asks the old address");
    let mut refused = 0;
    for number in 0..20 {
        refused += usize::from(from(&eve, number).get(&link).await.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!((sent("somebody@example.com"), refused), (2, 18), "three a minute, and one asked the old address");

    // By asking for deletion, with an address that was never proved to be theirs.
    app.clock.advance(61);
    for number in 0..20 {
        from(&eve, number).post("/delete-user", json!({})).await;
    }
    assert_eq!(sent(EVE), 3);
    app.clock.advance(61);
    assert_eq!(eve.post("/delete-user", json!({})).await.status, StatusCode::OK);
    assert_eq!(sent(EVE), 1);
}

#[tokio::test]
async fn nobody_fills_a_mailbox_from_many_addresses() {
    let app = TestApp::with(|config| {
        config.network.rate_limit = true;
        config.network.trusted_proxies = vec!["192.0.2.1".parse().unwrap()];
    })
    .await;
    app.member(EVE).await;
    let ask = async |path: &str, number: usize| {
        let mut browser = app.browser().header("x-forwarded-for", &format!("203.0.113.{number}"));
        browser.post(path, json!({ "email": EVE, "redirectTo": "/reset-password" })).await.status
    };
    let sent = || std::iter::from_fn(|| app.mailbox.link(EVE)).count();
    for number in 0..20 {
        assert_eq!(ask("/request-password-reset", number).await, StatusCode::OK, "the answer tells nothing");
    }
    assert_eq!(sent(), 10);
    assert_eq!(ask("/send-verification-email", 30).await, StatusCode::OK);
    assert_eq!(sent(), 1, "mails of another kind are not concerned");
    app.clock.advance(61);
    assert_eq!(ask("/request-password-reset", 31).await, StatusCode::OK);
    assert_eq!(sent(), 1);
}
