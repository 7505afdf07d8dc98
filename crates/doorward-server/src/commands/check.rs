//! `doorward check`: what works, what differs, what would stop a swap. Writes nothing.

use std::process::ExitCode;

use doorward::check::{self, Level};

use super::{Failure, must_exist};
use crate::settings::{NoSecret, Settings};

pub(crate) async fn run(settings: Settings) -> Result<ExitCode, Failure> {
    let checked = settings.check(NoSecret::Refuse)?;
    must_exist(&checked)?;
    let options = doorward_database::Options { read_only: true, ..checked.database_options };
    let database = doorward_database::Database::open(&checked.database_url, &options)
        .await
        .map_err(|error| format!("DATABASE_URL: the database cannot be looked at: {error}"))?;
    for doubt in settings.doubts() {
        println!("note  {doubt}");
    }
    let findings = check::run(&database, &checked.config).await?;
    for finding in &findings {
        let mark = match finding.level {
            Level::Fine => "ok  ",
            Level::Note => "note",
            Level::Stop => "STOP",
        };
        println!("{mark}  {}", finding.words);
    }
    let stops = findings.iter().filter(|finding| finding.level == Level::Stop).count();
    println!("{}", if stops == 0 { "Ready to serve.".to_owned() } else { format!("{stops} to mend first.") });
    Ok(if stops == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
