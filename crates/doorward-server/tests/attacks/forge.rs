//! Tokens signed with the server's own key over anything at all: what somebody could do who found a way to have
//! something signed. A refusal of such a token comes from the rule under test, never from a bad signature.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_crypto::{
    seal,
    secret::{Secret, Secrets},
};
use serde_json::{Value, json};

use crate::world::{Person, SECRET, World};

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// The server's signing key, out of its database.
pub(crate) struct Forge {
    pair: Ed25519KeyPair,
    pub(crate) kid: String,
    /// The claims of a genuine token.
    pub(crate) claims: Value,
}

impl Forge {
    /// The key behind a token of somebody, and what that token says.
    pub(crate) fn of(world: &World, person: &Person) -> Self {
        let token = world.access_token(person);
        let mut parts = token.split('.').map(|part| part.to_owned());
        let header: Value = serde_json::from_slice(&decoded(&parts.next().unwrap())).unwrap();
        let claims: Value = serde_json::from_slice(&decoded(&parts.next().unwrap())).unwrap();
        let sealed = world.column(r#"SELECT "privateKey" FROM jwks"#).pop().unwrap();
        let sealed: String = serde_json::from_str(&sealed).unwrap();
        let private = seal::open(&sealed, &Secrets::single(Secret::new(SECRET))).unwrap();
        let private: Value = serde_json::from_str(&private).unwrap();
        let seed = decoded(private["d"].as_str().unwrap());
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        Self { pair, kid: header["kid"].as_str().unwrap().to_owned(), claims }
    }

    /// The header of a genuine token.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "kid": self.kid, "typ": "JWT" })
    }

    pub(crate) fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signs two parts that are encoded already, however badly.
    pub(crate) fn sign_encoded(&self, header: &str, payload: &str) -> String {
        let message = format!("{header}.{payload}");
        format!("{message}.{}", base64url(self.pair.sign(message.as_bytes())))
    }

    /// Signs two texts as they are.
    pub(crate) fn sign(&self, header: &str, payload: &str) -> String {
        self.sign_encoded(&base64url(header), &base64url(payload))
    }

    /// A genuine token with other headers besides or instead.
    pub(crate) fn with_headers(&self, changes: &Value) -> String {
        self.sign(&changed(&self.header(), changes).to_string(), &self.claims.to_string())
    }

    /// A genuine token with other claims; null removes one.
    pub(crate) fn with_claims(&self, changes: &Value) -> String {
        self.sign(&self.header().to_string(), &changed(&self.claims, changes).to_string())
    }

    pub(crate) fn with_payload(&self, payload: &str) -> String {
        self.sign(&self.header().to_string(), payload)
    }
}

fn changed(object: &Value, changes: &Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(members.remove(name)),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
    object
}

/// A token under HMAC-SHA256 with any bytes as its secret.
pub(crate) fn sign_hmac(header: &str, payload: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", base64url(tag))
}

/// Asserts that neither door takes a token: not the API that checks it alone, and not the server that made the key.
pub(crate) fn assert_refused(world: &World, token: &str, about: &str) {
    let tasks = world.tasks("GET", "", token, &Value::Null);
    let me = world.with_bearer("GET", "/me", token, &Value::Null);
    assert!(matches!(tasks.status, 400 | 401), "{about}: the tasks answered {}", tasks.status);
    assert!(matches!(me.status, 400 | 401), "{about}: /me answered {}", me.status);
    assert!(tasks.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")), "{about}");
}

/// Asserts that both doors take it: the forge is good, so that a refusal means something.
pub(crate) fn assert_accepted(world: &World, token: &str, about: &str) {
    assert_eq!(world.tasks("GET", "", token, &Value::Null).status, 200, "{about}: the tasks");
    assert_eq!(world.with_bearer("GET", "/me", token, &Value::Null).status, 200, "{about}: /me");
}

/// The same bytes every time: what is forged needs no secrecy.
pub(crate) struct NoRandomness;

impl doorward_crypto::random::Random for NoRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
