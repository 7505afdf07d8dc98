use doorward_database::{Batch, Error, Row, Stamp, Value};

use super::Store;
use crate::model::Verification;

const FIND: &str = r#"SELECT id, identifier, value, "expiresAt" FROM verification
WHERE identifier = $1 ORDER BY "createdAt" DESC LIMIT 1"#;

const INSERT: &str = r#"INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
VALUES ($1, $2, $3, $4, $5, $5)"#;

/// Deleting is what consumes: of many at once, one gets the row back.
const TAKE: &str =
    r#"DELETE FROM verification WHERE identifier = $1 RETURNING id, identifier, value, "expiresAt", "createdAt""#;

/// Whatever form the names have at rest, what they stand for is the person.
const DELETE_OF_USER: &str = "DELETE FROM verification WHERE value = $1";

const PURGE: &str = r#"DELETE FROM verification WHERE "expiresAt" < $1"#;

/// The newest row of this name, expired or not. Its own `identifier` is what the row holds.
pub(crate) async fn find(store: &Store, identifier: &str) -> Result<Option<Verification>, Error> {
    for stored in store.at_rest_or_before(identifier) {
        if let Some(row) = store.database.query_one(FIND, &[(&*stored).into()]).await? {
            return read(&row).map(Some);
        }
    }
    Ok(None)
}

pub(crate) async fn insert(store: &Store, verification: &Verification, now: Stamp) -> Result<(), Error> {
    store.database.execute(INSERT, params(store, verification, now)).await.map(drop)
}

/// Stores a row and takes it out again in one step: nothing is left but the time that a write takes. Deleting what is
/// not there would take none, since then there is nothing to bring to the disk.
pub(crate) async fn insert_for_nobody(store: &Store, verification: &Verification, now: Stamp) -> Result<(), Error> {
    let mut batch = Batch::new();
    batch.add(INSERT, params(store, verification, now));
    batch.add(TAKE, vec![(&*store.at_rest(&verification.identifier)).into()]);
    store.commit(batch).await.map(drop)
}

fn params(store: &Store, verification: &Verification, now: Stamp) -> Vec<Value> {
    vec![
        (&verification.id).into(),
        (&*store.at_rest(&verification.identifier)).into(),
        (&verification.value).into(),
        verification.expires_at.into(),
        now.into(),
    ]
}

/// Takes the row of this name out of the table, whoever asks first; expired ones go too but are not given.
pub(crate) async fn take(store: &Store, identifier: &str, now: Stamp) -> Result<Option<Verification>, Error> {
    let mut rows = Vec::new();
    for stored in store.at_rest_or_before(identifier) {
        rows.extend(store.database.execute(TAKE, vec![(&*stored).into()]).await?.rows);
    }
    let mut newest: Option<(Stamp, Verification)> = None;
    for row in &rows {
        let (created, verification) = (row.time(4)?, read(row)?);
        if newest.as_ref().is_none_or(|(other, _)| created > *other) {
            newest = Some((created, verification));
        }
    }
    Ok(newest.map(|(_, verification)| verification).filter(|verification| verification.expires_at > now))
}

/// Makes the rest of a batch depend on a row that was found: it is taken, or nothing of the batch happens.
pub(crate) fn require(batch: &mut Batch, found: &Verification) {
    batch.require(TAKE, vec![(&found.identifier).into()]);
}

/// Every link that was made for a person: to a new password, to the deletion of the account.
pub(crate) fn delete_of_user(batch: &mut Batch, user_id: &str) {
    batch.add(DELETE_OF_USER, vec![user_id.into()]);
}

pub(crate) async fn purge(store: &Store, now: Stamp) -> Result<u64, Error> {
    Ok(store.database.execute(PURGE, vec![now.into()]).await?.changed)
}

fn read(row: &Row) -> Result<Verification, Error> {
    Ok(Verification { id: row.text(0)?, identifier: row.text(1)?, value: row.text(2)?, expires_at: row.time(3)? })
}
