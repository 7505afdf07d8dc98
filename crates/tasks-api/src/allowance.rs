//! How many tasks one person may have, so that nobody fills the disk for all others.
//!
//! Counting a person's rows at each new one would make the last cost far more than the first. So they are
//! counted now and then: who was counted may add an eighth of what is left without another look, and the nearer the
//! limit the shorter that is; at the end there is a look for every new task. One person is looked at once at a time, and
//! their new task is stored before the next look, so one process never stores more than the limit.
//!
//! Each further process on the same database may, at worst, let through the eighth that it has not used up yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as Waiting, OwnedMutexGuard};

/// People remembered at once. Whoever is forgotten is counted again.
const CAPACITY: usize = 10_000;
/// With fewer places left than this, every new task is counted.
const NEAR: i64 = 64;

#[derive(Debug)]
pub(crate) struct Allowances {
    /// Tasks of one person.
    pub(crate) most: i64,
    people: Mutex<HashMap<String, Person>>,
}

#[derive(Debug, Default)]
struct Person {
    /// How many may be added without another look.
    uncounted: i64,
    turn: Arc<Waiting<()>>,
}

/// The right to count a person's tasks, until it is dropped.
pub(crate) struct Turn {
    _alone: OwnedMutexGuard<()>,
}

impl Allowances {
    pub(crate) fn new(most: u32) -> Self {
        Self { most: most.into(), people: Mutex::default() }
    }

    /// `None`: this person may add one without being counted.
    pub(crate) async fn take(&self, user_id: &str) -> Option<Turn> {
        let turn = self.take_uncounted(user_id)?;
        let alone = turn.lock_owned().await;
        // Whoever was before us may have counted for us too.
        self.take_uncounted(user_id).map(|_| Turn { _alone: alone })
    }

    fn take_uncounted(&self, user_id: &str) -> Option<Arc<Waiting<()>>> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(user_id) {
            if person.uncounted > 0 {
                person.uncounted -= 1;
                return None;
            }
            return Some(Arc::clone(&person.turn));
        }
        if people.len() >= CAPACITY {
            // Whoever is being counted right now keeps their turn, or a second one could be taken beside it.
            people.retain(|_, person| Arc::strong_count(&person.turn) > 1);
        }
        Some(Arc::clone(&people.entry(user_id.to_owned()).or_default().turn))
    }

    /// This person was counted.
    pub(crate) fn counted(&self, user_id: &str, tasks: i64) {
        let left = self.most - tasks;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(user_id) {
            person.uncounted = if left < NEAR { 0 } else { left / 8 };
        }
    }
}
