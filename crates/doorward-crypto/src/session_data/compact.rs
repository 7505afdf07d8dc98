//! The compact form: base64url without padding of `{"session":{..},"expiresAt":<ms>,"signature":"<base64url>"}`.
//!
//! The signature is HMAC-SHA256 over the inner object with `expiresAt` appended as its last member, keyed with the raw
//! secret. Reading puts that text together from the received bytes instead of printing a parsed value: nothing that was
//! signed can be lost on the way, and it is faster.

use super::{CachedSession, Members};
use crate::secret::Secrets;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    session: &'a RawValue,
    #[serde(rename = "expiresAt")]
    expires_at: i64,
    signature: &'a str,
}

/// `members` is the inside of the object, without its braces.
pub(super) fn encode(members: &str, expires_at_ms: i64, secrets: &Secrets) -> String {
    let signed = format!(r#"{{{members},"expiresAt":{expires_at_ms}}}"#);
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(secrets.current().hmac_key(), signed.as_bytes()));
    URL_SAFE_NO_PAD
        .encode(format!(r#"{{"session":{{{members}}},"expiresAt":{expires_at_ms},"signature":"{signature}"}}"#))
}

pub(super) fn decode(raw: &str, now_ms: i64, secrets: &Secrets) -> Option<CachedSession> {
    let json = URL_SAFE_NO_PAD.decode(raw).ok()?;
    let envelope: Envelope<'_> = serde_json::from_slice(&json).ok()?;
    let members = envelope.session.get().strip_suffix('}')?;
    let signed = format!(r#"{members},"expiresAt":{}}}"#, envelope.expires_at);
    let tag = URL_SAFE_NO_PAD.decode(envelope.signature).ok()?;
    if !secrets.all().any(|secret| hmac::verify(secret.hmac_key(), signed.as_bytes(), &tag).is_ok()) {
        return None;
    }
    let members: Members = serde_json::from_str(envelope.session.get()).ok()?;
    (envelope.expires_at >= now_ms).then(|| members.expiring(envelope.expires_at))
}
