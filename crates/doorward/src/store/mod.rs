//! The only place with SQL. One file per table; one text per query for both databases.
//!
//! Functions are verbs on rows. Reads take the [`Store`]; writes either take a [`Batch`] to be part of, or run alone
//! when a single statement decides everything.

pub(crate) mod accounts;
pub(crate) mod check;
pub(crate) mod jwks;
pub(crate) mod migrate;
pub(crate) mod refresh_tokens;
pub(crate) mod revoked;
pub(crate) mod sessions;
pub(crate) mod shape;
pub(crate) mod users;
pub(crate) mod verifications;

use doorward_database::{Batch, Database, Error, Outcome};

use shape::Shape;

/// The database with what is known of its shape.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) database: Database,
    pub(crate) shape: Shape,
}

impl Store {
    pub(crate) async fn open(database: Database) -> Result<Self, Error> {
        let shape = Shape::read(&database).await?;
        Ok(Self { database, shape })
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<Vec<Outcome>, Error> {
        self.database.commit(batch).await
    }
}
