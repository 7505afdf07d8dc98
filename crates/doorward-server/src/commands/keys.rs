//! `doorward keys`: listing, rotating, retiring and pruning the signing keys. Running servers notice within seconds.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use doorward::Auth;
use doorward_crypto::jwk::Algorithm;

use super::{Failure, open_existing};
use crate::settings::{NoSecret, Settings};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show all keys
    List(Settings),
    /// Make new keys; they sign after a lead time, so that verifiers know them by then
    Rotate {
        /// Only the key of this algorithm; without it, those of all algorithms in use
        #[arg(long)]
        alg: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Stop a key from signing
    Retire {
        /// Which key
        kid: String,
        /// Publish it no longer either: every token it signed is refused. For a key that was stolen
        #[arg(long)]
        withdraw: bool,
        #[command(flatten)]
        settings: Settings,
    },
    /// Delete keys whose grace period is over
    Prune(Settings),
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.action {
        Action::List(settings) => {
            for key in open(&settings).await?.list_keys().await? {
                let ends = match key.expires_at {
                    _ if !key.in_use => "signs nothing, since its algorithm is not in use".to_owned(),
                    None => "signs until it is replaced".to_owned(),
                    Some(at) => format!("signs until {at}"),
                };
                println!("{}  {}  made {}  {ends}", key.kid, key.algorithm, key.created_at);
            }
        }
        Action::Rotate { alg, settings } => {
            let unknown = |name: &str| format!("--alg {name}: there is no such algorithm");
            let only = alg.map(|name| Algorithm::parse(&name).ok_or_else(|| unknown(&name))).transpose()?;
            for key in open(&settings).await?.rotate_keys(only).await? {
                println!("{} ({}) is published, and will sign soon", key.kid, key.algorithm);
            }
        }
        Action::Retire { kid, withdraw, settings } => {
            if !open(&settings).await?.retire_key(&kid, withdraw).await? {
                return Err(format!("there is no living key {kid}; `doorward keys list` shows them").into());
            }
            println!("{kid} {}", if withdraw { "is withdrawn" } else { "signs nothing more" });
        }
        Action::Prune(settings) => {
            let pruned = open(&settings).await?.prune_keys().await?;
            println!("{} keys deleted", pruned.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(settings: &Settings) -> Result<Auth, Failure> {
    let checked = settings.check(NoSecret::Refuse)?;
    let database = open_existing(&checked).await?;
    Ok(Auth::open(checked.config, database, None).await?)
}
