//! `GET /activity`: what happened to one's own account lately.

use axum::{Json, extract::State};
use doorward_database::Stamp;
use http::StatusCode;
use serde::Serialize;

use crate::{
    auth::Auth,
    error::Error,
    http::{Fields, FromFields, Queried, SignedIn},
    store::{audit, audit::Whose},
};

pub(crate) const MOST: i64 = 50;
const USUAL: i64 = 20;
pub(crate) const BAD_LIMIT: Error = Error::Message(StatusCode::BAD_REQUEST, "limit must be a number from 1 to 50");

/// The query: how many, and from before which entry.
pub(crate) struct ActivityQuery {
    limit: Option<String>,
    before: Option<String>,
}

impl FromFields for ActivityQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { limit: fields.optional_text("limit"), before: fields.optional_text("before") }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Happened {
    id: String,
    /// A name of docs/features/events.md.
    action: String,
    created_at: Stamp,
    ip_address: Option<String>,
    user_agent: Option<String>,
    /// How often, where several attempts share an entry.
    times: i64,
    /// It happened in the session that asks.
    current: bool,
}

/// Newest first.
pub(crate) async fn list(
    State(auth): State<Auth>,
    Queried(query): Queried<ActivityQuery>,
    SignedIn(current): SignedIn,
) -> Result<Json<Vec<Happened>>, Error> {
    let limit = match query.limit.as_deref() {
        None | Some("") => USUAL,
        Some(text) => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or(BAD_LIMIT)?,
    };
    let before = query.before.as_deref().filter(|id| !id.is_empty()).unwrap_or(audit::END);
    let entries = audit::list(&auth.store, &Whose::Own(&current.user.id), "", ("", before), limit).await?;
    let happened = entries.into_iter().map(|entry| Happened {
        current: entry.session_id.as_ref() == Some(&current.session.id),
        id: entry.id,
        action: entry.event,
        created_at: entry.created_at,
        ip_address: entry.ip_address,
        user_agent: entry.user_agent,
        times: entry.times,
    });
    Ok(Json(happened.collect()))
}
