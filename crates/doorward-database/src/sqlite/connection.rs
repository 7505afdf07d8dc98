//! What readers and the writer share: opening, binding, reading rows, and naming errors.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, config::DbConfig, types::ValueRef};

use crate::{Error, Options, Row, Value, row::Answer};

/// More than any statement of ours has; a lookup by name, because SQLite numbers `$2` by first appearance.
const PLACEHOLDERS: [&str; 24] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$17",
    "$18", "$19", "$20", "$21", "$22", "$23", "$24",
];

pub(super) fn open(path: &Path, writing: bool, busy_timeout: Duration, options: &Options) -> Result<Connection, Error> {
    let access = if writing {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let connection =
        Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|error| named(&error))?;
    connection.busy_timeout(busy_timeout).map_err(|error| named(&error))?;
    connection.set_prepared_statement_cache_capacity(128);
    let pragmas = if writing {
        // The log is copied into the file every 16 MiB: a page that many commits change is copied once. The cache holds
        // the inner pages of the indexes, so that a write into a large table reads little.
        format!(
            "PRAGMA foreign_keys=ON; PRAGMA synchronous={}; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000;
             PRAGMA cache_size=-8192; PRAGMA mmap_size=1099511627776;",
            if options.durable { "FULL" } else { "NORMAL" }
        )
    } else {
        // The file is mapped, as far as SQLite is built to (a TiB): read without copying, counted as file pages and not as our
        // memory, so that a look into a large file costs what it costs in a small one.
        "PRAGMA query_only=ON; PRAGMA mmap_size=1099511627776; PRAGMA temp_store=MEMORY;".to_owned()
    };
    connection.execute_batch(&pragmas).map_err(|error| named(&error))?;
    // A plan that may not depend on bound values. Otherwise SQLite looks at some of them while it plans (the number after
    // LIMIT is one) and prepares the statement anew each time one is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|error| named(&error))?;
    Ok(connection)
}

pub(super) fn bind(statement: &mut CachedStatement<'_>, params: &[Value]) -> Result<(), rusqlite::Error> {
    for (value, name) in params.iter().zip(PLACEHOLDERS) {
        let Some(index) = statement.parameter_index(name)? else { continue };
        match value {
            Value::Text(Some(text)) => statement.raw_bind_parameter(index, text)?,
            Value::Integer(Some(number)) => statement.raw_bind_parameter(index, number)?,
            Value::Boolean(Some(truth)) => statement.raw_bind_parameter(index, truth)?,
            Value::Time(Some(stamp)) => statement.raw_bind_parameter(index, stamp.to_string())?,
            Value::Text(None) | Value::Integer(None) | Value::Boolean(None) | Value::Time(None) => {
                statement.raw_bind_parameter(index, rusqlite::types::Null)?;
            }
        }
    }
    Ok(())
}

pub(super) fn rows(statement: &mut CachedStatement<'_>) -> Result<Vec<Row>, rusqlite::Error> {
    let width = statement.column_count();
    let mut answer = Answer::of(width);
    let mut rows = statement.raw_query();
    while let Some(stored) = rows.next()? {
        answer.next_row();
        for column in 0..width {
            match stored.get_ref(column)? {
                ValueRef::Null => answer.push_null(),
                ValueRef::Integer(number) => answer.push_integer(number),
                ValueRef::Real(number) => answer.push_real(number),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => answer.push_text(bytes),
            }
        }
    }
    Ok(answer.rows())
}

/// The crate's own name for an SQLite failure.
pub(super) fn named(error: &rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, message) = error else { return Error::Other(error.to_string()) };
    let text = message.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::ConstraintViolation => Error::Constraint(text),
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::ReadOnly
        | ErrorCode::DiskFull
        | ErrorCode::CannotOpen
        | ErrorCode::SystemIoFailure
        | ErrorCode::PermissionDenied
        | ErrorCode::OutOfMemory
        | ErrorCode::FileLockingProtocolFailed => Error::Unavailable(text),
        _ => Error::Other(text),
    }
}

pub(super) fn is_busy(error: &Error) -> bool {
    matches!(error, Error::Unavailable(text) if text.contains("locked") || text.contains("busy"))
}

/// Tries again while another program has the file locked, for so long. Blocks the thread.
pub(super) fn patiently<T>(patience: Duration, mut work: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let until = Instant::now() + patience;
    loop {
        match work() {
            Err(error) if is_busy(&error) && Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_bound_limit_costs_no_preparation() {
        let file = std::env::temp_dir().join(format!("doorward-plan-{}.db", std::process::id()));
        let connection = open(&file, true, Duration::ZERO, &Options::default()).unwrap();
        connection
            .execute_batch("CREATE TABLE note (id integer PRIMARY KEY); INSERT INTO note VALUES (1), (2)")
            .unwrap();
        for limit in [1, 2] {
            let mut statement = connection.prepare_cached("SELECT id FROM note ORDER BY id LIMIT $1").unwrap();
            bind(&mut statement, &[Value::integer(limit)]).unwrap();
            assert_eq!(rows(&mut statement).unwrap().len(), limit as usize);
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        }
        drop(connection);
        std::fs::remove_file(file).unwrap();
    }
}
