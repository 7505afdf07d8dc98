use doorward_database::{Batch, Error, Row, Stamp, Value};

use super::Store;
use crate::model::User;

const BY_EMAIL: &str =
    r#"SELECT id, name, email, "emailVerified", image, "createdAt", "updatedAt" FROM "user" WHERE email = $1"#;

const BY_ID: &str =
    r#"SELECT id, name, email, "emailVerified", image, "createdAt", "updatedAt" FROM "user" WHERE id = $1"#;

const INSERT: &str = r#"INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt")
VALUES ($1, $2, $3, $4, $5, $6, $7)"#;

const UPDATE_PROFILE: &str = r#"UPDATE "user" SET name = COALESCE($2, name), image = CASE WHEN $3 THEN $4 ELSE image END,
"updatedAt" = $5 WHERE id = $1
RETURNING id, name, email, "emailVerified", image, "createdAt", "updatedAt""#;

/// Only the address that was proved, and only once.
const VERIFY_EMAIL: &str = r#"UPDATE "user" SET "emailVerified" = $2, "updatedAt" = $3 WHERE id = $1 AND email = $4 AND NOT "emailVerified"
RETURNING id, name, email, "emailVerified", image, "createdAt", "updatedAt""#;

/// Only from the address that is to be changed: of two changes at once one wins.
const CHANGE_EMAIL: &str = r#"UPDATE "user" SET email = $2, "emailVerified" = $3, "updatedAt" = $4 WHERE id = $1 AND email = $5
RETURNING id, name, email, "emailVerified", image, "createdAt", "updatedAt""#;

const DELETE: &str = r#"DELETE FROM "user" WHERE id = $1"#;

/// The person with this address, which must already be in lower case.
pub(crate) async fn find_by_email(store: &Store, email: &str) -> Result<Option<User>, Error> {
    store.database.query_one(BY_EMAIL, &[email.into()]).await?.map(|row| read(&row, 0)).transpose()
}

pub(crate) async fn find(store: &Store, id: &str) -> Result<Option<User>, Error> {
    store.database.query_one(BY_ID, &[id.into()]).await?.map(|row| read(&row, 0)).transpose()
}

/// Fails with a constraint on `email` when the address is taken.
pub(crate) fn insert(batch: &mut Batch, user: &User) {
    batch.add(
        INSERT,
        vec![
            (&user.id).into(),
            (&user.name).into(),
            (&user.email).into(),
            user.email_verified.into(),
            Value::optional_text(user.image.clone()),
            user.created_at.into(),
            user.updated_at.into(),
        ],
    );
}

/// Changes what is given: `image: Some(None)` removes the picture.
pub(crate) async fn update_profile(
    store: &Store,
    id: &str,
    name: Option<&str>,
    image: Option<Option<&str>>,
    now: Stamp,
) -> Result<Option<User>, Error> {
    let params = vec![
        id.into(),
        Value::optional_text(name),
        image.is_some().into(),
        Value::optional_text(image.flatten()),
        now.into(),
    ];
    first(store.database.execute(UPDATE_PROFILE, params).await?.rows)
}

/// The person must be there, with this address and not verified yet, for the batch to hold.
pub(crate) fn verify_email_with(batch: &mut Batch, user: &User, now: Stamp) {
    batch.require(VERIFY_EMAIL, vec![(&user.id).into(), true.into(), now.into(), (&user.email).into()]);
}

/// The same where it does not matter who was first.
pub(crate) fn verify_email_if_needed(batch: &mut Batch, user: &User, now: Stamp) {
    batch.add(VERIFY_EMAIL, vec![(&user.id).into(), true.into(), now.into(), (&user.email).into()]);
}

/// The person must be there, with the address that they had, for the batch to hold; it fails with a constraint on `email`
/// when the new address is taken.
pub(crate) fn change_email_with(batch: &mut Batch, user: &User, email: &str, verified: bool, now: Stamp) {
    let params = vec![(&user.id).into(), email.into(), verified.into(), now.into(), (&user.email).into()];
    batch.require(CHANGE_EMAIL, params);
}

/// Deletes the person; the database deletes sessions, accounts and tasks with them.
pub(crate) fn delete(batch: &mut Batch, id: &str) {
    batch.add(DELETE, vec![id.into()]);
}

fn first(rows: Vec<Row>) -> Result<Option<User>, Error> {
    rows.first().map(|row| read(row, 0)).transpose()
}

/// Reads `id, name, email, emailVerified, image, createdAt, updatedAt` from column `at` on.
pub(super) fn read(row: &Row, at: usize) -> Result<User, Error> {
    Ok(User {
        id: row.text(at)?,
        name: row.text(at + 1)?,
        email: row.text(at + 2)?,
        email_verified: row.boolean(at + 3)?,
        image: row.optional_text(at + 4)?,
        created_at: row.time(at + 5)?,
        updated_at: row.time(at + 6)?,
    })
}
