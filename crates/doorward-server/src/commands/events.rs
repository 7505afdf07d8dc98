//! `doorward events`: reading the audit trail. docs/features/events.md lists the names.

use std::{io::Write as _, process::ExitCode, time::Duration};

use clap::Args;
use doorward::{AuditEntry, AuditQuery, Auth, Clock as _, SystemClock};

use super::{Failure, open_existing};
use crate::settings::{Mistake, Settings};

/// How often `--follow` looks.
const EVERY: Duration = Duration::from_secs(1);
/// Entries shown at once at most.
const MOST: i64 = 100_000;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Whose: an email address or a person's id
    #[arg(long)]
    user: Option<String>,
    /// Only this event, for example sign-in-failed
    #[arg(long)]
    event: Option<String>,
    /// Only what is younger: 90s, 15m, 24h or 7d
    #[arg(long, value_parser = seconds)]
    since: Option<i64>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=MOST))]
    limit: i64,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Go on showing what happens, until interrupted
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    settings: Settings,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    if let Some(name) = &arguments.event
        && !Auth::event_names().any(|known| known == name)
    {
        let names: Vec<_> = Auth::event_names().collect();
        return Err(Mistake(format!("there is no event {name}; there are {}", names.join(", "))).into());
    }
    let checked = arguments.settings.check()?;
    let database = open_existing(&checked).await?;
    let auth = Auth::open(checked.config, database, None).await?;
    let since = arguments.since.map(|seconds| SystemClock.now().plus_seconds(-seconds));
    let mut query = AuditQuery {
        person: arguments.user,
        event: arguments.event,
        since,
        limit: arguments.limit,
        ..AuditQuery::default()
    };
    loop {
        let mut entries = auth.audit_trail(&query).await?;
        entries.reverse(); // the newest stands last, where a terminal shows it
        if !print(&entries, arguments.json) || !arguments.follow {
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(last) = entries.pop() {
            query.after = Some(last.id);
        }
        query.limit = MOST;
        tokio::time::sleep(EVERY).await;
    }
}

/// Says whether anybody still reads.
fn print(entries: &[AuditEntry], json: bool) -> bool {
    let mut out = std::io::stdout().lock();
    let written = entries.iter().try_for_each(|entry| {
        if json { writeln!(out, "{}", serde_json::json!(entry)) } else { writeln!(out, "{}", line(entry)) }
    });
    written.and_then(|()| out.flush()).is_ok()
}

/// The texts hold no control characters; quotes keep a user agent from looking like fields of ours.
fn line(entry: &AuditEntry) -> String {
    let mut line = format!("{}  {}", entry.created_at, entry.event);
    let fields = [
        ("user", &entry.user_id),
        ("session", &entry.session_id),
        ("account", &entry.account),
        ("from", &entry.ip_address),
        ("reason", &entry.reason),
    ];
    for (name, text) in fields {
        if let Some(text) = text {
            line.push_str(&format!("  {name}={text}"));
        }
    }
    if entry.times > 1 {
        line.push_str(&format!("  times={}", entry.times));
    }
    if let Some(user_agent) = &entry.user_agent {
        line.push_str(&format!("  {user_agent:?}"));
    }
    line
}

fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || "write a number and a unit: 90s, 15m, 24h or 7d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    Ok(i64::from(number) * each)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for wrong in ["", "h", "24", "-1h", "1w", "9999999999d", "1€"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
