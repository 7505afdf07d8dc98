//! SQLite: read inline on the asking thread, written by one thread.

mod changes;
mod connection;
mod index_header;
mod readers;
mod writer;

use std::{path::Path, sync::Arc};

use crate::{Batch, Error, Options, Outcome, Row, Value, batch::Owner};
use changes::Changes;
use readers::Readers;
use writer::Writer;

#[derive(Debug)]
pub(crate) struct Sqlite {
    readers: Readers,
    writer: Option<Writer>,
    changes: Arc<Changes>,
}

impl Sqlite {
    pub(crate) fn open(path: &str, options: &Options) -> Result<Self, Error> {
        // Other tools' addresses carry options (`?mode=rwc`); the file is what stands before them.
        let path = Path::new(path.split('?').next().unwrap_or(path));
        if path.as_os_str().is_empty() {
            return Err(Error::Address("the SQLite address names no file: write sqlite://path/to/file.db".into()));
        }
        let changes = Arc::new(Changes::default());
        let readers = Readers::new(path, options, &changes);
        // The writer comes first: it creates the file and switches it to write-ahead logging.
        let start = || Writer::start(path, options, readers.let_go(), Arc::clone(&changes));
        let writer = if options.read_only { None } else { Some(start()?) };
        readers.check()?;
        Ok(Self { readers, writer, changes })
    }

    pub(crate) async fn query(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Error> {
        self.readers.query(sql, params).await
    }

    pub(crate) fn version(&self, tables: &[&str], owner: Option<Owner>) -> Option<u64> {
        self.changes.version(tables, owner)
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<Vec<Outcome>, Error> {
        match &self.writer {
            Some(writer) => writer.commit(batch).await,
            None => Err(Error::Unavailable("opened read-only".into())),
        }
    }
}
