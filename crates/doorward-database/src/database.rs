//! The handle: which database it is, and the three things one can do with it.

use std::{sync::Arc, time::Duration};

use crate::{Batch, Column, Error, Outcome, Row, Sql, Value, batch::Owner, postgres::Postgres, sqlite::Sqlite};

/// Which SQL is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// How a database is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// SQLite: sync to disk at every commit (`synchronous=FULL`), so that what was acknowledged survives a power cut.
    /// Off means `NORMAL`: a crash of the process loses nothing, a power cut may lose the last moments. Default: on.
    pub durable: bool,
    /// How long a locked SQLite file is waited for before [`Error::Unavailable`]. Default: 5 s.
    pub busy_timeout: Duration,
    /// Connections for reading (SQLite) or in the pool (Postgres). Default: 8.
    pub connections: u32,
    /// Open without the right to write; nothing is created. Default: off.
    pub read_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { durable: true, busy_timeout: Duration::from_secs(5), connections: 8, read_only: false }
    }
}

/// A cheap-to-clone handle on one database.
#[derive(Clone, Debug)]
pub struct Database(Arc<Engine>);

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Database {
    /// Opens `sqlite://path`, `sqlite:path` or `postgres://…`. A missing SQLite file is created.
    pub async fn open(url: &str, options: &Options) -> Result<Self, Error> {
        let engine = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(Postgres::open(url, options).await?)
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            Engine::Sqlite(Sqlite::open(path.strip_prefix("//").unwrap_or(path), options)?)
        } else {
            return Err(Error::Address("the database address must start with sqlite:// or postgres://".into()));
        };
        Ok(Self(Arc::new(engine)))
    }

    pub fn dialect(&self) -> Dialect {
        match &*self.0 {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement that only reads.
    pub async fn query(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<Vec<Row>, Error> {
        let sql = sql.into().text(self.dialect());
        match &*self.0 {
            Engine::Sqlite(sqlite) => sqlite.query(sql, params).await,
            // In a box: its future is large, and with SQLite every request would make room for it.
            Engine::Postgres(postgres) => Box::pin(postgres.query(sql, params)).await,
        }
    }

    /// Runs a statement that only reads and gives its first row.
    pub async fn query_one(&self, sql: impl Into<Sql>, params: &[Value]) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// A number that is another one after a row of these tables was changed or deleted, by this process or any other,
    /// by a statement, a trigger or a cascade (cascades say nothing of tables `WITHOUT ROWID`). Rows that were added
    /// leave it as it is, but where a trigger of the database may write, every commit counts.
    ///
    /// What was read *after* asking for the number is still what the rows hold as long as the number is the same: so
    /// answers can be kept in memory and be exact. `None` where nobody can tell: on Postgres, on SQLite without
    /// write-ahead logging or outside Linux, and in the moment of a commit.
    pub fn version(&self, tables: &[&str]) -> Option<u64> {
        match &*self.0 {
            Engine::Sqlite(sqlite) => sqlite.version(tables, None),
            Engine::Postgres(_) => None,
        }
    }

    /// [`Database::version`] for the rows of one owner in tables where everybody has their own: the number is another one
    /// after a batch [about](Batch::about) this owner, too, also one that only added rows. Whoever writes to such a table
    /// says whom it is about; `tables` are those from which a cascade reaches it.
    pub fn version_for(&self, owner: &str, tables: &[&str]) -> Option<u64> {
        match &*self.0 {
            Engine::Sqlite(sqlite) => sqlite.version(tables, Some(Owner::of(owner))),
            Engine::Postgres(_) => None,
        }
    }

    /// Stores a batch: all of it, or nothing and the reason. When this returns, the batch is durable.
    pub async fn commit(&self, batch: Batch) -> Result<Vec<Outcome>, Error> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        match &*self.0 {
            Engine::Sqlite(sqlite) => sqlite.commit(batch).await,
            Engine::Postgres(postgres) => Box::pin(postgres.commit(batch)).await,
        }
    }

    /// Runs one statement that writes.
    pub async fn execute(&self, sql: impl Into<Sql>, params: Vec<Value>) -> Result<Outcome, Error> {
        self.execute_in(Batch::new(), sql.into(), params).await
    }

    /// Runs one statement that writes rows of this owner: see [`Database::version_for`].
    pub async fn execute_about(&self, owner: &str, sql: impl Into<Sql>, params: Vec<Value>) -> Result<Outcome, Error> {
        self.execute_in(Batch::about(owner), sql.into(), params).await
    }

    async fn execute_in(&self, mut batch: Batch, sql: Sql, params: Vec<Value>) -> Result<Outcome, Error> {
        batch.add(sql, params);
        Ok(self.commit(batch).await?.pop().unwrap_or_default())
    }

    /// The columns of a table in order; empty when there is no such table.
    pub async fn columns(&self, table: &str) -> Result<Vec<Column>, Error> {
        crate::schema::columns(self, table).await
    }

    /// Whether the database answers; the error says why not. Whether it can be written only a write finds out.
    pub async fn ping(&self) -> Result<(), Error> {
        self.query("SELECT 1", &[]).await.map(drop)
    }
}
