//! What providers publish about themselves, remembered: discovery documents and key sets.
//!
//! One request at a time asks for a document; the others wait for its answer. An attempt is not repeated at once,
//! whether it failed or not: neither a provider that is down nor tokens with made-up key names make us ask on and on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use doorward_database::Stamp;
use serde_json::Value;
use url::Url;

use super::{Clock, outgoing::Outgoing};

/// Seconds between two attempts while there is a document.
const PAUSE: i64 = 30;
/// Seconds between two attempts while there is none.
const SHORT_PAUSE: i64 = 3;
/// Seconds a document may be used while its provider does not answer.
const KEPT: i64 = 86_400;

/// Documents by address. Addresses come from the configuration, or from a document that it names: there are few.
#[derive(Default)]
pub(crate) struct Documents(Mutex<HashMap<Url, Arc<tokio::sync::Mutex<Slot>>>>);

#[derive(Default)]
struct Slot {
    known: Option<(Arc<Value>, Stamp)>,
    tried_at: Option<Stamp>,
}

impl Documents {
    /// The document at an address, no older than `max_age` seconds if that can be had; 0 asks for a new one.
    pub(crate) async fn get(
        &self,
        outgoing: &Outgoing,
        clock: &dyn Clock,
        url: &Url,
        max_age: i64,
    ) -> Option<Arc<Value>> {
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(url.clone()).or_default())
        };
        let mut slot = slot.lock().await;
        // Not earlier: whoever has waited for an attempt of somebody else has waited for its outcome, and must not begin
        // another one because of the time that it took.
        let now = clock.now();
        if slot.younger_than(max_age, now).is_none() && slot.may_try(now) {
            match outgoing.get(url, None).await {
                Ok(document) => slot.known = Some((Arc::new(document), now)),
                Err(error) => tracing::warn!(%url, %error, "a provider's document could not be read"),
            }
            slot.tried_at = Some(clock.now());
        }
        slot.younger_than(KEPT, now)
    }
}

impl Slot {
    fn younger_than(&self, seconds: i64, now: Stamp) -> Option<Arc<Value>> {
        let (document, read_at) = self.known.as_ref()?;
        (now < read_at.plus_seconds(seconds)).then(|| Arc::clone(document))
    }

    fn may_try(&self, now: Stamp) -> bool {
        let pause = if self.known.is_some() { PAUSE } else { SHORT_PAUSE };
        self.tried_at.is_none_or(|tried_at| now >= tried_at.plus_seconds(pause))
    }
}
