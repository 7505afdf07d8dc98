//! The members of a JWK as text, and the strict reading of one.
//!
//! Everything is borrowed from the JSON that was passed in, so that a private member is not copied into memory that
//! nobody overwrites.

use super::{Algorithm, JwkError, roca};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

/// A member twice, or of another type than text, makes the JWK malformed. Unknown members are ignored, as RFC 7517
/// section 4 wants it.
#[derive(Deserialize)]
pub(super) struct Members<'a> {
    pub(super) kty: &'a str,
    #[serde(borrow, default)]
    pub(super) alg: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) kid: Option<&'a str>,
    #[serde(borrow, default, rename = "use")]
    usage: Option<&'a str>,
    #[serde(borrow, default)]
    key_ops: Option<Vec<&'a str>>,
    #[serde(borrow, default)]
    crv: Option<&'a str>,
    #[serde(borrow, default)]
    x: Option<&'a str>,
    #[serde(borrow, default)]
    y: Option<&'a str>,
    #[serde(borrow, default)]
    n: Option<&'a str>,
    #[serde(borrow, default)]
    e: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) d: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) p: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) q: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) dp: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) dq: Option<&'a str>,
    #[serde(borrow, default)]
    pub(super) qi: Option<&'a str>,
    #[serde(borrow, default)]
    k: Option<&'a str>,
}

impl<'a> Members<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, JwkError> {
        // The library's message may quote the value, so it is dropped.
        serde_json::from_str(json).map_err(|_| JwkError::Malformed)
    }

    pub(super) fn read(json: &'a Value) -> Result<Self, JwkError> {
        Self::deserialize(json).map_err(|_| JwkError::Malformed)
    }

    /// The one algorithm of this key, from `alg`, or else implied by the key type and curve.
    pub(super) fn algorithm(&self) -> Result<Algorithm, JwkError> {
        let implied = match (self.kty, self.crv) {
            ("OKP", Some("Ed25519")) => Some(Algorithm::EdDsa),
            ("EC", Some("P-256")) => Some(Algorithm::Es256),
            ("EC", Some("P-384")) => Some(Algorithm::Es384),
            ("EC", Some("P-521")) => Some(Algorithm::Es512),
            ("OKP" | "EC", None) => return Err(JwkError::Missing("crv")),
            ("RSA", _) => None,
            ("oct", _) => return Err(JwkError::Symmetric),
            _ => return Err(JwkError::Unsupported),
        };
        let Some(name) = self.alg else {
            return implied.ok_or(JwkError::AlgorithmMissing);
        };
        let named = Algorithm::parse(name).ok_or(JwkError::Unsupported)?;
        let fits = implied.map_or(named.is_rsa(), |implied| implied == named);
        if fits { Ok(named) } else { Err(JwkError::AlgorithmMismatch(named)) }
    }

    /// Checks that this key can be used with `wanted`, which the caller knows from elsewhere.
    pub(super) fn require(&self, wanted: Algorithm) -> Result<(), JwkError> {
        match self.algorithm() {
            Ok(algorithm) if algorithm == wanted => Ok(()),
            Err(JwkError::AlgorithmMissing) if wanted.is_rsa() => Ok(()),
            Ok(_) | Err(JwkError::AlgorithmMissing | JwkError::AlgorithmMismatch(_)) => {
                Err(JwkError::AlgorithmMismatch(wanted))
            }
            Err(error) => Err(error),
        }
    }

    /// RFC 7517 sections 4.2 and 4.3. `operation` is `sign` or `verify`.
    pub(super) fn require_use(&self, operation: &str) -> Result<(), JwkError> {
        let signs = self.usage.is_none_or(|usage| usage == "sig");
        let operates = self.key_ops.as_ref().is_none_or(|operations| operations.contains(&operation));
        if signs && operates { Ok(()) } else { Err(JwkError::NotForSignatures) }
    }

    pub(super) fn has_private_half(&self) -> bool {
        [self.d, self.p, self.q, self.dp, self.dq, self.qi, self.k].iter().any(Option::is_some)
    }

    /// The 32 bytes of an Ed25519 public key.
    pub(super) fn edwards_point(&self) -> Result<Zeroizing<Vec<u8>>, JwkError> {
        sized(self.x, "x", 32)
    }

    /// An uncompressed point (SEC 1 section 2.3.3). Coordinates have their full length, leading zeros included
    /// (RFC 7518 section 6.2.1.2).
    pub(super) fn curve_point(&self, coordinate_length: usize) -> Result<Vec<u8>, JwkError> {
        let mut point = vec![4];
        point.extend_from_slice(&sized(self.x, "x", coordinate_length)?);
        point.extend_from_slice(&sized(self.y, "y", coordinate_length)?);
        Ok(point)
    }

    /// The modulus and the exponent. Neither may begin with a zero byte (RFC 7518 section 2, Base64urlUInt).
    pub(super) fn rsa_public(&self) -> Result<RsaPublicKeyComponents<Vec<u8>>, JwkError> {
        let n = decode(self.n, "n")?.to_vec();
        let e = decode(self.e, "e")?.to_vec();
        let Some((&first, _)) = n.split_first().filter(|(first, _)| **first != 0) else {
            return Err(JwkError::Member("n"));
        };
        let bits = n.len() * 8 - first.leading_zeros() as usize;
        if !(2048..=8192).contains(&bits) {
            return Err(JwkError::RsaSize);
        }
        // An even exponent, or 1, is no RSA key at all: with 1 every message would be its own signature.
        if e.first().is_none_or(|first| *first == 0) || e == [1] || e.last().is_none_or(|last| last % 2 == 0) {
            return Err(JwkError::Member("e"));
        }
        if roca::has_fingerprint(&n) {
            return Err(JwkError::FactorableRsa);
        }
        Ok(RsaPublicKeyComponents { n, e })
    }
}

/// Bytes of one member. `base64` with this alphabet refuses padding, blanks and non-zero trailing bits.
pub(super) fn decode(member: Option<&str>, name: &'static str) -> Result<Zeroizing<Vec<u8>>, JwkError> {
    let text = member.ok_or(JwkError::Missing(name))?;
    URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new).map_err(|_| JwkError::Member(name))
}

/// [`decode`] for a member with a known length in bytes.
pub(super) fn sized(member: Option<&str>, name: &'static str, length: usize) -> Result<Zeroizing<Vec<u8>>, JwkError> {
    decode(member, name).and_then(|bytes| if bytes.len() == length { Ok(bytes) } else { Err(JwkError::Member(name)) })
}
