//! The header of a token: hostile input until the signature holds, so only three members of it count.

use super::{JwtError, Part, base64url, json};
use crate::jwk::Algorithm;
use serde_json::{Map, Value};

/// What a header says, after every header that asks for special treatment has been refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    algorithm: Algorithm,
    kid: Option<String>,
    token_type: Option<String>,
}

impl Header {
    /// What the header claims. The key decides; this is only compared with it.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The name of the key, up to 8 KiB of anything: good for a lookup, not for a log, a path or a query.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The kind of token (`typ`), as spelled.
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    pub(super) fn read(encoded: &str) -> Result<Self, JwtError> {
        let mut members = json::object(&base64url::decode(encoded, Part::Header)?, Part::Header)?;
        if members.contains_key("crit") {
            return Err(JwtError::CriticalExtension);
        }
        if members.contains_key("b64") {
            return Err(JwtError::UnencodedPayload);
        }
        if let Some(name) = ["jwk", "jku", "x5u", "x5c"].into_iter().find(|name| members.contains_key(*name)) {
            return Err(JwtError::EmbeddedKey(name));
        }
        let name = text(&mut members, "alg")?.ok_or(JwtError::HeaderMissing("alg"))?;
        if name.eq_ignore_ascii_case("none") {
            return Err(JwtError::Unsigned);
        }
        Ok(Self {
            algorithm: Algorithm::parse(&name).ok_or(JwtError::UnknownAlgorithm)?,
            kid: text(&mut members, "kid")?,
            token_type: text(&mut members, "typ")?,
        })
    }
}

fn text(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, JwtError> {
    match members.get_mut(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(std::mem::take(text))),
        Some(_) => Err(JwtError::HeaderType(name)),
    }
}
