use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use doorward_database::Generations;

use crate::model::{Session, User};

/// What a session row and its person's row can depend on: see [`doorward_database::Database::version`].
pub(super) const TABLES: [&str; 2] = ["session", "user"];

/// Sessions of one generation. With its person, one takes about a kilobyte.
const GENERATION: usize = 8192;

/// Sessions that were read before, for as long as no row of [`TABLES`] has changed since, by whomever.
#[derive(Clone)]
pub(super) struct KeptSessions(Arc<Mutex<Generations<Kept>>>);

/// A pair as it was read, and the version that was told before it was read.
type Kept = (u64, Arc<(Session, User)>);

impl KeptSessions {
    /// By the token as its row holds it.
    pub(super) fn get(&self, token: &str, version: u64) -> Option<(Session, User)> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(token, |(then, _)| *then == version);
        drop(kept);
        found.map(|(_, pair)| (*pair).clone())
    }

    /// Not with a picture of many kilobytes in it: thousands of those would not stay within the memory promised.
    pub(super) fn put(&self, token: &str, version: u64, pair: &(Session, User)) {
        if !pair.1.has_small_picture() {
            return;
        }
        let kept = (version, Arc::new(pair.clone()));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(token, kept);
    }
}

impl Default for KeptSessions {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Generations::of(GENERATION))))
    }
}

impl fmt::Debug for KeptSessions {
    /// Without the tokens.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeptSessions")
    }
}
