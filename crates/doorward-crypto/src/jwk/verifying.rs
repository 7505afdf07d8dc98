//! A public key, or a shared secret, that is ready to check signatures.

use super::members::Members;
use super::{Algorithm, JwkError};
use crate::secret::Secret;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters, VerificationAlgorithm};
use serde_json::Value;
use std::fmt;

/// A key that checks signatures of exactly one algorithm, parsed once.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: Key,
}

#[derive(Clone)]
enum Key {
    Public(ParsedPublicKey),
    Hmac(Box<hmac::Key>),
}

impl VerifyingKey {
    /// Reads a public JWK. The algorithm is its `alg`, or else what its type and curve imply.
    ///
    /// # Errors
    /// [`JwkError::AlgorithmMissing`] for an RSA key without `alg` (see [`VerifyingKey::from_public_jwk_as`]);
    /// [`JwkError::PrivateHalf`] if the key came with its private members, because such a key is no longer secret;
    /// otherwise what is missing or does not fit.
    pub fn from_public_jwk(jwk: &Value) -> Result<Self, JwkError> {
        let members = Members::read(jwk)?;
        let algorithm = members.algorithm()?;
        Self::read(&members, algorithm)
    }

    /// [`VerifyingKey::from_public_jwk`] for keys that do not say which algorithm they are for. A key that says
    /// otherwise is refused.
    pub fn from_public_jwk_as(jwk: &Value, algorithm: Algorithm) -> Result<Self, JwkError> {
        let members = Members::read(jwk)?;
        members.require(algorithm)?;
        Self::read(&members, algorithm)
    }

    /// HS256 with the UTF-8 text of a secret, without a `kid`.
    pub fn hmac(secret: &Secret) -> Self {
        Self { kid: None, algorithm: Algorithm::Hs256, key: Key::Hmac(Box::new(secret.hmac_key().clone())) }
    }

    /// HS256 with a secret that is bytes rather than text.
    ///
    /// # Errors
    /// [`JwkError::ShortSecret`] below 32 bytes (RFC 7518 section 3.2).
    pub fn hmac_bytes(secret: &[u8]) -> Result<Self, JwkError> {
        if secret.len() < 32 {
            return Err(JwkError::ShortSecret);
        }
        let key = Key::Hmac(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)));
        Ok(Self { kid: None, algorithm: Algorithm::Hs256, key })
    }

    fn read(members: &Members<'_>, algorithm: Algorithm) -> Result<Self, JwkError> {
        members.require_use("verify")?;
        if members.has_private_half() {
            return Err(JwkError::PrivateHalf);
        }
        let key = match algorithm {
            Algorithm::EdDsa => parse(&signature::ED25519, &members.edwards_point()?)?,
            Algorithm::Es256 => parse(&signature::ECDSA_P256_SHA256_FIXED, &members.curve_point(32)?)?,
            Algorithm::Es384 => parse(&signature::ECDSA_P384_SHA384_FIXED, &members.curve_point(48)?)?,
            Algorithm::Es512 => parse(&signature::ECDSA_P521_SHA512_FIXED, &members.curve_point(66)?)?,
            Algorithm::Rs256 => rsa(members, &signature::RSA_PKCS1_2048_8192_SHA256)?,
            Algorithm::Ps256 => rsa(members, &signature::RSA_PSS_2048_8192_SHA256)?,
            Algorithm::Hs256 => return Err(JwkError::Symmetric),
        };
        Ok(Self { kid: members.kid.map(str::to_owned), algorithm, key: Key::Public(key) })
    }

    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Public(key) => key.verify_sig(message, signature).is_ok(),
            Key::Hmac(key) => hmac::verify(key, message, signature).is_ok(),
        }
    }

    /// Whether two public keys are the same key under the same name. Shared secrets are never compared.
    pub fn is_same_key(&self, other: &Self) -> bool {
        match (&self.key, &other.key) {
            (Key::Public(own), Key::Public(theirs)) => {
                self.kid == other.kid && self.algorithm == other.algorithm && own.as_ref() == theirs.as_ref()
            }
            _ => false,
        }
    }
}

fn parse(algorithm: &'static dyn VerificationAlgorithm, bytes: &[u8]) -> Result<ParsedPublicKey, JwkError> {
    ParsedPublicKey::new(algorithm, bytes).map_err(|_| JwkError::Invalid)
}

fn rsa(members: &Members<'_>, parameters: &'static RsaParameters) -> Result<ParsedPublicKey, JwkError> {
    members.rsa_public()?.to_parsed_public_key(parameters).map_err(|_| JwkError::Invalid)
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifyingKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
