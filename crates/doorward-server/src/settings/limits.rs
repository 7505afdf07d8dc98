//! Where limits are counted when several processes serve the same people.

use clap::{Args, ValueEnum};
use doorward::config::Limits;

use super::Mistake;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CountIn {
    /// Each process for itself
    Memory,
    /// In the database that the processes share
    Database,
    /// In the Redis of DOORWARD_REDIS_URL
    Redis,
}

#[derive(Args, Clone)]
#[command(next_help_heading = "Limits over several processes")]
pub(crate) struct LimitSettings {
    /// Where sign-ins, sign-ups, mails and wrong passwords are counted. Without it: redis when there is a
    /// DOORWARD_REDIS_URL, database on Postgres, memory on SQLite
    #[arg(long, env = "DOORWARD_LIMITS", ignore_case = true)]
    limits: Option<CountIn>,
    /// redis://… or rediss://…
    #[arg(long, env = "DOORWARD_REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,
}

impl LimitSettings {
    /// What the library does by itself, and the Redis to ask instead of it, if any. Nothing is connected to.
    pub(super) fn check(&self, database_url: &str) -> Result<(Limits, Option<redis::Client>), Mistake> {
        let count_in = self.limits.unwrap_or(if self.redis_url.is_some() {
            CountIn::Redis
        } else if database_url.starts_with("postgres") {
            CountIn::Database
        } else {
            CountIn::Memory
        });
        match count_in {
            CountIn::Memory => Ok((Limits::Memory, None)),
            CountIn::Database => Ok((Limits::Database, None)),
            CountIn::Redis => {
                let words = "DOORWARD_LIMITS=redis needs DOORWARD_REDIS_URL";
                let url = self.redis_url.as_deref().ok_or_else(|| Mistake(words.into()))?;
                // The address may hold a password: the error must not repeat it.
                let words = "DOORWARD_REDIS_URL: write redis://host:6379 or rediss://user:password@host:6380/0";
                let client = redis::Client::open(url).map_err(|_| Mistake(words.into()))?;
                Ok((Limits::Memory, Some(client)))
            }
        }
    }
}
