//! How long things live: sessions, the browser's copy of them, access tokens and refresh tokens.
//!
//! The defaults are Better Auth's where it has the setting. Whoever comes from Better Auth with options of their own
//! finds each named in the help, so that a swap changes no lifetime.

use clap::{Args, ValueEnum};
use doorward::config::{Config, CookieCacheConfig};
use doorward_crypto::session_data::CacheForm;

use super::{Mistake, Switch};

/// The form of the signed copy, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CookieCache {
    #[value(aliases = ["false", "0", "no"])]
    Off,
    /// Better Auth's `compact`
    #[value(aliases = ["on", "true", "1", "yes"])]
    Compact,
    Jwt,
    Jwe,
}

#[derive(Args, Clone)]
#[command(next_help_heading = "Sessions and tokens")]
pub(crate) struct SessionSettings {
    /// Seconds a session lives without use (session.expiresIn)
    #[arg(long, env = "DOORWARD_SESSION_LIFETIME", default_value = "604800")]
    session_lifetime: i64,
    /// Seconds after which a used session gets its whole life again (session.updateAge)
    #[arg(long, env = "DOORWARD_SESSION_UPDATE_AGE", default_value = "86400")]
    session_update_age: i64,
    /// Seconds since sign-in in which sensitive routes need no new sign-in; 0 asks for none (session.freshAge)
    #[arg(long, env = "DOORWARD_SESSION_FRESH_AGE", default_value = "86400")]
    session_fresh_age: i64,
    /// Used sessions are extended (the opposite of session.disableSessionRefresh)
    #[arg(long, env = "DOORWARD_SESSION_REFRESH", default_value = "on")]
    session_refresh: Switch,
    /// Reading a session never extends it, POST /get-session does (session.deferSessionRefresh)
    #[arg(long, env = "DOORWARD_SESSION_DEFER_REFRESH", default_value = "off")]
    session_defer_refresh: Switch,
    /// Browsers carry a signed copy of their session, in this form (session.cookieCache); `on` is compact
    #[arg(long, env = "DOORWARD_COOKIE_CACHE", default_value = "off", ignore_case = true)]
    cookie_cache: CookieCache,
    /// Seconds the copy is believed (session.cookieCache.maxAge)
    #[arg(long, env = "DOORWARD_COOKIE_CACHE_AGE", default_value = "300")]
    cookie_cache_age: i64,
    /// Seconds an access token is valid
    #[arg(long, env = "DOORWARD_JWT_LIFETIME", default_value = "900")]
    jwt_lifetime: i64,
    /// `iss` of access tokens; the origin of the base URL when not given
    #[arg(long, env = "DOORWARD_JWT_ISSUER")]
    jwt_issuer: Option<String>,
    /// `aud` of access tokens; the origin of the base URL when not given
    #[arg(long, env = "DOORWARD_JWT_AUDIENCE")]
    jwt_audience: Option<String>,
    /// Seconds a refresh token may stay unused
    #[arg(long, env = "DOORWARD_REFRESH_LIFETIME", default_value = "604800")]
    refresh_lifetime: i64,
    /// Seconds after which a chain of refresh tokens ends whatever its use; 0 never ends it
    #[arg(long, env = "DOORWARD_REFRESH_ABSOLUTE", default_value = "2592000")]
    refresh_absolute: i64,
}

/// Longest life of an access token: no verifier should have to believe one that was signed yesterday.
const LONGEST_TOKEN: i64 = 86_400;
/// Ten years; longer is a slip of the hand.
pub(super) const LONGEST_LIFE: i64 = 10 * 365 * 86_400;

impl SessionSettings {
    pub(super) fn apply(&self, config: &mut Config) -> Result<(), Mistake> {
        let session = &mut config.session;
        session.expires_in = within("DOORWARD_SESSION_LIFETIME", self.session_lifetime, 60, LONGEST_LIFE)?;
        session.short_expires_in = session.short_expires_in.min(session.expires_in);
        session.update_age = within("DOORWARD_SESSION_UPDATE_AGE", self.session_update_age, 0, LONGEST_LIFE)?;
        session.fresh_age = within("DOORWARD_SESSION_FRESH_AGE", self.session_fresh_age, 0, LONGEST_LIFE)?;
        session.disable_refresh = !self.session_refresh.0;
        session.defer_refresh = self.session_defer_refresh.0;
        let max_age = within("DOORWARD_COOKIE_CACHE_AGE", self.cookie_cache_age, 1, 86_400)?;
        let form = match self.cookie_cache {
            CookieCache::Off => None,
            CookieCache::Compact => Some(CacheForm::Compact),
            CookieCache::Jwt => Some(CacheForm::Jwt),
            CookieCache::Jwe => Some(CacheForm::Jwe),
        };
        session.cookie_cache = form.map(|form| CookieCacheConfig { form, max_age, ..CookieCacheConfig::default() });
        config.token.lifetime = within("DOORWARD_JWT_LIFETIME", self.jwt_lifetime, 10, LONGEST_TOKEN)?;
        config.token.issuer = self.jwt_issuer.clone();
        config.token.audience = self.jwt_audience.clone();
        config.refresh.expires_in = within("DOORWARD_REFRESH_LIFETIME", self.refresh_lifetime, 60, LONGEST_LIFE)?;
        let absolute = within("DOORWARD_REFRESH_ABSOLUTE", self.refresh_absolute, 0, LONGEST_LIFE)?;
        config.refresh.absolute = (absolute > 0).then_some(absolute);
        Ok(())
    }
}

pub(super) fn within(name: &str, value: i64, least: i64, most: i64) -> Result<i64, Mistake> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(Mistake(format!("{name}: {value} is out of bounds; write a number from {least} to {most}")))
    }
}
