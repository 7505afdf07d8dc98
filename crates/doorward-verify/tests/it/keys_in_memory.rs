//! Keys that the application has itself.

use crate::support::{Key, TestClock, configured, jwks};
use doorward_verify::{FetchError, JwtError, KeySet, Refusal, SharedKeys, VerifyingKey};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn published_keys_count_at_once_and_withdrawn_ones_no_longer() {
    let (one, two, keys) = (Key::new("a"), Key::new("b"), SharedKeys::new());
    let verifier = configured(&TestClock::new()).shared_keys(&keys).build().expect("a verifier");
    let check = |key: &Key| verifier.verify_in_memory(&key.token()).map(|_| ());
    assert_eq!(check(&one), Err(Refusal::KeysUnavailable));
    keys.publish(&jwks(&[&one])).expect("a set");
    assert_eq!(check(&one), Ok(()));
    assert_eq!(check(&two), Err(Refusal::Token(JwtError::UnknownKey)));
    keys.publish(&jwks(&[&one, &two])).expect("a set");
    assert_eq!((check(&one), check(&two)), (Ok(()), Ok(())));
    keys.publish(&jwks(&[&two])).expect("a set");
    assert_eq!(check(&one), Err(Refusal::Token(JwtError::UnknownKey)), "although its token is remembered");
    assert!(keys.publish(&json!({})).is_err());
    assert_eq!(check(&two), Ok(()), "what is no set changes nothing");
}

#[tokio::test]
async fn a_hook_is_asked_for_an_unknown_key_once_in_30_seconds() {
    let (one, two, clock, keys) = (Key::new("a"), Key::new("b"), TestClock::new(), SharedKeys::new());
    keys.publish(&jwks(&[&one])).expect("a set");
    let asked = Arc::new(AtomicUsize::new(0));
    let (counter, set) = (Arc::clone(&asked), jwks(&[&one, &two]));
    let hook = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let set = set.clone();
        async move { Ok::<_, FetchError>(set) }
    };
    let verifier = configured(&clock).shared_keys(&keys).fetch_keys(hook).build().expect("a verifier");
    assert!(verifier.verify(&one.token()).await.is_ok());
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert!(verifier.verify(&two.token()).await.is_ok());
    for _ in 0..100 {
        assert!(verifier.verify(&Key::new("c").token()).await.is_err());
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn one_public_key_without_a_name_checks_tokens_of_any_name() {
    let key = Key::new("a");
    let mut unnamed = key.public.clone();
    unnamed.as_object_mut().expect("an object").remove("kid");
    let verifier = configured(&TestClock::new()).public_key(unnamed).build().expect("a verifier");
    assert!(verifier.verify_in_memory(&key.token()).is_ok());
    let refusal = verifier.verify_in_memory(&Key::new("b").token()).map(|_| ());
    assert_eq!(refusal, Err(Refusal::Token(JwtError::Signature)));
    let named = configured(&TestClock::new()).public_key(key.public).build().expect("a verifier");
    let refusal = named.verify_in_memory(&Key::new("b").token()).map(|_| ());
    assert_eq!(refusal, Err(Refusal::Token(JwtError::UnknownKey)));
}

#[test]
fn a_shared_secret_in_a_shared_set() {
    use doorward_crypto::{Secret, jwk::SigningKey};
    let secret = Secret::new("a secret of at least thirty-two bytes");
    let keys = SharedKeys::new();
    keys.replace(KeySet::single(VerifyingKey::hmac(&secret)));
    let verifier = configured(&TestClock::new()).shared_keys(&keys).build().expect("a verifier");
    let token = SigningKey::hmac(&secret).sign(&crate::support::claims(json!({})).to_string()).expect("signs");
    assert!(verifier.verify_in_memory(&token).is_ok());
}
