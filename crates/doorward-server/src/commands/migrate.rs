//! `doorward migrate`: create or extend the database.

use std::process::ExitCode;

use clap::Args;

use doorward_database::{Database, Options};

use super::{Failure, open_database, sqlite_file};
use crate::settings::{Checked, Settings};

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
        let folder = std::env::temp_dir().join(format!("doorward-dry-run-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let empty = folder.join("empty.db");
        std::fs::write(&empty, "")?;
        let opened = Database::open(&format!("sqlite://{}", empty.display()), &options).await;
        // The file stays readable for as long as it is open.
        std::fs::remove_dir_all(&folder)?;
        return Ok(opened?);
    }
    let opened = Database::open(&checked.database_url, &options).await;
    opened.map_err(|error| format!("DATABASE_URL: the database cannot be looked at: {error}").into())
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let checked = arguments.settings.check()?;
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
