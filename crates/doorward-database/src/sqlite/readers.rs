//! Connections that only read, used on whatever thread asks.
//!
//! A lookup takes microseconds, less than a hand-over to another thread would. Each thread starts looking at its own
//! slot, so that under load every worker keeps the connection (and its cached statements) that it used before.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::Connection;

use super::{
    changes::Changes,
    connection::{bind, is_busy, named, open, patiently, rows},
};
use crate::{Error, Options, Row, Value};

static NEXT_THREAD: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static THREAD: Cell<usize> = Cell::new(NEXT_THREAD.fetch_add(1, Ordering::Relaxed));
}

#[derive(Debug)]
pub(super) struct Readers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    slots: Vec<Mutex<Option<Reader>>>,
    path: PathBuf,
    options: Options,
    /// After the connections: see [`Changes`].
    changes: Arc<Changes>,
}

#[derive(Debug)]
struct Reader {
    connection: Connection,
    /// It has read, and [`Changes`] know.
    attached: bool,
}

impl Readers {
    /// Opens nothing yet.
    pub(super) fn new(path: &Path, options: &Options, changes: &Arc<Changes>) -> Self {
        let mut slots = Vec::new();
        slots.resize_with(options.connections.max(1) as usize, || Mutex::new(None));
        let (path, options, changes) = (path.to_owned(), options.clone(), Arc::clone(changes));
        Self { shared: Arc::new(Shared { slots, path, options, changes }) }
    }

    /// Opens the first connection, so that a file that cannot be read stops the start; others open at first use.
    pub(super) fn check(&self) -> Result<(), Error> {
        let checked = patiently(self.shared.options.busy_timeout, || {
            self.shared.query("SELECT count(*) FROM sqlite_schema", &[])
        });
        checked.map(drop).map_err(|error| match error {
            Error::Unavailable(words) => Error::Unavailable(format!(
                "{words}; the user that runs this must be able to write the file and the folder it is in"
            )),
            other => other,
        })
    }

    /// What closes all connections; they open again at their next use.
    pub(super) fn let_go(&self) -> Box<dyn Fn() + Send> {
        let shared = Arc::clone(&self.shared);
        Box::new(move || {
            // All of them at once: a connection that somebody opened meanwhile would lose its locks with the file that
            // `away` closes.
            let mut slots: Vec<_> =
                shared.slots.iter().map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner)).collect();
            let away = shared.changes.detach();
            slots.iter_mut().for_each(|slot| **slot = None);
            drop(away);
        })
    }

    /// Reads at once; a file that is locked by another program is waited for on a thread that may block.
    pub(super) async fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        match self.shared.query(sql, params) {
            Err(error) if is_busy(&error) => {}
            answer => return answer,
        }
        let (shared, params) = (Arc::clone(&self.shared), params.to_vec());
        let waited =
            tokio::task::spawn_blocking(move || patiently(shared.options.busy_timeout, || shared.query(sql, &params)));
        waited.await.map_err(|error| Error::Other(error.to_string()))?
    }
}

impl Shared {
    fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let mut slot = self.slot();
        let reader = match &mut *slot {
            Some(reader) => reader,
            empty => {
                let connection = open(&self.path, false, Duration::ZERO, &self.options)?;
                empty.insert(Reader { connection, attached: false })
            }
        };
        let found = {
            let mut statement = reader.connection.prepare_cached(sql).map_err(|error| named(&error))?;
            bind(&mut statement, params).map_err(|error| named(&error))?;
            rows(&mut statement).map_err(|error| named(&error))?
        };
        if !reader.attached {
            reader.attached = self.changes.attach(&reader.connection);
        }
        Ok(found)
    }

    fn slot(&self) -> MutexGuard<'_, Option<Reader>> {
        let start = THREAD.with(Cell::get);
        for step in 0..self.slots.len() {
            if let Ok(slot) = self.slots[(start + step) % self.slots.len()].try_lock() {
                return slot;
            }
        }
        // All taken: wait for the own one. A poisoned slot still holds a sound connection, statements reset on drop.
        self.slots[start % self.slots.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::{os::unix::fs::MetadataExt, sync::Arc, thread, time::Duration};

    use crate::{Options, sqlite::Sqlite};

    /// Closing the file of the index takes SQLite's locks on it away, and then another program may empty it.
    #[test]
    fn who_reads_while_all_let_go_keeps_the_locks() {
        let folder = std::env::temp_dir().join(format!("doorward-let-go-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("file.db");
        drop(Sqlite::open(file.to_str().unwrap(), &Options::default()).unwrap());
        let options = Options { read_only: true, connections: 2, ..Options::default() };
        let sqlite = Sqlite::open(file.to_str().unwrap(), &options).unwrap();
        let shared = &sqlite.readers.shared;
        let read = |shared: &super::Shared| shared.query("SELECT count(*) FROM sqlite_schema", &[]).map(drop).unwrap();
        // Both connections are open.
        for slot in [0, 1] {
            let taken = shared.slots[slot].lock().unwrap();
            read(shared);
            drop(taken);
        }
        // A long look holds the second while all are to be closed, and somebody reads meanwhile.
        let long = shared.slots[1].lock().unwrap();
        let let_go = sqlite.readers.let_go();
        let closing = thread::spawn(let_go);
        thread::sleep(Duration::from_millis(100));
        let reading = thread::spawn({
            let shared = Arc::clone(shared);
            move || read(&shared)
        });
        thread::sleep(Duration::from_millis(100));
        drop(long);
        closing.join().unwrap();
        reading.join().unwrap();
        read(shared);
        let index = std::fs::metadata(folder.join("file.db-shm")).unwrap().ino();
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        let held = format!(":{index} 128 128");
        let found = locks.lines().any(|lock| lock.ends_with(&held));
        drop(sqlite);
        std::fs::remove_dir_all(folder).unwrap();
        assert!(found, "no lock on {index} among\n{locks}");
    }
}
