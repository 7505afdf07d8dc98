//! What an existing database looks like, where Better Auth's versions differ.

use doorward_database::{Database, Dialect, Error};

/// Differences that change a statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// `account.issuer` exists (Better Auth 1.7.2) and is filled, since it may be NOT NULL.
    pub(crate) account_issuer: bool,
    /// The table of the audit trail is there; before its migration nothing is written to it.
    pub(crate) audit: bool,
}

/// What SQLite really holds where a date should stand; its columns have no types of their own.
/// A few rows tell: whoever writes them writes all alike.
const NUMERIC_DATES: &str = r#"SELECT 1 FROM (SELECT "expiresAt" AS ends FROM session LIMIT 100) WHERE typeof(ends) <> 'text'
UNION ALL SELECT 1 FROM (SELECT "expiresAt" AS ends FROM verification LIMIT 100) WHERE typeof(ends) <> 'text' LIMIT 1"#;

/// Whether dates are kept as numbers, as Prisma keeps them on SQLite. A comparison of such a date with one of ours says
/// nothing, and living rows would be taken for dead ones.
pub(crate) async fn has_numeric_dates(database: &Database) -> Result<bool, Error> {
    Ok(database.dialect() == Dialect::Sqlite && database.query_one(NUMERIC_DATES, &[]).await?.is_some())
}

impl Shape {
    pub(crate) async fn read(database: &Database) -> Result<Self, Error> {
        let account = database.columns("account").await?;
        let audit = !database.columns("doorward_audit").await?.is_empty();
        Ok(Self { account_issuer: account.iter().any(|column| column.name == "issuer"), audit })
    }
}
