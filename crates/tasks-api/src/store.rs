//! The table `task`.
//!
//! On SQLite the rows are clustered by owner and age, so that one person's list is one stretch of the file however many
//! people there are; on Postgres an index does that.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use doorward_database::{Batch, Database, Dialect, Error, Row, Sql, Stamp, Value};
use tokio::{runtime::Handle, task::spawn_blocking};

use crate::{
    allowance::{Allowances, Place, Turn},
    task::Task,
};

const CREATE: Sql = Sql::Each {
    sqlite: r#"CREATE TABLE IF NOT EXISTS "task" ("id" text NOT NULL UNIQUE, "title" text NOT NULL, "completed" integer NOT NULL, "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE, "createdAt" date NOT NULL, "updatedAt" date NOT NULL, PRIMARY KEY ("userId", "createdAt", "id")) WITHOUT ROWID"#,
    postgres: r#"CREATE TABLE IF NOT EXISTS "task" ("id" text NOT NULL PRIMARY KEY, "title" text NOT NULL, "completed" boolean NOT NULL, "userId" text NOT NULL REFERENCES "user" ("id") ON DELETE CASCADE, "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz NOT NULL)"#,
};

const INDEX: Sql = Sql::Each {
    sqlite: "SELECT 1",
    postgres: r#"CREATE INDEX IF NOT EXISTS "task_userId_createdAt_idx" ON "task" ("userId", "createdAt", "id")"#,
};

/// Two servers that start together make one table.
const LOCK: Sql = Sql::Each { sqlite: "SELECT 1", postgres: "SELECT pg_advisory_xact_lock(7216501148)" };

const LIST: &str = r#"SELECT id, title, completed FROM task WHERE "userId" = $1
ORDER BY "createdAt" DESC, id DESC LIMIT $2"#;

const LIST_AFTER: &str = r#"SELECT id, title, completed FROM task
WHERE "userId" = $1 AND ("createdAt", id) < ($3, $4) ORDER BY "createdAt" DESC, id DESC LIMIT $2"#;

const FIND: &str = r#"SELECT id, title, completed FROM task WHERE id = $1 AND "userId" = $2"#;

const AGE: &str = r#"SELECT "createdAt" FROM task WHERE id = $1 AND "userId" = $2"#;

const INSERT: &str =
    r#"INSERT INTO task (id, title, completed, "userId", "createdAt", "updatedAt") VALUES ($1, $2, $3, $4, $5, $5)"#;

const COUNT: &str = r#"SELECT count(*) FROM (SELECT 1 FROM task WHERE "userId" = $1 LIMIT $2) own"#;

const CHANGE: &str = r#"UPDATE task SET title = COALESCE($3, title), completed = COALESCE($4, completed), "updatedAt" = $5
WHERE id = $1 AND "userId" = $2 RETURNING id, title, completed"#;

const DELETE: &str = r#"DELETE FROM task WHERE id = $1 AND "userId" = $2"#;

/// One task as the database gave it.
#[derive(Debug)]
pub(crate) struct Stored(Row);

impl Stored {
    pub(crate) fn id(&self) -> Result<Cow<'_, str>, Error> {
        self.0.text_as_is(0)
    }

    pub(crate) fn task(&self) -> Result<Task<'_>, Error> {
        Ok(Task { id: self.id()?, title: self.0.text_as_is(1)?, completed: self.0.boolean(2)? })
    }
}

pub(crate) async fn migrate(database: &Database) -> Result<(), Error> {
    if !database.columns("task").await?.is_empty() {
        return Ok(());
    }
    let mut batch = Batch::new();
    batch.add(LOCK, vec![]).add(CREATE, vec![]).add(INDEX, vec![]);
    database.commit(batch).await.map(drop)
}

/// A number that is another one after any task of this person was added, changed or deleted; `None` where nobody can tell.
/// All that is written here says whose it is, and a deleted person's tasks go with them.
pub(crate) fn version(database: &Database, user_id: &str) -> Option<u64> {
    database.version_for(user_id, &["user"])
}

/// A person's tasks, newest first, from after the one named by its age and id.
pub(crate) async fn list(
    database: &Database,
    user_id: &str,
    limit: i64,
    after: Option<(Stamp, &str)>,
) -> Result<Vec<Stored>, Error> {
    let rows = match after {
        None => database.query(LIST, &[user_id.into(), limit.into()]).await?,
        Some((created_at, id)) => {
            database.query(LIST_AFTER, &[user_id.into(), limit.into(), created_at.into(), id.into()]).await?
        }
    };
    Ok(rows.into_iter().map(Stored).collect())
}

pub(crate) async fn find(database: &Database, user_id: &str, id: &str) -> Result<Option<Stored>, Error> {
    Ok(database.query_one(FIND, &[id.into(), user_id.into()]).await?.map(Stored))
}

/// When a task was made; `None` when it is there no longer.
pub(crate) async fn age(database: &Database, user_id: &str, id: &str) -> Result<Option<Stamp>, Error> {
    let found = database.query_one(AGE, &[id.into(), user_id.into()]).await?;
    found.map(|row| row.time(0)).transpose()
}

/// What became of a new task.
pub(crate) enum Added {
    Task(Task<'static>),
    /// The person was deleted meanwhile, although their token still lives.
    Nobody,
    /// They have as many as one may have.
    TooMany,
}

/// Stores a new task.
pub(crate) async fn insert(
    database: &Database,
    allowances: &Allowances,
    user_id: &str,
    title: String,
    completed: bool,
) -> Result<Added, Error> {
    let created_at = now();
    let id = new_id(created_at);
    let params = vec![(&id).into(), (&title).into(), completed.into(), user_id.into(), created_at.into()];
    let stored = match allowances.take(user_id).await {
        Place::None => return Ok(Added::TooMany),
        Place::Free => database.execute_about(user_id, INSERT, params).await.map(drop),
        Place::Unknown(turn) => insert_counted(database, allowances, user_id, &turn, params).await,
    };
    match stored {
        Ok(()) => Ok(Added::Task(Task { id: id.into(), title: title.into(), completed })),
        Err(Error::Constraint(_)) => Ok(Added::Nobody),
        Err(Error::NothingChanged(_)) => Ok(Added::TooMany),
        Err(error) => Err(error),
    }
}

/// Counts the person's tasks, and stores one more if there is room for it. A reader counts: a million rows take a tenth of
/// a second, in which the one writer would keep everybody waiting.
async fn insert_counted(
    database: &Database,
    allowances: &Allowances,
    user_id: &str,
    turn: &Turn,
    params: Vec<Value>,
) -> Result<(), Error> {
    let tasks = count(database, allowances, user_id).await?;
    if tasks >= allowances.most {
        allowances.counted(user_id, tasks, turn);
        return Err(Error::NothingChanged(0));
    }
    database.execute_about(user_id, INSERT, params).await?;
    allowances.counted(user_id, tasks + 1, turn);
    Ok(())
}

/// A person's tasks, as far as they are counted: up to the limit. SQLite reads where it is asked, so a thread asks that
/// may block; Postgres counts elsewhere.
async fn count(database: &Database, allowances: &Allowances, user_id: &str) -> Result<i64, Error> {
    let params = [user_id.into(), Value::integer(allowances.most)];
    let rows = if database.dialect() == Dialect::Sqlite {
        let alone = Arc::clone(&allowances.counting).lock_owned().await;
        let (database, runtime) = (database.clone(), Handle::current());
        let counted = spawn_blocking(move || {
            // Held to the end of the count, whether or not anybody still waits for it.
            let _alone = alone;
            runtime.block_on(database.query(COUNT, &params))
        });
        counted.await.map_err(|error| Error::Other(error.to_string()))??
    } else {
        database.query(COUNT, &params).await?
    };
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// Changes what is given.
pub(crate) async fn change(
    database: &Database,
    user_id: &str,
    id: &str,
    title: Option<String>,
    completed: Option<bool>,
) -> Result<Option<Stored>, Error> {
    let params = vec![id.into(), user_id.into(), Value::optional_text(title), Value::Boolean(completed), now().into()];
    Ok(database.execute_about(user_id, CHANGE, params).await?.rows.into_iter().next().map(Stored))
}

pub(crate) async fn delete(
    database: &Database,
    allowances: &Allowances,
    user_id: &str,
    id: &str,
) -> Result<bool, Error> {
    let deleted = database.execute_about(user_id, DELETE, vec![id.into(), user_id.into()]).await?.changed > 0;
    if deleted {
        allowances.deleted(user_id);
    }
    Ok(deleted)
}

fn now() -> Stamp {
    #[expect(clippy::disallowed_methods, reason = "a task's age is the machine's time; nothing is decided by it")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp::from_milliseconds(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// In the order of ASCII.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 32 letters and digits: eight that say when, so that new rows stand together at the end of the index and a write
/// touches few pages; then 24 drawn without bias.
fn new_id(created_at: Stamp) -> String {
    let mut id = String::with_capacity(32);
    let moment = u64::try_from(created_at.milliseconds()).unwrap_or_default();
    id.extend((0..8).rev().map(|place| char::from(LETTERS[(moment / 62_u64.pow(place) % 62) as usize])));
    let mut bytes = [0; 48];
    while id.len() < 32 {
        #[expect(clippy::expect_used, reason = "a machine without randomness cannot name a task")]
        getrandom::fill(&mut bytes).expect("the operating system gives no randomness");
        let fair = bytes.iter().filter(|byte| usize::from(**byte) < LETTERS.len() * 4);
        id.extend(fair.map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])));
    }
    id.truncate(32);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_stand_later() {
        let moments = [0, 1, 61, 62, 1_795_435_200_000, 1_795_435_200_001, 1_795_435_260_000];
        let ids = moments.map(|moment| new_id(Stamp::from_milliseconds(moment)));
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 32 && crate::id::is_id(id)), "{ids:?}");
        assert_ne!(new_id(Stamp::from_seconds(1)), new_id(Stamp::from_seconds(1)));
    }
}
