//! How long a session lives, and whether browsers carry a copy of it.

use doorward_crypto::session_data::CacheForm;

/// Lifetimes in seconds.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Life of a remembered session. Default: 604800 (7 days).
    pub expires_in: i64,
    /// Life of a session without "remember me". Default: 86400 (1 day).
    pub short_expires_in: i64,
    /// A session older than this since its last extension is extended when it is used. Default: 86400.
    pub update_age: i64,
    /// Up to this age since sign-in a session counts as fresh for sensitive pages; 0 turns the check off. Default: 86400.
    pub fresh_age: i64,
    /// Never extend sessions. Default: off.
    pub disable_refresh: bool,
    /// `GET /get-session` only tells that an extension is due, `POST /get-session` does it. Default: off.
    pub defer_refresh: bool,
    /// A signed copy of the session in a cookie. Default: none.
    pub cookie_cache: Option<CookieCacheConfig>,
    /// Use the `__Host-` cookie prefix instead of `__Secure-` on https. Default: off, since Better Auth cannot.
    pub host_prefix: bool,
    /// End all sessions when the password is reset. Default: off, as Better Auth.
    pub revoke_on_reset: bool,
    /// End the other sessions when the password is changed, asked or not. Default: off, as Better Auth.
    pub revoke_on_change: bool,
    /// Accept a session token as a bearer token only with its signature. Default: off, as Better Auth.
    pub bearer_requires_signature: bool,
}

/// The cookie cache. It spares the browser's copy nothing on our side: the row is still asked whether it is alive.
#[derive(Clone, Debug)]
pub struct CookieCacheConfig {
    /// The form of the copy. Default: compact.
    pub form: CacheForm,
    /// Seconds the copy is believed. Default: 300.
    pub max_age: i64,
    /// A change here makes all copies stale. Default: `1`.
    pub version: String,
}

impl Default for CookieCacheConfig {
    fn default() -> Self {
        Self { form: CacheForm::Compact, max_age: 300, version: "1".into() }
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            expires_in: 604_800,
            short_expires_in: 86_400,
            update_age: 86_400,
            fresh_age: 86_400,
            disable_refresh: false,
            defer_refresh: false,
            cookie_cache: None,
            host_prefix: false,
            revoke_on_reset: false,
            revoke_on_change: false,
            bearer_requires_signature: false,
        }
    }
}
