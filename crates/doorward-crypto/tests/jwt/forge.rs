//! Tokens with any header and any payload, well signed: a refusal must come from the rule under test and not from a bad
//! signature.

use crate::base64url;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use doorward_crypto::jwk::VerifyingKey;
use doorward_crypto::jwt::{Claims, JwtError, Rules, verify};
use serde_json::{Value, json};

/// "Now" in these tests.
pub(crate) const NOW: i64 = 1_767_225_600;

pub(crate) struct Forge {
    pair: Ed25519KeyPair,
    pub(crate) key: VerifyingKey,
}

impl Forge {
    pub(crate) fn new() -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("32 bytes are a seed");
        let key = VerifyingKey::from_public_jwk(&json!({
            "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key()), "kid": "one",
        }));
        Self { pair, key: key.expect("a key") }
    }

    /// Signs two texts as they are.
    pub(crate) fn sign_raw(&self, header: &str, payload: &str) -> String {
        self.sign_encoded(&base64url(header), &base64url(payload))
    }

    /// Signs two parts that are encoded already, however badly.
    pub(crate) fn sign_encoded(&self, header: &str, payload: &str) -> String {
        let message = format!("{header}.{payload}");
        format!("{message}.{}", base64url(self.pair.sign(message.as_bytes())))
    }

    pub(crate) fn with_header(&self, header: &str) -> String {
        self.sign_raw(header, &claims().to_string())
    }

    pub(crate) fn with_payload(&self, payload: &str) -> String {
        self.sign_raw(HEADER, payload)
    }

    /// A good token with one claim replaced, or removed by `Value::Null`.
    pub(crate) fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = claims();
        let members = claims.as_object_mut().expect("an object");
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.to_owned(), value)),
        }
        self.with_payload(&claims.to_string())
    }

    pub(crate) fn check(&self, token: &str) -> Result<Claims, JwtError> {
        verify(token, |header| (header.kid() == Some("one")).then_some(&self.key), &rules(), NOW)
    }

    pub(crate) fn refusal(&self, token: &str) -> JwtError {
        self.check(token).map(|_| ()).expect_err(token)
    }
}

pub(crate) const HEADER: &str = r#"{"alg":"EdDSA","kid":"one","typ":"JWT"}"#;

/// The claims of a good token.
pub(crate) fn claims() -> Value {
    json!({
        "iss": "https://app.example", "aud": "tasks", "sub": "user-1", "iat": NOW - 60, "exp": NOW + 840, "sid": "session-1",
    })
}

pub(crate) fn rules() -> Rules {
    Rules::new().issuer("https://app.example").audience("tasks")
}

pub(crate) fn sign_hmac(header: &str, payload: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", base64url(tag))
}
