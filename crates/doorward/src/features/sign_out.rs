//! Signing out. It always succeeds: whoever asks ends up signed out.
//!
//! Who came from a provider that can end its own session too (OpenID Connect RP-Initiated Logout) is told where.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use doorward_database::Batch;
use http::{HeaderValue, header};
use serde::Serialize;

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, Fields, FromFields, MaybePosted, cookies, redirect::Target},
    model::Kind,
    shared::{
        event::{self, Event},
        provider, session,
    },
    store::{sessions, sessions::Ending},
};

/// `POST /sign-out`; the body is about the provider only.
#[derive(Default)]
pub(crate) struct SignOutBody {
    /// Where the provider may send the browser afterwards.
    callback_url: Option<String>,
    disable_redirect: bool,
    /// What the provider is to give back then.
    state: Option<String>,
}

impl FromFields for SignOutBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            callback_url: fields.optional_text("callbackURL").filter(|url| !url.is_empty()),
            disable_redirect: fields.optional_boolean("disableRedirect").unwrap_or(false),
            state: fields.optional_text("state"),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct SignOutReply {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect: Option<bool>,
}

/// A database that cannot delete the session now is told (503), where Better Auth would claim success and leave the
/// session alive.
pub(crate) async fn sign_out(
    State(auth): State<Auth>,
    exchange: Exchange,
    MaybePosted(body): MaybePosted<SignOutBody>,
) -> Result<Response, Error> {
    let body = body.unwrap_or_default();
    let mut elsewhere = None;
    if let Some(token) = &exchange.credential.token {
        let found = sessions::find(&auth.store, token).await?;
        if let Some((session, user)) = found {
            let signed_out = Event::new(&auth, Kind::SignOut, &exchange.client).of(&user.id).in_session(&session.id);
            let mut batch = Batch::new();
            session::end_with(&auth, Ending::Token(&session.token), &mut batch);
            event::commit(&auth, batch, &[signed_out]).await?;
            let leads_to = body.callback_url.as_deref().and_then(|url| Target::check(url, &auth.config));
            let leads_to = leads_to.map(|target| target.absolute(&auth.config));
            let leads_to = leads_to.as_ref().map(Target::as_str);
            elsewhere = provider::end_session_url(&auth, &user.id, leads_to, body.state.as_deref()).await?;
        }
    }
    cookies::clear_session(&exchange, &auth.config);
    let redirect = elsewhere.is_some() && !body.disable_redirect;
    let url = elsewhere.map(String::from);
    let location = url.as_deref().filter(|_| redirect).and_then(|url| HeaderValue::from_str(url).ok());
    let reply = SignOutReply { success: true, redirect: url.is_some().then_some(redirect), url };
    let mut response = Json(reply).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
