//! Statements that succeed or fail together.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

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

/// What a statement does to rows that are there already, as far as its words say: not what its triggers and cascades do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// It only adds rows.
    None,
    Table(&'a str),
    /// It is none of the statements that this reads.
    Unknown,
}

impl<'a> Target<'a> {
    pub(crate) fn of(sql: &'a str) -> Self {
        let mut words = sql.split_whitespace();
        let mut next = || words.next().unwrap_or_default();
        let table = match (next(), next()) {
            ("INSERT", "INTO") if !sql.contains("DO UPDATE") => return Self::None,
            ("INSERT", "INTO") | ("DELETE", "FROM") => next(),
            ("UPDATE", table) => table,
            _ => return Self::Unknown,
        };
        let name = table.trim_matches('"');
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // `UPDATE OR …` changes whatever stands in the way.
        if is_name && name != "OR" { Self::Table(name) } else { Self::Unknown }
    }
}

#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Sql,
    pub(crate) params: Vec<Value>,
    pub(crate) required: bool,
}

/// How many owners are told apart.
pub(crate) const OWNERS: usize = 4096;

/// Whose rows a batch is about, as far as owners are told apart: two may be taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u16);

impl Owner {
    pub(crate) fn of(name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        #[expect(clippy::cast_possible_truncation, reason = "the lowest twelve bits are what is kept")]
        Self(hasher.finish() as u16 % OWNERS as u16)
    }

    pub(crate) fn slot(self) -> usize {
        self.0.into()
    }
}

/// Statements that are stored together or not at all, in order.
///
/// Nothing happens until [`Database::commit`](crate::Database::commit); a batch that is dropped never was.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) statements: Vec<Statement>,
    pub(crate) owner: Option<Owner>,
}

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch that adds, changes or deletes rows of this owner, whoever that is: see
    /// [`Database::version_for`](crate::Database::version_for).
    pub fn about(owner: &str) -> Self {
        Self { owner: Some(Owner::of(owner)), ..Self::default() }
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

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn the_first_words_name_the_table() {
        for (sql, target) in [
            ("INSERT INTO session (id) VALUES ($1)", Target::None),
            ("INSERT INTO note SELECT 1 ON CONFLICT (id) DO NOTHING", Target::None),
            ("INSERT INTO note VALUES (1)\nON CONFLICT (id) DO UPDATE SET id = 2", Target::Table("note")),
            ("UPDATE \"user\" SET name = $1", Target::Table("user")),
            ("DELETE\nFROM session WHERE id = $1", Target::Table("session")),
            ("UPDATE OR REPLACE session SET id = $1", Target::Unknown),
            ("INSERT OR REPLACE INTO session VALUES (1)", Target::Unknown),
            ("REPLACE INTO session VALUES (1)", Target::Unknown),
            ("WITH old AS (SELECT 1) DELETE FROM session", Target::Unknown),
            ("DELETE FROM main.session", Target::Unknown),
            ("DROP TABLE session", Target::Unknown),
            ("", Target::Unknown),
        ] {
            assert_eq!(Target::of(sql), target, "{sql}");
        }
    }
}
