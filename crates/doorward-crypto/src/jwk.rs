//! JSON Web Keys (RFC 7517): the keys that sign and check tokens, in the exact form Better Auth stores them.
//!
//! A key is parsed once, into a [`SigningKey`] or a [`VerifyingKey`], and then used many times: parsing costs more than
//! an Ed25519 signature. A key has exactly one [`Algorithm`], fixed when it is read. No token can change it, which is
//! what makes the attacks that swap `alg` impossible rather than merely checked for.
//!
//! What Better Auth wrote into its `jwks` table imports here, and what [`SigningKey::generate`] makes has the same
//! members in the same order, so either server can go on with the other's keys.
//!
//! Deliberately absent: sealing a private key at rest ([`crate::seal`]), key sets and their refresh (the verifier crate),
//! certificates, encryption keys, and curves that Better Auth does not offer.

mod der;
mod generate;
mod members;
mod roca;
mod signing;
mod verifying;

pub use generate::KeyPair;
pub use signing::SigningKey;
pub use verifying::VerifyingKey;

use std::fmt;

/// A signature algorithm (RFC 7518 section 3.1, RFC 8037, RFC 9864).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519. Better Auth's default.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2048 to 8192 bits.
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes, keys of 2048 to 8192 bits.
    Ps256,
    /// HMAC with SHA-256: whoever can check a token can also make one.
    Hs256,
}

impl Algorithm {
    /// Every algorithm there is.
    pub const ALL: [Algorithm; 7] = [
        Algorithm::EdDsa,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::Rs256,
        Algorithm::Ps256,
        Algorithm::Hs256,
    ];

    /// The name in a token's header and in a JWK's `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::Es512 => "ES512",
            Algorithm::Rs256 => "RS256",
            Algorithm::Ps256 => "PS256",
            Algorithm::Hs256 => "HS256",
        }
    }

    /// Reads a name, case-sensitively as RFC 7515 section 4.1.1 says. `Ed25519` (RFC 9864) is another name of `EdDSA`.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Algorithm::EdDsa);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// Whether checking needs the same secret as signing.
    pub fn is_symmetric(self) -> bool {
        self == Algorithm::Hs256
    }

    pub(crate) fn is_rsa(self) -> bool {
        matches!(self, Algorithm::Rs256 | Algorithm::Ps256)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Why a JWK was refused. No message contains key material.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    #[error("not a JSON object with string members as RFC 7517 describes it")]
    Malformed,
    #[error("the member `{0}` is missing")]
    Missing(&'static str),
    #[error("the member `{0}` is not base64url without padding, or has the wrong length")]
    Member(&'static str),
    #[error("this key type or curve is not supported")]
    Unsupported,
    #[error("the key is for another algorithm than {0}")]
    AlgorithmMismatch(Algorithm),
    #[error("the key names no algorithm and its type does not imply one")]
    AlgorithmMissing,
    #[error("`use` or `key_ops` says that the key is not for signatures")]
    NotForSignatures,
    #[error("a symmetric key has no public half")]
    Symmetric,
    #[error("the key contains its private half, so whoever reads it can sign")]
    PrivateHalf,
    #[error("RSA keys below 2048 or above 8192 bits are refused")]
    RsaSize,
    #[error("RSA keys with the fingerprint of CVE-2017-15361 can be factored")]
    FactorableRsa,
    #[error("a secret for HS256 has at least 32 bytes")]
    ShortSecret,
    #[error("the numbers do not form a valid key")]
    Invalid,
    #[error("key generation failed")]
    Generation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_case_sensitive() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(Algorithm::parse("Ed25519"), Some(Algorithm::EdDsa));
        for name in ["none", "None", "eddsa", "hs256", "HS384", "HS512", "RS1", "Ed448", "", "ES256K"] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }
}
