//! What an operator can decide, as plain structs with documented defaults.
//!
//! Nothing here reads an environment variable or a file: `doorward-server` does, and hands over a [`Config`] that has
//! already been checked. A program that embeds this library builds one by hand, starting at [`Config::new`].

mod account;
mod base_url;
mod limits;
mod network;
mod oauth;
mod password;
mod session;
mod token;

pub use account::AccountConfig;
pub use base_url::{BaseUrl, BaseUrlError};
pub use limits::{Allowance, Counting, Limits, OutOfReach, SharedCounts, Verdict};
pub use network::{Network, NetworkConfig, NetworkError};
pub use oauth::{ClientAuthentication, OAuthProvider, ProfileKind};
pub use password::{BreachedPasswords, HashWith, PasswordConfig};
pub use session::{CookieCacheConfig, SessionConfig};
pub use token::{Audience, RefreshConfig, TokenConfig};

use doorward_crypto::secret::Secrets;

/// Everything the authentication service needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// The public address; its scheme decides `Secure` cookies, its origin is the issuer of tokens.
    pub base_url: BaseUrl,
    /// The signing and sealing secret, with the older ones that still verify and open.
    pub secrets: Secrets,
    /// Origins besides our own that may call and be redirected to; `*`, `**` and `?` as Better Auth matches them.
    pub trusted_origins: Vec<String>,
    pub session: SessionConfig,
    pub password: PasswordConfig,
    pub account: AccountConfig,
    pub token: TokenConfig,
    pub refresh: RefreshConfig,
    pub network: NetworkConfig,
    /// The tokens of sessions, of links in mails and of visits to a provider stand in the database as SHA-256 digests, so
    /// that a copy of the database opens nothing. What was stored before stays valid. Default: off, since Better Auth
    /// can read only its own sessions.
    pub hash_tokens: bool,
    /// Days that events stay in the audit trail; 0 keeps them. Default: 90.
    pub audit_days: u32,
    /// Social sign-in: none by default.
    pub providers: Vec<OAuthProvider>,
}

impl Config {
    /// The defaults of Better Auth with `jwt()` and `bearer()`, and email and password on.
    pub fn new(base_url: BaseUrl, secrets: Secrets) -> Self {
        Self {
            base_url,
            secrets,
            trusted_origins: Vec::new(),
            session: SessionConfig::default(),
            password: PasswordConfig::default(),
            account: AccountConfig::default(),
            token: TokenConfig::default(),
            refresh: RefreshConfig::default(),
            network: NetworkConfig::default(),
            hash_tokens: false,
            audit_days: 90,
            providers: Vec::new(),
        }
    }
}
