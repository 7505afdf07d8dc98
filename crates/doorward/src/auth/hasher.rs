//! Password hashing on a bounded pool with a bounded queue.
//!
//! One hash takes a core for tens of milliseconds and up to 32 MiB. Without a bound a burst of sign-ins would take
//! every core and all memory from the people who are already signed in; with it, what does not fit is told to come
//! back.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use doorward_crypto::{password, random::Random};
use tokio::sync::Semaphore;

use crate::{
    config::{HashWith, PasswordConfig},
    error::Error,
};

/// Seconds a client waits after being turned away.
const RETRY_AFTER: u64 = 2;

/// Passwords on their way through the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingLoad {
    pub running: usize,
    pub waiting: usize,
}

pub(crate) struct Hasher {
    permits: Arc<Semaphore>,
    threads: usize,
    waiting: AtomicUsize,
    queue: usize,
    with: HashWith,
    random: Arc<dyn Random>,
}

impl Hasher {
    pub(crate) fn new(config: &PasswordConfig, random: Arc<dyn Random>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(config.hashing_threads.max(1))),
            threads: config.hashing_threads.max(1),
            waiting: AtomicUsize::new(0),
            queue: config.hashing_queue,
            with: config.hash_with,
            random,
        }
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Error> {
        let (password, random, with) = (password.to_owned(), Arc::clone(&self.random), self.with);
        self.run(move || match with {
            HashWith::Scrypt => password::hash_scrypt(&password, &*random),
            HashWith::Argon2id => password::hash_argon2id(&password, &*random),
        })
        .await
    }

    /// Whether a password belongs to a stored hash. A hash of an unknown form belongs to nobody, and is logged.
    pub(crate) async fn verify(&self, stored: &str, password: &str) -> Result<bool, Error> {
        let (stored, password) = (stored.to_owned(), password.to_owned());
        let verified = self.run(move || password::verify(&stored, &password)).await?;
        Ok(verified.unwrap_or_else(|error| {
            tracing::error!(%error, "a stored password hash cannot be used");
            false
        }))
    }

    /// Whether a stored hash has a form that can be verified; one that has not is logged.
    pub(crate) fn knows(&self, stored: &str) -> bool {
        let known = password::scheme(stored).is_some();
        if !known {
            tracing::error!("a stored password hash has a form that is not known; its person needs a password reset");
        }
        known
    }

    /// Whether a verified password should be stored again under today's hash.
    pub(crate) fn is_outdated(&self, stored: &str) -> bool {
        !matches!(
            (self.with, password::scheme(stored)),
            (HashWith::Scrypt, Some(password::Scheme::Scrypt)) | (HashWith::Argon2id, Some(password::Scheme::Argon2id))
        )
    }

    /// How busy the pool is.
    pub(crate) fn load(&self) -> HashingLoad {
        let running = self.threads.saturating_sub(self.permits.available_permits());
        HashingLoad { running, waiting: self.waiting.load(Ordering::Relaxed) }
    }

    /// Gives the memory kept for hashing back, unless somebody is hashing right now.
    pub(crate) fn rest(&self) {
        if self.permits.available_permits() == self.threads {
            password::release_memory();
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let place = Place::take(&self.waiting, self.queue + self.permits.available_permits())?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(Error::internal)?;
        drop(place);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit; // held by the work, not by the request: a client that leaves frees nothing early
            work()
        });
        task.await.map_err(Error::internal)
    }
}

/// A place in the queue, given back however the wait ends.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, limit: usize) -> Result<Self, Error> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) >= limit {
            return Err(Error::Busy(RETRY_AFTER));
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
