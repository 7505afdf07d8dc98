//! Telling what happened: one line in the log, and one row in the audit trail.
//!
//! An event that belongs to a change is stored in the change's own batch: whatever was acknowledged has its event, and
//! an event speaks of nothing that was undone. Attempts that changed nothing go through `auth::attempts`, which bounds
//! them. Reading a session, signing a token and the tasks write no event at all.

use std::borrow::Cow;

use doorward_crypto::random;
use doorward_database::{Batch, Error, Outcome};

use crate::{
    auth::Auth,
    http::client_address::Client,
    model::{AuditEntry, Kind},
    store::{audit, audit::Only},
};

/// Longest text from outside that is kept, in characters.
const LONGEST: usize = 256;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    kind: Kind,
    entry: AuditEntry,
}

impl Event {
    /// An event that somebody caused from somewhere.
    pub(crate) fn new(auth: &Auth, kind: Kind, client: &Client) -> Self {
        let mut event = Self::of_server(auth, kind);
        event.entry.ip_address = plain(&client.address());
        event.entry.user_agent = plain(&client.user_agent());
        event
    }

    /// An event of the server's own.
    pub(crate) fn of_server(auth: &Auth, kind: Kind) -> Self {
        let now = auth.now();
        let id = format!(
            "{}{:05x}{}",
            audit::moment(now),
            auth.attempts.number(),
            random::lowercase_alphanumeric(&*auth.random, 8)
        );
        let entry = AuditEntry {
            id,
            created_at: now,
            event: kind.as_str().to_owned(),
            user_id: None,
            session_id: None,
            account: None,
            ip_address: None,
            user_agent: None,
            reason: None,
            times: 1,
        };
        Self { kind, entry }
    }

    pub(crate) fn of(mut self, user_id: &str) -> Self {
        self.entry.user_id = Some(user_id.to_owned());
        self
    }

    /// The session's row id.
    pub(crate) fn in_session(mut self, id: &str) -> Self {
        self.entry.session_id = Some(id.to_owned());
        self
    }

    pub(crate) fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.entry.reason = plain(&reason.into());
        self
    }

    /// An attempt at an address, whether or not somebody has it.
    pub(crate) fn at(mut self, account: String, user_id: Option<&str>) -> Self {
        self.entry.account = Some(account);
        self.entry.user_id = user_id.map(str::to_owned);
        self
    }

    /// The same again, so many times.
    pub(crate) fn again(&self, auth: &Auth, times: i64) -> Self {
        let fresh = Self::of_server(auth, self.kind);
        let entry = AuditEntry { id: fresh.entry.id, created_at: fresh.entry.created_at, times, ..self.entry.clone() };
        Self { kind: self.kind, entry }
    }

    /// Takes out from where it came: for the last event of a person who leaves.
    pub(crate) fn without_origin(mut self) -> Self {
        (self.entry.ip_address, self.entry.user_agent) = (None, None);
        self
    }

    /// What makes two attempts the same one again.
    pub(crate) fn likeness(&self) -> String {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        let entry = &self.entry;
        [self.kind.as_str().to_owned(), part(&entry.account), part(&entry.ip_address), part(&entry.reason)].join("\n")
    }

    /// From where it came; empty when that is not known.
    pub(crate) fn address(&self) -> &str {
        self.entry.ip_address.as_deref().unwrap_or_default()
    }

    /// Adds the row to a batch; says whether it did.
    pub(crate) fn store(&self, auth: &Auth, batch: &mut Batch, only: &Only<'_>) -> bool {
        audit::insert(&auth.store, batch, &self.entry, only)
    }

    /// One line. Every text is a field of its own, which the log quotes and escapes.
    pub(crate) fn log(&self) {
        let entry = &self.entry;
        let (user, session) = (entry.user_id.as_deref(), entry.session_id.as_deref());
        let (address, user_agent) = (entry.ip_address.as_deref(), entry.user_agent.as_deref());
        let (event, account, reason) = (self.kind.as_str(), entry.account.as_deref(), entry.reason.as_deref());
        let times = (entry.times > 1).then_some(entry.times);
        if self.kind.is_warning() {
            tracing::warn!(target: "doorward::event", event, user, session, account, address, user_agent, reason, times);
        } else {
            tracing::info!(target: "doorward::event", event, user, session, account, address, user_agent, reason, times);
        }
    }
}

/// Stores a batch with the events that belong to it, and logs them once they are stored.
pub(crate) async fn commit(auth: &Auth, mut batch: Batch, events: &[Event]) -> Result<Vec<Outcome>, Error> {
    for event in events {
        event.store(auth, &mut batch, &Only::Always);
    }
    let outcomes = auth.store.commit(batch).await?;
    for event in events {
        event.log();
    }
    Ok(outcomes)
}

/// Stores a batch whose **first** statement is the row of an event that may not apply; logs it if it did.
pub(crate) async fn commit_if(auth: &Auth, batch: Batch, event: &Event, stored: bool) -> Result<(), Error> {
    let outcomes = auth.store.commit(batch).await?;
    if !stored || outcomes.first().is_some_and(|outcome| outcome.changed > 0) {
        event.log();
    }
    Ok(())
}

/// Text from outside, without anything that moves a cursor, ends a line or turns writing around.
fn plain(text: &str) -> Option<String> {
    let invisible = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let text: String =
        text.chars().take(LONGEST).map(|character| if invisible(character) { '\u{fffd}' } else { character }).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_on_its_line() {
        let told = plain("a\r\nevent=\"sign-in\"\u{1b}[2J\u{202e}b\u{2028}").unwrap();
        assert!(told.chars().all(|character| !character.is_control()), "{told:?}");
        assert!(!told.contains('\u{202e}') && !told.contains('\u{2028}'));
        assert_eq!(plain(&"x".repeat(5000)).unwrap().len(), LONGEST);
        assert_eq!(plain(""), None);
    }

    #[test]
    fn names_are_unique_and_plain() {
        let mut names: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        let documented = include_str!("../../../../docs/features/events.md");
        for name in names {
            assert!(documented.contains(&format!("| `{name}` |")), "docs/features/events.md says nothing of {name}");
        }
    }
}
