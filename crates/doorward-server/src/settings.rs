//! The settings: the only place that reads the environment.
//!
//! [`Settings`] is what was written, [`Settings::check`] what is meant: one step, at the start, that fails in words.

mod account;
mod acme;
mod address;
mod command_line;
mod edge;
mod hardened;
mod limits;
mod people;
mod providers;
mod secret;
mod sessions;
mod spelling;
mod tokens;

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, sync::Arc};

use crate::breached::BreachedFile;
pub(crate) use acme::Acme;
pub(crate) use address::surprise;
use clap::{Args, ValueEnum};
pub(crate) use command_line::{in_words, without_empty_variables};
use doorward::config::{BaseUrl, Config, HashWith, Network};
pub(crate) use secret::NoSecret;

/// A mistake in the settings, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Mistake(pub(crate) String);

/// `on` or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Switch(bool);

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "on" | "true" | "1" | "yes" => Ok(Self(true)),
            "off" | "false" | "0" | "no" => Ok(Self(false)),
            _ => Err("write on or off".into()),
        }
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0 { "on" } else { "off" })
    }
}

/// Bundles of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    /// Stricter than Better Auth wherever that is possible; see docs/guide/hardened.md
    Hardened,
}

/// How much a commit to SQLite survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sync {
    /// A power cut loses nothing that was acknowledged
    Full,
    /// A crash loses nothing, a power cut may lose the last moments
    Normal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Every setting, by flag or environment variable.
#[derive(Args, Clone)]
pub(crate) struct Settings {
    /// Signing and sealing secret, at least 32 characters. Made once in the data folder while the base URL is for this machine only
    #[arg(long, env = "BETTER_AUTH_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// Another name for the secret, as Better Auth knows it
    #[arg(long, env = "AUTH_SECRET", hide_env_values = true, hide = true)]
    auth_secret: Option<String>,
    /// Versioned secrets, newest first: "2:new,1:old". Old ones still verify and open
    #[arg(long, env = "BETTER_AUTH_SECRETS", hide_env_values = true)]
    secrets: Option<String>,
    /// Public base URL; https makes cookies Secure. Without it http://localhost with the port that is listened on
    #[arg(long, env = "BETTER_AUTH_URL")]
    url: Option<String>,
    /// Origins that may call and be redirected to, separated by commas; * and ? are wildcards
    #[arg(long, env = "BETTER_AUTH_TRUSTED_ORIGINS", default_value = "")]
    trusted_origins: String,
    /// Scripts of the trusted origins may call without a rewrite or a proxy, and read the answers
    #[arg(long, env = "DOORWARD_CORS", default_value = "off")]
    cors: Switch,
    /// sqlite://path or postgres://…; SQLite in the data folder when not given
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
    /// Address and port to listen on: 127.0.0.1:3000, unless there is a PORT
    #[arg(long, env = "DOORWARD_LISTEN")]
    listen: Option<SocketAddr>,
    /// Port to listen on at 127.0.0.1, where no address is given
    #[arg(long, env = "PORT")]
    port: Option<u16>,
    /// Folder for the secret and the database
    #[arg(long, env = "DOORWARD_DATA", default_value = "./doorward-data")]
    pub(crate) data: PathBuf,
    /// Mail: `log`, `file:<folder>`, `smtp://…` or `smtps://…`; without it, routes that need mail say so
    #[arg(long, env = "DOORWARD_MAIL", hide_env_values = true)]
    pub(crate) mail: Option<String>,
    /// Sender of mails
    #[arg(long, env = "DOORWARD_MAIL_FROM", default_value = "Doorward <no-reply@localhost>")]
    pub(crate) mail_from: String,
    /// Limits on requests and on wrong passwords
    #[arg(long, env = "DOORWARD_RATE_LIMIT", default_value = "on")]
    rate_limit: Switch,
    /// Proxies whose X-Forwarded-For and -Proto are believed, as CIDRs separated by commas
    #[arg(long, env = "DOORWARD_TRUSTED_PROXIES", default_value = "")]
    trusted_proxies: String,
    #[command(flatten)]
    account: account::AccountSettings,
    /// Hash of new passwords: scrypt, which Better Auth reads too, or argon2id, which it does not [default: scrypt]
    #[arg(long, env = "DOORWARD_PASSWORD_HASH")]
    password_hash: Option<String>,
    /// Refuse the most common passwords [default: off]
    #[arg(long, env = "DOORWARD_REFUSE_COMMON_PASSWORDS")]
    refuse_common_passwords: Option<Switch>,
    /// File of leaked passwords to refuse, as Have I Been Pwned publishes it: SHA-1 hashes, sorted
    #[arg(long, env = "DOORWARD_BREACHED_PASSWORDS")]
    breached_passwords: Option<PathBuf>,
    /// A bundle of settings
    #[arg(long, env = "DOORWARD_PRESET")]
    preset: Option<Preset>,
    /// How durable a commit to SQLite is
    #[arg(long, env = "DOORWARD_SQLITE_SYNC", default_value = "full")]
    sqlite_sync: Sync,
    /// PEM file with the certificate chain; with the key, the server speaks https itself
    #[arg(long, env = "DOORWARD_TLS_CERT")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// PEM file with the private key
    #[arg(long, env = "DOORWARD_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Days that events stay in the audit trail; 0 keeps them
    #[arg(long, env = "DOORWARD_AUDIT_DAYS", default_value_t = 90)]
    audit_days: u32,
    /// What is logged, as a tracing filter
    #[arg(long, env = "DOORWARD_LOG", default_value = "info")]
    pub(crate) log: String,
    /// How it is logged
    #[arg(long, env = "DOORWARD_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Name on the pages
    #[arg(long, env = "DOORWARD_THEME_NAME", default_value = "Doorward")]
    theme_name: String,
    /// Logo on the pages: a path of this server or an https address
    #[arg(long, env = "DOORWARD_THEME_LOGO")]
    theme_logo: Option<String>,
    /// Accent colour of the pages: #rrggbb
    #[arg(long, env = "DOORWARD_THEME_ACCENT")]
    theme_accent: Option<String>,
    /// Social sign-in, separated by commas: github, google, or names of your own. Each is set up by
    /// `DOORWARD_OAUTH_<NAME>_CLIENT_ID`, `_CLIENT_SECRET`, and for others than the two `_DISCOVERY_URL`
    #[arg(long, env = "DOORWARD_OAUTH_PROVIDERS", default_value = "")]
    oauth_providers: String,
    #[command(flatten)]
    acme: acme::AcmeSettings,
    #[command(flatten)]
    pub(crate) edge: edge::EdgeSettings,
    #[command(flatten)]
    limits: limits::LimitSettings,
    #[command(flatten)]
    sessions: sessions::SessionSettings,
    #[command(flatten)]
    tokens: tokens::TokenSettings,
    #[command(flatten)]
    people: people::PeopleSettings,
}

/// How the pages are branded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Theme {
    pub(crate) name: String,
    pub(crate) logo: Option<String>,
    /// `#rrggbb`, checked.
    pub(crate) accent: Option<String>,
}

/// The settings as they are meant.
pub(crate) struct Checked {
    pub(crate) config: Config,
    pub(crate) database_url: String,
    pub(crate) database_options: doorward_database::Options,
    pub(crate) theme: Theme,
    /// Where limits are counted, if in a Redis.
    pub(crate) redis: Option<redis::Client>,
    /// Whom to ask for certificates, if there is anybody.
    pub(crate) acme: Option<Acme>,
    /// Cross-origin calls of the trusted origins are answered.
    pub(crate) cors: bool,
}

impl Settings {
    /// Turns what was written into what is meant, or says what is wrong.
    pub(crate) fn check(&self, without_secret: NoSecret) -> Result<Checked, Mistake> {
        let here = format!("http://localhost:{}", self.address().port());
        let base_url = BaseUrl::parse(self.url.as_deref().unwrap_or(&here))
            .map_err(|error| Mistake(format!("BETTER_AUTH_URL: {error}")))?;
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Err(Mistake("DOORWARD_TLS_CERT and DOORWARD_TLS_KEY belong together: set both, or neither".into()));
        }
        let acme = self.acme.check(self.tls_cert.is_some())?;
        address::promises_https(&base_url, acme.as_ref(), self.tls_cert.is_some())?;
        let mut config = Config::new(base_url.clone(), secret::read(self, &base_url, without_secret)?);
        config.trusted_origins = list(&self.trusted_origins).map(str::to_owned).collect();
        config.network.rate_limit = self.rate_limit.0;
        let redis;
        (config.network.limits, redis) = self.limits.check(&self.database_url())?;
        config.network.trusted_proxies = list(&self.trusted_proxies)
            .map(|text| text.parse::<Network>().map_err(|error| Mistake(format!("DOORWARD_TRUSTED_PROXIES: {error}"))))
            .collect::<Result<_, _>>()?;
        config.audit_days = self.audit_days;
        self.account.apply(&mut config.account);
        self.sessions.apply(&mut config)?;
        let usual = config.token.audience.clone().unwrap_or_else(|| base_url.origin().to_owned());
        self.tokens.apply(&mut config.token, &usual)?;
        self.people.apply(&mut config)?;
        config.password.refuse_common = is_on(self.refuse_common_passwords);
        if let Some(path) = &self.breached_passwords {
            let in_words = |error| Mistake(format!("DOORWARD_BREACHED_PASSWORDS: {}: {error}", path.display()));
            config.password.breached = Some(Arc::new(BreachedFile::open(path).map_err(in_words)?));
        }
        config.password.hash_with = match self.password_hash.as_deref() {
            None | Some("scrypt") => HashWith::Scrypt,
            Some("argon2id") => HashWith::Argon2id,
            Some(_) => return Err(Mistake("DOORWARD_PASSWORD_HASH: write scrypt or argon2id".into())),
        };
        config.providers = providers::read(list(&self.oauth_providers))?;
        self.harden(&mut config);
        account::with_mail(&config.account, self.mail.is_some())?;
        Ok(Checked {
            config,
            database_url: self.database_url(),
            database_options: self.database_options(),
            theme: self.theme()?,
            redis,
            acme,
            cors: self.cors()?,
        })
    }

    /// Whoever is answered with credentials reads what the person could read: that must not be everybody.
    fn cors(&self) -> Result<bool, Mistake> {
        let names_nobody = |pattern: &str| {
            let (scheme, host) = pattern.split_once("://").unwrap_or(("*", pattern));
            let host = host.split(':').next().unwrap_or_default();
            let is_web = matches!(scheme, "http" | "https") || scheme.contains(['*', '?']);
            is_web && host.contains('*') && host.chars().all(|character| matches!(character, '*' | '?' | '.'))
        };
        if self.cors.0 && list(&self.trusted_origins).next().is_none() {
            return Err(Mistake("DOORWARD_CORS=on needs BETTER_AUTH_TRUSTED_ORIGINS: whose scripts may read?".into()));
        }
        match list(&self.trusted_origins).find(|pattern| self.cors.0 && names_nobody(pattern)) {
            Some(pattern) => Err(Mistake(format!(
                "DOORWARD_CORS=on with {pattern} in BETTER_AUTH_TRUSTED_ORIGINS would let every site read people's tokens: name hosts"
            ))),
            None => Ok(self.cors.0),
        }
    }

    /// Where to listen.
    pub(crate) fn address(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], self.port.unwrap_or(3000))))
    }

    fn database_url(&self) -> String {
        let given = self.database.clone().filter(|url| !url.is_empty());
        given.unwrap_or_else(|| format!("sqlite://{}", self.data.join("doorward.db").display()))
    }

    fn database_options(&self) -> doorward_database::Options {
        doorward_database::Options { durable: self.sqlite_sync == Sync::Full, ..doorward_database::Options::default() }
    }

    fn theme(&self) -> Result<Theme, Mistake> {
        let is_colour = |text: &String| {
            text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if self.theme_accent.as_ref().is_some_and(|accent| !is_colour(accent)) {
            return Err(Mistake("DOORWARD_THEME_ACCENT: write a colour like #0b6e4f".into()));
        }
        let is_address = |text: &String| {
            (text.starts_with('/') && !text.starts_with("//") || text.starts_with("https://"))
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\'))
        };
        if self.theme_logo.as_ref().is_some_and(|logo| !is_address(logo)) {
            return Err(Mistake("DOORWARD_THEME_LOGO: write a path like /logo.svg or an https address".into()));
        }
        Ok(Theme { name: self.theme_name.clone(), logo: self.theme_logo.clone(), accent: self.theme_accent.clone() })
    }
}

/// A switch that is off by default, and on with the hardened preset unless it was set.
fn is_on(switch: Option<Switch>) -> bool {
    switch.is_some_and(|switch| switch.0)
}

/// The parts of a list, without blanks around them.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use doorward_crypto::session_data::CacheForm;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        settings: Settings,
    }

    fn checked(arguments: &[&str]) -> Result<Checked, Mistake> {
        let secret = ["--secret", "a secret of thirty-two characters!"];
        Only::parse_from(["doorward"].into_iter().chain(secret).chain(arguments.iter().copied()))
            .settings
            .check(NoSecret::Refuse)
    }

    #[test]
    fn defaults_are_those_of_the_help() {
        let checked = checked(&[]).unwrap();
        assert_eq!(checked.config.base_url.origin(), "http://localhost:3000");
        assert!(
            checked.config.account.change_email
                && checked.config.account.delete_user
                && checked.config.network.rate_limit
        );
        assert!(checked.config.session.cookie_cache.is_none() && !checked.config.account.require_verification);
        assert_eq!(checked.database_url, "sqlite://./doorward-data/doorward.db");
    }

    #[test]
    fn the_copy_of_a_session_has_a_form() {
        let form =
            |text| checked(&["--cookie-cache", text]).unwrap().config.session.cookie_cache.map(|cache| cache.form);
        assert_eq!(form("off"), None);
        assert_eq!(form("on"), Some(CacheForm::Compact));
        assert_eq!(form("jwe"), Some(CacheForm::Jwe));
    }

    #[test]
    fn what_is_set_counts_more_than_the_preset() {
        let hardened = checked(&["--preset", "hardened"]).unwrap().config;
        assert!(hardened.password.hash_with == HashWith::Argon2id && hardened.password.refuse_common);
        assert!(hardened.account.private_sign_up && hardened.account.encrypt_provider_tokens && hardened.hash_tokens);
        assert!(hardened.session.revoke_on_reset);
        let back = ["--preset", "hardened", "--password-hash", "scrypt", "--private-sign-up", "off"];
        let back = checked(&back).unwrap().config;
        assert!(back.password.hash_with == HashWith::Scrypt && !back.account.private_sign_up);
        assert!(back.password.refuse_common && back.session.revoke_on_reset && back.hash_tokens);
    }

    #[test]
    fn audiences_have_algorithms() {
        let token = |arguments: &[&str]| checked(arguments).unwrap().config.token;
        assert!(token(&[]).audiences.is_empty());
        let several =
            token(&["--audiences", " https://a.example/?b=c=ES512 , legacy = HS256,http://localhost:3000=EdDSA"]);
        let told: Vec<_> = several.audiences.iter().map(|one| (one.name.as_str(), one.algorithm.as_str())).collect();
        assert_eq!(
            told,
            [("https://a.example/?b=c", "ES512"), ("legacy", "HS256")],
            "the usual one stays the usual one"
        );
        assert_eq!(
            several.algorithms().iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            ["EdDSA", "ES512", "HS256"]
        );
        assert_eq!(token(&["--jwt-rotation", "28800"]).rotation_interval, Some(28_800));
        assert_eq!(token(&["--jwt-rotation", "0"]).rotation_interval, None);
        let renamed = token(&["--jwt-audience", "api", "--audiences", "http://localhost:3000=RS256"]);
        assert_eq!(renamed.audiences.len(), 1);
    }

    #[test]
    fn blanks_around_origins_do_not_matter() {
        let checked = checked(&["--trusted-origins", " http://a.example , http://b.example,"]).unwrap();
        assert_eq!(checked.config.trusted_origins, ["http://a.example", "http://b.example"]);
    }

    #[test]
    fn mistakes_are_told_in_words() {
        let cases: [(&[&str], &str); 21] = [
            (&["--url", "localhost"], "BETTER_AUTH_URL"),
            (&["--jwt-alg", "none"], "DOORWARD_JWT_ALG: none is not one of EdDSA"),
            (&["--jwt-rotation", "3600"], "DOORWARD_JWT_ROTATION: 3600 is out of bounds; write a number from 28800"),
            (&["--jwt-rotation", "28800", "--audiences", "a=RS256,b=RS256,c=HS256"], "from 57600"),
            (&["--audiences", "https://a.example"], "https://a.example: write audience=algorithm"),
            (&["--audiences", "https://a.example=none"], "https://a.example=none: none is not one of EdDSA"),
            (&["--audiences", "=RS256"], "DOORWARD_AUDIENCES: =RS256: an audience is"),
            (&["--audiences", "my api=RS256"], "without blanks"),
            (&["--audiences", "a#b=RS256"], "without #"),
            (&["--audiences", "a=RS256,b=ES256,a=RS256"], "a stands there twice"),
            (&["--audiences", "http://localhost:3000=RS256"], "DOORWARD_JWT_ALG says EdDSA for it"),
            (&["--trusted-proxies", "everyone"], "DOORWARD_TRUSTED_PROXIES"),
            (&["--password-hash", "md5"], "DOORWARD_PASSWORD_HASH"),
            (&["--password-min", "200"], "DOORWARD_PASSWORD_MIN"),
            (&["--jwt-lifetime", "1000000"], "DOORWARD_JWT_LIFETIME"),
            (&["--theme-accent", "red;}"], "DOORWARD_THEME_ACCENT"),
            (&["--theme-logo", "//evil.example/x"], "DOORWARD_THEME_LOGO"),
            (&["--require-email-verification", "on"], "DOORWARD_MAIL"),
            (&["--delete-user-mail", "on"], "DOORWARD_DELETE_USER_MAIL=on needs mail: set DOORWARD_MAIL"),
            (&["--change-email-confirm", "on"], "DOORWARD_CHANGE_EMAIL_CONFIRM=on needs mail: set DOORWARD_MAIL"),
            (&["--secret", "short"], "32 characters"),
        ];
        for (arguments, expected) in cases {
            let Err(mistake) = Only::parse_from(
                ["doorward"]
                    .into_iter()
                    .chain(
                        if arguments[0] == "--secret" {
                            [].as_slice()
                        } else {
                            ["--secret", "a secret of thirty-two characters!"].as_slice()
                        }
                        .iter()
                        .copied(),
                    )
                    .chain(arguments.iter().copied()),
            )
            .settings
            .check(NoSecret::Refuse) else {
                panic!("{arguments:?} was accepted");
            };
            assert!(mistake.0.contains(expected), "{}", mistake.0);
        }
    }
}
