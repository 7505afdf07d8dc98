//! Tokens already signed, so that a client that polls its session does not cost a signature each time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use doorward_database::Stamp;

/// The tokens of sessions, by session and, for audiences besides the usual one, by audience.
///
/// A token is given again while at least two thirds of its life remain and the person's row is unchanged. Two
/// generations bound the memory: when the young one is full it becomes the old one.
#[derive(Default)]
pub(crate) struct SessionTokens(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<String, Signed>,
    old: HashMap<String, Signed>,
}

#[derive(Clone)]
struct Signed {
    /// Digest of everything that went into the token, and the key that signed it.
    of: u64,
    token: Arc<str>,
    reuse_until: Stamp,
}

const GENERATION: usize = 20_000;

impl SessionTokens {
    pub(crate) fn get(&self, place: &str, of: u64, now: Stamp) -> Option<Arc<str>> {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = generations.young.get(place).or_else(|| generations.old.get(place))?;
        (signed.of == of && now < signed.reuse_until).then(|| Arc::clone(&signed.token))
    }

    pub(crate) fn put(&self, place: &str, of: u64, token: &Arc<str>, reuse_until: Stamp) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(place.to_owned(), Signed { of, token: Arc::clone(token), reuse_until });
    }
}
