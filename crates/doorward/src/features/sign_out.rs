//! Signing out. It always succeeds: whoever asks ends up signed out.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, cookies},
    shared::session,
    store::sessions::Ending,
};

/// `POST /sign-out`. A database that cannot delete the session now is told (503), where Better Auth would claim success
/// and leave the session alive.
pub(crate) async fn sign_out(State(auth): State<Auth>, exchange: Exchange) -> Result<Json<Value>, Error> {
    if let Some(token) = &exchange.credential.token {
        session::end(&auth, Ending::Token(token)).await?;
    }
    cookies::clear_session(&exchange, &auth.config);
    Ok(Json(json!({ "success": true })))
}
