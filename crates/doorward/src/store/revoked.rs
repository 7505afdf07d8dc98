//! Sessions that were ended while a token of theirs could still be alive.

use doorward_database::{Error, Stamp};

use super::Store;

/// As many as fit into the 1 MiB that verifiers read: an entry of the list takes 64 bytes, with longer ids up to 70.
/// Those that ended last; who follows the list has heard of the others. In one order, so that all servers show one list.
const LIST: &str =
    r#"SELECT sid, "until" FROM doorward_revoked WHERE "until" > $1 ORDER BY "until" DESC, sid LIMIT 15000"#;

const PURGE: &str = r#"DELETE FROM doorward_revoked WHERE "until" <= $1"#;

/// Each with the moment from which on no token of it can be alive.
pub(crate) async fn list(store: &Store, now: Stamp) -> Result<Vec<(String, Stamp)>, Error> {
    let rows = store.database.query(LIST, &[now.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
}

pub(crate) async fn purge(store: &Store, now: Stamp) -> Result<u64, Error> {
    Ok(store.database.execute(PURGE, vec![now.into()]).await?.changed)
}
