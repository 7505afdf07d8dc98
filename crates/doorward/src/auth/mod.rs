//! `Auth`: the cheap-to-clone handle that every handler gets.
//!
//! It holds what a request may need and nothing about any one feature: configuration, store, keys, hashing pool,
//! mailer, clock and randomness. Time and randomness come from here and from nowhere else, so that a test can set them.

mod attempts;
mod audit_trail;
mod clock;
mod decoys;
mod documents;
mod guesses;
mod hasher;
mod housekeeping;
mod key_administration;
mod keys;
mod mailer;
pub(crate) mod outgoing;
mod random;
mod rate_limiter;
mod session_tokens;
pub(crate) mod shared_limits;
mod turns;

use std::{ops::Deref, sync::Arc};

use doorward_crypto::random::Random;
use doorward_database::{Database, Stamp};

pub use audit_trail::AuditQuery;
pub use clock::{Clock, SystemClock};
pub use hasher::HashingLoad;
pub use key_administration::{KeyError, KeyInfo};
pub use mailer::{Mail, Mailer};
pub use random::SystemRandom;
pub(crate) use session_tokens::SessionTokens;

use crate::{
    config::Config,
    store::{Store, guards, migrate, revoked, shape},
};
use attempts::Attempts;
use decoys::Decoys;
use documents::Documents;
use guesses::Guesses;
use hasher::Hasher;
use keys::Keys;
pub(crate) use keys::Ring;
use outgoing::Outgoing;
use rate_limiter::RateLimiter;
pub(crate) use rate_limiter::Rule;
use shared_limits::SharedLimits;
use turns::Turns;

/// A cheap-to-clone handle on the authentication service.
#[derive(Clone)]
pub struct Auth(Arc<Parts>);

/// What the handle holds; only this crate looks inside.
pub struct Parts {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) session_tokens: SessionTokens,
    pub(crate) hasher: Hasher,
    /// What an unknown address costs.
    pub(crate) decoys: Decoys,
    pub(crate) rate_limiter: RateLimiter,
    pub(crate) guesses: Guesses,
    /// What was tried lately, for the log and the audit trail.
    pub(crate) attempts: Attempts,
    pub(crate) shared_limits: SharedLimits,
    /// Requests to identity providers, and what those publish.
    pub(crate) outgoing: Outgoing,
    pub(crate) documents: Documents,
    /// Whose provider tokens are being renewed.
    pub(crate) turns: Turns,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// Why the service could not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database could not be opened: {0}")]
    Database(#[from] doorward_database::Error),
    #[error("the database has no table {0:?}: run `doorward migrate` first")]
    MissingTable(&'static str),
    #[error(
        "the database keeps dates as numbers (Prisma does, on SQLite), and this server writes them as Better Auth's own adapter does: as text. Nothing was changed; convert the date columns to ISO 8601 texts first"
    )]
    NumericDates,
    /// Plugins of Better Auth hold people back, and this server would let them in.
    #[error("{}", .0.join("; "))]
    UnknownGuards(Vec<String>),
}

impl Auth {
    /// Starts the service on a migrated database, with the system's clock and randomness.
    pub async fn open(config: Config, database: Database, mailer: Option<Arc<dyn Mailer>>) -> Result<Self, OpenError> {
        Self::with(config, database, mailer, Arc::new(SystemClock), Arc::new(SystemRandom)).await
    }

    /// The same with a clock and randomness of the caller's, for tests.
    pub async fn with(
        config: Config,
        database: Database,
        mailer: Option<Arc<dyn Mailer>>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OpenError> {
        for table in migrate::TABLES {
            if database.columns(table).await?.is_empty() {
                return Err(OpenError::MissingTable(table));
            }
        }
        if shape::has_numeric_dates(&database).await? {
            return Err(OpenError::NumericDates);
        }
        let unknown = guards::unknown(&database).await?;
        if !unknown.is_empty() {
            return Err(OpenError::UnknownGuards(unknown));
        }
        let store = Store::open(database, config.hash_tokens).await?;
        if !store.shape.audit {
            tracing::warn!(
                "there is no table doorward_audit: events are in the log only, until `doorward migrate` makes it"
            );
        }
        let keys = Keys::new(&config);
        let hasher = Hasher::new(&config.password, Arc::clone(&random));
        let session_tokens = SessionTokens::default();
        let rate_limiter = RateLimiter::default();
        let auth = Self(Arc::new(Parts {
            config,
            store,
            keys,
            session_tokens,
            hasher,
            decoys: Decoys::default(),
            rate_limiter,
            guesses: Guesses::default(),
            attempts: Attempts::default(),
            shared_limits: SharedLimits::default(),
            outgoing: Outgoing::default(),
            documents: Documents::default(),
            turns: Turns::default(),
            mailer,
            clock,
            random,
        }));
        auth.sample_hashes().await;
        Ok(auth)
    }

    /// Makes the first signing key, and retires one that the secret does not open: said at the start and not at the first
    /// sign-in. Only for a process that serves; one that looks after the keys by hand may have been started with a wrong
    /// secret, and must not put its own key in the place of everybody's.
    pub async fn warm_up(&self) {
        if let Err(error) = self.keys.ring(self).await {
            tracing::warn!(?error, "no signing key is ready yet; the first request will try again");
        }
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The published keys, `{"keys": […]}`, renewed when a key is added or retired by any process.
    pub fn public_keys(&self) -> tokio::sync::watch::Receiver<Arc<serde_json::Value>> {
        self.0.keys.published()
    }

    /// Sessions that were ended while a token of theirs may still be alive: `sid`, and until when in seconds. The
    /// 15,000 that ended last: add them to what you have heard before, and put them in the place of nothing.
    pub async fn revoked_sessions(&self) -> Result<Vec<(String, i64)>, doorward_database::Error> {
        let sessions = revoked::list(&self.0.store, self.now()).await?;
        Ok(sessions.into_iter().map(|(sid, until)| (sid, until.seconds())).collect())
    }

    /// How busy the hashing of passwords is, for whoever watches over the server.
    pub fn hashing_load(&self) -> HashingLoad {
        self.hasher.load()
    }

    pub(crate) fn now(&self) -> Stamp {
        self.0.clock.now()
    }

    /// A row id: 32 letters and digits.
    pub(crate) fn new_id(&self) -> String {
        doorward_crypto::random::alphanumeric(&*self.0.random, 32)
    }
}

impl Deref for Auth {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Auth").field("origin", &self.config.base_url.origin()).finish_non_exhaustive()
    }
}
