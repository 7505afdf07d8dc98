//! The session cache: a cookie that carries the session and its user, so that most requests need no database.
//!
//! It comes in Better Auth's three forms, which all hold the same members in the same order, `session`, `user`,
//! `updatedAt`, `version`:
//!
//! | form | text | protects |
//! |---|---|---|
//! | [`CacheForm::Compact`] | base64url of JSON with an HMAC beside it | integrity |
//! | [`CacheForm::Jwt`] | HS256 JWT | integrity |
//! | [`CacheForm::Jwe`] | encrypted JWT, `dir` with `A256CBC-HS512` | integrity and content |
//!
//! The compact signature is over the text that JavaScript prints for the members, so key order, string escapes and
//! number spellings are part of what is signed. What is read is therefore verified as received, and what is written is
//! printed the way JavaScript prints it.
//!
//! Deliberately left to the caller: percent-encoding and chunking of the cookie, comparing the version and the session
//! token, and the expiry of the session itself. A cached session is a claim about the past; a server that must honour a
//! revocation at once has to look at the database.

mod compact;
mod javascript;
mod jwe;
mod jwt;

use crate::random::Random;
use crate::secret::Secrets;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The three forms of the cookie; a server is configured for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheForm {
    Compact,
    Jwt,
    Jwe,
}

/// What a valid cookie says. `session` and `user` are JSON objects whose members are in the order received.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedSession {
    pub session: Value,
    pub user: Value,
    /// When the cache was written, in milliseconds since 1970.
    pub updated_at_ms: i64,
    /// The operator's version of the cache; `1` when the cookie names none.
    pub version: String,
    /// When the cache, not the session, expires, in milliseconds since 1970.
    pub expires_at_ms: i64,
}

/// The cookie's value before percent-encoding and chunking.
///
/// `lifetime_seconds` is the configured `cookieCache.maxAge`. For a session that is not remembered Better Auth uses 60
/// seconds in the compact form and 300 in the other two.
#[expect(clippy::too_many_arguments, reason = "each is one member of the cookie; a struct would only name them again")]
pub fn encode(
    form: CacheForm,
    session: &Value,
    user: &Value,
    version: &str,
    lifetime_seconds: i64,
    now_ms: i64,
    secrets: &Secrets,
    random: &dyn Random,
) -> String {
    let members = format!(
        r#""session":{},"user":{},"updatedAt":{now_ms},"version":{}"#,
        javascript::stringify(session),
        javascript::stringify(user),
        javascript::stringify(&Value::from(version)),
    );
    match form {
        CacheForm::Compact => {
            let expires_at_ms = now_ms.saturating_add(lifetime_seconds.saturating_mul(1000));
            compact::encode(&members, expires_at_ms, secrets)
        }
        CacheForm::Jwt | CacheForm::Jwe => {
            let issued_at = now_ms.div_euclid(1000);
            let expires_at = issued_at.saturating_add(lifetime_seconds);
            let claims = format!(r#"{members},"iat":{issued_at},"exp":{expires_at}"#);
            match form {
                CacheForm::Jwe => jwe::encode(&claims, secrets, random),
                _ => jwt::encode(&claims, secrets),
            }
        }
    }
}

/// Reads a cookie of the given form, after percent-decoding and joining of chunks.
///
/// `None` when it is malformed, not signed or encrypted by a secret of the ring, or expired. An encrypted cookie is
/// accepted for 15 seconds longer, as Better Auth's helper for middleware does; its session route does not, and a caller
/// that wants the same compares `expires_at_ms` itself.
///
/// Better Auth reads the compact and the JWT form with the current secret only; here every secret of the ring does, as
/// for cookies.
pub fn decode(form: CacheForm, raw: &str, now_ms: i64, secrets: &Secrets) -> Option<CachedSession> {
    match form {
        CacheForm::Compact => compact::decode(raw, now_ms, secrets),
        CacheForm::Jwt => jwt::decode(raw, secrets)?.unexpired(now_ms, 0),
        CacheForm::Jwe => jwe::decode(raw, secrets)?.unexpired(now_ms, jwe::CLOCK_TOLERANCE_SECONDS),
    }
}

/// The members that all three forms share, and the expiry of the two that are JWTs.
#[derive(Deserialize)]
struct Members {
    session: Map<String, Value>,
    user: Map<String, Value>,
    #[serde(rename = "updatedAt")]
    updated_at: i64,
    version: Option<String>,
    exp: Option<i64>,
}

impl Members {
    /// A JWT is expired from its `exp` on: RFC 7519 section 4.1.4.
    fn unexpired(self, now_ms: i64, tolerance_seconds: i64) -> Option<CachedSession> {
        let expires_at = self.exp?;
        let now = now_ms.div_euclid(1000);
        (expires_at > now.saturating_sub(tolerance_seconds)).then(|| self.expiring(expires_at.saturating_mul(1000)))
    }

    fn expiring(self, expires_at_ms: i64) -> CachedSession {
        CachedSession {
            session: Value::Object(self.session),
            user: Value::Object(self.user),
            updated_at_ms: self.updated_at,
            version: self.version.filter(|version| !version.is_empty()).unwrap_or_else(|| "1".to_owned()),
            expires_at_ms,
        }
    }
}

#[cfg(test)]
mod tests;
