//! Signing in with an email address and a password.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use doorward_database::Batch;
use serde::Serialize;

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, Fields, FromFields, Posted, cookies, guards::FirstSignIn, redirect::Target},
    model::User,
    shared::{session, sign_in},
};

/// `POST /sign-in/email`.
pub(crate) struct EmailBody {
    email: String,
    password: String,
    callback_url: Option<String>,
    remember: bool,
}

impl FromFields for EmailBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            email: fields.text("email"),
            password: fields.text("password"),
            callback_url: fields.optional_text("callbackURL"),
            remember: fields.optional_boolean("rememberMe").unwrap_or(true),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct EmailReply {
    redirect: bool,
    token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    user: User,
}

pub(crate) async fn email(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<EmailBody>,
    _: FirstSignIn,
) -> Result<Response, Error> {
    let person = sign_in::authenticate(&auth, &exchange, &body.email, &body.password).await?;

    let mut batch = Batch::new();
    let session = session::open(&auth, &exchange, &person.user.id, body.remember, &mut batch);
    person.store(&auth, &exchange, &session, batch).await?;
    let user = person.user;
    cookies::set_session(&exchange, &auth, &session, &user, !body.remember);

    let target = body.callback_url.as_deref().and_then(|url| Target::check(url, &auth.config));
    // An empty one leads nowhere and is named again, as Better Auth does; the pipeline has refused every other bad one.
    let url = target.as_ref().map(|target| target.as_str().to_owned()).or(body.callback_url);
    let reply = EmailReply { redirect: target.is_some(), token: session.token, url, user };
    let mut response = Json(reply).into_response();
    if let Some(location) = target.and_then(|target| target.header()) {
        // A 200 with a Location: the npm client follows the body, plain forms need the pages' script.
        response.headers_mut().insert(http::header::LOCATION, location);
    }
    Ok(response)
}
