//! Tokens for the tests of a guarded API: an issuer without a server, and a clock that the test turns.
//!
//! Everything goes the way that real tokens go: what [`Issuer::token`] signs is checked by an ordinary [`Verifier`], and
//! the claims of [`Issuer::claims`] are read from such a token. Only the key is no secret: it follows from the names of
//! the issuer and the audience, so that everybody can compute it. Hence the feature `testing`, which belongs into
//! `[dev-dependencies]`.
//!
//! ```
//! use doorward_verify::testing::Issuer;
//! use serde_json::json;
//!
//! let issuer = Issuer::new("https://app.example", "tasks");
//! let verifier = issuer.verifier();
//! assert!(verifier.verify_in_memory(&issuer.token(json!({ "sub": "ada", "scope": "tasks:read" }))).is_ok());
//! assert!(verifier.verify_in_memory(&issuer.token(json!({ "aud": "another" }))).is_err());
//! ```

use crate::builder::Builder;
use crate::claims::Claims;
use crate::clock::{Clock, SystemClock};
use crate::verifier::Verifier;
use doorward_crypto::Random;
use doorward_crypto::digest::sha256;
use doorward_crypto::jwk::{Algorithm, SigningKey};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const KEY_NAME: &str = "testing";

/// Doorward's and Better Auth's tokens live as long, in seconds.
const LIFETIME: i64 = 15 * 60;

/// Makes tokens for one audience, and verifiers that accept them.
pub struct Issuer {
    name: String,
    audience: String,
    key: SigningKey,
    public_key: Value,
    clock: SetClock,
}

impl Issuer {
    /// An issuer (`iss`) of tokens for one audience (`aud`), with an Ed25519 key of its own: two issuers of different
    /// names do not accept each other's tokens.
    ///
    /// # Panics
    /// Never, as long as Ed25519 keys can be made.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        let (name, audience) = (issuer.into(), audience.into());
        let seed = Seed(sha256(json!([name, audience]).to_string()));
        let pair = SigningKey::generate(Algorithm::EdDsa, &seed).expect("a pair can be made of any 32 bytes");
        let key = SigningKey::from_private_jwk(KEY_NAME, Algorithm::EdDsa, &pair.private).expect("its own pair");
        let mut public_key: Value = serde_json::from_str(&pair.public).expect("a public key is JSON");
        public_key["kid"] = json!(KEY_NAME);
        Self { name, audience, key, public_key, clock: SetClock::default() }
    }

    /// A signed token with these claims, such as `json!({"sub": "ada", "scope": "tasks:write"})`.
    ///
    /// What they leave open is filled in as a good token has it: `iss` and `aud` by this issuer, `sub` as `user-1`, `iat`
    /// now and `exp` 15 minutes later, by the issuer's clock. A claim that is given stands, a wrong one too, and one
    /// that is given as `null` is left out.
    ///
    /// # Panics
    /// If `claims` is no JSON object.
    pub fn token(&self, claims: Value) -> String {
        let Value::Object(given) = claims else {
            panic!("claims are a JSON object, such as json!({{\"sub\": \"ada\"}}), and not {claims}");
        };
        let now = self.clock.now();
        let mut claims = json!({
            "iss": self.name, "aud": self.audience, "sub": "user-1", "iat": now, "exp": now + LIFETIME,
        });
        let members = claims.as_object_mut().expect("an object");
        members.extend(given);
        members.retain(|_, claim| !claim.is_null());
        self.key.sign(&claims.to_string()).expect("an Ed25519 key signs any text")
    }

    /// What a handler behind the guard gets of a token with these claims, to call it without a router. A handler that
    /// takes claims of a type of its own is given `issuer.claims(…).typed().unwrap()`.
    ///
    /// # Panics
    /// If no verifier would accept such a token: the guard would not call the handler at all.
    pub fn claims(&self, claims: Value) -> Claims {
        match self.verifier().verify_in_memory(&self.token(claims)) {
            Ok(claims) => claims,
            Err(refusal) => panic!("the guard would refuse a token with these claims: {refusal}"),
        }
    }

    /// A verifier of this issuer's tokens, strict as any.
    ///
    /// # Panics
    /// If the issuer or the audience is empty.
    pub fn verifier(&self) -> Verifier {
        self.builder().build().expect("an issuer and an audience that are not empty")
    }

    /// [`Issuer::verifier`] for more settings: issuer, audience, key and clock are set.
    pub fn builder(&self) -> Builder {
        Verifier::builder().issuer(&self.name).audience(&self.audience).jwks(self.jwks()).clock(self.clock.clone())
    }

    /// The public key as the issuer's JWKS, for a verifier that the application under test builds by itself.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.public_key] })
    }

    /// The clock of this issuer and of its verifiers.
    pub fn clock(&self) -> &SetClock {
        &self.clock
    }
}

/// A clock that stands still until a test turns it. It begins at the machine's time. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct SetClock(Arc<AtomicI64>);

impl Default for SetClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(SystemClock.now())))
    }
}

impl SetClock {
    /// Goes to a moment, in seconds since 1970.
    pub fn set(&self, now: i64) {
        self.0.store(now, Ordering::SeqCst);
    }

    /// Goes forward by seconds, or back by negative ones.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// In the place of randomness: the same names make the same key in every run.
struct Seed([u8; 32]);

impl Random for Seed {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, seed) in bytes.iter_mut().zip(self.0.iter().cycle()) {
            *byte = *seed;
        }
    }
}
