//! The cache of verified tokens: faster, and never more lenient.

use crate::support::{Key, NOW, TestClock, configured, jwks};
use doorward_verify::{DenyList, JwtError, Refusal, SharedKeys, Verifier};
use serde_json::json;
use std::time::Instant;

fn check(verifier: &Verifier, token: &str) -> Result<(), Refusal> {
    verifier.verify_in_memory(token).map(|_| ())
}

#[test]
fn a_remembered_token_expires_all_the_same() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let verifier = configured(&clock).jwks(jwks(&[&key])).build().expect("a verifier");
    let token = key.token();
    assert_eq!(check(&verifier, &token), Ok(()));
    clock.advance(839);
    assert_eq!(check(&verifier, &token), Ok(()));
    clock.advance(1);
    assert_eq!(check(&verifier, &token), Err(JwtError::Expired.into()));
    clock.advance(-1000);
    assert_eq!(check(&verifier, &token), Err(JwtError::IssuedInFuture.into()), "a clock that was set back");
}

#[test]
fn a_remembered_token_of_an_ended_session_is_refused() {
    let (key, clock, list) = (Key::new("a"), TestClock::new(), DenyList::new());
    let verifier = configured(&clock).jwks(jwks(&[&key])).deny_list(&list).build().expect("a verifier");
    let token = key.token();
    assert_eq!(check(&verifier, &token), Ok(()));
    list.revoke("session-1", NOW + 900, NOW);
    assert_eq!(check(&verifier, &token), Err(Refusal::Revoked));
}

#[test]
fn one_letter_more_is_another_token() {
    let key = Key::new("a");
    let verifier = configured(&TestClock::new()).jwks(jwks(&[&key])).build().expect("a verifier");
    let token = key.token();
    assert_eq!(check(&verifier, &token), Ok(()));
    for other in [format!("{token}="), format!("{token}A"), format!(" {token}"), token[..token.len() - 1].to_owned()] {
        assert!(check(&verifier, &other).is_err());
    }
}

#[test]
fn many_more_tokens_than_entries() {
    let key = Key::new("a");
    for entries in [0, 1, 2, 50, 2048] {
        let verifier =
            configured(&TestClock::new()).jwks(jwks(&[&key])).cache_entries(entries).build().expect("a verifier");
        let tokens = (0..300).map(|number| key.token_with(json!({"number": number}))).collect::<Vec<_>>();
        for _ in 0..2 {
            for (number, token) in tokens.iter().enumerate() {
                let claims = verifier.verify_in_memory(token).expect("good");
                assert_eq!(claims.get("number"), Some(&json!(number)), "each token has its own claims");
            }
        }
    }
}

#[test]
fn remembering_is_worth_it() {
    let key = Key::new("a");
    let token = key.token();
    let time = |entries: usize| {
        let verifier =
            configured(&TestClock::new()).jwks(jwks(&[&key])).cache_entries(entries).build().expect("a verifier");
        assert_eq!(check(&verifier, &token), Ok(()));
        let begun = Instant::now();
        for _ in 0..2000 {
            assert_eq!(check(&verifier, &token), Ok(()));
        }
        begun.elapsed()
    };
    let (without, with) = (time(0), time(100));
    assert!(with * 3 < without, "{with:?} against {without:?}");
}

#[test]
fn a_key_that_returns_does_not_bring_back_what_it_verified() {
    let (one, two, keys) = (Key::new("a"), Key::new("b"), SharedKeys::new());
    let verifier = configured(&TestClock::new()).shared_keys(&keys).build().expect("a verifier");
    keys.publish(&jwks(&[&one])).expect("a set");
    assert_eq!(check(&verifier, &one.token()), Ok(()));
    keys.publish(&jwks(&[&two])).expect("a set");
    assert!(check(&verifier, &one.token()).is_err());
    keys.publish(&jwks(&[&one])).expect("a set");
    assert_eq!(check(&verifier, &one.token()), Ok(()), "checked anew");
}
