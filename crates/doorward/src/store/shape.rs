//! What an existing database looks like, where Better Auth's versions differ.

use doorward_database::{Database, Error};

/// Differences that change a statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// `account.issuer` exists (Better Auth 1.7.2) and is filled, since it may be NOT NULL.
    pub(crate) account_issuer: bool,
}

impl Shape {
    pub(crate) async fn read(database: &Database) -> Result<Self, Error> {
        let account = database.columns("account").await?;
        Ok(Self { account_issuer: account.iter().any(|column| column.name == "issuer") })
    }
}
