//! Following the issuer's list of ended sessions.

use crate::support::{Answer, ISSUER, Issuer, Key, NOW, TestClock, configured, eventually, jwks};
use doorward_verify::{DenyFeed, DenyList, Refusal, Verifier};
use serde_json::{Value, json};
use std::time::Duration;

fn list(key: &Key, changes: Value) -> Answer {
    let mut claims = json!({"iss": ISSUER, "iat": NOW, "exp": NOW + 60, "sids": []});
    claims.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
    Answer::Body(key.signing.sign_as("doorward-revoked+jwt", &claims.to_string()).expect("signs").into_bytes())
}

fn ended(sessions: &[&str]) -> Value {
    json!({"sids": sessions.iter().map(|session| json!([session, NOW + 900])).collect::<Vec<_>>()})
}

fn following(key: &Key, issuer: &Issuer, clock: &TestClock) -> Verifier {
    let feed = DenyFeed::at(&issuer.url).every(Duration::from_millis(100));
    configured(clock).jwks(jwks(&[key])).deny_feed(feed).build().expect("a verifier")
}

fn is_revoked(verifier: &Verifier, token: &str) -> bool {
    matches!(verifier.verify_in_memory(token), Err(Refusal::Revoked))
}

#[tokio::test]
async fn an_ended_session_is_refused_within_a_look_and_others_are_not() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::start(list(&key, json!({}))).await;
    let verifier = following(&key, &issuer, &clock);
    let token = key.token();
    issuer.wait_for_hits(2).await;
    assert!(verifier.verify_in_memory(&token).is_ok());
    issuer.answer(list(&key, ended(&["session-1"])));
    eventually(|| is_revoked(&verifier, &token)).await;
    assert!(verifier.verify_in_memory(&key.token_with(json!({"sid": "session-2"}))).is_ok());
    assert!(verifier.verify_in_memory(&key.token_with(json!({"sid": "SESSION-1"}))).is_ok());
}

#[tokio::test]
async fn an_unchanged_list_costs_a_304() {
    let key = Key::new("a");
    let issuer = Issuer::start(list(&key, ended(&["session-1"]))).await;
    issuer.set_etag("\"one\"");
    let verifier = following(&key, &issuer, &TestClock::new());
    eventually(|| issuer.unchanged() >= 2).await;
    assert!(is_revoked(&verifier, &key.token()));
}

#[tokio::test]
async fn a_list_that_is_not_the_issuers_changes_nothing() {
    let (key, stranger, clock) = (Key::new("a"), Key::new("stranger"), TestClock::new());
    let issuer = Issuer::start(list(&key, ended(&["session-1"]))).await;
    let verifier = following(&key, &issuer, &clock);
    let token = key.token();
    eventually(|| is_revoked(&verifier, &token)).await;
    let empty = key.signing.sign(&json!({"iss": ISSUER, "iat": NOW, "exp": NOW + 60, "sids": []}).to_string());
    for answer in [
        list(&stranger, json!({})),
        list(&key, json!({"iss": "https://else.example"})),
        list(&key, json!({"exp": NOW})),
        list(&key, json!({"iat": NOW - 1})),
        list(&key, json!({"sids": {}})),
        list(&key, json!({"sids": ["session-2"]})),
        list(&key, json!({"sids": [["session-2", "soon"]]})),
        Answer::Body(empty.expect("signs").into_bytes()),
        Answer::Body(key.token().into_bytes()),
        Answer::Body(vec![b'a'; 1024 * 1024 + 1]),
        Answer::Body(vec![0xff; 10]),
        Answer::Status(500),
        Answer::Redirect(issuer.url.clone()),
    ] {
        issuer.answer(answer);
        issuer.wait_for_hits(issuer.hits() + 2).await;
        assert!(is_revoked(&verifier, &token), "the last good list goes on");
    }
}

#[tokio::test]
async fn a_session_that_ended_never_lives_again_whatever_a_later_list_leaves_out() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::start(list(&key, ended(&["session-1"]))).await;
    let verifier = following(&key, &issuer, &clock);
    let token = key.token();
    eventually(|| is_revoked(&verifier, &token)).await;
    issuer.answer(list(&key, ended(&["session-2"])));
    eventually(|| is_revoked(&verifier, &key.token_with(json!({"sid": "session-2"})))).await;
    assert!(is_revoked(&verifier, &token), "a list that is cut short forgets nothing");
}

#[tokio::test]
async fn the_list_is_no_access_token() {
    let key = Key::new("a");
    let verifier = configured(&TestClock::new()).jwks(jwks(&[&key])).build().expect("a verifier");
    let document = key.signing.sign_as("doorward-revoked+jwt", &crate::support::claims(json!({})).to_string());
    assert!(verifier.verify_in_memory(&document.expect("signs")).is_err());
}

#[tokio::test]
async fn an_application_may_insist_on_a_fresh_list() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::start(Answer::Status(500)).await;
    let feed = DenyFeed::at(&issuer.url).every(Duration::from_millis(100)).required_within(Duration::from_secs(10));
    let verifier = configured(&clock).jwks(jwks(&[&key])).deny_feed(feed).build().expect("a verifier");
    let outcome = || verifier.verify_in_memory(&key.token()).map(|_| ());
    assert_eq!(outcome(), Err(Refusal::RevocationsUnavailable));
    issuer.answer(list(&key, json!({})));
    eventually(|| outcome().is_ok()).await;
    issuer.answer(Answer::Status(500));
    issuer.wait_for_hits(issuer.hits() + 2).await;
    clock.advance(11);
    assert_eq!(outcome(), Err(Refusal::RevocationsUnavailable));
}

#[tokio::test]
async fn nobody_follows_for_a_verifier_that_is_gone() {
    let key = Key::new("a");
    let issuer = Issuer::start(list(&key, json!({}))).await;
    let verifier = following(&key, &issuer, &TestClock::new());
    issuer.wait_for_hits(1).await;
    drop(verifier);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let hits = issuer.hits();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(issuer.hits(), hits);
}

#[test]
fn a_list_forgets_the_past_and_keeps_the_later_end() {
    let list = DenyList::new();
    for number in 0..5000 {
        list.revoke(format!("session-{number}"), NOW + 10, NOW + 3600 + number / 100);
    }
    assert!(list.len() < 2500, "{}", list.len());
    list.revoke("one", NOW + 900, NOW);
    list.revoke("one", NOW + 100, NOW);
    assert!(list.is_revoked("one", NOW + 899) && !list.is_revoked("one", NOW + 900));
}

#[test]
fn no_leeway_brings_a_token_of_an_ended_session_back() {
    let (key, clock, list) = (Key::new("a"), TestClock::new(), DenyList::new());
    let leeway = Duration::from_secs(60);
    let verifier = configured(&clock).jwks(jwks(&[&key])).leeway(leeway).deny_list(&list).build().expect("a verifier");
    let token = key.token_with(json!({"exp": NOW + 900}));
    list.revoke("session-1", NOW + 900, NOW);
    for seconds in [0, 899, 1, 59] {
        clock.advance(seconds);
        assert!(is_revoked(&verifier, &token), "{seconds} s later");
    }
    clock.advance(2);
    assert!(matches!(verifier.verify_in_memory(&token), Err(Refusal::Token(_))), "expired by now");
}
