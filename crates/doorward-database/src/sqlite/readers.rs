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
            let _away = shared.changes.detach();
            for slot in &shared.slots {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
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
            reader.attached = self.changes.attach();
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
