//! `doorward migrate`: create or extend the database.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use doorward::SystemRandom;
use doorward_crypto::random;
use doorward_database::{Database, Options};

use super::{Failure, open_database, sqlite_file};
use crate::settings::{Checked, NoSecret, Settings};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Opens without writing anything. In the place of a file that is not there yet stands an empty one elsewhere.
async fn look(checked: &Checked) -> Result<Database, Failure> {
    let options = Options { read_only: true, connections: 1, ..checked.database_options.clone() };
    if sqlite_file(&checked.database_url).is_some_and(|file| !file.exists()) {
        let folder = folder_of_ours(&std::env::temp_dir())?;
        let empty = folder.join("empty.db");
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&empty)?;
        let opened = Database::open(&format!("sqlite://{}", empty.display()), &options).await;
        // The file stays readable for as long as it is open.
        fs::remove_dir_all(&folder)?;
        return Ok(opened?);
    }
    let opened = Database::open(&checked.database_url, &options).await;
    opened.map_err(|error| format!("DATABASE_URL: the database cannot be looked at: {error}").into())
}

/// A new folder that nobody else can have put anything into: a link there would lead us to write into its target.
fn folder_of_ours(parent: &Path) -> std::io::Result<PathBuf> {
    let folder = parent.join(format!("doorward-dry-run-{}", random::alphanumeric(&SystemRandom, 16)));
    DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let checked = arguments.settings.check(if arguments.dry_run { NoSecret::Pretend } else { NoSecret::Make })?;
    let database = if arguments.dry_run { look(&checked).await? } else { open_database(&checked).await? };
    let mut steps = doorward::migrate::run(&database, arguments.dry_run).await?.steps;
    if database.columns("task").await?.is_empty() {
        steps.push("create table task".into());
        if !arguments.dry_run {
            tasks_api::migrate(&database).await?;
        }
    }
    for step in &steps {
        println!("{}{step}", if arguments.dry_run { "would " } else { "" });
    }
    if steps.is_empty() {
        println!("nothing to do: the database has everything");
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_dry_run_has_a_folder_that_nobody_foresees_or_enters() {
        let folders = [(), ()].map(|()| folder_of_ours(&std::env::temp_dir()).unwrap());
        assert_ne!(folders[0], folders[1]);
        for folder in folders {
            assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
            fs::remove_dir(folder).unwrap();
        }
    }
}
