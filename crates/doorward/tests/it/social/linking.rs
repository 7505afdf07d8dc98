use serde_json::{Value, json};

use super::{account_of, leave, person, visit, who_is, with_provider};
use crate::support::{Browser, ORIGIN, TestApp};

fn error_page(code: &str) -> String {
    format!("{ORIGIN}/api/auth/error?error={code}")
}

async fn verified_member(app: &TestApp, email: &str) -> Browser {
    let browser = app.member(email).await;
    app.sql(r#"UPDATE "user" SET "emailVerified" = $1 WHERE email = $2"#, vec![true.into(), email.into()]).await;
    browser
}

#[tokio::test]
async fn an_address_opens_an_account_only_if_both_sides_know_it_is_theirs() {
    for (here, there, trusted, expected) in [
        (true, true, false, "/home".to_owned()),
        (false, true, false, error_page("account_not_linked")),
        (true, false, false, error_page("account_not_linked")),
        (true, false, true, "/home".to_owned()),
        (false, false, true, error_page("account_not_linked")),
    ] {
        let (app, provider) = with_provider(|config| config.providers[0].trusted = trusted).await;
        if here {
            verified_member(&app, "ada@example.com").await
        } else {
            app.member("ada@example.com").await
        };
        let mut who = person("Ada@example.com");
        who["email_verified"] = there.into();
        let mut visitor = app.browser();
        let answer = visit(&mut visitor, &provider, who).await;
        assert_eq!(answer.header("location"), expected, "verified here: {here}, there: {there}, trusted: {trusted}");
        let is_in = expected == "/home";
        assert_eq!(who_is(&mut visitor).await, if is_in { json!("ada@example.com") } else { Value::Null });
        assert_eq!(app.count("SELECT count(*) FROM account").await, if is_in { 2 } else { 1 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_account_is_stored_once_however_many_come_at_once() {
    let (app, provider) = with_provider(|_| {}).await;
    verified_member(&app, "ada@example.com").await;
    visit(&mut app.browser(), &provider, person("first@example.com")).await; // so that the keys are known
    provider.answer_together(8);
    let mut visits = Vec::new();
    for _ in 0..8 {
        let mut browser = app.browser();
        let back = leave(&mut browser, &provider, person("ada@example.com"), "/sign-in/social", json!({})).await;
        visits.push(tokio::spawn(async move { browser.get(&back).await.header("location").to_owned() }));
    }
    let mut arrived = 0;
    for visit in visits {
        let location = visit.await.unwrap();
        assert!(location == "/home" || location == error_page("unable_to_link_account"), "{location}");
        arrived += usize::from(location == "/home");
    }
    assert!(arrived > 0);
    let of_ada = "SELECT count(*) FROM account WHERE \"accountId\" = 'sub of ada@example.com'";
    assert_eq!(app.count(of_ada).await, 1);
}

#[tokio::test]
async fn signing_in_can_show_that_an_address_is_verified() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut who = person("grace@example.com");
    who["email_verified"] = false.into();
    let mut grace = app.browser();
    visit(&mut grace, &provider, who.clone()).await;
    assert_eq!(grace.get("/get-session").await.json["user"]["emailVerified"], false);
    who["email_verified"] = true.into();
    visit(&mut grace, &provider, who).await;
    assert_eq!(grace.get("/get-session").await.json["user"]["emailVerified"], true);
}

#[tokio::test]
async fn an_account_is_linked_used_and_given_up() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut ada = app.member("ada@example.com").await;
    for _ in 0..2 {
        let back = leave(&mut ada, &provider, person("ADA@example.com"), "/link-social", json!({})).await;
        assert_eq!(ada.get(&back).await.header("location"), "/home");
        assert_eq!(app.count("SELECT count(*) FROM account").await, 2);
    }
    let mut visitor = app.browser();
    assert_eq!(visit(&mut visitor, &provider, person("ADA@example.com")).await.header("location"), "/home");
    assert_eq!(who_is(&mut visitor).await, "ada@example.com");

    let account = account_of(&mut ada).await;
    assert_eq!(ada.post("/unlink-account", json!({ "accountId": account })).await.status, 200);
    assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
}

#[tokio::test]
async fn what_may_not_be_linked_is_not() {
    let (app, provider) = with_provider(|_| {}).await;
    visit(&mut app.browser(), &provider, person("grace@example.com")).await;
    app.sql(r#"UPDATE "user" SET email = 'moved@example.com'"#, vec![]).await;
    let mut unverified = person("ada@example.com");
    unverified["email_verified"] = false.into();
    let mut of_grace = person("grace@example.com");
    of_grace["email"] = "ada@example.com".into();
    let mut ada = app.member("ada@example.com").await;
    for (who, expected) in [
        (person("work@example.com"), "email_does_not_match"),
        (unverified, "unable_to_link_account"),
        (of_grace, "account_already_linked_to_different_user"),
    ] {
        let wishes = json!({ "errorCallbackURL": "/oops" });
        let back = leave(&mut ada, &provider, who, "/link-social", wishes).await;
        assert_eq!(ada.get(&back).await.header("location"), format!("/oops?error={expected}"));
    }
    assert_eq!(ada.get("/list-accounts").await.json.as_array().unwrap().len(), 1);
    assert_eq!(app.browser().post("/link-social", json!({ "provider": "local" })).await.status, 401);
    assert_eq!(app.browser().post("/link-social", json!({})).await.status, 400);
}

#[tokio::test]
async fn linking_ends_with_the_session_it_began_in() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut ada = app.member("ada@example.com").await;
    let back = leave(&mut ada, &provider, person("ada@example.com"), "/link-social", json!({})).await;
    ada.clone().post("/sign-out", json!({})).await;
    assert_eq!(ada.get(&back).await.header("location"), error_page("unable_to_link_account"));
    assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
}

#[tokio::test]
async fn an_account_is_linked_by_an_id_token() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut ada = app.member("ada@example.com").await;
    let by_token = |who: &Value| json!({ "provider": "local", "idToken": { "token": provider.id_token(who) } });
    let mut unverified = person("ada@example.com");
    unverified["email_verified"] = false.into();
    assert_eq!(ada.post("/link-social", by_token(&unverified)).await.code(), "LINKING_NOT_ALLOWED");
    let other = ada.post("/link-social", by_token(&person("work@example.com"))).await;
    assert_eq!((other.status.as_u16(), other.code()), (401, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED"));
    for _ in 0..2 {
        let answer = ada.post("/link-social", by_token(&person("ada@example.com"))).await;
        assert_eq!(answer.text, r#"{"url":"","status":true,"redirect":false}"#);
    }
    let mut eve = app.member("eve@example.com").await;
    let taken = eve.post("/link-social", by_token(&person("ada@example.com"))).await;
    assert_eq!((taken.status.as_u16(), taken.code()), (409, "SOCIAL_ACCOUNT_ALREADY_LINKED"));
    let forged = json!({ "provider": "local", "idToken": { "token": "a.b.c" } });
    assert_eq!(ada.post("/link-social", forged).await.code(), "INVALID_TOKEN");
}
