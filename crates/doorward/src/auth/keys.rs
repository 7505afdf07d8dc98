//! The signing keys: in the `jwks` table as Better Auth seals them, and opened once in memory.
//!
//! Signing is one in-memory operation. The table is looked at again every few seconds, so that a key added or retired
//! by any process counts soon, and never on the path of every request (Better Auth reads, opens and parses the key for
//! each token). A key that the secret does not open is retired and replaced: a changed secret costs a new key, not a
//! failing server.
//!
//! Each algorithm in use has keys of its own, which follow one another independently of the others' ([`line`]); all of
//! them are published together ([`ring`]).

mod line;
mod ring;

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

use doorward_crypto::jwk::{Algorithm, SigningKey};
use doorward_database::{Batch, Stamp};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::Auth;
use crate::{
    config::Config,
    error::Error,
    model::{JwkRow, Kind},
    shared::event::Event,
    store::{audit::Only, jwks},
};
use line::Line;
pub(super) use line::algorithm_of;
pub(crate) use ring::Ring;

/// Seconds after which the table is read again.
const RELOAD_AFTER: i64 = 5;

pub(crate) struct Keys {
    /// What is signed with, each once; the usual audience's stands first.
    algorithms: Vec<Algorithm>,
    ring: RwLock<Option<Arc<Ring>>>,
    /// Until then a table that could not be read is not tried again.
    resting_until: AtomicI64,
    reading: tokio::sync::Mutex<()>,
    published: watch::Sender<Arc<Value>>,
}

impl Keys {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            algorithms: config.token.algorithms(),
            ring: RwLock::new(None),
            resting_until: AtomicI64::new(i64::MIN),
            reading: tokio::sync::Mutex::new(()),
            published: watch::Sender::new(Arc::new(json!({ "keys": [] }))),
        }
    }

    pub(crate) fn published(&self) -> watch::Receiver<Arc<Value>> {
        self.published.subscribe()
    }

    /// Whether tokens of this algorithm are signed here.
    pub(super) fn uses(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// The keys as they are now, read from the table at most a few seconds ago.
    pub(crate) async fn ring(&self, auth: &Auth) -> Result<Arc<Ring>, Error> {
        let now = auth.now();
        if let Some(ring) = self.current(now) {
            return Ok(ring);
        }
        // In a box: every request that signs would make room for what is done every few seconds.
        Box::pin(self.renewed(auth, now)).await
    }

    async fn renewed(&self, auth: &Auth, now: Stamp) -> Result<Arc<Ring>, Error> {
        let _alone = self.reading.lock().await;
        if let Some(ring) = self.current(now) {
            return Ok(ring); // somebody else read it while we waited
        }
        let ring = match self.read(auth, now).await {
            Ok(ring) => Arc::new(ring),
            // With the database away, the keys in memory go on signing: what they sign is as valid as before. Whoever
            // waited behind us need not find out anew.
            Err(error) => {
                self.resting_until.store(auth.now().plus_seconds(RELOAD_AFTER).milliseconds(), Ordering::Relaxed);
                return self.remembered(now).ok_or(error);
            }
        };
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ring));
        Ok(ring)
    }

    /// Forgets what is in memory, so that the next use reads the table.
    pub(crate) fn forget(&self) {
        self.resting_until.store(i64::MIN, Ordering::Relaxed);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn current(&self, now: Stamp) -> Option<Arc<Ring>> {
        let resting = now.milliseconds() < self.resting_until.load(Ordering::Relaxed);
        self.remembered(now).filter(|ring| resting || now < ring.read_at.plus_seconds(RELOAD_AFTER))
    }

    fn remembered(&self, now: Stamp) -> Option<Arc<Ring>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.as_ref().filter(|ring| ring.signs_until.is_none_or(|until| now < until)).cloned()
    }

    /// The lines of keys: those of algorithms that have keys, since HS256 signs with the secret.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line> {
        self.algorithms.iter().filter(|algorithm| !algorithm.is_symmetric()).map(|algorithm| Line(*algorithm))
    }

    async fn read(&self, auth: &Auth, now: Stamp) -> Result<Ring, Error> {
        let mut rows = jwks::list(&auth.store).await?;
        for line in self.lines() {
            if succeed(auth, line, &rows, now).await? {
                rows = jwks::list(&auth.store).await?;
            }
        }
        let mut signing = Vec::with_capacity(self.algorithms.len());
        let mut signs_until: Option<Stamp> = None;
        for algorithm in &self.algorithms {
            if algorithm.is_symmetric() {
                signing.push(SigningKey::hmac(auth.config.secrets.current()));
                continue;
            }
            let (row, key) = Line(*algorithm).choose(auth, &rows, now).ok_or_else(|| {
                Error::internal(format!("no {algorithm} key can be opened, and a new one could not be stored"))
            })?;
            signing.push(key);
            signs_until = [signs_until, row.expires_at].into_iter().flatten().min();
        }
        let ring = Ring::assemble(auth, &rows, signing, signs_until, now)?;
        self.published.send_if_modified(|current| {
            let changed = **current != *ring.published;
            if changed {
                *current = Arc::clone(&ring.published);
            }
            changed
        });
        Ok(ring)
    }

    /// A living key that the secret does not open, if there is one; nothing is done about it.
    pub(super) async fn unreadable_key(
        &self,
        auth: &Auth,
        now: Stamp,
    ) -> Result<Option<String>, doorward_database::Error> {
        let rows = jwks::list(&auth.store).await?;
        Ok(self.lines().find_map(|line| line.unreadable(auth, &rows, now).next().map(|(row, _)| row.id.clone())))
    }
}

/// Gives a line of keys a successor, if its last key ends soon: verifiers learn of it while the old one still signs.
/// Says whether the table changed.
async fn succeed(auth: &Auth, line: Line, rows: &[JwkRow], now: Stamp) -> Result<bool, Error> {
    let soon = now.plus_seconds(auth.config.token.activation_lead);
    let mut unreadable = Vec::new();
    for (row, error) in line.unreadable(auth, rows, now) {
        tracing::error!(kid = %row.id, %error, "this signing key cannot be opened with the present secret; it is retired and a new one is made. Was BETTER_AUTH_SECRET changed? Older secrets belong into BETTER_AUTH_SECRETS.");
        unreadable.push(row.id.clone());
    }
    if line.living(rows, soon).any(|row| !unreadable.contains(&row.id)) {
        return Ok(false);
    }
    let row = line.mint(auth, now)?;
    let made = Event::of_server(auth, Kind::KeyMade).because(row.id.clone());
    let told = |batch: &mut Batch| {
        made.store(auth, batch, &Only::IfKey(&row.id));
    };
    if jwks::insert_if_none(&auth.store, &row, &unreadable, soon, now, told).await? {
        made.log();
    }
    Ok(true)
}
