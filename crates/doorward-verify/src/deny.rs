//! Sessions that were ended before their tokens expire.
//!
//! A token that is checked without asking the issuer stays good until it expires: with Doorward and Better Auth, up to
//! 15 minutes after a sign-out. A verifier that knows a [`DenyList`] refuses such tokens by their session, the claim
//! `sid`. The list comes from the application itself or from the issuer's [`DenyFeed`].
//!
//! Tokens without `sid` cannot be refused this way. Better Auth's have none.

mod feed;

pub use feed::DenyFeed;
pub(crate) use feed::Follower;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Ended sessions, each with the moment until which a token of it could still be alive. Clones share the list.
#[derive(Clone, Debug, Default)]
pub struct DenyList(Arc<RwLock<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    until: HashMap<String, i64>,
    /// How large the list may grow before the past is swept out.
    sweep_at: usize,
}

const SMALLEST_SWEEP: usize = 1024;

/// Seconds for which an entry outlives its moment: a verifier with a leeway takes tokens for as much longer.
const KEPT_LONGER: i64 = 3600;

impl DenyList {
    /// Without any session: nothing is refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses the tokens of a session until a moment, in seconds since 1970: the end of its newest token. `now` is
    /// used to forget what lies in the past.
    pub fn revoke(&self, session_id: impl Into<String>, until: i64, now: i64) {
        self.learn([(session_id.into(), until)], now);
    }

    /// [`DenyList::revoke`] for many. What the list holds already stays: a list that was heard of elsewhere may be cut
    /// short, and a session that has ended never lives again.
    pub fn learn(&self, sessions: impl IntoIterator<Item = (String, i64)>, now: i64) {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (session_id, until) in sessions {
            let known = entries.until.entry(session_id).or_insert(until);
            *known = until.max(*known);
        }
        if entries.until.len() > entries.sweep_at {
            entries.until.retain(|_, until| until.saturating_add(KEPT_LONGER) > now);
            entries.sweep_at = (entries.until.len() * 2).max(SMALLEST_SWEEP);
        }
    }

    /// Replaces the whole list.
    pub fn replace(&self, sessions: impl IntoIterator<Item = (String, i64)>) {
        let until = sessions.into_iter().collect::<HashMap<_, _>>();
        let sweep_at = (until.len() * 2).max(SMALLEST_SWEEP);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Entries { until, sweep_at };
    }

    /// Whether tokens of the session are refused at a moment. Whoever takes expired tokens for a while longer asks for a
    /// moment that lies as much earlier.
    pub fn is_revoked(&self, session_id: &str, now: i64) -> bool {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        entries.until.get(session_id).is_some_and(|until| *until > now)
    }

    /// How many sessions are held, among them some whose moment has passed and that are not swept out yet.
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).until.len()
    }

    /// Whether no session is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
