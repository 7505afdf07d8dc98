//! Whether anybody has written to the file, told without asking SQLite.
//!
//! With write-ahead logging, all connections of all processes share the file `…-shm`. It begins with the header of the
//! WAL index, 48 bytes written twice, and SQLite puts a new one there at each commit, before the commit is acknowledged
//! (<https://www.sqlite.org/walformat.html>, section 2.2). As long as it is the one seen last, everything read since
//! then is still what a query would give. Reading it takes a third of the time of the two file locks that a query
//! begins and ends with.
//!
//! Commits of other programs change everything, for all that is known. Of our own the writer says which tables they
//! touched, and whose rows: it looks at the header while it holds SQLite's write lock, and again after its commit. A
//! header that is then one commit further holds nothing else.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard, Weak},
};

use rusqlite::Connection;

use super::index_header::{Header, identity};
use crate::batch::{OWNERS, Owner};

/// The open index files of this process. SQLite holds POSIX locks on them, and such locks are lost when *any*
/// descriptor of the file is closed in the process. So a file is opened once, however many [`Changes`] look at it, and
/// closed after the last of their connections.
static OPEN: Mutex<Vec<Weak<Index>>> = Mutex::new(Vec::new());

#[derive(Debug)]
struct Index {
    file: File,
    identity: (u64, u64),
}

#[derive(Debug, Default)]
pub(super) struct Changes {
    index: RwLock<Option<Arc<Index>>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    header: Option<Header>,
    /// Our writer has looked at the header and will look again: until then a new one may be its own.
    committing: bool,
    /// Commits of which nobody knows what they changed.
    unknown: u64,
    /// Commits of ours, by table.
    tables: Vec<(String, u64)>,
    /// Commits of ours, by the owners whom their batches named; empty before the first.
    owners: Vec<u64>,
}

/// What a transaction of ours changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Rows of these tables were changed or deleted; rows that were added do not count. And any rows of these owners.
    Rows {
        tables: BTreeSet<String>,
        owners: Vec<Owner>,
    },
    Anything,
}

impl Changes {
    /// A number that is another one after any row of these tables was changed or deleted, by whomever; rows that were
    /// added leave it. With an owner it is another one, too, after a batch about them. `None` when that cannot be told now.
    pub(super) fn version(&self, tables: &[&str], owner: Option<Owner>) -> Option<u64> {
        let header = self.header()?;
        let mut seen = self.seen();
        if seen.header != Some(header) {
            // Our own commit may have been noted between the two lines above.
            let header = self.header()?;
            if seen.header != Some(header) {
                if seen.committing {
                    return None;
                }
                seen.header = Some(header);
                seen.unknown += 1;
            }
        }
        let own = seen.tables.iter().filter(|(table, _)| tables.contains(&table.as_str()));
        let owned = owner.and_then(|owner| seen.owners.get(owner.slot())).unwrap_or(&0);
        Some(seen.unknown + own.map(|(_, commits)| commits).sum::<u64>() + owned)
    }

    /// To be called with SQLite's write lock held, before it is let go by a commit.
    pub(super) fn before_commit(&self) {
        let header = self.header();
        let mut seen = self.seen();
        if seen.header != header {
            seen.header = header;
            seen.unknown += 1;
        }
        seen.committing = true;
    }

    /// To be called after the commit, whether or not it went well, and before anybody is told of it.
    pub(super) fn after_commit(&self, touched: Touched) {
        let header = self.header();
        let mut seen = self.seen();
        let before = std::mem::replace(&mut seen.header, header);
        seen.committing = false;
        if before == header && header.is_some() {
            return;
        }
        let alone = before.zip(header).is_some_and(|(before, after)| after.follows(before));
        match touched {
            Touched::Rows { tables, owners } if alone => {
                tables.into_iter().for_each(|table| seen.count(table));
                seen.count_owners(&owners);
            }
            _ => seen.unknown += 1,
        }
    }

    /// To be called with an open connection of ours. False when it should be tried again.
    pub(super) fn attach(&self, connection: &Connection) -> bool {
        let Ok(mut index) = self.index.try_write() else { return false };
        if index.is_none() {
            *index = path(connection).and_then(|path| open(&path));
        }
        true
    }

    /// Looks away while all connections of ours are closed, and until [`Changes::attach`]: the last one that is closed
    /// takes the file with it.
    pub(super) fn detach(&self) -> Detached<'_> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        Detached { _file: index.take(), _index: index }
    }

    fn header(&self) -> Option<Header> {
        // Never waited for: who detaches waits for connections, and their users ask here.
        let index = self.index.try_read().ok()?;
        Header::read(&index.as_ref()?.file)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn count(&mut self, table: String) {
        match self.tables.iter_mut().find(|(name, _)| *name == table) {
            Some((_, commits)) => *commits += 1,
            None => self.tables.push((table, 1)),
        }
    }

    fn count_owners(&mut self, owners: &[Owner]) {
        if self.owners.is_empty() && !owners.is_empty() {
            self.owners.resize(OWNERS, 0);
        }
        for owner in owners {
            self.owners[owner.slot()] += 1;
        }
    }
}

/// While it lives, nobody sees a header.
pub(super) struct Detached<'a> {
    _index: RwLockWriteGuard<'a, Option<Arc<Index>>>,
    /// Closed with this, after the connections.
    _file: Option<Arc<Index>>,
}

/// Where SQLite has the index of this connection: beside the file itself, also when a link led there. `None` without
/// write-ahead logging: what stands there then was left by somebody who was killed, and nobody writes to it.
fn path(connection: &Connection) -> Option<PathBuf> {
    // To tell the mode, SQLite must have read the file. From then on it has the index open, and nobody deletes it.
    let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).ok()?;
    let path = connection.path()?;
    (mode == "wal").then(|| format!("{path}-shm").into())
}

/// `None` where the file is not one that can be read beside SQLite.
fn open(path: &Path) -> Option<Arc<Index>> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|index| index.strong_count() > 0);
    let identity = identity(path)?;
    if let Some(index) = open.iter().filter_map(Weak::upgrade).find(|index| index.identity == identity) {
        return Some(index);
    }
    let index = Arc::new(Index { file: File::open(path).ok()?, identity });
    open.push(Arc::downgrade(&index));
    Some(index)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
