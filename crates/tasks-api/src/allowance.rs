//! How many tasks one person may have, so that nobody fills the disk for all others.
//!
//! Counting a person's rows at each new one would make the last cost far more than the first. So they are
//! counted now and then: who was counted may add an eighth of what is left without another look, and the nearer the
//! limit the shorter that is; at the end there is a look for every new task. One person is looked at once at a time, and
//! their new task is stored before the next look, so one process never stores more than the limit.
//!
//! Somebody who has all they may have is refused for a few seconds without another look, until they delete something: a
//! million rows take a tenth of a second to count. Where the one who asks would do the counting itself, on SQLite, a
//! thread that may block does it, for one person at a time.
//!
//! Each further process on the same database may, at worst, let through the eighth that it has not used up yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Mutex as Waiting, OwnedMutexGuard};

/// People remembered at once. Whoever is forgotten is counted again.
const CAPACITY: usize = 10_000;
/// With fewer places left than this, every new task is counted.
const NEAR: i64 = 64;

/// How long somebody counts as full without another look. Another process may have deleted something meanwhile.
const FULL: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Allowances {
    /// Tasks of one person.
    pub(crate) most: i64,
    people: Mutex<HashMap<String, Person>>,
    /// Held while rows are counted.
    pub(crate) counting: Arc<Waiting<()>>,
}

#[derive(Debug, Default)]
struct Person {
    /// How many may be added without another look.
    uncounted: i64,
    /// When they had all they may have.
    full: Option<Instant>,
    /// How often they deleted something.
    deletions: u64,
    turn: Arc<Waiting<()>>,
}

/// What somebody may do who wants to add a task.
pub(crate) enum Place {
    /// Add it.
    Free,
    /// Nothing: they have all they may have.
    None,
    /// Count first.
    Unknown(Turn),
}

/// The right to count a person's tasks, until it is dropped.
pub(crate) struct Turn {
    deletions: u64,
    _alone: OwnedMutexGuard<()>,
}

/// A place, or what to wait for before counting, and how often the person had deleted something.
enum Known {
    Place(Place),
    Nothing(Arc<Waiting<()>>, u64),
}

impl Allowances {
    pub(crate) fn new(most: u32) -> Self {
        Self { most: most.into(), people: Mutex::default(), counting: Arc::default() }
    }

    pub(crate) async fn take(&self, user_id: &str) -> Place {
        let turn = match self.known(user_id) {
            Known::Place(place) => return place,
            Known::Nothing(turn, _) => turn,
        };
        let alone = turn.lock_owned().await;
        // Whoever was before us may have counted for us too.
        match self.known(user_id) {
            Known::Place(place) => place,
            Known::Nothing(_, deletions) => Place::Unknown(Turn { deletions, _alone: alone }),
        }
    }

    fn known(&self, user_id: &str) -> Known {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(user_id) {
            if person.uncounted > 0 {
                person.uncounted -= 1;
                return Known::Place(Place::Free);
            }
            if person.full.is_some_and(|since| since.elapsed() < FULL) {
                return Known::Place(Place::None);
            }
            return Known::Nothing(Arc::clone(&person.turn), person.deletions);
        }
        if people.len() >= CAPACITY {
            // Whoever is being counted right now keeps their turn, or a second one could be taken beside it.
            people.retain(|_, person| Arc::strong_count(&person.turn) > 1);
        }
        let person = people.entry(user_id.to_owned()).or_default();
        Known::Nothing(Arc::clone(&person.turn), person.deletions)
    }

    /// This person was counted.
    pub(crate) fn counted(&self, user_id: &str, tasks: i64, turn: &Turn) {
        let left = self.most - tasks;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(user_id) {
            person.uncounted = if left < NEAR { 0 } else { left / 8 };
            // What was deleted while the rows were counted may have been counted.
            person.full = (left <= 0 && person.deletions == turn.deletions).then(Instant::now);
        }
    }

    /// This person deleted a task.
    pub(crate) fn deleted(&self, user_id: &str) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = people.get_mut(user_id) {
            person.full = None;
            person.deletions += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn looked(allowances: &Allowances) -> Turn {
        match allowances.take("ada").await {
            Place::Unknown(turn) => turn,
            Place::Free | Place::None => panic!("nobody looked"),
        }
    }

    #[tokio::test]
    async fn who_is_full_is_not_counted_again_until_they_delete_something() {
        let allowances = Allowances::new(100);
        let turn = looked(&allowances).await;
        allowances.counted("ada", 100, &turn);
        drop(turn);
        assert!(matches!(allowances.take("ada").await, Place::None));
        allowances.deleted("ada");
        let turn = looked(&allowances).await;
        allowances.deleted("ada");
        allowances.counted("ada", 100, &turn);
        drop(turn);
        looked(&allowances).await;
    }
}
