//! Refresh tokens, by digest. One UPDATE decides which of many presenters wins.

use doorward_database::{Batch, Error, Sql, Stamp, Value};

use super::Store;

const INSERT: &str = r#"INSERT INTO doorward_refresh (digest, "sessionId", "expiresAt", "familyEndsAt", "createdAt")
VALUES ($1, $2, $3, $4, $5)"#;

/// Rotating a token and ending all of a person's take turns on Postgres, or the end would not see the successor that is
/// being stored; on SQLite there is one writer.
const LOCK_SESSION: Sql = Sql::Each {
    sqlite: "SELECT 1 WHERE $1 IS NOT NULL",
    postgres: r#"SELECT 1 FROM session WHERE id = (SELECT "sessionId" FROM doorward_refresh WHERE digest = $1) FOR UPDATE"#,
};
const LOCK_SESSIONS_OF_USER: Sql = Sql::Each {
    sqlite: "SELECT 1 WHERE $1 IS NOT NULL",
    postgres: r#"SELECT 1 FROM session WHERE "userId" = $1 ORDER BY id FOR UPDATE"#,
};

/// The winner marks the token used; a loser changes nothing and the whole batch is rolled back.
const USE: &str = r#"UPDATE doorward_refresh SET "usedAt" = $2, successor = $3
WHERE digest = $1 AND "usedAt" IS NULL AND "expiresAt" > $2"#;

/// The successor belongs to the same session and ends with the same family.
const INSERT_SUCCESSOR: &str = r#"INSERT INTO doorward_refresh (digest, "sessionId", "expiresAt", "familyEndsAt", "createdAt")
SELECT $2, "sessionId", $3, "familyEndsAt", $4 FROM doorward_refresh WHERE digest = $1"#;

const FIND: &str =
    r#"SELECT "sessionId", successor, "expiresAt", "familyEndsAt", "usedAt" FROM doorward_refresh WHERE digest = $1"#;

/// Counts one more replay, if the limit is not reached.
const COUNT_REPLAY: &str = "UPDATE doorward_refresh SET replays = replays + 1 WHERE digest = $1 AND replays < $2";

const DELETE_OF_USER: &str =
    r#"DELETE FROM doorward_refresh WHERE "sessionId" IN (SELECT id FROM session WHERE "userId" = $1)"#;

const PURGE: &str = r#"DELETE FROM doorward_refresh WHERE "expiresAt" < $1"#;

/// What is known of a token.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) session_id: String,
    /// The successor, sealed, once the token was used.
    pub(crate) successor: Option<String>,
    pub(crate) expires_at: Stamp,
    pub(crate) family_ends_at: Option<Stamp>,
    pub(crate) used_at: Option<Stamp>,
}

pub(crate) fn insert(
    batch: &mut Batch,
    digest: &str,
    session_id: &str,
    expires_at: Stamp,
    family_ends_at: Option<Stamp>,
    now: Stamp,
) {
    batch.add(
        INSERT,
        vec![digest.into(), session_id.into(), expires_at.into(), Value::optional_time(family_ends_at), now.into()],
    );
}

/// Marks a token used and stores its successor: both or, when somebody else was first, neither.
pub(crate) fn rotate(
    batch: &mut Batch,
    digest: &str,
    sealed_successor: &str,
    successor_digest: &str,
    expires_at: Stamp,
    now: Stamp,
) {
    batch.add(LOCK_SESSION, vec![digest.into()]);
    batch.require(USE, vec![digest.into(), now.into(), sealed_successor.into()]);
    batch.add(INSERT_SUCCESSOR, vec![digest.into(), successor_digest.into(), expires_at.into(), now.into()]);
}

pub(crate) async fn find(store: &Store, digest: &str) -> Result<Option<Found>, Error> {
    let Some(row) = store.database.query_one(FIND, &[digest.into()]).await? else { return Ok(None) };
    Ok(Some(Found {
        session_id: row.text(0)?,
        successor: row.optional_text(1)?,
        expires_at: row.time(2)?,
        family_ends_at: row.optional_time(3)?,
        used_at: row.optional_time(4)?,
    }))
}

/// Whether one more replay was allowed and counted.
pub(crate) async fn count_replay(store: &Store, digest: &str, limit: i64) -> Result<bool, Error> {
    Ok(store.database.execute(COUNT_REPLAY, vec![digest.into(), limit.into()]).await?.changed > 0)
}

/// A changed password ends every refresh token of the person, also of sessions that stay.
pub(crate) fn delete_of_user(batch: &mut Batch, user_id: &str) {
    batch.add(LOCK_SESSIONS_OF_USER, vec![user_id.into()]);
    batch.add(DELETE_OF_USER, vec![user_id.into()]);
}

pub(crate) async fn purge(store: &Store, now: Stamp) -> Result<u64, Error> {
    Ok(store.database.execute(PURGE, vec![now.into()]).await?.changed)
}
