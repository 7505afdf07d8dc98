//! The present key set, shared by everybody who looks at it.

use super::{KeySet, KeySetError};
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};

/// A key set that the application itself keeps current. Clones share it.
///
/// For an application that has the keys in its own memory: no HTTP, no delay, and a key that is withdrawn is refused at
/// the next request.
///
/// ```
/// use doorward_verify::{SharedKeys, Verifier};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keys = SharedKeys::new();
/// let verifier = Verifier::builder().issuer("https://app.example").audience("tasks").shared_keys(&keys).build()?;
/// keys.publish(&serde_json::json!({ "keys": [] }))?; // now, and whenever the keys change
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct SharedKeys(Arc<RwLock<Arc<Loaded>>>);

/// A key set with what is known about its history.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) keys: KeySet,
    /// Counts the sets; 0 means that none was there yet.
    pub(crate) version: u64,
    /// The version at which a key last left the set: what was verified before that no longer counts.
    pub(crate) epoch: u64,
}

impl SharedKeys {
    /// Without any key: until the first [`publish`](Self::publish), tokens are refused with 503.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the set by a JWKS. From the next token on, keys that are not in it verify nothing.
    ///
    /// # Errors
    /// If this is not a key set; the present one stays.
    pub fn publish(&self, jwks: &Value) -> Result<(), KeySetError> {
        self.replace(KeySet::parse(jwks)?);
        Ok(())
    }

    /// [`SharedKeys::publish`] for keys that are already parsed, among them shared secrets.
    pub fn replace(&self, keys: KeySet) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let version = current.version + 1;
        let epoch = if keys.keeps_all_of(&current.keys) { current.epoch } else { version };
        *current = Arc::new(Loaded { keys, version, epoch });
    }

    pub(crate) fn current(&self) -> Arc<Loaded> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
