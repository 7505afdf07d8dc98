use doorward_database::{Batch, Error, Row, Sql, Stamp, Value};

use super::Store;
use crate::model::{Account, CREDENTIAL};

const PASSWORD_OF: &str = r#"SELECT password FROM account
WHERE "userId" = $1 AND "providerId" = 'credential' AND "accountId" = $1 ORDER BY "createdAt" LIMIT 1"#;

/// Looks at so many accounts and no more, also where hardly anybody has a password.
const SOME_PASSWORDS: &str = r#"SELECT password
FROM (SELECT "providerId", password FROM account ORDER BY id LIMIT $1) AS looked_at
WHERE "providerId" = 'credential' AND password IS NOT NULL"#;

const PASSWORD_CHANGED_AT: &str = r#"SELECT "updatedAt" FROM account
WHERE "userId" = $1 AND "providerId" = 'credential' AND password IS NOT NULL ORDER BY "updatedAt" DESC LIMIT 1"#;

const OF_USER: &str = r#"SELECT id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt"
FROM account WHERE "userId" = $1"#;

const OF_PROVIDER: &str = r#"SELECT id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt"
FROM account WHERE "providerId" = $1 AND "accountId" = $2 ORDER BY "createdAt", id LIMIT 2"#;

const INSERT: &str = r#"INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"#;

/// For databases written by Better Auth 1.7.2, whose accounts name an issuer.
const INSERT_WITH_ISSUER: &str = r#"INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt", issuer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"#;

/// The advisory lock makes looking and inserting one step on Postgres; on SQLite the one writer does.
const LOCK_REMOTE: Sql = Sql::Each {
    sqlite: "SELECT 1 WHERE $1 IS NOT NULL",
    postgres: "SELECT pg_advisory_xact_lock(hashtextextended($1, 7216501148))",
};

/// Only if nobody has this account of this provider: no index says so, in no database of Better Auth's.
const INSERT_REMOTE: &str = r#"INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt")
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
WHERE NOT EXISTS (SELECT 1 FROM account WHERE "providerId" = $3 AND "accountId" = $2)"#;

const INSERT_REMOTE_WITH_ISSUER: &str = r#"INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt", issuer)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
WHERE NOT EXISTS (SELECT 1 FROM account WHERE "providerId" = $3 AND "accountId" = $2)"#;

const SET_PASSWORD: &str = r#"UPDATE account SET password = $2, "updatedAt" = $3
WHERE "userId" = $1 AND "providerId" = 'credential'"#;

/// Nobody can change the password before the batch is stored: on SQLite nobody else writes meanwhile.
const HOLD_PASSWORD: Sql = Sql::Each {
    sqlite: r#"SELECT 1 FROM account WHERE "userId" = $1 AND "providerId" = 'credential' AND password = $2"#,
    postgres: r#"SELECT 1 FROM account WHERE "userId" = $1 AND "providerId" = 'credential' AND password = $2 FOR SHARE"#,
};

const REHASH: &str = r#"UPDATE account SET password = $3, "updatedAt" = $4
WHERE "userId" = $1 AND "providerId" = 'credential' AND password = $2"#;

const SET_TOKENS: &str = r#"UPDATE account SET "accessToken" = COALESCE($2, "accessToken"), "refreshToken" = COALESCE($3, "refreshToken"),
"idToken" = COALESCE($4, "idToken"), "accessTokenExpiresAt" = COALESCE($5, "accessTokenExpiresAt"),
"refreshTokenExpiresAt" = COALESCE($6, "refreshTokenExpiresAt"), scope = COALESCE($7, scope), "updatedAt" = $8 WHERE id = $1"#;

/// Two that unlink at once do it one after the other; the second then sees what the first left.
const LOCK_PERSON: Sql =
    Sql::Each { sqlite: "SELECT 1 WHERE $1 IS NOT NULL", postgres: r#"SELECT 1 FROM "user" WHERE id = $1 FOR UPDATE"# };

/// Never the last one, whatever happens beside us.
const UNLINK: &str = r#"DELETE FROM account WHERE id = $1 AND "userId" = $2
AND EXISTS (SELECT 1 FROM account other WHERE other."userId" = $2 AND other.id <> $1)"#;

/// The stored passwords among so many accounts: the same ones for everybody who asks.
pub(crate) async fn some_passwords(store: &Store, accounts: i64) -> Result<Vec<String>, Error> {
    store.database.query(SOME_PASSWORDS, &[accounts.into()]).await?.iter().map(|row| row.text(0)).collect()
}

/// The hash a person signs in with, if they have a password.
pub(crate) async fn password_of(store: &Store, user_id: &str) -> Result<Option<String>, Error> {
    match store.database.query_one(PASSWORD_OF, &[user_id.into()]).await? {
        Some(row) => row.optional_text(0),
        None => Ok(None),
    }
}

pub(crate) async fn list(store: &Store, user_id: &str) -> Result<Vec<Account>, Error> {
    store.database.query(OF_USER, &[user_id.into()]).await?.iter().map(read).collect()
}

/// When the password was last changed, if there is one.
pub(crate) async fn password_changed_at(store: &Store, user_id: &str) -> Result<Option<Stamp>, Error> {
    match store.database.query_one(PASSWORD_CHANGED_AT, &[user_id.into()]).await? {
        Some(row) => row.optional_time(0),
        None => Ok(None),
    }
}

/// Accounts at a provider under one remote id: at most one in a sound database, two are reported so that the caller
/// can refuse to guess.
pub(crate) async fn find_remote(store: &Store, provider_id: &str, account_id: &str) -> Result<Vec<Account>, Error> {
    store.database.query(OF_PROVIDER, &[provider_id.into(), account_id.into()]).await?.iter().map(read).collect()
}

pub(crate) fn insert(store: &Store, batch: &mut Batch, account: &Account) {
    batch.add(if store.shape.account_issuer { INSERT_WITH_ISSUER } else { INSERT }, columns(store, account, None));
}

/// Inserts an account at a provider, unless somebody has it already: then nothing of the batch happens.
///
/// `issuer`: the provider's own, where it has one; only databases that keep it get to see it.
pub(crate) fn insert_remote(store: &Store, batch: &mut Batch, account: &Account, issuer: Option<&str>) {
    batch.add(LOCK_REMOTE, vec![Value::text(format!("{} {}", account.provider_id, account.account_id))]);
    let sql = if store.shape.account_issuer { INSERT_REMOTE_WITH_ISSUER } else { INSERT_REMOTE };
    batch.require(sql, columns(store, account, issuer));
}

fn columns(store: &Store, account: &Account, issuer: Option<&str>) -> Vec<Value> {
    let mut params = vec![
        (&account.id).into(),
        (&account.account_id).into(),
        (&account.provider_id).into(),
        (&account.user_id).into(),
        Value::optional_text(account.access_token.clone()),
        Value::optional_text(account.refresh_token.clone()),
        Value::optional_text(account.id_token.clone()),
        Value::optional_time(account.access_token_expires_at),
        Value::optional_time(account.refresh_token_expires_at),
        Value::optional_text(account.scope.clone()),
        Value::optional_text(account.password.clone()),
        account.created_at.into(),
        account.updated_at.into(),
    ];
    if store.shape.account_issuer {
        params.push(Value::text(issuer.map_or_else(|| issuer_of(account), str::to_owned)));
    }
    params
}

/// What Better Auth 1.7.2 writes for accounts whose provider names no issuer of its own.
fn issuer_of(account: &Account) -> String {
    if is_credential(account) { "local:credential".into() } else { format!("local:oauth:{}", account.provider_id) }
}

/// Sets the password of a person's credential account; must change a row for the batch to hold.
pub(crate) fn set_password(batch: &mut Batch, user_id: &str, hash: &str, now: Stamp) {
    batch.require(SET_PASSWORD, vec![user_id.into(), hash.into(), now.into()]);
}

/// Sets the password of somebody who proved to know the old one; it must still be the old one for the batch to hold.
pub(crate) fn change_password(batch: &mut Batch, user_id: &str, old: &str, new: &str, now: Stamp) {
    batch.require(REHASH, vec![user_id.into(), old.into(), new.into(), now.into()]);
}

/// Makes the rest of a batch depend on the password that was verified: whoever changes it meanwhile wins.
pub(crate) fn hold_password(batch: &mut Batch, user_id: &str, hash: &str) {
    batch.require(HOLD_PASSWORD, vec![user_id.into(), hash.into()]);
}

/// Replaces a hash by a better one of the same password; false when it was changed in the meantime.
pub(crate) async fn rehash(store: &Store, user_id: &str, old: &str, new: &str, now: Stamp) -> Result<bool, Error> {
    let params = vec![user_id.into(), old.into(), new.into(), now.into()];
    Ok(store.database.execute(REHASH, params).await?.changed > 0)
}

/// Keeps what is not given. The account must be there for the batch to hold.
pub(crate) fn set_tokens(batch: &mut Batch, account: &Account, now: Stamp) {
    batch.require(
        SET_TOKENS,
        vec![
            (&account.id).into(),
            Value::optional_text(account.access_token.clone()),
            Value::optional_text(account.refresh_token.clone()),
            Value::optional_text(account.id_token.clone()),
            Value::optional_time(account.access_token_expires_at),
            Value::optional_time(account.refresh_token_expires_at),
            Value::optional_text(account.scope.clone()),
            now.into(),
        ],
    );
}

/// Removes an account. It must not be the person's last for the batch to hold.
pub(crate) fn unlink(batch: &mut Batch, id: &str, user_id: &str) {
    batch.add(LOCK_PERSON, vec![user_id.into()]).require(UNLINK, vec![id.into(), user_id.into()]);
}

pub(crate) fn is_credential(account: &Account) -> bool {
    account.provider_id == CREDENTIAL
}

fn read(row: &Row) -> Result<Account, Error> {
    Ok(Account {
        id: row.text(0)?,
        account_id: row.text(1)?,
        provider_id: row.text(2)?,
        user_id: row.text(3)?,
        access_token: row.optional_text(4)?,
        refresh_token: row.optional_text(5)?,
        id_token: row.optional_text(6)?,
        access_token_expires_at: row.optional_time(7)?,
        refresh_token_expires_at: row.optional_time(8)?,
        scope: row.optional_text(9)?,
        password: row.optional_text(10)?,
        created_at: row.time(11)?,
        updated_at: row.time(12)?,
    })
}
