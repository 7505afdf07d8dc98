//! Signing up with an email address and a password.

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, Fields, FromFields, Posted, cookies, guards::FirstSignIn},
    model::User,
    shared::{
        email_token, mail,
        sign_up::{self, IMAGE_LIMIT, NAME_LIMIT, Newcomer, SignedUp},
    },
};

/// `POST /sign-up/email`. Unknown keys are dropped: nobody sets `emailVerified` or an id.
pub(crate) struct EmailBody {
    newcomer: Newcomer,
    callback_url: Option<String>,
    remember: bool,
}

impl FromFields for EmailBody {
    const SHAPES: &'static [&'static str] = &["object", "record"];

    fn read(fields: &mut Fields<'_>) -> Self {
        let newcomer = Newcomer {
            name: fields.plain_text("name", NAME_LIMIT),
            email: fields.email("email"),
            password: fields.filled_text("password"),
            image: fields.optional_plain_text("image", IMAGE_LIMIT),
        };
        Self {
            newcomer,
            callback_url: fields.optional_text("callbackURL"),
            remember: fields.optional_boolean("rememberMe").unwrap_or(true),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct EmailReply {
    /// The session token; null when sign-up does not sign in.
    token: Option<String>,
    user: User,
}

pub(crate) async fn email(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<EmailBody>,
    _: FirstSignIn,
) -> Result<Json<EmailReply>, Error> {
    let (user, session) = match sign_up::register(&auth, &exchange, body.newcomer, Some(body.remember)).await? {
        SignedUp::New(user, session) => (user, session),
        SignedUp::Known(made_up) => return Ok(Json(EmailReply { token: None, user: made_up })),
    };
    if auth.config.account.require_verification {
        let link = email_token::verification_link(&auth, &user, body.callback_url.as_deref());
        mail::send(&auth, &user, &user.email, mail::Letter::VerifyEmail, &link);
    }
    if let Some(session) = &session {
        cookies::set_session(&exchange, &auth, session, &user, !body.remember);
    }
    Ok(Json(EmailReply { token: session.map(|session| session.token), user }))
}
