//! What plugins of Better Auth keep in the table of people to hold somebody back, and this server does not know.
//!
//! Reading over it would let in on a password alone whoever is to show a second factor, and whoever is banned. So a
//! database that holds such a person is not served.

use doorward_database::{Database, Error};

/// A column of `user`, how many people it holds back, and what to do about it.
const GUARDS: [(&str, &str, &str); 2] = [
    (
        "twoFactorEnabled",
        r#"SELECT count(*) FROM "user" WHERE "twoFactorEnabled" = $1"#,
        "sign in with a second factor, which this server does not ask for: their password alone would let them in. Have them turn it off first, or stay with the old server",
    ),
    (
        "banned",
        r#"SELECT count(*) FROM "user" WHERE banned = $1"#,
        "are banned, which this server does not know: they could sign in again. Delete their accounts or lift the ban first",
    ),
];

/// A sentence for each kind of guard that would be read over.
pub(crate) async fn unknown(database: &Database) -> Result<Vec<String>, Error> {
    let columns = database.columns("user").await?;
    let mut found = Vec::new();
    for (column, sql, words) in GUARDS {
        if columns.iter().any(|existing| existing.name == column) {
            let held = database.query_one(sql, &[true.into()]).await?.map_or(Ok(0), |row| row.integer(0))?;
            if held > 0 {
                found.push(format!("{held} people (user.{column}) {words}"));
            }
        }
    }
    Ok(found)
}
