//! The JWT form: a compact JWS with the header `{"alg":"HS256"}`, keyed with the raw secret.
//!
//! Only HS256 is accepted. The general verifier in [`crate::jwt`] checks issuers and audiences, of which this cookie has
//! none.

use super::Members;
use crate::secret::Secrets;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that a reader must understand (RFC 7515 section 4.1.11). None is understood.
    crit: Option<Value>,
}

/// `claims` is the inside of the object, without its braces.
pub(super) fn encode(claims: &str, secrets: &Secrets) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
    let payload = URL_SAFE_NO_PAD.encode(format!("{{{claims}}}"));
    let signed = format!("{header}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(secrets.current().hmac_key(), signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Checks the signature only; expiry is the caller's.
pub(super) fn decode(raw: &str, secrets: &Secrets) -> Option<Members> {
    let (signed, signature) = raw.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !secrets.all().any(|secret| hmac::verify(secret.hmac_key(), signed.as_bytes(), &tag).is_ok()) {
        return None;
    }
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    if header.alg != "HS256" || header.crit.is_some() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
