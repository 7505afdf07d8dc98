use doorward_database::{Batch, Error, Row, Stamp, Value};

use super::{Store, users};
use crate::model::{Session, User};

/// The one query of a session check: the session and its person in one look.
const BY_TOKEN: &str = r#"SELECT s."expiresAt", s.token, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId", s.id,
u.id, u.name, u.email, u."emailVerified", u.image, u."createdAt", u."updatedAt"
FROM session s JOIN "user" u ON u.id = s."userId" WHERE s.token = $1"#;

const BY_ID: &str = r#"SELECT s."expiresAt", s.token, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId", s.id,
u.id, u.name, u.email, u."emailVerified", u.image, u."createdAt", u."updatedAt"
FROM session s JOIN "user" u ON u.id = s."userId" WHERE s.id = $1"#;

const OF_USER: &str = r#"SELECT "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", id
FROM session WHERE "userId" = $1 AND "expiresAt" > $2"#;

const IS_KNOWN_ADDRESS: &str =
    r#"SELECT 1 FROM session WHERE "userId" = $1 AND "ipAddress" = $2 AND "expiresAt" > $3 LIMIT 1"#;

const INSERT: &str = r#"INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"#;

const EXTEND: &str = r#"UPDATE session SET "expiresAt" = $2, "updatedAt" = $3 WHERE token = $1
RETURNING "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", id"#;

const DELETE: &str = "DELETE FROM session WHERE token = $1 RETURNING id";

const DELETE_BY_ID: &str = "DELETE FROM session WHERE id = $1";

const DELETE_OF_USER: &str = r#"DELETE FROM session WHERE token = $1 AND "userId" = $2 RETURNING id"#;

const DELETE_ALL: &str = r#"DELETE FROM session WHERE "userId" = $1 RETURNING id"#;

const DELETE_OTHERS: &str = r#"DELETE FROM session WHERE "userId" = $1 AND token <> $2 RETURNING id"#;

/// The session of this token and its person, expired or not.
pub(crate) async fn find(store: &Store, token: &str) -> Result<Option<(Session, User)>, Error> {
    pair(store.database.query_one(BY_TOKEN, &[token.into()]).await?)
}

pub(crate) async fn find_by_id(store: &Store, id: &str) -> Result<Option<(Session, User)>, Error> {
    pair(store.database.query_one(BY_ID, &[id.into()]).await?)
}

/// The sessions of a person that are alive now.
pub(crate) async fn list(store: &Store, user_id: &str, now: Stamp) -> Result<Vec<Session>, Error> {
    store.database.query(OF_USER, &[user_id.into(), now.into()]).await?.iter().map(read).collect()
}

/// Whether a person has a living session from this address.
pub(crate) async fn is_known_address(store: &Store, user_id: &str, address: &str, now: Stamp) -> Result<bool, Error> {
    Ok(store.database.query_one(IS_KNOWN_ADDRESS, &[user_id.into(), address.into(), now.into()]).await?.is_some())
}

pub(crate) fn insert(batch: &mut Batch, session: &Session) {
    batch.add(
        INSERT,
        vec![
            (&session.id).into(),
            session.expires_at.into(),
            (&session.token).into(),
            session.created_at.into(),
            session.updated_at.into(),
            Value::optional_text(session.ip_address.clone()),
            Value::optional_text(session.user_agent.clone()),
            (&session.user_id).into(),
        ],
    );
}

/// Moves the end of a session; `None` when it was revoked in the meantime.
pub(crate) async fn extend(
    store: &Store,
    token: &str,
    expires_at: Stamp,
    now: Stamp,
) -> Result<Option<Session>, Error> {
    let outcome = store.database.execute(EXTEND, vec![token.into(), expires_at.into(), now.into()]).await?;
    outcome.rows.first().map(read).transpose()
}

/// Ends sessions and gives the ids of those that ended.
pub(crate) async fn delete(store: &Store, token: &str) -> Result<Vec<String>, Error> {
    ids(store.database.execute(DELETE, vec![token.into()]).await?.rows)
}

pub(crate) async fn delete_own(store: &Store, token: &str, user_id: &str) -> Result<Vec<String>, Error> {
    ids(store.database.execute(DELETE_OF_USER, vec![token.into(), user_id.into()]).await?.rows)
}

pub(crate) async fn delete_others(store: &Store, user_id: &str, kept_token: &str) -> Result<Vec<String>, Error> {
    ids(store.database.execute(DELETE_OTHERS, vec![user_id.into(), kept_token.into()]).await?.rows)
}

pub(crate) fn delete_by_id(batch: &mut Batch, id: &str) {
    batch.add(DELETE_BY_ID, vec![id.into()]);
}

/// Ends all sessions of a person as part of a batch; the ids are in that statement's rows.
pub(crate) fn delete_all(batch: &mut Batch, user_id: &str) {
    batch.add(DELETE_ALL, vec![user_id.into()]);
}

pub(crate) fn ids(rows: Vec<Row>) -> Result<Vec<String>, Error> {
    rows.iter().map(|row| row.text(0)).collect()
}

fn pair(row: Option<Row>) -> Result<Option<(Session, User)>, Error> {
    row.map(|row| Ok((read(&row)?, users::read(&row, 8)?))).transpose()
}

fn read(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        expires_at: row.time(0)?,
        token: row.text(1)?,
        created_at: row.time(2)?,
        updated_at: row.time(3)?,
        ip_address: row.optional_text(4)?,
        user_agent: row.optional_text(5)?,
        user_id: row.text(6)?,
        id: row.text(7)?,
    })
}
