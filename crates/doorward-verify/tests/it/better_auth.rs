//! In front of the real Better Auth: tokens and key sets that its package made.

use crate::support::TestClock;
use doorward_verify::{Builder, Claims, JwtError, Refusal, Verifier};
use serde_json::Value;

fn vectors() -> Value {
    let text = include_str!("../../../doorward-crypto/tests/vectors/jwt-better-auth.json");
    serde_json::from_str(text).expect("the vectors are JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// Configured as the guide says. `TestClock` begins at the moment at which the vectors were made.
fn configured(vectors: &Value) -> Builder {
    assert_eq!(vectors["now"], crate::support::NOW);
    let issuer = text(&vectors["issuer"]);
    Verifier::builder().issuer(issuer).audience(issuer).clock(TestClock::new())
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    email: String,
    email_verified: bool,
    name: String,
    created_at: String,
}

#[test]
fn its_tokens_are_good_in_every_algorithm() {
    let vectors = vectors();
    for case in vectors["cases"].as_array().expect("an array") {
        let verifier = configured(&vectors).jwks(case["jwks"].clone()).build().expect("a verifier");
        let claims = verifier.verify_in_memory(text(&case["token"])).expect("good");
        let claims: Claims<User> = claims.typed().expect("a user");
        assert_eq!(claims.get("id").and_then(Value::as_str), Some(claims.subject()));
        let User { email, email_verified, name, created_at } = &claims.extra;
        assert_eq!((email.as_str(), *email_verified, name.as_str()), ("ada@example.com", false, "Ada Lovelace"));
        assert!(created_at.ends_with('Z'));
    }
}

#[test]
fn email_and_cookie_tokens_are_no_access_tokens_in_hs256_mode() {
    let vectors = vectors();
    let verifier = configured(&vectors).shared_secret(text(&vectors["secret"])).build().expect("a verifier");
    for name in ["emailVerification", "sessionCacheHs256"] {
        let refusal = verifier.verify_in_memory(text(&vectors[name])).map(|_| ());
        assert_eq!(refusal, Err(Refusal::Token(JwtError::ClaimMissing("iss"))), "{name}");
    }
}

#[test]
fn the_signed_session_cookie_is_no_access_token() {
    let vectors = vectors();
    let cookie = &vectors["sessionCache"];
    let verifier = configured(&vectors).jwks(cookie["jwks"].clone()).build().expect("a verifier");
    let refusal = verifier.verify_in_memory(text(&cookie["token"])).map(|_| ());
    assert_eq!(refusal, Err(Refusal::Token(JwtError::UnacceptedType)));
}
