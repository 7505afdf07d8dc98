//! How many passwords somebody may try.
//!
//! Better Auth counts requests per address and path; from enough addresses an account can be tried for ever, and behind
//! one shared address an attacker locks everybody out. So wrong passwords are counted too: by address, by account, and
//! by both together. The last keeps one address from using up an account's whole allowance, and an address from which
//! the person is signed in already is not held to the account's, so that an attack does not lock its target out.
//!
//! Counted before the password is looked at and taken back when it was right: many at once cannot slip through.
//! Accounts are counted by a digest of their address, so that memory holds no list of people. Memory is bounded,
//! as the rate limiter's.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use doorward_crypto::digest;
use doorward_database::Stamp;

use super::{
    rate_limiter::{Rule, make_room},
    shared_limits,
};
use crate::config::Allowance;

/// Wrong passwords a minute from one address.
const PER_ADDRESS: Rule = Rule { window: 60, maximum: 10 };
/// Wrong passwords an hour on one account from one address.
const PER_PAIR: Rule = Rule { window: 3600, maximum: 10 };
/// Wrong passwords an hour on one account from everywhere.
const PER_ACCOUNT: Rule = Rule { window: 3600, maximum: 20 };

/// Keys remembered at once.
const CAPACITY: usize = 200_000;

#[derive(Default)]
pub(crate) struct Guesses(Mutex<HashMap<Key, Count>>);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(String),
    Pair(String, [u8; 32]),
    Account([u8; 32]),
}

struct Count {
    guesses: u32,
    ends: Stamp,
}

/// A guess that is being looked at.
pub(crate) struct Guess(Vec<(Key, Rule)>);

impl Guess {
    /// The same for a count that several processes share.
    pub(crate) fn allowances(&self) -> Vec<Allowance> {
        let allowance = |(key, rule): &(Key, Rule)| {
            let key = match key {
                Key::Address(address) => shared_limits::key(&["guess", address]),
                Key::Pair(address, account) => shared_limits::key(&["guess", address, &digest_text(account)]),
                Key::Account(account) => shared_limits::key(&["guess at", &digest_text(account)]),
            };
            Allowance { key, window: rule.window, maximum: rule.maximum, renewed: false }
        };
        self.0.iter().map(allowance).collect()
    }
}

fn digest_text(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What one guess uses up.
fn rules(address: &str, account: &str, known: bool) -> Vec<(Key, Rule)> {
    let account = digest::sha256(account);
    let mut rules =
        vec![(Key::Address(address.to_owned()), PER_ADDRESS), (Key::Pair(address.to_owned(), account), PER_PAIR)];
    if !known {
        rules.push((Key::Account(account), PER_ACCOUNT));
    }
    rules
}

impl Guesses {
    /// Counts a guess from an address at an account. `known`: the person is signed in from this address already.
    ///
    /// `Err` holds the seconds to wait; such a guess is not looked at.
    pub(crate) fn begin(&self, address: &str, account: &str, known: bool, now: Stamp) -> Result<Guess, u64> {
        let rules = rules(address, account, known);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= CAPACITY {
            make_room(&mut counts, CAPACITY, now, |count| count.ends);
        }
        let wait = rules.iter().filter_map(|(key, rule)| {
            let count = counts.get(key).filter(|count| now < count.ends && count.guesses >= rule.maximum)?;
            Some((count.ends.milliseconds() - now.milliseconds()).unsigned_abs().div_ceil(1000))
        });
        if let Some(seconds) = wait.max() {
            return Err(seconds);
        }
        for (key, rule) in &rules {
            let fresh = Count { guesses: 0, ends: now.plus_seconds(rule.window) };
            let count = counts.entry(key.clone()).or_insert(fresh);
            if now >= count.ends {
                *count = Count { guesses: 0, ends: now.plus_seconds(rule.window) };
            }
            count.guesses += 1;
        }
        Ok(Guess(rules))
    }

    /// The password was right, or was never looked at: the guess does not count.
    pub(crate) fn take_back(&self, guess: &Guess) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, _) in &guess.0 {
            if let Some(count) = counts.get_mut(key) {
                count.guesses = count.guesses.saturating_sub(1);
                if count.guesses == 0 {
                    counts.remove(key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Stamp = Stamp::from_seconds(1_000_000);

    #[test]
    fn one_address_cannot_use_up_an_account() {
        let guesses = Guesses::default();
        let tried = |address: &str, now: Stamp| guesses.begin(address, "ada", false, now).is_ok();
        assert_eq!((0..30).filter(|_| tried("attacker", NOW)).count(), 10);
        assert_eq!(
            (0..30).filter(|_| tried("attacker", NOW.plus_seconds(61))).count(),
            0,
            "ten an hour on one account"
        );
        assert!(tried("owner", NOW), "the owner from elsewhere gets through");
    }

    #[test]
    fn an_account_is_tried_twenty_times_an_hour_from_anywhere() {
        let guesses = Guesses::default();
        let evaluated =
            (0..200).filter(|number| guesses.begin(&format!("address {number}"), "ada", false, NOW).is_ok()).count();
        assert_eq!(evaluated, 20);
        assert!(guesses.begin("home", "ada", true, NOW).is_ok(), "where the person is signed in, they get through");
        assert!(guesses.begin("address 1", "eve", false, NOW).is_ok());
        assert!(guesses.begin("address 900", "ada", false, NOW.plus_seconds(3601)).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let guesses = Guesses::default();
        for number in 0..CAPACITY {
            let now = NOW.plus_seconds(number as i64 / 1000);
            guesses.begin(&format!("address {number}"), "ada", true, now).ok();
        }
        assert!(guesses.0.lock().unwrap().len() <= CAPACITY);
    }

    #[test]
    fn right_passwords_do_not_count() {
        let guesses = Guesses::default();
        for _ in 0..100 {
            let guess = guesses.begin("home", "ada", false, NOW).unwrap_or_else(|_| panic!("refused"));
            guesses.take_back(&guess);
        }
    }
}
