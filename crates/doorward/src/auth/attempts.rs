//! Attempts that changed nothing: wrong passwords, refusals, requests for a link.
//!
//! Anybody can make them, as many as they like, so what they leave is bounded. Within a minute the first of a kind (the
//! same event at the same account from the same address) is logged and stored at once; the same again is only counted,
//! and told in one row when the minute is over. So many different ones a minute are told apart; beyond that they are
//! one number; and one address fills a part of that alone, or it could hide what others do. Whoever asks does not wait
//! for any of it: rows are written by a task of their own, and a known account costs exactly what an unknown one costs.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use doorward_crypto::digest;
use doorward_database::{Batch, Stamp};

use super::Auth;
use crate::{
    model::Kind,
    shared::event::{self, Event},
};

/// Different attempts a minute that get a row of their own: at worst some 86,000 a day, 20 MB.
const DIFFERENT: usize = 60;
/// How many of them one address may cause: a few more than the wrong passwords that are looked at.
const DIFFERENT_FROM_ONE_ADDRESS: usize = 12;
const WINDOW: i64 = 60;

#[derive(Default)]
pub(crate) struct Attempts {
    window: Mutex<Window>,
    next: AtomicU32,
}

#[derive(Default)]
struct Window {
    ends: Stamp,
    seen: HashMap<String, (Event, i64)>,
    /// How many of those each address caused.
    by_address: HashMap<String, usize>,
    beyond: i64,
    waiting: Vec<Event>,
    is_writing: bool,
}

impl Window {
    /// Whether one more attempt can be told apart; if so, it is the address's. Where addresses are not known, they are
    /// not one.
    fn has_room_for(&mut self, address: &str) -> bool {
        if self.seen.len() >= DIFFERENT || address.is_empty() {
            return self.seen.len() < DIFFERENT;
        }
        let caused = self.by_address.entry(address.to_owned()).or_default();
        let has_room = *caused < DIFFERENT_FROM_ONE_ADDRESS;
        *caused += usize::from(has_room);
        has_room
    }
}

impl Attempts {
    /// Keeps the order of what happens within one millisecond.
    pub(crate) fn number(&self) -> u32 {
        self.next.fetch_add(1, Relaxed) & 0xf_ffff
    }
}

impl Auth {
    /// Notes an attempt; returns at once.
    pub(crate) fn note(&self, attempt: Event) {
        let mut window = self.attempts.window.lock().unwrap_or_else(PoisonError::into_inner);
        if self.now() >= window.ends {
            self.close(&mut window);
            window.ends = self.now().plus_seconds(WINDOW);
        }
        let likeness = attempt.likeness();
        if let Some((_, times)) = window.seen.get_mut(&likeness) {
            *times += 1;
        } else if window.has_room_for(attempt.address()) {
            attempt.log();
            window.waiting.push(attempt.clone());
            window.seen.insert(likeness, (attempt, 0));
        } else {
            window.beyond += 1;
        }
        self.write(&mut window);
    }

    /// Tells what was only counted, once its minute is over.
    pub(super) fn close_attempts(&self) {
        let mut window = self.attempts.window.lock().unwrap_or_else(PoisonError::into_inner);
        if self.now() >= window.ends {
            self.close(&mut window);
            self.write(&mut window);
        }
    }

    /// Tells and stores what was only counted, before the server ends.
    pub async fn finish(&self) {
        {
            let mut window = self.attempts.window.lock().unwrap_or_else(PoisonError::into_inner);
            self.close(&mut window);
            window.is_writing = true;
        }
        self.write_waiting().await;
    }

    fn close(&self, window: &mut Window) {
        window.by_address.clear();
        let repeated = std::mem::take(&mut window.seen).into_values().filter(|(_, times)| *times > 0);
        let mut told: Vec<Event> = repeated.map(|(attempt, times)| attempt.again(self, times)).collect();
        if window.beyond > 0 {
            told.push(Event::of_server(self, Kind::Uncounted).again(self, std::mem::take(&mut window.beyond)));
        }
        told.iter().for_each(Event::log);
        window.waiting.extend(told);
    }

    fn write(&self, window: &mut Window) {
        if window.is_writing || window.waiting.is_empty() {
            return;
        }
        window.is_writing = true;
        let auth = self.clone();
        tokio::spawn(async move { auth.write_waiting().await });
    }

    async fn write_waiting(&self) {
        loop {
            let waiting = {
                let mut window = self.attempts.window.lock().unwrap_or_else(PoisonError::into_inner);
                window.is_writing = !window.waiting.is_empty();
                if !window.is_writing {
                    return;
                }
                std::mem::take(&mut window.waiting)
            };
            let mut batch = Batch::new();
            for attempt in &waiting {
                attempt.store(self, &mut batch, &crate::store::audit::Only::Always);
            }
            // They are in the log already, and nobody waits for them.
            if let Err(error) = event::commit(self, batch, &[]).await {
                tracing::warn!(%error, events = waiting.len(), "attempts could not be stored in the audit trail");
            }
        }
    }

    /// An account that was tried, as a digest: without the secret nobody can tell whose it is.
    pub(crate) fn account_digest(&self, address: &str) -> String {
        let key = self.config.secrets.purpose("doorward-audit-account");
        let mut digest = digest::sha256_base64url(format!("{}\n{address}", key.expose()));
        digest.truncate(22);
        digest
    }
}
