//! The check of one access token, from text to claims.

use super::{Claims, Header, JwtError, Part, Rules, base64url, json};
use crate::jwk::VerifyingKey;

/// Checks a compact token and returns its claims.
///
/// `find_key` picks the key for a header, by its `kid`; `None` refuses the token with [`JwtError::UnknownKey`]. `now` is
/// in seconds since 1970.
///
/// # Errors
/// The first rule that the token breaks. A token is never partly accepted.
pub fn verify<'k>(
    token: &str,
    find_key: impl Fn(&Header) -> Option<&'k VerifyingKey>,
    rules: &Rules,
    now: i64,
) -> Result<Claims, JwtError> {
    rules.check_length(token)?;
    let parts = Parts::split(token)?;
    let header = Header::read(parts.header)?;
    rules.check_type(&header)?;
    let key = find_key(&header).ok_or(JwtError::UnknownKey)?;
    check_algorithm(&header, key)?;
    let signature = base64url::decode(parts.signature, Part::Signature)?;
    if !key.verifies(parts.signed.as_bytes(), &signature) {
        return Err(JwtError::Signature);
    }
    let payload = base64url::decode(parts.payload, Part::Payload)?;
    let claims = Claims::read(json::object(&payload, Part::Payload)?)?;
    rules.check(&claims, now)?;
    Ok(claims)
}

fn check_algorithm(header: &Header, key: &VerifyingKey) -> Result<(), JwtError> {
    match (header.algorithm(), key.algorithm()) {
        (claimed, own) if claimed == own => Ok(()),
        (claimed, own) if claimed.is_symmetric() => Err(JwtError::HmacWithPublicKey(own)),
        (_, own) => Err(JwtError::AlgorithmMismatch(own)),
    }
}

/// The texts between the dots.
pub(super) struct Parts<'a> {
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
    /// Header and payload with the dot between them: what the signature is over.
    pub(super) signed: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn split(token: &'a str) -> Result<Self, JwtError> {
        match token.bytes().filter(|byte| *byte == b'.').count() {
            2 => {}
            4 => return Err(JwtError::Encrypted),
            _ => return Err(JwtError::NotThreeParts),
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::NotThreeParts)?;
        Ok(Self { header, payload, signature, signed })
    }
}
