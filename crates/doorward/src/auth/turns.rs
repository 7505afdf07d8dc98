//! Taking turns: what two requests at once must not do, such as spending one rotating refresh token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Waiting, OwnedMutexGuard};

/// Names kept before those that nobody waits for are dropped.
const CAPACITY: usize = 1000;

/// One queue per name, as long as somebody stands in it. Holds within this process.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Weak<Waiting<()>>>>);

impl Turns {
    /// Waits until nobody else holds this name; dropping the turn ends it.
    pub(crate) async fn take(&self, name: &str) -> OwnedMutexGuard<()> {
        self.queue(name).lock_owned().await
    }

    fn queue(&self, name: &str) -> Arc<Waiting<()>> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(name).and_then(Weak::upgrade) {
            return queue;
        }
        if queues.len() >= CAPACITY {
            queues.retain(|_, queue| queue.strong_count() > 0);
        }
        let queue = Arc::new(Waiting::new(()));
        queues.insert(name.to_owned(), Arc::downgrade(&queue));
        queue
    }
}
