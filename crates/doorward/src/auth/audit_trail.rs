//! Reading the audit trail, for whoever runs the server.

use doorward_database::{Error, Stamp};

use super::Auth;
use crate::{
    model::{AuditEntry, Kind},
    shared::email,
    store::{audit, audit::Whose, users},
};

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// An email address, or a person's id. An address nobody has finds the attempts at it.
    pub person: Option<String>,
    /// One name of [`Auth::event_names`].
    pub event: Option<String>,
    pub since: Option<Stamp>,
    pub limit: i64,
}

impl Auth {
    /// All names of events.
    pub fn event_names() -> impl Iterator<Item = &'static str> {
        Kind::ALL.into_iter().map(Kind::as_str)
    }

    /// Events, newest first.
    pub async fn audit_trail(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, Error> {
        let from = query.since.map(audit::moment).unwrap_or_default();
        let (user_id, account);
        let whose = match &query.person {
            None => Whose::Everybody,
            Some(person) if person.contains('@') => {
                let address = email::normalised(person);
                user_id = users::find_by_email(&self.store, &address).await?.map(|user| user.id).unwrap_or_default();
                account = self.account_digest(&address);
                Whose::OwnOrTried { user_id: &user_id, account: &account }
            }
            Some(id) => Whose::Own(id),
        };
        let event = query.event.as_deref().unwrap_or_default();
        audit::list(&self.store, &whose, event, (&from, audit::END), query.limit).await
    }
}
