//! Configurations that make no sense are refused when they are built, in words.

use crate::support::{Key, TestClock, configured, jwks};
use doorward_verify::{Algorithm, BuildError, Builder, DenyFeed, JwtError, Refusal, Verifier};
use serde_json::json;

fn error(builder: Builder) -> BuildError {
    builder.build().map(|_| ()).expect_err("refused")
}

#[test]
fn what_is_missing() {
    let set = jwks(&[&Key::new("a")]);
    assert!(matches!(error(Verifier::builder().audience("a").jwks(set.clone())), BuildError::NoIssuer));
    assert!(matches!(error(Verifier::builder().issuer("").audience("a").jwks(set.clone())), BuildError::NoIssuer));
    assert!(matches!(error(Verifier::builder().issuer("a").jwks(set.clone())), BuildError::NoAudience));
    assert!(matches!(error(Verifier::builder().issuer("a").audience("").jwks(set)), BuildError::NoAudience));
    assert!(matches!(error(Verifier::builder().issuer("a").audience("a")), BuildError::NoKeys));
}

#[test]
fn what_does_not_fit() {
    let (clock, set) = (TestClock::new(), jwks(&[&Key::new("a")]));
    let base = || configured(&clock);
    let secret = "a secret of at least thirty-two bytes";
    assert!(matches!(error(base().jwks(set.clone()).shared_secret(secret)), BuildError::SeveralSources));
    assert!(matches!(error(base().shared_secret("short")), BuildError::ShortSecret));
    assert!(matches!(error(base().shared_secret(secret).algorithms([Algorithm::EdDsa])), BuildError::NoAlgorithm));
    assert!(matches!(error(base().jwks(set.clone()).algorithms([Algorithm::Hs256])), BuildError::NoAlgorithm));
    assert!(matches!(error(base().jwks(set.clone()).realm("a\"b")), BuildError::Realm));
    assert!(matches!(error(base().jwks(json!({}))), BuildError::Jwks(_)));
    assert!(matches!(error(base().public_key(json!({"kty": "oct"}))), BuildError::PublicKey(_)));
    assert!(matches!(error(base().jwks_url("http://app.example/jwks")), BuildError::Url { .. }));
    assert!(matches!(error(base().jwks(set).deny_feed(DenyFeed::at("https://a.example"))), BuildError::NoRuntime));
    let secretive = format!("{}", error(base().shared_secret("short and secret")));
    assert!(!secretive.contains("short and secret"));
}

#[test]
fn the_printed_form_has_no_keys() {
    let secret = "a secret of at least thirty-two bytes";
    let verifier = configured(&TestClock::new()).shared_secret(secret).build().expect("a verifier");
    assert!(!format!("{verifier:?}").contains("thirty-two"));
}

#[test]
fn algorithms_narrow_the_choice() {
    let (edwards, curve) = (Key::new("a"), Key::of(Algorithm::Es256, "b"));
    let set = jwks(&[&edwards, &curve]);
    let verifier = configured(&TestClock::new()).jwks(set).algorithms([Algorithm::Es256]).build().expect("a verifier");
    assert!(verifier.verify_in_memory(&curve.token()).is_ok());
    let refusal = verifier.verify_in_memory(&edwards.token()).map(|_| ());
    assert_eq!(refusal, Err(Refusal::AlgorithmNotAllowed));
}

#[test]
fn every_algorithm_in_one_set() {
    let keys = Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric());
    let keys = keys.map(|algorithm| Key::of(algorithm, algorithm.as_str())).collect::<Vec<_>>();
    let set = jwks(&keys.iter().collect::<Vec<_>>());
    let verifier = configured(&TestClock::new()).jwks(set).build().expect("a verifier");
    for key in &keys {
        assert!(verifier.verify_in_memory(&key.token()).is_ok(), "{}", key.signing.algorithm());
    }
}

#[test]
fn age_leeway_audiences_and_types() {
    use std::time::Duration;
    let key = Key::new("a");
    let base = || configured(&TestClock::new()).jwks(jwks(&[&key]));
    let check = |builder: Builder, changes| {
        builder.build().expect("a verifier").verify_in_memory(&key.token_with(changes)).map(|_| ())
    };
    let now = crate::support::NOW;
    assert_eq!(check(base(), json!({"exp": now - 1})), Err(JwtError::Expired.into()));
    assert_eq!(check(base().leeway(Duration::from_secs(10)), json!({"exp": now - 1})), Ok(()));
    assert_eq!(check(base().max_token_age(Duration::from_secs(899)), json!({})), Err(JwtError::LivesTooLong.into()));
    assert_eq!(check(base().max_token_age(Duration::from_secs(900)), json!({})), Ok(()));
    assert_eq!(check(base().audience("second"), json!({"aud": ["second"]})), Ok(()));
    assert_eq!(check(base().types(["at+jwt"]), json!({})), Err(JwtError::UnacceptedType.into()));
}
