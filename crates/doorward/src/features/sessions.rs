//! A person's sessions: listing them, and ending one, all, or all others.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, Fields, FreshSession, FromFields, Posted, SignedIn, cookies},
    model::Session,
    shared::session,
    store::{sessions, sessions::Ending},
};

/// `GET /list-sessions`: the living ones, with their tokens, so only shortly after a sign-in.
pub(crate) async fn list(
    State(auth): State<Auth>,
    FreshSession(current): FreshSession,
) -> Result<Json<Vec<Session>>, Error> {
    Ok(Json(sessions::list(&auth.store, &current.user.id, auth.now()).await?))
}

/// `POST /revoke-session`.
pub(crate) struct RevokeBody {
    token: String,
}

impl FromFields for RevokeBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { token: fields.text("token") }
    }
}

/// Ends one of one's own sessions; somebody else's stays untouched and the answer tells nothing.
pub(crate) async fn revoke(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<RevokeBody>,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    session::end(&auth, Ending::Own { token: &body.token, user_id: &current.user.id }).await?;
    if body.token == current.session.token {
        cookies::clear_session(&exchange, &auth.config);
    }
    Ok(done())
}

pub(crate) async fn revoke_all(
    State(auth): State<Auth>,
    exchange: Exchange,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    session::end(&auth, Ending::All { user_id: &current.user.id }).await?;
    cookies::clear_session(&exchange, &auth.config);
    Ok(done())
}

pub(crate) async fn revoke_others(State(auth): State<Auth>, SignedIn(current): SignedIn) -> Result<Json<Value>, Error> {
    session::end(&auth, Ending::Others { user_id: &current.user.id, kept_token: &current.session.token }).await?;
    Ok(done())
}

fn done() -> Json<Value> {
    Json(json!({ "status": true }))
}
