//! One file per command.

pub(crate) mod check;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod secret;
pub(crate) mod serve;

use std::{
    fs::{DirBuilder, OpenOptions},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use crate::settings::{Checked, Mistake};
use doorward_database::Database;

/// What a command may fail with, in words for the person at the terminal.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Opens the database that the settings name.
pub(crate) async fn open_database(checked: &Checked) -> Result<Database, Failure> {
    if let Some(path) = sqlite_file(&checked.database_url) {
        make_private(path)
            .map_err(|error| Mistake(format!("DATABASE_URL: {} cannot be made: {error}", path.display())))?;
    }
    // The address may hold a password: the error must not repeat it.
    let opened = Database::open(&checked.database_url, &checked.database_options).await;
    Ok(opened.map_err(|error| Mistake(format!("DATABASE_URL: the database cannot be opened: {error}")))?)
}

/// Opens a database that has to be there, for commands that look into one: a mistyped path is told, and no file is left
/// in its place.
pub(crate) async fn open_existing(checked: &Checked) -> Result<Database, Failure> {
    must_exist(checked)?;
    open_database(checked).await
}

/// Refuses an address of SQLite that names no file.
pub(crate) fn must_exist(checked: &Checked) -> Result<(), Mistake> {
    match sqlite_file(&checked.database_url) {
        Some(path) if !path.as_os_str().is_empty() && !path.exists() => Err(Mistake(format!(
            "DATABASE_URL: there is no file {}; `doorward migrate` makes a new database",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// The file that an address of SQLite names; the options of other tools behind it (`?mode=rwc`) are no part of it.
fn sqlite_file(address: &str) -> Option<&Path> {
    let path = address.strip_prefix("sqlite:")?;
    let path = path.split('?').next().unwrap_or(path);
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

/// A database file that is missing is made for nobody else to read: it will hold password hashes and sealed keys.
/// SQLite gives the files beside it the same mode. A file that is there keeps the mode its owner gave it.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
