//! The examples of RFC 7515 (appendix A.1 to A.4), RFC 7520 (sections 4.1, 4.3, 4.4) and RFC 8037 (appendix A.4, A.5).
//!
//! Most of their payloads are no claims, so these test the signature alone.

use crate::{algorithm, bytes, entries, parsed, public_half, text};
use doorward_crypto::jwk::{Algorithm, SigningKey};
use doorward_crypto::jwt::{JwtError, Rules, verify};

#[test]
fn signatures_hold_and_changed_ones_do_not() {
    let vectors = parsed(include_str!("../vectors/jwt-rfc.json"));
    assert_eq!(entries(&vectors).len(), 8);
    for vector in entries(&vectors) {
        let key = public_half(&vector["private"], algorithm(&vector["algorithm"]));
        let (message, signature) = text(&vector["token"]).rsplit_once('.').expect("a token");
        let mut signature = bytes(signature);
        assert!(key.verifies(message.as_bytes(), &signature), "{}", vector["source"]);
        assert!(!key.verifies(&message.as_bytes()[1..], &signature), "{}", vector["source"]);
        for position in 0..signature.len() {
            signature[position] ^= 1;
            assert!(!key.verifies(message.as_bytes(), &signature), "{} byte {position}", vector["source"]);
            signature[position] ^= 1;
        }
        assert!(!key.verifies(message.as_bytes(), &signature[1..]));
        assert!(!key.verifies(message.as_bytes(), b""));
    }
}

#[test]
fn the_private_halves_import_and_sign() {
    let vectors = parsed(include_str!("../vectors/jwt-rfc.json"));
    for vector in entries(&vectors) {
        let algorithm = algorithm(&vector["algorithm"]);
        if algorithm == Algorithm::Hs256 {
            continue;
        }
        let private = vector["private"].to_string();
        let signing = SigningKey::from_private_jwk("rfc", algorithm, &private).expect("imports");
        let token = signing.sign("{}").expect("signs");
        let key = public_half(&vector["private"], algorithm);
        // The signature is good: what is refused is the empty claims behind it.
        let outcome = verify(&token, |_| Some(&key), &Rules::new(), 0);
        assert_eq!(outcome.map(|_| ()), Err(JwtError::ClaimMissing("exp")), "{}", vector["source"]);
    }
}

#[test]
fn the_claims_of_rfc_7515_are_not_enough_for_an_access_token() {
    let vectors = parsed(include_str!("../vectors/jwt-rfc.json"));
    for vector in entries(&vectors).iter().filter(|vector| text(&vector["source"]) <= "RFC 7515 A.3") {
        let key = public_half(&vector["private"], algorithm(&vector["algorithm"]));
        let outcome = verify(text(&vector["token"]), |_| Some(&key), &Rules::new(), 1_300_819_000);
        assert_eq!(outcome.map(|_| ()), Err(JwtError::ClaimMissing("aud")), "{}", vector["source"]);
    }
}
