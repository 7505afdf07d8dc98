use doorward_database::{Batch, Error, Row, Sql, Stamp, Value};

use super::Store;
use crate::model::JwkRow;

const ALL: &str =
    r#"SELECT id, "publicKey", "privateKey", "createdAt", "expiresAt", alg, crv FROM jwks ORDER BY "createdAt", id"#;

/// The advisory lock makes the check and the insertion one step on Postgres; on SQLite the one writer does.
const LOCK: Sql = Sql::Each { sqlite: "SELECT 1", postgres: "SELECT pg_advisory_xact_lock(7216501147)" };

/// Only if no key of this algorithm is alive at `$8`.
const INSERT_IF_NONE: &str = r#"INSERT INTO jwks (id, "publicKey", "privateKey", "createdAt", "expiresAt", alg, crv)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM jwks
WHERE (alg = $6 OR (alg IS NULL AND $6 = 'EdDSA')) AND ("expiresAt" IS NULL OR "expiresAt" > $8))"#;

const INSERT: &str = r#"INSERT INTO jwks (id, "publicKey", "privateKey", "createdAt", "expiresAt", alg, crv)
VALUES ($1, $2, $3, $4, $5, $6, $7)"#;

const EXPIRE_ALGORITHM: &str = r#"UPDATE jwks SET "expiresAt" = $2
WHERE (alg = $1 OR (alg IS NULL AND $1 = 'EdDSA')) AND ("expiresAt" IS NULL OR "expiresAt" > $2)"#;

const EXPIRE: &str = r#"UPDATE jwks SET "expiresAt" = $2 WHERE id = $1 AND ("expiresAt" IS NULL OR "expiresAt" > $2)"#;

const DELETE: &str = "DELETE FROM jwks WHERE id = $1";

/// All keys, oldest first.
pub(crate) async fn list(store: &Store) -> Result<Vec<JwkRow>, Error> {
    store.database.query(ALL, &[]).await?.iter().map(read).collect()
}

/// Adds a key unless one of its algorithm will be alive at `alive_at`: of many at once, one is stored. `told` adds the
/// event to the same batch. Says whether it was this one.
///
/// `retired` names keys that no longer count (they cannot be opened); they are expired in the same step.
pub(crate) async fn insert_if_none(
    store: &Store,
    row: &JwkRow,
    retired: &[String],
    alive_at: Stamp,
    now: Stamp,
    told: impl FnOnce(&mut Batch),
) -> Result<bool, Error> {
    let mut batch = Batch::new();
    batch.add(LOCK, vec![]);
    for id in retired {
        batch.add(EXPIRE, vec![id.into(), now.into()]);
    }
    let mut params = columns(row);
    params.push(alive_at.into());
    batch.add(INSERT_IF_NONE, params);
    told(&mut batch);
    let outcomes = store.commit(batch).await?;
    Ok(outcomes.get(1 + retired.len()).is_some_and(|inserted| inserted.changed > 0))
}

/// Adds a key, and ends the signing of its algorithm's other keys at `others_until`.
pub(crate) fn insert_successor(batch: &mut Batch, row: &JwkRow, others_until: Stamp) {
    batch.add(EXPIRE_ALGORITHM, vec![Value::optional_text(row.alg.clone()), others_until.into()]);
    batch.add(INSERT, columns(row));
}

/// Ends a key's signing at a moment; it stays published for the grace period. It must sign for the batch to hold.
pub(crate) fn expire(batch: &mut Batch, id: &str, at: Stamp) {
    batch.require(EXPIRE, vec![id.into(), at.into()]);
}

/// Deletes a key. It must be there for the batch to hold.
pub(crate) fn delete(batch: &mut Batch, id: &str) {
    batch.require(DELETE, vec![id.into()]);
}

fn columns(row: &JwkRow) -> Vec<Value> {
    vec![
        (&row.id).into(),
        (&row.public_key).into(),
        (&row.private_key).into(),
        row.created_at.into(),
        Value::optional_time(row.expires_at),
        Value::optional_text(row.alg.clone()),
        Value::optional_text(row.crv.clone()),
    ]
}

fn read(row: &Row) -> Result<JwkRow, Error> {
    Ok(JwkRow {
        id: row.text(0)?,
        public_key: row.text(1)?,
        private_key: row.text(2)?,
        created_at: row.time(3)?,
        expires_at: row.optional_time(4)?,
        alg: row.optional_text(5)?,
        crv: row.optional_text(6)?,
    })
}
