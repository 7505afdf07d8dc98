//! Signing in with somebody else's account, against a small provider that really signs.

mod coming_in;
mod failures;
mod id_tokens;
mod linking;
mod provider;
mod tokens;

use doorward::config::{Config, OAuthProvider};
use doorward_crypto::secret::Secret;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestApp};
use provider::{CLIENT, SECRET, TestProvider};

/// A service beside a provider that it calls `local`.
async fn with_provider(change: impl FnOnce(&mut Config)) -> (TestApp, TestProvider) {
    let provider = TestProvider::start().await;
    let discovery = provider.address("/.well-known/openid-configuration");
    let app = TestApp::with(|config| {
        config.providers = vec![OAuthProvider::discovered("local", CLIENT, Some(Secret::new(SECRET)), &discovery)];
        change(config);
    })
    .await;
    provider.set_clock(&app.clock);
    (app, provider)
}

/// Somebody as the provider knows them.
fn person(email: &str) -> Value {
    json!({ "sub": format!("sub of {email}"), "email": email, "email_verified": true, "name": "Grace Hopper" })
}

/// Leaves for the provider and comes back as far as the link; `wishes` are members of the request's body.
async fn leave(browser: &mut Browser, provider: &TestProvider, who: Value, path: &str, wishes: Value) -> String {
    let mut body = json!({ "provider": "local", "callbackURL": "/home" });
    body.as_object_mut().unwrap().extend(wishes.as_object().unwrap().clone());
    let answer = browser.post(path, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    provider.authorize(answer.json["url"].as_str().unwrap(), who)
}

/// The whole visit.
async fn visit(browser: &mut Browser, provider: &TestProvider, who: Value) -> Answer {
    let back = leave(browser, provider, who, "/sign-in/social", json!({})).await;
    browser.get(&back).await
}

/// The row id of somebody's account at the provider.
async fn account_of(browser: &mut Browser) -> String {
    let accounts = browser.get("/list-accounts").await.json;
    let mut accounts = accounts.as_array().unwrap().iter();
    accounts.find(|account| account["providerId"] == "local").unwrap()["id"].as_str().unwrap().to_owned()
}

/// The address of somebody who is signed in.
async fn who_is(browser: &mut Browser) -> Value {
    browser.get("/get-session").await.json["user"]["email"].clone()
}
