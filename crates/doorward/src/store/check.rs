//! Reading a database before it is used: what works, what differs, what would stop a swap.
//!
//! Nothing is written. Every finding is a sentence that says what to do.

use doorward_crypto::{password, seal};
use doorward_database::{Database, Dialect, Error};
use serde_json::Value;

use super::{guards, shape};
use crate::config::Config;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Works as it is.
    Fine,
    /// Works, and somebody should know.
    Note,
    /// Would stop a swap.
    Stop,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    pub words: String,
}

/// Columns that Better Auth 1.7.25 needs, table by table.
const NEEDED: [(&str, &[&str]); 5] = [
    ("user", &["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"]),
    ("session", &["id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"]),
    (
        "account",
        &[
            "id",
            "accountId",
            "providerId",
            "userId",
            "accessToken",
            "refreshToken",
            "idToken",
            "accessTokenExpiresAt",
            "refreshTokenExpiresAt",
            "scope",
            "password",
            "createdAt",
            "updatedAt",
        ],
    ),
    ("verification", &["id", "identifier", "value", "expiresAt", "createdAt", "updatedAt"]),
    ("jwks", &["id", "publicKey", "privateKey", "createdAt"]),
];
/// Columns that a migration adds, or that this server fills although it does not need them.
const KNOWN: [(&str, &str); 4] = [("jwks", "expiresAt"), ("jwks", "alg"), ("jwks", "crv"), ("account", "issuer")];

/// The only thing in a database that tells one secret from another is what was sealed with it.
const UNPROVED: &str = "there is no signing key, so nothing here proves that the secret is the old server's: compare it before a swap, since another one signs everybody out";

const COUNT_USERS: &str = r#"SELECT count(*) FROM "user""#;
const COUNT_SESSIONS: &str = "SELECT count(*) FROM session";
const PASSWORDS: &str = "SELECT password FROM account WHERE password IS NOT NULL LIMIT 1000";
const KEYS: &str = r#"SELECT id, "privateKey" FROM jwks"#;
const MIXED_CASE: &str = r#"SELECT count(*) FROM "user" WHERE email <> lower(email)"#;
const DOUBLE_ACCOUNTS: &str =
    r#"SELECT count(*) FROM (SELECT 1 FROM account GROUP BY "providerId", "accountId" HAVING count(*) > 1) twice"#;

/// Looks at a database under these settings.
pub async fn run(database: &Database, config: &Config) -> Result<Vec<Finding>, Error> {
    let mut findings = Findings::default();
    let whole = tables(database, &mut findings).await?;
    let has = |tables: &[&str]| tables.iter().all(|table| whole.contains(table));
    if has(&["session", "verification"]) && shape::has_numeric_dates(database).await? {
        findings.stop("dates are kept as numbers, as Prisma keeps them on SQLite, and this server writes texts: convert the date columns to ISO 8601 texts (2026-11-23T12:00:00.000Z) first");
    }
    if has(&["user", "session", "account"]) {
        people(database, &mut findings).await?;
    }
    if has(&["account"]) {
        passwords(database, &mut findings).await?;
    }
    if has(&["jwks"]) {
        keys(database, config, &mut findings).await?;
    } else {
        findings.note(UNPROVED);
    }
    address(config, &mut findings);
    Ok(findings.0)
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn fine(&mut self, words: impl Into<String>) {
        self.0.push(Finding { level: Level::Fine, words: words.into() });
    }

    fn note(&mut self, words: impl Into<String>) {
        self.0.push(Finding { level: Level::Note, words: words.into() });
    }

    fn stop(&mut self, words: impl Into<String>) {
        self.0.push(Finding { level: Level::Stop, words: words.into() });
    }
}

/// The tables that are there with all their columns, so that their rows can be looked at.
async fn tables(database: &Database, findings: &mut Findings) -> Result<Vec<&'static str>, Error> {
    let mut whole = Vec::new();
    let mut missing = Vec::new();
    for (table, needed) in NEEDED {
        let columns = database.columns(table).await?;
        if columns.is_empty() {
            missing.push(table);
            continue;
        }
        let mut complete = true;
        for name in needed {
            if columns.iter().all(|column| column.name != *name) {
                complete = false;
                findings.stop(format!("column {table}.{name} is missing: this is not Better Auth's default schema. Field names that were remapped in the options are not supported; rename the column or add a view"));
            }
        }
        for column in &columns {
            let known = needed.contains(&column.name.as_str()) || KNOWN.contains(&(table, column.name.as_str()));
            if known {
                continue;
            }
            if column.not_null && !column.has_default {
                findings.stop(format!("column {table}.{} is NOT NULL without a default, and nothing here would fill it: give it a default", column.name));
            } else {
                findings
                    .note(format!("column {table}.{} belongs to a plugin or to you; it is left as it is", column.name));
            }
        }
        let id = columns.iter().find(|column| column.name == "id");
        if id.is_some_and(|id| !["text", "character varying", "varchar"].iter().any(|kind| id.kind.starts_with(kind))) {
            complete = false;
            findings.stop(format!(
                "column {table}.id is not a text: ids made by the database (serial, uuid) are not supported"
            ));
        }
        if complete {
            whole.push(table);
        }
    }
    if ["user", "session", "account"].iter().all(|table| missing.contains(table)) {
        findings.stop("there is none of Better Auth's tables: is DATABASE_URL right, and on Postgres the search_path?");
    } else {
        for table in &missing {
            match database.dialect() {
                // `doorward serve` does this by itself.
                Dialect::Sqlite => findings.note(format!("table {table} is missing and will be created")),
                Dialect::Postgres => {
                    findings.stop(format!("table {table} is missing: run `doorward migrate` first, which creates it"));
                }
            }
        }
    }
    if whole.len() == NEEDED.len() {
        let dialect = match database.dialect() {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "Postgres",
        };
        findings.fine(format!("the {dialect} database has all of Better Auth's tables and columns"));
    }
    Ok(whole)
}

async fn people(database: &Database, findings: &mut Findings) -> Result<(), Error> {
    let (users, sessions) = (count(database, COUNT_USERS).await?, count(database, COUNT_SESSIONS).await?);
    findings.fine(format!("{users} people, {sessions} sessions"));
    let mixed = count(database, MIXED_CASE).await?;
    if mixed > 0 {
        findings.stop(format!("{mixed} addresses are not in lower case, and nobody can sign in with them: UPDATE \"user\" SET email = lower(email)"));
    }
    let double = count(database, DOUBLE_ACCOUNTS).await?;
    if double > 0 {
        findings.stop(format!(
            "{double} remote accounts are linked more than once; a sign-in through them is refused until one is left"
        ));
    }
    for guard in guards::unknown(database).await? {
        findings.stop(guard);
    }
    Ok(())
}

async fn passwords(database: &Database, findings: &mut Findings) -> Result<(), Error> {
    let rows = database.query(PASSWORDS, &[]).await?;
    let (mut ours, mut foreign, mut unknown) = (0, 0, 0);
    for row in &rows {
        match password::scheme(&row.text(0)?) {
            Some(password::Scheme::Scrypt) => ours += 1,
            Some(_) => foreign += 1,
            None => unknown += 1,
        }
    }
    findings.fine(format!("{ours} passwords are in Better Auth's scrypt form (of the first {})", rows.len()));
    if foreign > 0 {
        findings.note(format!("{foreign} passwords come from elsewhere (bcrypt, argon2, PBKDF2); they verify and are hashed anew at the next sign-in"));
    }
    if unknown > 0 {
        findings.stop(format!("{unknown} passwords have an unknown form; these people need a password reset"));
    }
    Ok(())
}

async fn keys(database: &Database, config: &Config, findings: &mut Findings) -> Result<(), Error> {
    let rows = database.query(KEYS, &[]).await?;
    if rows.is_empty() {
        findings.note(UNPROVED);
    }
    for row in rows {
        let (id, stored) = (row.text(0)?, row.text(1)?);
        let opened = match serde_json::from_str(&stored) {
            Ok(Value::String(sealed)) => seal::open(&sealed, &config.secrets).is_ok(),
            Ok(Value::Object(_)) => {
                findings
                    .note(format!("signing key {id} is stored unsealed; `doorward keys rotate` makes a sealed one"));
                continue;
            }
            _ => false,
        };
        if opened {
            findings.fine(format!("signing key {id} opens with the present secret"));
        } else {
            findings.stop(format!("signing key {id} does not open with the present secret: it would be retired and a new one made. If BETTER_AUTH_SECRET was changed, put the old one into BETTER_AUTH_SECRETS"));
        }
    }
    Ok(())
}

fn address(config: &Config, findings: &mut Findings) {
    let url = &config.base_url;
    if url.is_secure() {
        findings.fine(format!("the base URL {} is https: cookies are Secure and start with __Secure-", url.origin()));
    } else if url.is_loopback() {
        findings.note(format!(
            "the base URL {} is for this machine only; set BETTER_AUTH_URL to the public address",
            url.origin()
        ));
    } else {
        findings.stop(format!("the base URL {} is plain http: if the old server ran on https, its cookies start with __Secure- and would not be read. Set BETTER_AUTH_URL to the https address that browsers use", url.origin()));
    }
}

async fn count(database: &Database, sql: &'static str) -> Result<i64, Error> {
    database.query_one(sql, &[]).await?.map_or(Ok(0), |row| row.integer(0))
}
