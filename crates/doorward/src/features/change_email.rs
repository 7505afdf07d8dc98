//! Asking for another address. It changes only once the new one is proved; see `email_verification`.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, Posted, SignedIn, rate_limit::count_mail},
    model::Kind,
    shared::{
        email,
        email_token::{self, CHANGE_CONFIRMATION, CHANGE_VERIFICATION},
        event::Event,
        mail::{self, Letter},
    },
    store::users,
};

/// `POST /change-email`.
pub(crate) struct ChangeBody {
    new_email: String,
    callback_url: Option<String>,
}

impl FromFields for ChangeBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { new_email: fields.email("newEmail"), callback_url: fields.optional_text("callbackURL") }
    }
}

pub(crate) async fn change(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<ChangeBody>,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    if !auth.config.account.change_email {
        return Err(Code::ChangeEmailDisabled.into());
    }
    let (user, new_email) = (current.user, email::normalised(&body.new_email));
    if new_email == user.email {
        return Err(Error::Message(StatusCode::BAD_REQUEST, "Email is the same"));
    }
    if auth.mailer.is_none() {
        return Err(Error::Message(StatusCode::BAD_REQUEST, "Verification email isn't enabled"));
    }
    count_mail(&auth, &exchange.client, &user.id).await?;
    let requested = Event::new(&auth, Kind::EmailChangeRequested, &exchange.client).of(&user.id);
    auth.note(requested.in_session(&current.session.id));
    // An address that is taken gets the same answer and no mail: this tells nobody who has an account.
    if users::find_by_email(&auth.store, &new_email).await?.is_none() {
        let callback_url = body.callback_url.as_deref();
        let confirm_first = auth.config.account.change_email_confirm && user.email_verified;
        if confirm_first {
            let link = email_token::change_link(&auth, &user, &new_email, CHANGE_CONFIRMATION, callback_url);
            mail::send(&auth, &user, &user.email, Letter::ConfirmNewEmail, &link);
        } else {
            let link = email_token::change_link(&auth, &user, &new_email, CHANGE_VERIFICATION, callback_url);
            mail::send(&auth, &user, &new_email, Letter::VerifyNewEmail, &link);
        }
    }
    Ok(Json(json!({ "status": true })))
}
