//! Statements that succeed or fail together.

use crate::{Dialect, Row, Value};

/// A statement's text: one for both databases, or two where the dialects differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sql {
    Both(&'static str),
    Each { sqlite: &'static str, postgres: &'static str },
}

impl Sql {
    pub(crate) const fn text(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Both(text), _) => text,
            (Self::Each { sqlite, .. }, Dialect::Sqlite) => sqlite,
            (Self::Each { postgres, .. }, Dialect::Postgres) => postgres,
        }
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::Both(text)
    }
}

#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Sql,
    pub(crate) params: Vec<Value>,
    pub(crate) required: bool,
}

/// Statements that are stored together or not at all, in order.
///
/// Nothing happens until [`Database::commit`](crate::Database::commit); a batch that is dropped never was.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) statements: Vec<Statement>,
}

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement that may change any number of rows.
    pub fn add(&mut self, sql: impl Into<Sql>, params: Vec<Value>) -> &mut Self {
        self.statements.push(Statement { sql: sql.into(), params, required: false });
        self
    }

    /// Adds a statement that must change or return at least one row; otherwise the whole batch is rolled back and
    /// [`Error::NothingChanged`](crate::Error::NothingChanged) carries its position.
    pub fn require(&mut self, sql: impl Into<Sql>, params: Vec<Value>) -> &mut Self {
        self.statements.push(Statement { sql: sql.into(), params, required: true });
        self
    }

    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// What one statement of a batch did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Rows inserted, updated or deleted (or returned, when the statement returns rows).
    pub changed: u64,
    /// Rows of a `RETURNING` clause or a `SELECT`.
    pub rows: Vec<Row>,
}
