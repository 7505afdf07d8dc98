//! `doorward`: the authentication service, the tasks API and the pages as one program.

mod breached;
mod commands;
mod http;
mod mail;
mod openapi;
mod pages;
mod redis_counts;
mod settings;
mod supervisor;
mod telemetry;

use std::{process::ExitCode, time::Duration};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// A request is many small allocations; the figures are in bench/README.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Authentication for web apps: speaks Better Auth, signs short JWTs, guards APIs with them.
#[derive(Parser)]
#[command(name = "doorward", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server
    Serve(settings::Settings),
    /// Create or extend the database
    Migrate(commands::migrate::Arguments),
    /// Read the database and the settings, and say what works, what differs, and what would stop a swap
    Check(settings::Settings),
    /// Look after the signing keys
    Keys(commands::keys::Arguments),
    /// Show what happened: sign-ins, failures, changes, keys
    Events(Box<commands::events::Arguments>),
    /// Print a fresh secret
    Secret,
}

/// What a thread that may block (a name being looked up, a hash) can still take when the program ends.
const LAST_WORK: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("doorward: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run());
    runtime.shutdown_timeout(LAST_WORK);
    code
}

async fn run() -> ExitCode {
    let mut command = settings::without_empty_variables(Cli::command());
    let arguments = match command.try_get_matches_from_mut(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => match settings::in_words(&error, &command) {
            Some(words) => {
                eprintln!("doorward: {words}");
                return ExitCode::FAILURE;
            }
            None => error.exit(),
        },
    };
    let cli = Cli::from_arg_matches(&arguments).unwrap_or_else(|error| error.exit());
    let outcome = match cli.command {
        Command::Serve(settings) => commands::serve::run(settings).await,
        Command::Migrate(arguments) => commands::migrate::run(arguments).await,
        Command::Check(settings) => commands::check::run(settings).await,
        Command::Keys(arguments) => commands::keys::run(arguments).await,
        Command::Events(arguments) => commands::events::run(*arguments).await,
        Command::Secret => commands::secret::run(),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("doorward: {error}");
            ExitCode::FAILURE
        }
    }
}
