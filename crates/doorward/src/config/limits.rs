//! Where the limits count that several processes share.
//!
//! Each process counts for itself in any case: that is cheap, and it is what remains when the shared place is out of
//! reach. What is shared is what an attacker would multiply by the number of processes: sign-in, sign-up, mails, and
//! wrong passwords. The generous limit on everything else stays in each process.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

/// A place to count.
#[derive(Clone, Debug, Default)]
pub enum Limits {
    /// In this process alone.
    #[default]
    Memory,
    /// In the table `doorward_limit` of the database: one small write for each sign-in.
    Database,
    /// In a place that the program brings along.
    Elsewhere(Arc<dyn SharedCounts>),
}

/// So many uses of one key within a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// A digest: it tells nobody whose it is.
    pub key: String,
    /// Seconds that a window lasts.
    pub window: i64,
    /// Uses within a window.
    pub maximum: u32,
    /// Every use begins the window anew, as Better Auth's limits on requests do; otherwise the first does.
    pub renewed: bool,
}

/// Why a shared place could not count. It is for the log.
#[derive(Debug)]
pub struct OutOfReach(pub String);

impl fmt::Display for OutOfReach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What counting comes to: `Err` holds the seconds to wait.
pub type Verdict = Result<(), u64>;

pub type Counting<'a, T> = Pin<Box<dyn Future<Output = Result<T, OutOfReach>> + Send + 'a>>;

/// A count that several processes share.
///
/// The service gives up waiting for it after half a second and then counts alone for a while.
pub trait SharedCounts: Send + Sync + fmt::Debug {
    /// Uses all allowances at once, or, when one of them is used up, none.
    fn take<'a>(&'a self, allowances: &'a [Allowance]) -> Counting<'a, Verdict>;

    /// Undoes one use of each key.
    fn give_back<'a>(&'a self, keys: &'a [String]) -> Counting<'a, ()>;
}
