//! When to fetch the key set again.
//!
//! | what happens | what follows |
//! |---|---|
//! | the set is older than the interval | tokens go on with it, one fetch runs in the background |
//! | a token names an unknown key | it waits for one fetch, unless one was tried within the last 30 s |
//! | a fetch fails | the keys at hand go on; the next try is 30 s later |
//! | there is no set yet | tokens wait for the first fetch; after a failure the next try is a second later |
//! | the set could not be renewed for a day | it no longer counts: 503 |
//!
//! So a flood of tokens with invented key names costs the issuer two requests a minute, and the tokens themselves cost
//! no more than a lookup. The other side of it: a key that signs before it was published is unknown for up to 30 s.
//! Doorward publishes a key before it signs with it.

use super::{FetchError, FetchKeys, KeySet, SharedKeys};
use crate::clock::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

const LONGEST_FETCH: Duration = Duration::from_secs(5);
const BETWEEN_FIRST_TRIES: i64 = 1;
const NEVER: i64 = i64::MIN;

/// Seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) renew_after: i64,
    pub(crate) between_tries: i64,
    pub(crate) keep_for: i64,
}

impl Default for Timing {
    fn default() -> Self {
        Self { renew_after: 300, between_tries: 30, keep_for: 24 * 60 * 60 }
    }
}

pub(crate) struct Refresher {
    keys: SharedKeys,
    source: Box<dyn FetchKeys>,
    clock: Arc<dyn Clock>,
    timing: Timing,
    /// Held during a fetch: there is one at a time, and who waits for a key waits for that one.
    fetching: Arc<tokio::sync::Mutex<()>>,
    in_background: AtomicBool,
    tried_at: AtomicI64,
    renewed_at: AtomicI64,
}

impl Refresher {
    pub(crate) fn new(keys: SharedKeys, source: Box<dyn FetchKeys>, clock: Arc<dyn Clock>, timing: Timing) -> Self {
        Self {
            keys,
            source,
            clock,
            timing,
            fetching: Arc::default(),
            in_background: AtomicBool::new(false),
            tried_at: AtomicI64::new(NEVER),
            renewed_at: AtomicI64::new(NEVER),
        }
    }

    /// Whether the keys at hand are too old to trust: the issuer may have withdrawn one long ago.
    pub(crate) fn is_outdated(&self, now: i64) -> bool {
        let renewed_at = self.renewed_at.load(Ordering::Acquire);
        renewed_at != NEVER && now.saturating_sub(renewed_at) > self.timing.keep_for
    }

    /// Starts a fetch in the background if the set has grown old. Costs two loads otherwise.
    pub(crate) fn renew_if_old(self: &Arc<Self>, now: i64) {
        let renewed_at = self.renewed_at.load(Ordering::Acquire);
        if renewed_at == NEVER || !has_passed(renewed_at, self.timing.renew_after, now) || !self.may_try(now) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return; // called outside of a runtime: the next asynchronous call renews
        };
        if !self.in_background.swap(true, Ordering::AcqRel) {
            let refresher = Arc::clone(self);
            let version = self.keys.current().version;
            runtime.spawn(async move {
                refresher.fetch_missing(version).await;
                refresher.in_background.store(false, Ordering::Release);
            });
        }
    }

    /// Returns when there is a newer set than `version`, or when it is clear that there is none to be had now.
    pub(crate) async fn fetch_missing(self: &Arc<Self>, version: u64) {
        // While somebody else fetches, this waits for the outcome, which is then also ours.
        let turn = Arc::clone(&self.fetching).lock_owned().await;
        if self.keys.current().version != version || !self.may_try(self.clock.now()) {
            return;
        }
        let refresher = Arc::clone(self);
        // In a task of its own: a client that hangs up must not break off the fetch that others wait for. The turn goes
        // with it, since whoever got it in between would take the set for not to be had.
        let _ = tokio::spawn(async move {
            refresher.renew().await;
            drop(turn);
        })
        .await;
    }

    fn may_try(&self, now: i64) -> bool {
        let pause = if self.keys.current().version == 0 { BETWEEN_FIRST_TRIES } else { self.timing.between_tries };
        has_passed(self.tried_at.load(Ordering::Acquire), pause, now)
    }

    async fn renew(&self) {
        let now = self.clock.now();
        self.tried_at.store(now, Ordering::Release);
        match self.fetch().await {
            Ok(keys) => {
                tracing::debug!(keys = keys.len(), "the key set was renewed");
                self.keys.replace(keys);
                self.renewed_at.store(now, Ordering::Release);
            }
            Err(error) => {
                let keys_at_hand = self.keys.current().keys.len();
                tracing::warn!(error = error.in_full(), keys_at_hand, "the key set could not be fetched");
            }
        }
    }

    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let fetched = tokio::time::timeout(LONGEST_FETCH, self.source.fetch()).await;
        let jwks = fetched.map_err(|_| FetchError::TimedOut)??;
        KeySet::parse(&jwks).map_err(FetchError::other)
    }
}

/// A clock that was set back counts as time that has passed: better one fetch too many than none for an hour.
fn has_passed(moment: i64, seconds: i64, now: i64) -> bool {
    moment == NEVER || now < moment || now - moment >= seconds
}
