//! JWKs that must not become keys.

use crate::{base64url, entries, parsed};
use doorward_crypto::jwk::{Algorithm, JwkError, SigningKey, VerifyingKey};
use serde_json::{Value, json};

fn ed25519() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

fn p256() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn rsa() -> Value {
    let vectors = parsed(include_str!("../vectors/jwt-rfc.json"));
    let private = &entries(&vectors)[1]["private"];
    json!({"kty": "RSA", "n": private["n"], "e": private["e"], "alg": "RS256"})
}

fn with(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    jwk[name] = value.into();
    jwk
}

fn without(mut jwk: Value, name: &str) -> Value {
    jwk.as_object_mut().expect("an object").remove(name);
    jwk
}

fn refusal(jwk: &Value) -> JwkError {
    VerifyingKey::from_public_jwk(jwk).map(|_| ()).expect_err(&jwk.to_string())
}

#[test]
fn good_ones() {
    for (jwk, algorithm) in [
        (ed25519(), Algorithm::EdDsa),
        (with(ed25519(), "alg", "Ed25519"), Algorithm::EdDsa),
        (with(with(p256(), "use", "sig"), "key_ops", json!(["verify"])), Algorithm::Es256),
        (with(with(p256(), "x5c", json!(["ignored"])), "ext", true), Algorithm::Es256),
        (rsa(), Algorithm::Rs256),
        (with(rsa(), "alg", "PS256"), Algorithm::Ps256),
    ] {
        assert_eq!(VerifyingKey::from_public_jwk(&jwk).expect("a key").algorithm(), algorithm);
    }
    let unnamed = without(rsa(), "alg");
    assert_eq!(refusal(&unnamed), JwkError::AlgorithmMissing);
    assert!(VerifyingKey::from_public_jwk_as(&unnamed, Algorithm::Ps256).is_ok());
}

#[test]
fn bad_ones() {
    for (jwk, error) in [
        (json!(null), JwkError::Malformed),
        (json!([]), JwkError::Malformed),
        (json!({}), JwkError::Malformed),
        (with(ed25519(), "x", 1), JwkError::Malformed),
        (with(ed25519(), "kid", json!(["a"])), JwkError::Malformed),
        (without(ed25519(), "x"), JwkError::Missing("x")),
        (without(ed25519(), "crv"), JwkError::Missing("crv")),
        (with(ed25519(), "x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"), JwkError::Member("x")),
        (with(ed25519(), "x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="), JwkError::Member("x")),
        (with(ed25519(), "x", "AAAA"), JwkError::Member("x")),
        (with(ed25519(), "crv", "Ed448"), JwkError::Unsupported),
        (with(ed25519(), "crv", "X25519"), JwkError::Unsupported),
        (with(ed25519(), "alg", "ES256"), JwkError::AlgorithmMismatch(Algorithm::Es256)),
        (with(ed25519(), "alg", "HS256"), JwkError::AlgorithmMismatch(Algorithm::Hs256)),
        (with(ed25519(), "alg", "none"), JwkError::Unsupported),
        (with(ed25519(), "use", "enc"), JwkError::NotForSignatures),
        (with(ed25519(), "key_ops", json!([])), JwkError::NotForSignatures),
        (with(ed25519(), "key_ops", json!(["sign"])), JwkError::NotForSignatures),
        (with(ed25519(), "d", base64url([1; 32])), JwkError::PrivateHalf),
        (with(p256(), "crv", "P-384"), JwkError::Member("x")),
        (with(p256(), "crv", "secp256k1"), JwkError::Unsupported),
        (with(p256(), "y", base64url([1; 32])), JwkError::Invalid),
        (with(with(p256(), "x", base64url([0; 32])), "y", base64url([0; 32])), JwkError::Invalid),
        (json!({"kty": "oct", "k": base64url([1; 32]), "alg": "HS256"}), JwkError::Symmetric),
        (json!({"kty": "AKP"}), JwkError::Unsupported),
        (with(rsa(), "alg", "HS256"), JwkError::AlgorithmMismatch(Algorithm::Hs256)),
        (with(rsa(), "alg", "RS512"), JwkError::Unsupported),
        (with(rsa(), "e", "AQ"), JwkError::Member("e")),
        (with(rsa(), "e", "AA"), JwkError::Member("e")),
        (with(rsa(), "e", "AAEAAQ"), JwkError::Member("e")),
        (with(rsa(), "e", "AQAC"), JwkError::Member("e")),
        (with(rsa(), "n", base64url([0xff; 128])), JwkError::RsaSize),
        (with(rsa(), "n", base64url([0xff; 1025])), JwkError::RsaSize),
        (with(rsa(), "n", base64url([[0].as_slice(), &[0xff; 256]].concat())), JwkError::Member("n")),
        (with(rsa(), "n", ""), JwkError::Member("n")),
    ] {
        assert_eq!(refusal(&jwk), error, "{jwk}");
    }
}

#[test]
fn private_keys_must_fit_their_public_halves_and_their_algorithm() {
    let vectors = parsed(include_str!("../vectors/jwt-rfc.json"));
    let import = |algorithm, jwk: &Value| {
        SigningKey::from_private_jwk("k", algorithm, &jwk.to_string()).map(|_| ()).expect_err("refused")
    };
    for vector in entries(&vectors).iter().filter(|vector| vector["private"]["d"].is_string()) {
        let algorithm = crate::algorithm(&vector["algorithm"]);
        let private = &vector["private"];
        assert_eq!(import(algorithm, &without(private.clone(), "d")), JwkError::Missing("d"));
        assert_eq!(import(Algorithm::Hs256, private), JwkError::AlgorithmMismatch(Algorithm::Hs256));
        let mut foreign = crate::bytes(crate::text(&private["d"]));
        *foreign.last_mut().expect("bytes") ^= 2;
        assert_eq!(import(algorithm, &with(private.clone(), "d", base64url(foreign))), JwkError::Invalid);
    }
    let rsa = &entries(&vectors)[1]["private"];
    for name in ["p", "q", "dp", "dq", "qi"] {
        assert_eq!(import(Algorithm::Rs256, &without(rsa.clone(), name)), JwkError::Missing(name));
        assert_eq!(import(Algorithm::Rs256, &with(rsa.clone(), name, "AQAB")), JwkError::Invalid);
    }
    for text in ["", "null", "{}", "{\"kty\":\"OKP\",\"kty\":\"OKP\"}", "{} x"] {
        assert!(
            matches!(SigningKey::from_private_jwk("k", Algorithm::EdDsa, text), Err(JwkError::Malformed)),
            "{text}"
        );
    }
}

#[test]
fn a_modulus_with_the_fingerprint_of_weak_chips() {
    // 65537 to the power of 128 has 2049 bits; multiplying by 65537 is adding a number shifted by two bytes.
    let power = (0..128).fold(vec![1_u8], |number, _| {
        let mut shifted = number.clone();
        shifted.extend([0, 0]);
        let mut carry = 0_u16;
        for (index, digit) in shifted.iter_mut().rev().enumerate() {
            let sum = u16::from(*digit) + number.iter().rev().nth(index).copied().map_or(0, u16::from) + carry;
            *digit = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
        shifted
    });
    assert_eq!(refusal(&with(rsa(), "n", base64url(power))), JwkError::FactorableRsa);
}
