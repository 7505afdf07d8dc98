//! One file per command.

pub(crate) mod check;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod secret;
pub(crate) mod serve;

use crate::settings::{Checked, Mistake};
use doorward_database::Database;

/// What a command may fail with, in words for the person at the terminal.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Opens the database that the settings name.
pub(crate) async fn open_database(checked: &Checked) -> Result<Database, Failure> {
    if let Some(path) = checked.database_url.strip_prefix("sqlite:")
        && let Some(folder) = std::path::Path::new(path.trim_start_matches("//")).parent()
        && !folder.as_os_str().is_empty()
    {
        let folder = if path.starts_with("///") { std::path::Path::new("/").join(folder) } else { folder.to_owned() };
        std::fs::create_dir_all(&folder)
            .map_err(|error| Mistake(format!("DATABASE_URL: {} cannot be made: {error}", folder.display())))?;
    }
    // The address may hold a password: the error must not repeat it.
    let opened = Database::open(&checked.database_url, &checked.database_options).await;
    Ok(opened.map_err(|error| Mistake(format!("DATABASE_URL: the database cannot be opened: {error}")))?)
}
