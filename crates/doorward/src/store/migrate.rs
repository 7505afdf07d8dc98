//! Creating and extending a database.
//!
//! Every statement is written so that running it again does nothing; all of them run in one transaction under a lock,
//! so two servers that start together make one database. Columns that older versions of Better Auth did not have are
//! added nullable, which Better Auth tolerates on the way back. Nothing is ever dropped or rewritten.

use doorward_database::{Batch, Database, Dialect, Error, Sql};

const LOCK: Sql = Sql::Each { sqlite: "SELECT 1", postgres: "SELECT pg_advisory_xact_lock(7216501146)" };

const SCRIPTS: [Sql; 4] = [
    Sql::Each {
        sqlite: include_str!("../../migrations/sqlite/0001_better_auth.sql"),
        postgres: include_str!("../../migrations/postgres/0001_better_auth.sql"),
    },
    Sql::Each {
        sqlite: include_str!("../../migrations/sqlite/0002_doorward.sql"),
        postgres: include_str!("../../migrations/postgres/0002_doorward.sql"),
    },
    Sql::Each {
        sqlite: include_str!("../../migrations/sqlite/0003_limits.sql"),
        postgres: include_str!("../../migrations/postgres/0003_limits.sql"),
    },
    Sql::Each {
        sqlite: include_str!("../../migrations/sqlite/0004_audit.sql"),
        postgres: include_str!("../../migrations/postgres/0004_audit.sql"),
    },
];

pub(crate) const TABLES: [&str; 8] =
    ["user", "session", "account", "verification", "jwks", "doorward_refresh", "doorward_revoked", "doorward_limit"];

/// Tables without which the service starts all the same, and does without what they are for.
const DISPENSABLE: [&str; 1] = ["doorward_audit"];

/// Columns that some versions lack: table, column, and the statements that add it.
const COLUMNS: [(&str, &str, Sql); 3] = [
    (
        "jwks",
        "expiresAt",
        Sql::Each {
            sqlite: r#"ALTER TABLE jwks ADD COLUMN "expiresAt" date"#,
            postgres: r#"ALTER TABLE jwks ADD COLUMN IF NOT EXISTS "expiresAt" timestamptz"#,
        },
    ),
    (
        "jwks",
        "alg",
        Sql::Each {
            sqlite: r#"ALTER TABLE jwks ADD COLUMN "alg" text"#,
            postgres: r#"ALTER TABLE jwks ADD COLUMN IF NOT EXISTS "alg" text"#,
        },
    ),
    (
        "jwks",
        "crv",
        Sql::Each {
            sqlite: r#"ALTER TABLE jwks ADD COLUMN "crv" text"#,
            postgres: r#"ALTER TABLE jwks ADD COLUMN IF NOT EXISTS "crv" text"#,
        },
    ),
];

/// What a migration did, or would do: one sentence a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub steps: Vec<String>,
}

/// Creates what is missing; with `dry_run` only tells.
pub async fn run(database: &Database, dry_run: bool) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut batch = Batch::new();
    batch.add(LOCK, vec![]);
    for table in TABLES.into_iter().chain(DISPENSABLE) {
        if database.columns(table).await?.is_empty() {
            report.steps.push(format!("create table {table}"));
        }
    }
    for statement in SCRIPTS.iter().flat_map(|script| statements(*script, database.dialect())) {
        batch.add(statement, vec![]);
    }
    for (table, column, sql) in COLUMNS {
        let columns = database.columns(table).await?;
        if !columns.is_empty() && columns.iter().all(|existing| existing.name != column) {
            report.steps.push(format!("add column {table}.{column}"));
            batch.add(sql, vec![]);
        }
    }
    if !dry_run && !report.steps.is_empty() {
        database.commit(batch).await?;
    }
    Ok(report)
}

/// The single statements of a script, each up to a semicolon that ends a line: those of a trigger's body end none.
fn statements(script: Sql, dialect: Dialect) -> impl Iterator<Item = &'static str> {
    let text = match (script, dialect) {
        (Sql::Both(text), _) => text,
        (Sql::Each { sqlite, .. }, Dialect::Sqlite) => sqlite,
        (Sql::Each { postgres, .. }, Dialect::Postgres) => postgres,
    };
    text.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}
