//! `doorward migrate`: create or extend the database.

use std::process::ExitCode;

use clap::Args;

use super::{Failure, open_database};
use crate::settings::Settings;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let checked = arguments.settings.check()?;
    let database = open_database(&checked).await?;
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
