use std::borrow::Cow;

use doorward_database::{Batch, Error, Row, Stamp, Value};

use super::{Store, kept_sessions::TABLES, users};
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

/// Ending a session is two statements of one batch: who verifies tokens elsewhere learns it, and the row goes.
const RECORD: &str = r#"INSERT INTO doorward_revoked (sid, "until") SELECT id, $2 FROM session WHERE token = $1 ON CONFLICT (sid) DO NOTHING"#;
const DELETE: &str = "DELETE FROM session WHERE token = $1";

const RECORD_BY_ID: &str = r#"INSERT INTO doorward_revoked (sid, "until") SELECT id, $2 FROM session WHERE id = $1 ON CONFLICT (sid) DO NOTHING"#;
const DELETE_BY_ID: &str = "DELETE FROM session WHERE id = $1";

const RECORD_OWN: &str = r#"INSERT INTO doorward_revoked (sid, "until") SELECT id, $3 FROM session WHERE token = $1 AND "userId" = $2
ON CONFLICT (sid) DO NOTHING"#;
const DELETE_OWN: &str = r#"DELETE FROM session WHERE token = $1 AND "userId" = $2"#;

const RECORD_ALL: &str = r#"INSERT INTO doorward_revoked (sid, "until") SELECT id, $2 FROM session WHERE "userId" = $1 ON CONFLICT (sid) DO NOTHING"#;
const DELETE_ALL: &str = r#"DELETE FROM session WHERE "userId" = $1"#;

const RECORD_OTHERS: &str = r#"INSERT INTO doorward_revoked (sid, "until") SELECT id, $3 FROM session WHERE "userId" = $1 AND token <> $2
ON CONFLICT (sid) DO NOTHING"#;
const DELETE_OTHERS: &str = r#"DELETE FROM session WHERE "userId" = $1 AND token <> $2"#;

/// Letters of a stored digest; a token has 32.
const DIGEST_LENGTH: usize = 43;

/// Which sessions are to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending<'a> {
    /// By what the row holds.
    Token(&'a str),
    Id(&'a str),
    /// Only if it belongs to this person.
    Own {
        token: &'a str,
        user_id: &'a str,
    },
    All {
        user_id: &'a str,
    },
    Others {
        user_id: &'a str,
        kept_token: &'a str,
    },
}

/// The session of this token and its person, expired or not.
pub(crate) async fn find(store: &Store, token: &str) -> Result<Option<(Session, User)>, Error> {
    for stored in store.at_rest_or_before(token) {
        let is_digest = matches!(stored, Cow::Owned(_));
        // A digest that was read out of the database is not its token, also where plain tokens still count.
        if !is_digest && token.len() == DIGEST_LENGTH {
            continue;
        }
        if let Some((mut session, user)) = find_stored(store, &stored).await? {
            session.secret = is_digest.then(|| token.to_owned());
            return Ok(Some((session, user)));
        }
    }
    Ok(None)
}

/// Read once, and again only after somebody has changed a session or a person.
async fn find_stored(store: &Store, token: &str) -> Result<Option<(Session, User)>, Error> {
    let version = store.database.version(&TABLES);
    if let Some(kept) = version.and_then(|version| store.kept_sessions.get(token, version)) {
        return Ok(Some(kept));
    }
    let found = pair(store.database.query_one(BY_TOKEN, &[token.into()]).await?)?;
    if let Some((version, found)) = version.zip(found.as_ref()) {
        store.kept_sessions.put(token, version, found);
    }
    Ok(found)
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
    session: &Session,
    expires_at: Stamp,
    now: Stamp,
) -> Result<Option<Session>, Error> {
    let params = vec![(&session.token).into(), expires_at.into(), now.into()];
    let outcome = store.database.execute(EXTEND, params).await?;
    let extended = outcome.rows.first().map(read).transpose()?;
    Ok(extended.map(|extended| Session { secret: session.secret.clone(), ..extended }))
}

/// Ends sessions as part of a batch. `until`: when the last token of them expires.
pub(crate) fn end(batch: &mut Batch, ending: Ending<'_>, until: Stamp) {
    let (record, delete, params): (_, _, Vec<Value>) = match ending {
        Ending::Token(token) => (RECORD, DELETE, vec![token.into()]),
        Ending::Id(id) => (RECORD_BY_ID, DELETE_BY_ID, vec![id.into()]),
        Ending::Own { token, user_id } => (RECORD_OWN, DELETE_OWN, vec![token.into(), user_id.into()]),
        Ending::All { user_id } => (RECORD_ALL, DELETE_ALL, vec![user_id.into()]),
        Ending::Others { user_id, kept_token } => {
            (RECORD_OTHERS, DELETE_OTHERS, vec![user_id.into(), kept_token.into()])
        }
    };
    let mut recorded = params.clone();
    recorded.push(until.into());
    batch.add(record, recorded);
    batch.add(delete, params);
}

fn pair(row: Option<Row>) -> Result<Option<(Session, User)>, Error> {
    row.map(|row| Ok((read(&row)?, users::read(&row, 8)?))).transpose()
}

fn read(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        expires_at: row.time(0)?,
        token: row.text(1)?,
        secret: None,
        created_at: row.time(2)?,
        updated_at: row.time(3)?,
        ip_address: row.optional_text(4)?,
        user_agent: row.optional_text(5)?,
        user_id: row.text(6)?,
        id: row.text(7)?,
    })
}
