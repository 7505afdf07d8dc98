//! What the real Better Auth package made (`tests/vectors/jwt-make.mjs`): tokens, keys, and the tokens that are none.

use crate::{algorithm, entries, parsed, text};
use doorward_crypto::jwk::{SigningKey, VerifyingKey};
use doorward_crypto::jwt::{Claims, JwtError, Rules, verify, verify_hs256_plain};
use doorward_crypto::{Secret, Secrets};
use serde_json::{Value, json};

fn vectors() -> Value {
    parsed(include_str!("../vectors/jwt-better-auth.json"))
}

fn rules(vectors: &Value) -> Rules {
    Rules::new().issuer(text(&vectors["issuer"])).audience(text(&vectors["issuer"]))
}

fn check(vectors: &Value, token: &str, key: &VerifyingKey, later: i64) -> Result<Claims, JwtError> {
    verify(token, |_| Some(key), &rules(vectors), vectors["now"].as_i64().expect("a moment") + later)
}

#[test]
fn its_tokens_verify_for_15_minutes() {
    let vectors = vectors();
    for case in entries(&vectors["cases"]) {
        let key = VerifyingKey::from_public_jwk(&case["jwks"]["keys"][0]).expect("a published key");
        assert_eq!((key.algorithm(), key.kid()), (algorithm(&case["algorithm"]), case["kid"].as_str()));
        let claims = check(&vectors, text(&case["token"]), &key, 899).expect("good");
        assert_eq!(claims.subject(), claims.get("id").and_then(Value::as_str));
        assert_eq!(claims.get("name").and_then(Value::as_str), Some("Ada Lovelace"));
        assert_eq!(check(&vectors, text(&case["token"]), &key, 900), Err(JwtError::Expired));
        let bare = VerifyingKey::from_public_jwk_as(&parsed(text(&case["publicKey"])), algorithm(&case["algorithm"]));
        assert!(check(&vectors, text(&case["token"]), &bare.expect("the stored half"), 0).is_ok());
    }
}

#[test]
fn its_private_keys_import_and_go_on_signing() {
    let vectors = vectors();
    for case in entries(&vectors["cases"]) {
        let (kid, algorithm) = (text(&case["kid"]), algorithm(&case["algorithm"]));
        let signing = SigningKey::from_private_jwk(kid, algorithm, text(&case["privateKey"])).expect("imports");
        assert!(!format!("{signing:?}").contains(&text(&case["privateKey"])[60..80]));
        let issuer = text(&vectors["issuer"]);
        let now = vectors["now"].as_i64().expect("a moment");
        let claims = json!({"iss": issuer, "aud": issuer, "sub": "a", "iat": now, "exp": now + 900});
        let token = signing.sign(&claims.to_string()).expect("signs");
        let key = VerifyingKey::from_public_jwk(&case["jwks"]["keys"][0]).expect("a published key");
        let found = check(&vectors, &token, &key, 0).expect("good");
        assert_eq!(found.subject(), Some("a"));
    }
}

#[test]
fn what_the_same_secret_and_keys_sign_elsewhere_is_no_access_token() {
    let vectors = vectors();
    let secret = VerifyingKey::hmac(&Secret::new(text(&vectors["secret"])));
    for name in ["emailVerification", "sessionCacheHs256"] {
        let refusal = check(&vectors, text(&vectors[name]), &secret, 0);
        assert_eq!(refusal.map(|_| ()), Err(JwtError::ClaimMissing("iss")), "{name}");
    }
    let cache = &vectors["sessionCache"];
    let key = VerifyingKey::from_public_jwk(&cache["jwks"]["keys"][0]).expect("a published key");
    assert_eq!(check(&vectors, text(&cache["token"]), &key, 0).map(|_| ()), Err(JwtError::UnacceptedType));
    // Nor when somebody configures that `typ` away: the audience is another.
    let lax = rules(&vectors).types(["better-auth.session-cache+jwt"]);
    let now = vectors["now"].as_i64().expect("a moment");
    let refusal = verify(text(&cache["token"]), |_| Some(&key), &lax, now).map(|_| ());
    assert!(matches!(refusal, Err(JwtError::WrongIssuer | JwtError::WrongAudience)), "{refusal:?}");
}

#[test]
fn its_email_tokens_open_as_such() {
    let vectors = vectors();
    let secrets = Secrets::single(Secret::new(text(&vectors["secret"])));
    let now = vectors["now"].as_i64().expect("a moment");
    let token = text(&vectors["emailVerification"]);
    let claims = verify_hs256_plain(token, &secrets, now + 3599).expect("good");
    assert_eq!(claims["email"], "ada@example.com");
    assert_eq!(verify_hs256_plain(token, &secrets, now + 3600), Err(JwtError::Expired));
}
