//! Tokens already signed, so that a client that polls its session does not cost a signature each time.

use std::sync::{Arc, Mutex, PoisonError};

use doorward_database::{Generations, Stamp};

/// The tokens of sessions, by session and, for audiences besides the usual one, by audience.
///
/// A token is given again while at least two thirds of its life remain and the person's row is unchanged.
pub(crate) struct SessionTokens(Mutex<Generations<Signed>>);

#[derive(Clone)]
struct Signed {
    /// Digest of everything that went into the token, and the key that signed it.
    of: u64,
    token: Arc<str>,
    reuse_until: Stamp,
}

/// Tokens of one generation, each some 800 bytes.
const GENERATION: usize = 8192;

impl SessionTokens {
    pub(crate) fn get(&self, place: &str, of: u64, now: Stamp) -> Option<Arc<str>> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = generations.get(place, |signed| signed.of == of && now < signed.reuse_until);
        found.map(|signed| signed.token)
    }

    pub(crate) fn put(&self, place: &str, of: u64, token: &Arc<str>, reuse_until: Stamp) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.put(place, Signed { of, token: Arc::clone(token), reuse_until });
    }
}

impl Default for SessionTokens {
    fn default() -> Self {
        Self(Mutex::new(Generations::of(GENERATION)))
    }
}
