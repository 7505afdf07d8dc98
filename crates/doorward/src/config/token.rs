//! Access JWTs and the refresh tokens behind the short contract.

use doorward_crypto::jwk::Algorithm;

/// How access JWTs are made.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// The signing algorithm; HS256 signs with the current secret and publishes no key. Default: EdDSA.
    pub algorithm: Algorithm,
    /// Seconds a token is valid. Default: 900.
    pub lifetime: i64,
    /// `iss`; none means the origin of the base URL.
    pub issuer: Option<String>,
    /// `aud`; none means the origin of the base URL.
    pub audience: Option<String>,
    /// Further APIs for which tokens are made on request (RFC 8707). Default: none, and a request for one is ignored.
    pub audiences: Vec<Audience>,
    /// Send `set-auth-jwt` with every answered session. Default: on.
    pub session_header: bool,
    /// Only `sub`, `user_id`, `sid`, `jti` and the registered claims, no personal data. Default: off, as Better Auth.
    pub minimal_claims: bool,
    /// Seconds after which a key is replaced; none keeps it. Default: none.
    pub rotation_interval: Option<i64>,
    /// Seconds a new key is published before it signs, so that verifiers know it by then. Default: 90, of which 50 may pass
    /// in caches, 30 until a verifier asks again, and 5 until another process sees the key.
    pub activation_lead: i64,
    /// Seconds an expired key stays published. Default: 2592000 (30 days).
    pub grace_period: i64,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::EdDsa,
            lifetime: 900,
            issuer: None,
            audience: None,
            audiences: Vec::new(),
            session_header: true,
            minimal_claims: false,
            rotation_interval: None,
            activation_lead: 90,
            grace_period: 2_592_000,
        }
    }
}

impl TokenConfig {
    /// Every algorithm that something is signed with, each once; the usual audience's stands first.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let mut found = vec![self.algorithm];
        for audience in &self.audiences {
            if !found.contains(&audience.algorithm) {
                found.push(audience.algorithm);
            }
        }
        found
    }
}

/// An API that takes tokens of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The `aud` of its tokens, and the `resource` by which clients ask for one; compared letter for letter.
    pub name: String,
    /// What its tokens are signed with.
    pub algorithm: Algorithm,
}

/// Rotating refresh tokens (RFC 9700, section 4.14.2).
#[derive(Clone, Debug)]
pub struct RefreshConfig {
    /// Seconds a token may stay unused. Default: 604800 (7 days).
    pub expires_in: i64,
    /// Seconds after which a family ends whatever its use; none never ends it. Default: 2592000 (30 days).
    pub absolute: Option<i64>,
    /// Seconds in which the direct predecessor gets the same successor again. Default: 30.
    pub reuse_window: i64,
    /// How often it does. Default: 5.
    pub reuse_count: i64,
}

impl Default for RefreshConfig {
    fn default() -> Self {
        Self { expires_in: 604_800, absolute: Some(2_592_000), reuse_window: 30, reuse_count: 5 }
    }
}
