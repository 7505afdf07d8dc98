//! Keys and tokens against published vectors, against the real Better Auth package, and against everything that a strict
//! verifier must refuse.

mod better_auth;
mod forge;
mod jwks;
mod refusals;
mod rfc;
mod wycheproof;
mod wycheproof_jose;

use doorward_crypto::jwk::{Algorithm, VerifyingKey};
use serde_json::Value;

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect("the vectors are JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("the vector has a string here")
}

fn entries(value: &Value) -> &[Value] {
    value.as_array().expect("the vector has an array here")
}

fn algorithm(value: &Value) -> Algorithm {
    Algorithm::parse(text(value)).expect("the vector names an algorithm that is supported")
}

/// The public half of a private JWK; a shared secret stays what it is.
fn public_half(jwk: &Value, algorithm: Algorithm) -> VerifyingKey {
    if algorithm == Algorithm::Hs256 {
        return VerifyingKey::hmac_bytes(&bytes(text(&jwk["k"]))).expect("the secret is long enough");
    }
    let mut public = jwk.clone();
    let members = public.as_object_mut().expect("an object");
    members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
    VerifyingKey::from_public_jwk_as(&public, algorithm).expect("the public half is a key")
}

fn bytes(base64url: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(base64url).expect("base64url")
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
