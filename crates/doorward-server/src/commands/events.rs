//! `doorward events`: reading the audit trail. docs/features/events.md lists the names.

use std::{collections::HashSet, io::Write as _, process::ExitCode, time::Duration};

use clap::Args;
use doorward::{AuditEntry, AuditQuery, Auth, Clock as _, SystemClock};

use super::{Failure, open_existing};
use crate::settings::{Mistake, NoSecret, Settings};

/// How often `--follow` looks.
const EVERY: Duration = Duration::from_secs(1);
/// Seconds by which an event may be stored later than it happened, on a server whose clock may lag behind.
const LATE: i64 = 15;
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
    let checked = arguments.settings.check(NoSecret::Refuse)?;
    let database = open_existing(&checked).await?;
    let auth = Auth::open(checked.config, database, None).await?;
    let since = arguments.since.map(|seconds| SystemClock.now().plus_seconds(-seconds));
    let mut query = AuditQuery { person: arguments.user, event: arguments.event, since, limit: arguments.limit };
    let mut shown = Shown::default();
    loop {
        let mut entries = auth.audit_trail(&query).await?;
        entries.reverse(); // the newest stands last, where a terminal shows it
        if !print(&shown.only_new(entries), arguments.json) || !arguments.follow {
            return Ok(ExitCode::SUCCESS);
        }
        query.since = Some(SystemClock.now().plus_seconds(-LATE));
        query.limit = MOST;
        tokio::time::sleep(EVERY).await;
    }
}

/// What `--follow` has shown already. An event has the moment at which it happened and is stored a little later, by several
/// servers in an order of their own: so each look goes back for some seconds, and leaves out what was shown before.
#[derive(Default)]
struct Shown {
    /// Older ones were left out by the first look, and stay so.
    from: Option<String>,
    ids: HashSet<String>,
}

impl Shown {
    /// Of entries in their order.
    fn only_new(&mut self, mut entries: Vec<AuditEntry>) -> Vec<AuditEntry> {
        let seen: HashSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
        let from = self.from.get_or_insert_with(|| entries.first().map(|entry| entry.id.clone()).unwrap_or_default());
        entries.retain(|entry| entry.id >= *from && !self.ids.contains(&entry.id));
        self.ids = seen;
        entries
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
    use super::*;

    #[test]
    fn what_is_stored_late_is_shown_once_and_nothing_twice() {
        let entry = |id: &str| AuditEntry {
            id: id.to_owned(),
            created_at: SystemClock.now(),
            event: "sign-in".to_owned(),
            user_id: None,
            session_id: None,
            account: None,
            ip_address: None,
            user_agent: None,
            reason: None,
            times: 1,
        };
        let mut shown = Shown::default();
        let mut look = |ids: &[&str]| -> Vec<String> {
            shown.only_new(ids.iter().map(|id| entry(id)).collect()).into_iter().map(|entry| entry.id).collect()
        };
        assert_eq!(look(&["b", "d"]), ["b", "d"]);
        assert_eq!(look(&["a", "b", "c", "d"]), ["c"], "`a` was left out by the limit of the first look");
        assert_eq!(look(&["c", "d", "e"]), ["e"]);
        assert!(look(&["d", "e"]).is_empty());
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for wrong in ["", "h", "24", "-1h", "1w", "9999999999d", "1€"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
