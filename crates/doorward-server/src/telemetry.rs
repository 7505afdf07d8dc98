//! The log, on standard error. Standard output stays free for the one line that says where the server is.
//!
//! No line holds a query string, a header or a body: those carry tokens. Libraries below us stay at `info`, because at
//! `trace` they print what goes over the wire.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, Mistake};

const QUIET: [&str; 8] = ["hyper", "h2", "rustls", "sqlx", "reqwest", "tower", "lettre", "mio"];

pub(crate) fn start(filter: &str, format: LogFormat) -> Result<(), Mistake> {
    let wrong = |error: tracing_subscriber::filter::ParseError| {
        Mistake(format!("DOORWARD_LOG: {error}; write info, or doorward=debug"))
    };
    let mut filter = EnvFilter::builder().parse(filter).map_err(wrong)?;
    for library in QUIET {
        if let Ok(directive) = format!("{library}=warn").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let colours = std::io::stderr().is_terminal();
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).with_ansi(colours);
    let started = match format {
        LogFormat::Text => log.compact().try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| Mistake(format!("the log cannot be started: {error}")))
}
