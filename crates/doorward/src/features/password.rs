//! The password of somebody who is signed in: changing it, and proving to know it.

use axum::{Json, extract::State};
use doorward_database::Batch;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, Posted, SignedIn, cookies},
    model::{Kind, User},
    shared::{
        event::{self, Event},
        password, session,
    },
    store::{accounts, refresh_tokens, sessions::Ending},
};

/// `POST /change-password`.
pub(crate) struct ChangeBody {
    new_password: String,
    current_password: String,
    revoke_other_sessions: bool,
}

impl FromFields for ChangeBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            new_password: fields.text("newPassword"),
            current_password: fields.text("currentPassword"),
            revoke_other_sessions: fields.optional_boolean("revokeOtherSessions").unwrap_or(false),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ChangeReply {
    /// The token of the session that replaces all others; null when they stay.
    token: Option<String>,
    user: User,
}

/// Refresh tokens end in any case: whoever knew the old password may hold one.
pub(crate) async fn change(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<ChangeBody>,
    SignedIn(current): SignedIn,
) -> Result<Json<ChangeReply>, Error> {
    password::check(&auth, &body.new_password).await?;
    password::check_not_too_long(&auth, &body.current_password)?;
    let known = password::confirm(&auth, &exchange, &current.user, &body.current_password).await?;
    let hash = auth.hasher.hash(&body.new_password).await?;

    let remember = !session::is_forgotten(&auth, &exchange, &current.session);
    let mut batch = Batch::new();
    accounts::change_password(&mut batch, &current.user.id, &known, &hash, auth.now());
    refresh_tokens::delete_of_user(&mut batch, &current.user.id);
    let replacement = (body.revoke_other_sessions || auth.config.session.revoke_on_change).then(|| {
        session::end_with(&auth, Ending::All { user_id: &current.user.id }, &mut batch);
        session::open(&auth, &exchange, &current.user.id, remember, &mut batch)
    });
    let session_id = replacement.as_ref().map_or(&current.session.id, |session| &session.id);
    let changed = Event::new(&auth, Kind::PasswordChanged, &exchange.client).of(&current.user.id);
    match event::commit(&auth, batch, &[changed.in_session(session_id)]).await {
        Ok(_) => {}
        // Somebody changed it since it was verified: what was verified is the current password no more.
        Err(doorward_database::Error::NothingChanged(_)) => return Err(Code::InvalidPassword.into()),
        Err(error) => return Err(error.into()),
    }

    if let Some(session) = &replacement {
        cookies::set_session(&exchange, &auth, session, &current.user, !remember);
    }
    Ok(Json(ChangeReply { token: replacement.map(|session| session.token), user: current.user }))
}

/// `POST /verify-password`.
pub(crate) struct VerifyBody {
    password: String,
}

impl FromFields for VerifyBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { password: fields.text("password") }
    }
}

pub(crate) async fn verify(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<VerifyBody>,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    password::check_not_too_long(&auth, &body.password).map_err(|_| Code::InvalidPassword)?;
    let stored = accounts::password_of(&auth.store, &current.user.id).await?;
    let user = &current.user;
    if password::guess(
        &auth,
        &exchange,
        Kind::PasswordFailed,
        &user.email,
        Some(&user.id),
        stored.as_deref(),
        &body.password,
    )
    .await?
    {
        Ok(Json(json!({ "status": true })))
    } else {
        Err(Code::InvalidPassword.into())
    }
}
