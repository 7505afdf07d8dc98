//! The audit trail. Rows are only added; see the migration for what its triggers let through.
//!
//! An id begins with its moment, so that one index gives the order and one comparison the age. A database whose
//! migration has not run yet has no such table: nothing is written then, and nothing fails.

use doorward_database::{Batch, Error, Row, Stamp, Value};

use super::Store;
use crate::model::AuditEntry;

const INSERT: &str = r#"INSERT INTO doorward_audit (id, "createdAt", event, "userId", "sessionId", account, "ipAddress", "userAgent", reason, times)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"#;

/// Only if this person has this session; the row names it.
const INSERT_OF_SESSION: &str = r#"INSERT INTO doorward_audit (id, "createdAt", event, "userId", "sessionId", "ipAddress", "userAgent", reason)
SELECT $1, $2, $3, s."userId", s.id, $4, $5, $6 FROM session s WHERE s.token = $7 AND s."userId" = $8"#;

/// Only if this person has another session than this one; the row names this one.
const INSERT_IF_OTHERS: &str = r#"INSERT INTO doorward_audit (id, "createdAt", event, "userId", "sessionId", "ipAddress", "userAgent", reason)
SELECT $1, $2, $3, s."userId", s.id, $4, $5, $6 FROM session s WHERE s.token = $7 AND s."userId" = $8
AND EXISTS (SELECT 1 FROM session other WHERE other."userId" = $8 AND other.token <> $7)"#;

/// Only if this session is still there.
const INSERT_OF_SESSION_ID: &str = r#"INSERT INTO doorward_audit (id, "createdAt", event, "userId", "sessionId", "ipAddress", "userAgent", reason)
SELECT $1, $2, $3, s."userId", s.id, $4, $5, $6 FROM session s WHERE s.id = $7"#;

/// Only if this key was stored.
const INSERT_OF_KEY: &str = r#"INSERT INTO doorward_audit (id, "createdAt", event, reason)
SELECT $1, $2, $3, id FROM jwks WHERE id = $4"#;

const LIST: &str = r#"SELECT id, "createdAt", event, "userId", "sessionId", account, "ipAddress", "userAgent", reason, times FROM doorward_audit
WHERE id < $1 AND id >= $2 AND ($3 = '' OR event = $3) ORDER BY id DESC LIMIT $4"#;

const OF_USER: &str = r#"SELECT id, "createdAt", event, "userId", "sessionId", account, "ipAddress", "userAgent", reason, times FROM doorward_audit
WHERE "userId" = $5 AND id < $1 AND id >= $2 AND ($3 = '' OR event = $3) ORDER BY id DESC LIMIT $4"#;

const OF_ACCOUNT: &str = r#"SELECT id, "createdAt", event, "userId", "sessionId", account, "ipAddress", "userAgent", reason, times FROM doorward_audit
WHERE ("userId" = $5 OR account = $6) AND id < $1 AND id >= $2 AND ($3 = '' OR event = $3) ORDER BY id DESC LIMIT $4"#;

const FORGET: &str = r#"UPDATE doorward_audit SET account = NULL, "ipAddress" = NULL, "userAgent" = NULL
WHERE ("userId" = $1 OR account = $2) AND (account IS NOT NULL OR "ipAddress" IS NOT NULL OR "userAgent" IS NOT NULL)"#;

const PURGE: &str = "DELETE FROM doorward_audit WHERE id < $1";

/// Greater than every id.
pub(crate) const END: &str = "~";

/// The part of an id that is its moment.
pub(crate) fn moment(at: Stamp) -> String {
    format!("{:012x}", at.milliseconds().max(0))
}

/// What the table must hold for a row to be added.
pub(crate) enum Only<'a> {
    Always,
    IfSession {
        token: &'a str,
        user_id: &'a str,
    },
    /// Somebody who ends all other sessions again and again, with none there, must not fill the table.
    IfOthers {
        token: &'a str,
        user_id: &'a str,
    },
    IfSessionId(&'a str),
    IfKey(&'a str),
}

/// Adds a row to a batch; says whether there is a table for it.
pub(crate) fn insert(store: &Store, batch: &mut Batch, entry: &AuditEntry, only: &Only<'_>) -> bool {
    if !store.shape.audit {
        return false;
    }
    let text = |text: &Option<String>| Value::optional_text(text.clone());
    let mut params: Vec<Value> = vec![(&entry.id).into(), entry.created_at.into(), (&entry.event).into()];
    let from = [text(&entry.ip_address), text(&entry.user_agent), text(&entry.reason)];
    let sql = match only {
        Only::Always => {
            params.extend([text(&entry.user_id), text(&entry.session_id), text(&entry.account)]);
            params.extend(from);
            params.push(entry.times.into());
            INSERT
        }
        Only::IfSession { token, user_id } | Only::IfOthers { token, user_id } => {
            params.extend(from);
            params.extend([Value::text(*token), Value::text(*user_id)]);
            if matches!(only, Only::IfOthers { .. }) { INSERT_IF_OTHERS } else { INSERT_OF_SESSION }
        }
        Only::IfSessionId(id) => {
            params.extend(from);
            params.push(Value::text(*id));
            INSERT_OF_SESSION_ID
        }
        Only::IfKey(kid) => {
            params.push(Value::text(*kid));
            INSERT_OF_KEY
        }
    };
    batch.add(sql, params);
    true
}

/// Whose rows.
pub(crate) enum Whose<'a> {
    Everybody,
    Own(&'a str),
    /// Also the attempts at an address before it had, or after it lost, its person.
    OwnOrTried {
        user_id: &'a str,
        account: &'a str,
    },
}

/// Newest first, from before an id.
pub(crate) async fn list(
    store: &Store,
    whose: &Whose<'_>,
    event: &str,
    (from, before): (&str, &str),
    limit: i64,
) -> Result<Vec<AuditEntry>, Error> {
    if !store.shape.audit {
        return Ok(Vec::new());
    }
    let mut params: Vec<Value> = vec![before.into(), from.into(), event.into(), limit.into()];
    let sql = match whose {
        Whose::Everybody => LIST,
        Whose::Own(user_id) => {
            params.push((*user_id).into());
            OF_USER
        }
        Whose::OwnOrTried { user_id, account } => {
            params.extend([(*user_id).into(), (*account).into()]);
            OF_ACCOUNT
        }
    };
    store.database.query(sql, &params).await?.iter().map(read).collect()
}

/// Takes what is personal out of the rows of somebody who leaves.
pub(crate) fn forget(store: &Store, batch: &mut Batch, user_id: &str, account: &str) {
    if store.shape.audit {
        batch.add(FORGET, vec![user_id.into(), account.into()]);
    }
}

/// Deletes what is older.
pub(crate) async fn purge(store: &Store, before: Stamp) -> Result<u64, Error> {
    if !store.shape.audit {
        return Ok(0);
    }
    Ok(store.database.execute(PURGE, vec![Value::text(moment(before))]).await?.changed)
}

fn read(row: &Row) -> Result<AuditEntry, Error> {
    Ok(AuditEntry {
        id: row.text(0)?,
        created_at: row.time(1)?,
        event: row.text(2)?,
        user_id: row.optional_text(3)?,
        session_id: row.optional_text(4)?,
        account: row.optional_text(5)?,
        ip_address: row.optional_text(6)?,
        user_agent: row.optional_text(7)?,
        reason: row.optional_text(8)?,
        times: row.integer(9)?,
    })
}
