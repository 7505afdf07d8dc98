//! The only place with SQL. One file per table; one text per query for both databases.
//!
//! Functions are verbs on rows. Reads take the [`Store`]; writes either take a [`Batch`] to be part of, or run alone
//! when a single statement decides everything.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod guards;
pub(crate) mod jwks;
mod kept_sessions;
pub(crate) mod limits;
pub(crate) mod migrate;
pub(crate) mod refresh_tokens;
pub(crate) mod revoked;
pub(crate) mod sessions;
pub(crate) mod shape;
pub(crate) mod users;
pub(crate) mod verifications;

use std::borrow::Cow;

use doorward_crypto::digest;
use doorward_database::{Batch, Database, Error, Outcome};

use kept_sessions::KeptSessions;
use shape::Shape;

/// The database with what is known of its shape.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) database: Database,
    pub(crate) shape: Shape,
    /// Tokens are stored as digests.
    hash_tokens: bool,
    kept_sessions: KeptSessions,
}

impl Store {
    pub(crate) async fn open(database: Database, hash_tokens: bool) -> Result<Self, Error> {
        let shape = Shape::read(&database).await?;
        Ok(Self { database, shape, hash_tokens, kept_sessions: KeptSessions::default() })
    }

    /// A token as a new row holds it. A digest needs no salt: the tokens are random and long.
    pub(crate) fn at_rest<'a>(&self, token: &'a str) -> Cow<'a, str> {
        if self.hash_tokens { Cow::Owned(digest::sha256_base64url(token)) } else { Cow::Borrowed(token) }
    }

    /// All the ways in which a row may hold a token: rows from before tokens were hashed still count.
    fn at_rest_or_before<'a>(&self, token: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        let before = self.hash_tokens.then_some(Cow::Borrowed(token));
        std::iter::once(self.at_rest(token)).chain(before)
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<Vec<Outcome>, Error> {
        self.database.commit(batch).await
    }
}
