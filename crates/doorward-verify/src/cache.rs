//! Tokens that were verified already, so that the same token again costs a lookup and not a signature check.
//!
//! Bounded twice over: by a number of entries, and by each token's own expiry, which is checked at every use. Only good
//! tokens get in, so nobody can flush the cache with bad ones. Entries are found by the SHA-256 of the token: the cache
//! itself is no list of usable tokens.
//!
//! Two generations instead of a list in order of use: a full young generation becomes the old one, and what was used
//! since then moves over. Nothing is ever searched or sorted.

use doorward_crypto::jwt::Claims;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Of a good token.
pub(crate) type Digest = [u8; 32];

pub(crate) struct TokenCache {
    shards: Vec<Mutex<Generations>>,
    /// Entries in one generation of one shard.
    generation: usize,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Digest, Entry>,
    old: HashMap<Digest, Entry>,
}

#[derive(Clone)]
struct Entry {
    claims: Arc<Claims>,
    /// See [`crate::keys::Loaded`].
    epoch: u64,
}

impl TokenCache {
    /// `None` for 0 entries: off.
    pub(crate) fn new(entries: usize) -> Option<Self> {
        let shards = if entries >= 1024 { 16 } else { 1 };
        (entries > 0).then(|| Self {
            shards: (0..shards).map(|_| Mutex::default()).collect(),
            generation: (entries / 2 / shards).max(1),
        })
    }

    /// The claims of a token that was verified with keys that are all still valid.
    pub(crate) fn get(&self, digest: &Digest, epoch: u64) -> Option<Arc<Claims>> {
        let mut generations = self.shard(digest).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = generations.young.get(digest) {
            return (entry.epoch == epoch).then(|| Arc::clone(&entry.claims));
        }
        let entry = generations.old.remove(digest).filter(|entry| entry.epoch == epoch)?;
        generations.insert(*digest, entry.clone(), self.generation);
        Some(entry.claims)
    }

    pub(crate) fn insert(&self, digest: Digest, claims: &Arc<Claims>, epoch: u64) {
        let entry = Entry { claims: Arc::clone(claims), epoch };
        let mut generations = self.shard(&digest).lock().unwrap_or_else(PoisonError::into_inner);
        generations.insert(digest, entry, self.generation);
    }

    pub(crate) fn remove(&self, digest: &Digest) {
        let mut generations = self.shard(digest).lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.remove(digest);
        generations.old.remove(digest);
    }

    fn shard(&self, digest: &Digest) -> &Mutex<Generations> {
        &self.shards[usize::from(digest[0]) % self.shards.len()]
    }
}

impl Generations {
    fn insert(&mut self, digest: Digest, entry: Entry, limit: usize) {
        if self.young.len() >= limit {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, entry);
    }
}
