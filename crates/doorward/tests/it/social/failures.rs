//! Visits leave events: those that lead somewhere, and those that lead nowhere.

use serde_json::{Value, json};

use super::{TestApp, account_of, leave, person, visit, with_provider};
use crate::{
    events::{self, trail},
    support::Browser,
};

/// The reasons of what failed at providers, oldest first.
async fn reasons(app: &TestApp, person: Option<&str>, at_least: usize) -> Vec<String> {
    for _ in 0..100 {
        let entries = trail(app, person, 0).await;
        let failed = entries.into_iter().filter(|entry| entry.event == "provider-failed");
        let reasons: Vec<_> = failed.map(|entry| entry.reason.unwrap()).collect();
        if reasons.len() >= at_least {
            return reasons;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{:?}", trail(app, person, 0).await);
}

#[tokio::test]
async fn ways_back_that_are_nobodys_are_told() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
    app.browser().get("/callback/local?code=x").await;
    app.browser().get(&back).await;
    grace.get(&back.replace("/callback/local", "/callback/elsewhere")).await;
    assert_eq!(reasons(&app, None, 3).await, ["state_not_found", "state_mismatch", "oauth_provider_not_found"]);
}

#[tokio::test]
async fn what_a_provider_says_is_told_in_our_words() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    for (rest, _) in [("&error=a%0Asecret", ""), ("", "no_code"), ("&code=made-up", "invalid_code")] {
        let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
        let state = back.split('&').find(|part| part.starts_with("state=")).unwrap();
        grace.get(&format!("/callback/local?{state}{rest}")).await;
    }
    assert_eq!(reasons(&app, None, 3).await, ["local: refused_there", "local: no_code", "local: invalid_code"]);
}

#[tokio::test]
async fn an_account_that_stays_closed_knows_who_was_at_the_door() {
    let (app, provider) = with_provider(|config| config.providers[0].disable_sign_up = true).await;
    app.member("ada@example.com").await;
    visit(&mut app.browser(), &provider, person("Ada@example.com")).await;
    visit(&mut app.browser(), &provider, person("stranger@example.com")).await;
    assert_eq!(reasons(&app, None, 2).await, ["local: account_not_linked", "local: signup_disabled"]);
    assert_eq!(reasons(&app, Some("stranger@example.com"), 1).await, ["local: signup_disabled"]);
    let entries = trail(&app, Some("ada@example.com"), 2).await;
    assert_eq!(events::names(&entries), ["sign-up", "provider-failed"]);
    assert!(entries[1].user_id.is_some() && entries[1].account.is_some());
    assert_eq!(app.browser().get("/activity").await.status, 401);
}

#[tokio::test]
async fn links_that_are_refused_are_told_to_their_person() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut ada = app.member("ada@example.com").await;
    let refused = async |ada: &mut Browser, who: Value| {
        let back = leave(ada, &provider, who, "/link-social", json!({})).await;
        ada.get(&back).await;
    };
    refused(&mut ada, person("eve@example.com")).await;
    visit(&mut app.browser(), &provider, json!({ "sub": "grace", "email": "grace@example.com" })).await;
    refused(&mut ada, json!({ "sub": "grace", "email": "ada@example.com", "email_verified": true })).await;
    let told = ["local: email_does_not_match", "local: account_already_linked_to_different_user"];
    assert_eq!(reasons(&app, Some("ada@example.com"), 2).await, told);
}

#[tokio::test]
async fn id_tokens_that_are_not_taken_are_told() {
    let (app, provider) = with_provider(|config| config.providers[0].disable_sign_up = true).await;
    let mut ada = app.member("ada@example.com").await;
    let body = |token: &str| json!({ "provider": "local", "idToken": { "token": token } });
    let good = provider.id_token(&person("eve@example.com"));
    assert_eq!(app.browser().post("/sign-in/social", body("a.b.c")).await.status, 401);
    assert_eq!(app.browser().post("/sign-in/social", body(&good)).await.status, 401);
    assert_eq!(ada.post("/link-social", body("a.b.c")).await.status, 401);
    assert_eq!(ada.post("/link-social", body(&good)).await.status, 401);
    let told = reasons(&app, None, 4).await;
    assert_eq!(told[..2], ["local: invalid_id_token", "local: signup_disabled"]);
    assert_eq!(reasons(&app, Some("ada@example.com"), 2).await, told[2..]);
    assert!(told[2..].iter().all(|reason| reason.starts_with("local: ")), "{told:?}");
}

#[tokio::test]
async fn what_a_visit_changes_is_told() {
    let (app, provider) = with_provider(|_| {}).await;
    visit(&mut app.browser(), &provider, person("grace@example.com")).await;
    assert_eq!(events::names(&trail(&app, Some("grace@example.com"), 2).await), ["sign-up", "sign-in"]);

    // An account that has a verified address gets the provider's by coming in, and one that is signed in by linking.
    let (mut ada, _) = (app.member("ada@example.com").await, app.member("eve@example.com").await);
    let back = leave(&mut ada, &provider, person("ada@example.com"), "/link-social", json!({})).await;
    ada.get(&back).await;
    assert_eq!(events::names(&trail(&app, Some("ada@example.com"), 2).await), ["sign-up", "account-linked"]);
    visit(&mut app.browser(), &provider, person("ada@example.com")).await;
    let ada_s = trail(&app, Some("ada@example.com"), 4).await;
    assert_eq!(events::names(&ada_s), ["sign-up", "account-linked", "email-verified", "sign-in"]);
    assert!(ada_s[1..].iter().all(|entry| entry.reason.as_deref() == Some("local")), "{ada_s:?}");
    app.sql(r#"UPDATE "user" SET "emailVerified" = $1"#, vec![true.into()]).await;
    visit(&mut app.browser(), &provider, person("eve@example.com")).await;
    let eve_s = trail(&app, Some("eve@example.com"), 3).await;
    assert_eq!(events::names(&eve_s), ["sign-up", "account-linked", "sign-in"]);
    let account = account_of(&mut ada).await;
    assert_eq!(ada.post("/unlink-account", json!({ "accountId": account })).await.status, 200);
    let names = trail(&app, Some("ada@example.com"), 5).await;
    assert_eq!(events::names(&names)[4], "account-unlinked");
}
