//! Doorward's authentication service as a library: Better Auth's wire protocol as an axum router.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use doorward::{Auth, config::{BaseUrl, Config}, migrate, router};
//! use doorward_crypto::secret::{Secret, Secrets};
//! use doorward_database::{Database, Options};
//!
//! let secrets = Secrets::single(Secret::new("at least thirty-two characters of secret"));
//! let config = Config::new(BaseUrl::parse("http://localhost:3000")?, secrets);
//! let database = Database::open("sqlite://auth.db", &Options::default()).await?;
//! migrate::run(&database, false).await?;
//! let service = router(Auth::open(config, database, None).await?);
//! # Ok(()) }
//! ```
//!
//! Inside, each part uses only those named before it, but for two exceptions that ARCHITECTURE.md names: `model`,
//! `config` and `error` are data; `store` is the only place with SQL; `auth` is the handle every handler gets; `shared`
//! is what several features need; `http` is the edge; `features` holds one file per feature; `routes` is every path on
//! one page.

pub mod auth;
pub mod config;
mod error;
mod features;
mod http;
mod model;
pub mod openapi;
mod routes;
mod shared;
mod store;

pub use auth::{
    AuditQuery, Auth, Clock, HashingLoad, KeyError, KeyInfo, Mail, Mailer, OpenError, SystemClock, SystemRandom,
};
pub use model::AuditEntry;
pub use routes::router;

/// Which origins are trusted.
pub mod origin {
    pub use crate::http::origin::is_trusted;
}

/// Versions of answers.
pub mod etag {
    pub use crate::http::etag::is_known;
}

/// Creating and extending a database.
pub mod migrate {
    pub use crate::store::migrate::{Report, run};
}

/// Reading a database before it is used.
pub mod check {
    pub use crate::store::check::{Finding, Level, run};
}
