//! The feature `testing`, as the tests of somebody's API use it.

use doorward_verify::testing::Issuer;
use doorward_verify::{Clock, JwtError, Refusal};
use serde_json::{Value, json};

fn issuer() -> Issuer {
    Issuer::new("https://app.example", "tasks")
}

fn check(issuer: &Issuer, claims: Value) -> Result<(), Refusal> {
    issuer.verifier().verify_in_memory(&issuer.token(claims)).map(|_| ())
}

#[test]
fn what_is_left_open_is_filled_in() {
    let issuer = issuer();
    issuer.clock().set(1_767_225_600);
    let claims = issuer.claims(json!({"scope": "tasks:read"}));
    assert_eq!((claims.issuer(), claims.subject()), ("https://app.example", "user-1"));
    assert_eq!(claims.audiences().collect::<Vec<_>>(), ["tasks"]);
    assert_eq!((claims.issued_at(), claims.expires_at()), (1_767_225_600, 1_767_226_500));
    assert!(claims.has_scope("tasks:read"));
}

#[test]
fn what_is_given_stands_and_null_leaves_out() {
    let issuer = issuer();
    assert_eq!(check(&issuer, json!({"sub": "ada", "iat": issuer.clock().now() - 60})), Ok(()));
    assert_eq!(check(&issuer, json!({"exp": issuer.clock().now()})), Err(JwtError::Expired.into()));
    assert_eq!(check(&issuer, json!({"exp": null})), Err(JwtError::ClaimMissing("exp").into()));
    assert!(check(&issuer, json!({"iss": "https://another.example"})).is_err());
    assert!(check(&issuer, json!({"aud": "another"})).is_err());
}

#[test]
fn a_token_expires_when_the_clock_is_turned() {
    let issuer = issuer();
    let (verifier, token) = (issuer.verifier(), issuer.token(json!({})));
    issuer.clock().advance(15 * 60 - 1);
    assert!(verifier.verify_in_memory(&token).is_ok());
    issuer.clock().advance(1);
    assert_eq!(verifier.verify_in_memory(&token).map(|_| ()), Err(JwtError::Expired.into()));
}

#[test]
fn another_issuer_signs_with_another_key() {
    let other = Issuer::new("https://another.example", "tasks");
    let token = other.token(json!({"iss": "https://app.example"}));
    let refusal = issuer().verifier().verify_in_memory(&token).map(|_| ());
    assert_eq!(refusal, Err(JwtError::Signature.into()));
}

#[test]
fn claims_of_a_type_of_ones_own() {
    #[derive(serde::Deserialize)]
    struct Person {
        email: String,
    }
    let claims = issuer().claims(json!({"email": "ada@example.com"}));
    assert_eq!(claims.typed::<Person>().unwrap().extra.email, "ada@example.com");
}

#[test]
#[should_panic(expected = "the guard would refuse")]
fn claims_that_no_guard_would_let_through() {
    issuer().claims(json!({"sub": ""}));
}
