//! Counts that several servers share.
//!
//! One row a key, changed by one statement that counts and refuses at once: two servers cannot both take the last use.

use doorward_database::{Batch, Error, Stamp, Value};

use super::Store;
use crate::config::{Allowance, Verdict};

const TAKE: &str = r#"INSERT INTO doorward_limit (key, uses, "endsAt") VALUES ($1, 1, $2)
    ON CONFLICT (key) DO UPDATE SET
        uses = CASE WHEN doorward_limit."endsAt" <= $3 THEN 1 ELSE doorward_limit.uses + 1 END,
        "endsAt" = CASE WHEN doorward_limit."endsAt" <= $3 OR $5 THEN excluded."endsAt" ELSE doorward_limit."endsAt" END
    WHERE doorward_limit."endsAt" <= $3 OR doorward_limit.uses < $4"#;

const ENDS: &str = r#"SELECT "endsAt" FROM doorward_limit WHERE key = $1"#;

const GIVE_BACK: &str = "UPDATE doorward_limit SET uses = uses - 1 WHERE key = $1 AND uses > 0";

const PURGE: &str = r#"DELETE FROM doorward_limit WHERE "endsAt" <= $1"#;

pub(crate) async fn take(store: &Store, allowances: &[Allowance], now: Stamp) -> Result<Verdict, Error> {
    let mut batch = Batch::new();
    for Allowance { key, window, maximum, renewed } in allowances {
        let ends = now.plus_seconds(*window);
        let maximum = Value::integer((*maximum).into());
        batch.require(TAKE, vec![key.into(), ends.into(), now.into(), maximum, Value::boolean(*renewed)]);
    }
    match store.database.commit(batch).await {
        Ok(_) => Ok(Ok(())),
        Err(Error::NothingChanged(position)) => {
            let key = &allowances[position].key;
            let row = store.database.query_one(ENDS, &[key.into()]).await?;
            let ends = row.map_or(Ok(now), |row| row.time(0))?;
            let wait = ends.milliseconds() - now.milliseconds();
            Ok(Err(u64::try_from(wait).unwrap_or(0).div_ceil(1000)))
        }
        Err(error) => Err(error),
    }
}

pub(crate) async fn give_back(store: &Store, keys: &[String]) -> Result<(), Error> {
    let mut batch = Batch::new();
    for key in keys {
        batch.add(GIVE_BACK, vec![key.into()]);
    }
    store.database.commit(batch).await.map(drop)
}

pub(crate) async fn purge(store: &Store, now: Stamp) -> Result<u64, Error> {
    Ok(store.database.execute(PURGE, vec![now.into()]).await?.changed)
}
