//! Project Wycheproof's JSON Web Signature and JSON Web Key vectors, which no package carries.
//!
//! With a checkout of `C2SP/wycheproof`:
//! `WYCHEPROOF=<checkout>/testvectors_v1 cargo nextest run -p doorward-crypto --run-ignored only published`
//!
//! Their payloads are no claims, so a token counts as accepted when the refusal is about what comes after the signature.

use crate::{entries, parsed, text};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_crypto::jwk::{Algorithm, VerifyingKey};
use doorward_crypto::jwt::{Header, JwtError, Part, Rules, verify};
use serde_json::Value;

/// Vectors that contradict others or the RFC, so that no answer to them is right.
///
/// 367 and 370 are meant to have bad padding, which got lost: they are, letter for letter, the token of 357, which is
/// valid. 372 and 373 have a question mark inside and are called valid; RFC 7515 section 2 has no such letter.
const CONTRADICTIONS: [u64; 4] = [367, 370, 372, 373];

/// How an application with this one key or key set would read it.
fn keys(published: &Value) -> Vec<VerifyingKey> {
    let Some(set) = published.get("keys").map(entries) else {
        return key(published).into_iter().collect();
    };
    let secrets = set.iter().filter(|jwk| jwk["kty"] == "oct").count();
    let repeated =
        set.iter().enumerate().any(|(index, jwk)| set[..index].iter().any(|other| other["kid"] == jwk["kid"]));
    // Secrets among public keys, and two keys of one name: nobody can tell what was meant.
    if repeated || secrets > 0 && secrets < set.len() { Vec::new() } else { set.iter().filter_map(key).collect() }
}

fn key(jwk: &Value) -> Option<VerifyingKey> {
    match jwk["kty"].as_str() {
        Some("oct") if jwk["alg"] == "HS256" && jwk["use"] == "sig" => {
            let secret = URL_SAFE_NO_PAD.decode(text(&jwk["k"])).ok()?;
            VerifyingKey::hmac_bytes(&secret).ok()
        }
        Some("RSA") if jwk["alg"].is_null() => VerifyingKey::from_public_jwk_as(jwk, Algorithm::Rs256).ok(),
        _ => VerifyingKey::from_public_jwk(jwk).ok(),
    }
}

fn accepted(keys: &[VerifyingKey], token: &str) -> bool {
    let find = |header: &Header| {
        let named = |key: &&VerifyingKey| key.kid().is_none() || key.kid() == header.kid();
        keys.iter().filter(named).find(|key| key.algorithm() == header.algorithm()).or_else(|| keys.iter().find(named))
    };
    let outcome = verify(token, find, &Rules::new().max_length(64 * 1024), 0).map(|_| ());
    matches!(outcome, Ok(()) | Err(JwtError::Json(Part::Payload) | JwtError::ClaimMissing("exp")))
}

#[test]
#[ignore = "needs the published vectors: set WYCHEPROOF to their folder"]
fn published_vectors() {
    let folder = std::env::var("WYCHEPROOF").expect("WYCHEPROOF names the folder of the vectors");
    let (mut right, mut unsupported, mut wrong) = (0, 0, Vec::new());
    for file in ["json_web_signature_test.json", "json_web_key_test.json"] {
        let vectors = parsed(&std::fs::read_to_string(format!("{folder}/{file}")).expect("the file is there"));
        for group in entries(&vectors["testGroups"]) {
            let published = if group["public"].is_null() { &group["private"] } else { &group["public"] };
            let keys = keys(published);
            for test in entries(&group["tests"]) {
                if file == "json_web_signature_test.json"
                    && test["tcId"].as_u64().is_some_and(|id| CONTRADICTIONS.contains(&id))
                {
                    continue;
                }
                // JSON serialization is another format, and not text.
                let found = test["jws"].as_str().is_some_and(|token| accepted(&keys, token));
                match (text(&test["result"]), found) {
                    ("valid", true) | ("invalid", false) => right += 1,
                    ("valid", false) => {
                        unsupported += 1;
                        eprintln!("not accepted: {file} {} {} {}", test["tcId"], group["comment"], test["comment"]);
                    }
                    _ => wrong.push(format!("{file} {} {} {}", test["tcId"], group["comment"], test["comment"])),
                }
            }
        }
    }
    eprintln!("{right} right, {unsupported} valid ones not accepted");
    assert!(wrong.is_empty(), "accepted though invalid: {wrong:#?}");
    assert!(right > 300, "{right}");
}
