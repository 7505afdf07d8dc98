//! A person's sessions: listing them, and ending one, all, or all others.

use axum::{Json, extract::State};
use doorward_database::Batch;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, Fields, FreshSession, FromFields, Posted, SignedIn, cookies},
    model::{Kind, Session},
    shared::{
        event::{self, Event},
        session::{self, Current},
    },
    store::{audit::Only, sessions, sessions::Ending},
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
    let (token, user_id) = (body.token.as_str(), current.user.id.as_str());
    let revoked = Event::new(&auth, Kind::SessionRevoked, &exchange.client).of(user_id);
    let mut batch = Batch::new();
    let stored = revoked.store(&auth, &mut batch, &Only::IfSession { token, user_id });
    session::end_with(&auth, Ending::Own { token, user_id }, &mut batch);
    event::commit_if(&auth, batch, &revoked, stored).await?;
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
    let mut batch = Batch::new();
    session::end_with(&auth, Ending::All { user_id: &current.user.id }, &mut batch);
    event::commit(&auth, batch, &[ended_many(&auth, &exchange, &current, "all")]).await?;
    cookies::clear_session(&exchange, &auth.config);
    Ok(done())
}

pub(crate) async fn revoke_others(
    State(auth): State<Auth>,
    exchange: Exchange,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    let (token, user_id) = (current.session.token.as_str(), current.user.id.as_str());
    let ended = ended_many(&auth, &exchange, &current, "others");
    let mut batch = Batch::new();
    let stored = ended.store(&auth, &mut batch, &Only::IfOthers { token, user_id });
    session::end_with(&auth, Ending::Others { user_id, kept_token: token }, &mut batch);
    event::commit_if(&auth, batch, &ended, stored).await?;
    Ok(done())
}

fn ended_many(auth: &Auth, exchange: &Exchange, current: &Current, which: &'static str) -> Event {
    let revoked = Event::new(auth, Kind::SessionsRevoked, &exchange.client).of(&current.user.id);
    revoked.in_session(&current.session.id).because(which)
}

fn done() -> Json<Value> {
    Json(json!({ "status": true }))
}
