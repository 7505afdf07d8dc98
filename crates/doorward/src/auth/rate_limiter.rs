//! How often somebody did something lately, whatever it was: the counts behind the limits of requests and of mails.
//!
//! The window slides from the last time that was allowed, as in Better Auth's memory store. Memory is bounded: a key is
//! a digest and not a path, which may be long, and a full table is cleared of at least half.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, Hash, RandomState},
    sync::{Mutex, PoisonError},
};

use doorward_database::Stamp;

/// Keys remembered at once.
const CAPACITY: usize = 100_000;

/// So many times in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) window: i64,
    pub(crate) maximum: u32,
}

/// Counts by a digest that is keyed by this process, so that nobody can make two of them meet.
#[derive(Default)]
pub(crate) struct RateLimiter {
    digests: RandomState,
    counts: Mutex<HashMap<u64, Count>>,
}

struct Count {
    times: u32,
    last: Stamp,
    window: i64,
}

impl RateLimiter {
    /// Counts what somebody does; `Err` holds the seconds to wait.
    pub(crate) fn count_by(&self, rule: Rule, who: impl Hash, what: &str, now: Stamp) -> Result<(), u64> {
        let key = self.digests.hash_one((who, what));
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= CAPACITY {
            make_room(&mut counts, CAPACITY, now, |count| count.last.plus_seconds(count.window));
        }
        let count = counts.entry(key).or_insert(Count { times: 0, last: now, window: rule.window });
        let ended = now.milliseconds() - count.last.milliseconds() > rule.window * 1000;
        if ended {
            count.times = 0;
        }
        if count.times >= rule.maximum {
            let wait = count.last.plus_seconds(rule.window).milliseconds() - now.milliseconds();
            return Err(u64::try_from(wait.max(0)).unwrap_or(0).div_ceil(1000));
        }
        count.times += 1;
        count.last = now;
        Ok(())
    }
}

/// Drops the counts that ended, and if that frees too little, those that end first. Leaves at least half of a table
/// free, so that a flood does not make everybody look through all of it.
pub(super) fn make_room<K: Eq + Hash, C>(
    counts: &mut HashMap<K, C>,
    capacity: usize,
    now: Stamp,
    ends: impl Fn(&C) -> Stamp,
) {
    counts.retain(|_, count| now < ends(count));
    if counts.len() > capacity / 2 {
        let mut moments: Vec<Stamp> = counts.values().map(&ends).collect();
        let middle = moments.len() / 2;
        let (_, median, _) = moments.select_nth_unstable(middle);
        let median = *median;
        counts.retain(|_, count| ends(count) > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { window: 10, maximum: 3 };

    #[test]
    fn the_fourth_time_waits() {
        let limiter = RateLimiter::default();
        let now = Stamp::from_seconds(1_000);
        let count = |who, now| limiter.count_by(RULE, who, "/sign-in/email", now);
        for _ in 0..3 {
            assert_eq!(count("a", now), Ok(()));
        }
        assert_eq!(count("a", now), Err(10));
        assert_eq!(count("b", now), Ok(()));
        assert_eq!(count("a", now.plus_seconds(4)), Err(6));
        assert_eq!(count("a", now.plus_seconds(11)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = RateLimiter::default();
        for number in 0..CAPACITY + 10 {
            let now = Stamp::from_milliseconds(1_000_000 + number as i64 / 100);
            limiter.count_by(RULE, number, "/ok", now).ok();
        }
        let kept = limiter.counts.lock().unwrap().len();
        assert!((1..=CAPACITY / 2 + 10).contains(&kept), "{kept}");
    }
}
