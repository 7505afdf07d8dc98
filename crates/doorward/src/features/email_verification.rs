//! Proving that an address is one's own: asking for the link, and following it.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use doorward_database::{Batch, Error as DatabaseError};
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{
        Exchange, Fields, FromFields, MaybeSession, Posted, Queried, cookies, rate_limit::count_mail, redirect::Target,
    },
    model::{Kind, User},
    shared::{
        email,
        email_token::{self, CHANGE_CONFIRMATION, CHANGE_VERIFICATION, EmailToken, Refused},
        event::{self, Event},
        mail::{self, Letter},
        session::{self, Current},
        sign_in::signed_in,
    },
    store::{accounts, users},
};

/// An anonymous answer takes at least this long, so that its time tells nothing about the address.
const FLOOR: Duration = Duration::from_millis(500);

/// `POST /send-verification-email`.
pub(crate) struct SendBody {
    email: String,
    callback_url: Option<String>,
}

impl FromFields for SendBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { email: fields.email("email"), callback_url: fields.optional_text("callbackURL") }
    }
}

pub(crate) async fn send(
    State(auth): State<Auth>,
    Posted(body): Posted<SendBody>,
    MaybeSession(current): MaybeSession,
) -> Result<Json<Value>, Error> {
    if auth.mailer.is_none() {
        return Err(Code::VerificationDisabled.into());
    }
    let address = email::normalised(&body.email);
    let callback_url = body.callback_url.as_deref();
    if let Some(Current { user, .. }) = current {
        if email::normalised(&user.email) != address {
            return Err(Code::EmailMismatch.into());
        }
        if user.email_verified {
            return Err(Code::EmailAlreadyVerified.into());
        }
        send_to(&auth, &user, callback_url);
    } else {
        let floor = tokio::time::sleep(FLOOR);
        let user = users::find_by_email(&auth.store, &address).await;
        if let Ok(Some(user)) = &user
            && !user.email_verified
        {
            send_to(&auth, user, callback_url);
        }
        floor.await;
        user?;
    }
    Ok(Json(json!({ "status": true })))
}

fn send_to(auth: &Auth, user: &User, callback_url: Option<&str>) {
    let link = email_token::verification_link(auth, user, callback_url);
    mail::send(auth, user, &user.email, Letter::VerifyEmail, &link);
}

/// `GET /verify-email`.
pub(crate) struct VerifyQuery {
    token: String,
    callback_url: Option<String>,
}

impl FromFields for VerifyQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            token: fields.text("token"),
            callback_url: fields.optional_text("callbackURL").filter(|url| !url.is_empty()),
        }
    }
}

pub(crate) async fn verify(
    State(auth): State<Auth>,
    exchange: Exchange,
    Queried(query): Queried<VerifyQuery>,
) -> Result<Response, Error> {
    let target = query.callback_url.as_deref();
    let target = target.map(|url| Target::check(url, &auth.config).ok_or(Code::InvalidCallbackUrl)).transpose()?;
    let token = email_token::read(&auth, &query.token).map_err(|refused| match refused {
        Refused::Expired => Code::VerificationTokenExpired,
        Refused::Invalid => Code::VerificationTokenInvalid,
    });
    let verified = match token {
        Ok(token) => follow(&auth, &exchange, &token, query.callback_url.as_deref()).await,
        Err(code) => Err(code.into()),
    };
    match (verified, target) {
        (Ok(_), Some(target)) => Ok(target.into_response()),
        (Ok(body), None) => Ok(Json(body).into_response()),
        (Err(Error::Api(code)), Some(target)) => Ok(target.with("error", code.as_str()).into_response()),
        (Err(error), _) => Err(error),
    }
}

async fn follow(
    auth: &Auth,
    exchange: &Exchange,
    token: &EmailToken,
    callback_url: Option<&str>,
) -> Result<Value, Error> {
    match &token.update_to {
        Some(new_email) => change_address(auth, exchange, token, new_email, callback_url).await,
        None => prove_address(auth, exchange, token).await,
    }
}

/// The address was proved; following the link again changes nothing and says the same.
async fn prove_address(auth: &Auth, exchange: &Exchange, token: &EmailToken) -> Result<Value, Error> {
    let user = users::find_by_email(&auth.store, &token.email).await?.ok_or(Code::VerificationUserNotFound)?;
    if token.user_id.as_ref().is_some_and(|id| *id != user.id) {
        return Err(Code::VerificationTokenInvalid.into());
    }
    if !user.email_verified {
        let verified = Event::new(auth, Kind::EmailVerified, &exchange.client).of(&user.id);
        let (mut batch, now) = (Batch::new(), auth.now());
        users::verify_email_with(&mut batch, &user, now);
        let user = match event::commit(auth, batch, &[verified]).await {
            Ok(_) => User { email_verified: true, updated_at: now, ..user },
            // Somebody followed the link at the same moment, or the person is gone.
            Err(DatabaseError::NothingChanged(_)) => {
                let still = users::find_by_email(&auth.store, &token.email).await?;
                still.ok_or(Code::VerificationUserNotFound)?;
                return Ok(json!({ "status": true, "user": null }));
            }
            Err(error) => return Err(error.into()),
        };
        if auth.config.account.sign_in_after_verification {
            sign_in(auth, exchange, &user).await?;
        }
    }
    Ok(json!({ "status": true, "user": null }))
}

async fn sign_in(auth: &Auth, exchange: &Exchange, user: &User) -> Result<(), Error> {
    let session = match session::current(auth, exchange).await? {
        Some(current) if current.user.id == user.id => current.session,
        _ => {
            let mut batch = Batch::new();
            let session = session::open(auth, exchange, &user.id, true, &mut batch);
            match event::commit(auth, batch, &[signed_in(auth, exchange, &session)]).await {
                Ok(_) => session,
                // They have left since the address was proved.
                Err(DatabaseError::Constraint(_)) => return Err(Code::VerificationUserNotFound.into()),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let dont_remember = session::is_forgotten(auth, exchange, &session);
    cookies::set_session(exchange, auth, &session, user, dont_remember);
    Ok(())
}

/// One of the two steps of an address change, by what the token was made for.
async fn change_address(
    auth: &Auth,
    exchange: &Exchange,
    token: &EmailToken,
    new_email: &str,
    callback_url: Option<&str>,
) -> Result<Value, Error> {
    let id = token.user_id.as_deref().ok_or(Code::VerificationTokenInvalid)?;
    let user = users::find(&auth.store, id).await?.ok_or(Code::VerificationUserNotFound)?;
    if email::normalised(&user.email) != token.email || !email::is_valid(new_email) {
        return Err(Code::VerificationTokenInvalid.into()); // the address was changed since
    }
    // A new password ends what somebody began who knew the old one, or had a session by it: a change of the address
    // would hand them the account.
    let changed_at = accounts::password_changed_at(&auth.store, &user.id).await?;
    if changed_at.is_some_and(|at| token.issued_at.is_none_or(|issued_at| issued_at < at.seconds())) {
        return Err(Code::VerificationTokenInvalid.into());
    }
    let current = session::current(auth, exchange).await?;
    if current.as_ref().is_some_and(|current| current.user.id != user.id) {
        return Err(Code::VerificationUserInvalid.into());
    }
    if token.request_type.as_deref() == Some(CHANGE_CONFIRMATION) {
        count_mail(auth, &exchange.client, &user.id).await?;
        let link = email_token::change_link(auth, &user, new_email, CHANGE_VERIFICATION, callback_url);
        mail::send(auth, &user, new_email, Letter::VerifyNewEmail, &link);
        return Ok(json!({ "status": true }));
    }
    // Tokens of older versions name no step: they change the address at once and leave it unproved.
    let proved = token.request_type.as_deref() == Some(CHANGE_VERIFICATION);
    let verified = proved && user.email_verified;
    let changed = Event::new(auth, Kind::EmailChanged, &exchange.client).of(&user.id);
    let (mut batch, now) = (Batch::new(), auth.now());
    users::change_email_with(&mut batch, &user, new_email, verified, now);
    let user = match event::commit(auth, batch, &[changed]).await {
        Ok(_) => User { email: new_email.to_owned(), email_verified: verified, updated_at: now, ..user },
        // Another link was faster, or the person is gone.
        Err(DatabaseError::NothingChanged(_)) => return Err(Code::VerificationTokenInvalid.into()),
        // Somebody took the address while the mail was on its way. Better Auth fails here.
        Err(error) if error.is_constraint("email") => return Err(Code::VerificationTokenInvalid.into()),
        Err(error) => return Err(error.into()),
    };
    if !proved {
        send_to(auth, &user, callback_url);
    }
    if let Some(current) = current {
        let dont_remember = session::is_forgotten(auth, exchange, &current.session);
        cookies::set_session(exchange, auth, &current.session, &user, dont_remember);
    }
    Ok(json!({ "status": true, "user": user }))
}
