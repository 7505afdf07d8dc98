//! A database that is out of reach is asked by one caller a second, and not by everybody.
//!
//! Waiting for a connection that cannot be made takes seconds. Once somebody has waited in vain, others are told at
//! once to come back; one of them a second tries again, so that the end of an outage is noticed as soon.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Instant,
};

use crate::Error;

/// Milliseconds between two tries.
const PAUSE: u64 = 1000;

#[derive(Debug)]
pub(crate) struct Outage {
    since: Instant,
    /// When to try again, in milliseconds; 0 while all is well.
    again: AtomicU64,
}

impl Default for Outage {
    fn default() -> Self {
        Self { since: Instant::now(), again: AtomicU64::new(0) }
    }
}

impl Outage {
    /// Whether this caller should ask the database.
    pub(crate) fn may_try(&self) -> Result<(), Error> {
        if self.is_turn(|| self.now()) {
            Ok(())
        } else {
            Err(Error::Unavailable("it was out of reach a moment ago".into()))
        }
    }

    fn is_turn(&self, now: impl FnOnce() -> u64) -> bool {
        let again = self.again.load(Relaxed);
        if again == 0 {
            return true;
        }
        let now = now();
        now >= again && self.again.compare_exchange(again, now + PAUSE, Relaxed, Relaxed).is_ok()
    }

    pub(crate) fn is_over(&self) {
        if self.again.load(Relaxed) != 0 {
            self.again.store(0, Relaxed);
        }
    }

    pub(crate) fn goes_on(&self) {
        self.again.store(self.now() + PAUSE, Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_a_second_tries() {
        let outage = Outage::default();
        let tries = |moments: &[u64]| -> Vec<bool> { moments.iter().map(|now| outage.is_turn(|| *now)).collect() };
        assert_eq!(tries(&[5, 5]), [true, true]);
        outage.again.store(5 + PAUSE, Relaxed);
        assert_eq!(tries(&[6, 1004, 1005, 1005, 2004, 2005]), [false, false, true, false, false, true]);
        outage.is_over();
        assert_eq!(tries(&[2006, 2006]), [true, true]);
        outage.goes_on();
        assert!(outage.may_try().is_err());
    }
}
