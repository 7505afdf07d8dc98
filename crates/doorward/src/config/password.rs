//! What a password must be, and how it is hashed.

use std::{fmt, io, sync::Arc};

/// The hash that new passwords get; all known ones verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashWith {
    /// Better Auth's scrypt: a Node server on the same database can read it.
    Scrypt,
    /// Argon2id, 19 MiB, two passes: stronger, and unreadable for Better Auth.
    Argon2id,
}

/// Passwords that leaked somewhere.
pub trait BreachedPasswords: Send + Sync + fmt::Debug {
    /// Whether this is one of them. It may read from a disk: it is asked on a thread that may wait.
    fn contains(&self, password: &str) -> io::Result<bool>;
}

/// Lengths count UTF-16 code units, as JavaScript does.
#[derive(Clone, Debug)]
pub struct PasswordConfig {
    /// Shortest password accepted. Default: 8.
    pub minimum: usize,
    /// Longest password accepted. Default: 128.
    pub maximum: usize,
    /// Hash for new passwords. Default: scrypt.
    pub hash_with: HashWith,
    /// Refuse the most common passwords. Default: off, as Better Auth.
    pub refuse_common: bool,
    /// Refuse passwords that leaked somewhere. Default: none are known.
    pub breached: Option<Arc<dyn BreachedPasswords>>,
    /// Threads that hash. Each computes up to two hashes at once, of 32 MiB each. Default: cores minus one, at least one.
    pub hashing_threads: usize,
    /// Hashes that may wait before the answer is 503. Default: 64.
    pub hashing_queue: usize,
}

impl Default for PasswordConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            minimum: 8,
            maximum: 128,
            hash_with: HashWith::Scrypt,
            refuse_common: false,
            breached: None,
            hashing_threads: cores.saturating_sub(1).max(1),
            hashing_queue: 64,
        }
    }
}
