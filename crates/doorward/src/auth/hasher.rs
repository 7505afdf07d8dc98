//! Password hashing on a bounded pool with a bounded queue.
//!
//! One hash takes a core for tens of milliseconds and up to 32 MiB. Without a bound a burst of sign-ins would take
//! every core and all memory from the people who are already signed in; with it, what does not fit is told to come
//! back.
//!
//! A thread that has finished takes the next two passwords that wait, if both are for scrypt, and computes them side by
//! side: the second costs less than half of the first one. A password that waits alone is computed alone, and one that
//! meets an idle thread does not wait for company. Whoever left while waiting is passed over.
//!
//! The threads are the pool's own, made when somebody signs in and gone when nobody waits: they step back behind the
//! threads that answer requests, and a thread that has stepped back may not step forward again.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use doorward_crypto::{
    password::{
        self,
        scrypt::{self, AT_ONCE, Key, Unhashed},
    },
    random::Random,
};
use tokio::sync::oneshot;

use crate::{
    config::{HashWith, PasswordConfig},
    error::Error,
};

/// Seconds a client waits after being turned away.
const RETRY_AFTER: u64 = 2;

/// How far a hashing thread steps back, as `nice` counts. Whoever only reads a session then hardly notices that others sign
/// in on the same core; and where reading could take all of it, hashing still gets a sixth of what it could do alone.
#[cfg(target_os = "linux")]
const STEP_BACK: i32 = 10;

/// Passwords on their way through the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingLoad {
    pub running: usize,
    pub waiting: usize,
}

pub(crate) struct Hasher {
    pool: Arc<Pool>,
    with: HashWith,
    random: Arc<dyn Random>,
}

impl Hasher {
    pub(crate) fn new(config: &PasswordConfig, random: Arc<dyn Random>) -> Self {
        let line = Line { idle_threads: config.hashing_threads.max(1), running: 0, waiting: VecDeque::new() };
        let pool = Arc::new(Pool { line: Mutex::new(line), queue: config.hashing_queue });
        Self { pool, with: config.hash_with, random }
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, Error> {
        match self.with {
            HashWith::Scrypt => {
                let (password, key) = self.key(Unhashed::new(password, &*self.random)).await?;
                Ok(password.stored(&key))
            }
            HashWith::Argon2id => {
                let (password, random) = (password.to_owned(), Arc::clone(&self.random));
                self.alone(move || password::hash_argon2id(&password, &*random)).await
            }
        }
    }

    /// Whether a password belongs to a stored hash. A hash of an unknown form belongs to nobody, and is logged.
    pub(crate) async fn verify(&self, stored: &str, password: &str) -> Result<bool, Error> {
        if let Some((password, expected)) = Unhashed::like(stored, password) {
            let (_, key) = self.key(password).await?;
            return Ok(key == expected);
        }
        let (stored, password) = (stored.to_owned(), password.to_owned());
        let verified = self.alone(move || password::verify(&stored, &password)).await?;
        Ok(verified.unwrap_or_else(|error| {
            tracing::error!(%error, "a stored password hash cannot be used");
            false
        }))
    }

    /// Whether a stored hash has a form that can be verified; one that has not is logged.
    pub(crate) fn knows(&self, stored: &str) -> bool {
        let known = password::scheme(stored).is_some();
        if !known {
            tracing::error!("a stored password hash has a form that is not known; its person needs a password reset");
        }
        known
    }

    /// Whether a verified password should be stored again under today's hash.
    pub(crate) fn is_outdated(&self, stored: &str) -> bool {
        !matches!(
            (self.with, password::scheme(stored)),
            (HashWith::Scrypt, Some(password::Scheme::Scrypt)) | (HashWith::Argon2id, Some(password::Scheme::Argon2id))
        )
    }

    /// How busy the pool is.
    pub(crate) fn load(&self) -> HashingLoad {
        let line = self.pool.line();
        HashingLoad { running: line.running, waiting: line.waiting.len() }
    }

    /// Gives the memory kept for hashing back, unless somebody is hashing right now.
    pub(crate) fn rest(&self) {
        if self.pool.line().running == 0 {
            password::release_memory();
        }
    }

    async fn key(&self, password: Unhashed) -> Result<(Unhashed, Key), Error> {
        let (reply, key) = oneshot::channel();
        self.pool.submit(Job::Scrypt(Scrypt { password, reply }))?;
        key.await.map_err(Error::internal)
    }

    async fn alone<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let (reply, result) = oneshot::channel();
        self.pool.submit(Job::Other(Box::new(Alone { work, reply })))?;
        result.await.map_err(Error::internal)
    }
}

struct Pool {
    line: Mutex<Line>,
    /// Jobs that may wait.
    queue: usize,
}

/// Who is at work, and who waits.
struct Line {
    idle_threads: usize,
    /// Jobs that are being computed, by all threads together.
    running: usize,
    waiting: VecDeque<Job>,
}

impl Pool {
    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing below can leave the line half changed.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the job computed at once by an idle thread, or later by one that has finished.
    fn submit(self: &Arc<Self>, job: Job) -> Result<(), Error> {
        let mut line = self.line();
        if line.idle_threads > 0 {
            let pool = Arc::clone(self);
            let work = move || {
                step_back();
                pool.work(Batch::One(job));
            };
            if let Err(error) = thread::Builder::new().name("hashing".to_owned()).spawn(work) {
                tracing::warn!(%error, "no thread could be had to hash a password on");
                return Err(Error::Busy(RETRY_AFTER));
            }
            line.idle_threads -= 1;
            line.running += 1;
            return Ok(());
        }
        if line.waiting.len() >= self.queue {
            line.pass_over_who_left();
        }
        if line.waiting.len() >= self.queue {
            return Err(Error::Busy(RETRY_AFTER));
        }
        line.waiting.push_back(job);
        Ok(())
    }

    /// One thread's work, until nobody waits any more.
    fn work(&self, first: Batch) {
        let mut next = Some(first);
        while let Some(batch) = next {
            let jobs = batch.jobs();
            let computed = catch_unwind(AssertUnwindSafe(|| batch.compute()));
            next = self.line().after(jobs);
            // After the line has moved on: whoever hears of an end finds the place free.
            match computed {
                Ok(reply) => reply(),
                // Its clients get an error, because nobody replies.
                Err(_) => tracing::error!("a password could not be hashed: the hash panicked"),
            }
        }
    }
}

/// Lets the threads that answer go first. Elsewhere than on Linux it would be the whole process that steps back.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(STEP_BACK) {
        tracing::debug!(%error, "hashing is not put behind answering");
    }
}

impl Line {
    /// What a thread does after so many jobs; it is idle when there is nothing.
    fn after(&mut self, jobs: usize) -> Option<Batch> {
        self.running -= jobs;
        let next = self.next_batch();
        match &next {
            Some(batch) => self.running += batch.jobs(),
            None => self.idle_threads += 1,
        }
        next
    }

    /// Whoever has waited longest; with company, where company makes it cheaper.
    fn next_batch(&mut self) -> Option<Batch> {
        self.pass_over_who_left();
        let first = match self.waiting.pop_front()? {
            Job::Scrypt(first) if AT_ONCE > 1 => first,
            other => return Some(Batch::One(other)),
        };
        Some(match self.next_scrypt() {
            Some(second) => Batch::Two([first, second]),
            None => Batch::One(Job::Scrypt(first)),
        })
    }

    fn next_scrypt(&mut self) -> Option<Scrypt> {
        let place = self.waiting.iter().position(|job| matches!(job, Job::Scrypt(_)))?;
        match self.waiting.remove(place)? {
            Job::Scrypt(next) => Some(next),
            Job::Other(_) => None,
        }
    }

    fn pass_over_who_left(&mut self) {
        self.waiting.retain(|job| match job {
            Job::Scrypt(Scrypt { reply, .. }) => !reply.is_closed(),
            Job::Other(work) => !work.is_abandoned(),
        });
    }
}

/// What one thread does at a time.
enum Batch {
    One(Job),
    Two([Scrypt; 2]),
}

enum Job {
    Scrypt(Scrypt),
    /// Argon2id, and the hashes that people brought along from elsewhere.
    Other(Box<dyn Work>),
}

struct Scrypt {
    password: Unhashed,
    reply: oneshot::Sender<(Unhashed, Key)>,
}

impl Batch {
    fn jobs(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Two(_) => 2,
        }
    }

    /// Returns what tells the clients. Whoever has left meanwhile gets no reply, and misses none.
    fn compute(self) -> Reply {
        match self {
            Self::One(Job::Other(work)) => work.compute(),
            Self::One(Job::Scrypt(Scrypt { password, reply })) => {
                let key = scrypt::key(&password);
                Box::new(move || drop(reply.send((password, key))))
            }
            Self::Two(pair) => {
                let keys = scrypt::two_keys(pair.each_ref().map(|job| &job.password));
                Box::new(move || {
                    for (Scrypt { password, reply }, key) in pair.into_iter().zip(keys) {
                        drop(reply.send((password, key)));
                    }
                })
            }
        }
    }
}

type Reply = Box<dyn FnOnce()>;

trait Work: Send {
    fn is_abandoned(&self) -> bool;
    fn compute(self: Box<Self>) -> Reply;
}

struct Alone<W, T> {
    work: W,
    reply: oneshot::Sender<T>,
}

impl<W: FnOnce() -> T + Send, T: Send + 'static> Work for Alone<W, T> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn compute(self: Box<Self>) -> Reply {
        let Self { work, reply } = *self;
        let result = work();
        Box::new(move || drop(reply.send(result)))
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, task::Poll};

    use super::*;
    use crate::auth::SystemRandom;

    const PASSWORD: &str = "correct horse 9";

    fn hasher(queue: usize) -> Hasher {
        let config = PasswordConfig { hashing_threads: 1, hashing_queue: queue, ..PasswordConfig::default() };
        Hasher::new(&config, Arc::new(SystemRandom))
    }

    /// A call that has got in line and is not waited for yet.
    async fn begun<F: Future>(call: F) -> std::pin::Pin<Box<F>> {
        let mut call = Box::pin(call);
        std::future::poll_fn(|context| {
            assert!(call.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        call
    }

    #[tokio::test]
    async fn everybody_in_line_gets_their_own_answer() {
        let hasher = hasher(16);
        let argon = password::hash_argon2id(PASSWORD, &SystemRandom);
        let scrypt = hasher.hash(PASSWORD).await.unwrap();
        let mut calls = Vec::new();
        for stored in [&scrypt, &scrypt, &argon, &scrypt, &argon, &scrypt] {
            calls.push((true, begun(hasher.verify(stored, PASSWORD)).await));
            calls.push((false, begun(hasher.verify(stored, "another")).await));
        }
        assert_eq!(hasher.load(), HashingLoad { running: 1, waiting: 11 });
        for (expected, call) in calls {
            assert_eq!(call.await.unwrap(), expected);
        }
        assert_eq!(hasher.load(), HashingLoad { running: 0, waiting: 0 });
    }

    #[tokio::test]
    async fn who_does_not_fit_is_told_so_and_who_left_takes_no_place() {
        let hasher = hasher(2);
        let running = begun(hasher.hash("1")).await;
        let first = begun(hasher.hash("2")).await;
        let second = begun(hasher.hash("3")).await;
        assert!(matches!(hasher.hash("4").await, Err(Error::Busy(_))));
        drop(first);
        let fourth = begun(hasher.hash("4")).await;
        for (call, password) in [(running, "1"), (second, "3"), (fourth, "4")] {
            let stored = call.await.unwrap();
            assert!(hasher.verify(&stored, password).await.unwrap(), "{password}");
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn hashing_stands_behind_answering() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let answering = priority();
        let hasher = hasher(1);
        let behind = (answering + STEP_BACK).min(19);
        assert_eq!(hasher.alone(priority).await.unwrap(), behind);
        assert_eq!(hasher.alone(priority).await.unwrap(), behind, "and not further each time");
        assert_eq!(priority(), answering);
    }

    #[tokio::test]
    async fn a_panic_takes_nobody_else_along() {
        let hasher = hasher(4);
        let panicking = begun(hasher.alone(|| panic!("on purpose"))).await;
        let next = begun(hasher.hash(PASSWORD)).await;
        assert!(panicking.await.is_err());
        assert!(next.await.is_ok());
        assert!(hasher.hash(PASSWORD).await.is_ok(), "the thread is idle again");
    }
}
