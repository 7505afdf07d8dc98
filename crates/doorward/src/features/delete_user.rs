//! Deleting one's account: at once, or confirmed by mail.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use doorward_crypto::{cookie, random};
use doorward_database::Batch;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{
        Exchange, Fields, FromFields, Posted, Queried, SignedIn, cookies, rate_limit::count_mail, redirect::Target,
    },
    model::{Kind, User, Verification},
    shared::{
        event::{self, Event},
        mail::{self, Letter},
        password, session,
    },
    store::{audit, sessions::Ending, users, verifications},
};

/// `POST /delete-user`.
pub(crate) struct DeleteBody {
    callback_url: Option<String>,
    password: Option<String>,
    token: Option<String>,
}

impl FromFields for DeleteBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            callback_url: filled(fields.optional_text("callbackURL")),
            password: filled(fields.optional_text("password")),
            token: filled(fields.optional_text("token")),
        }
    }
}

pub(crate) async fn delete(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<DeleteBody>,
    SignedIn(current): SignedIn,
) -> Result<Json<Value>, Error> {
    if !auth.config.account.delete_user {
        return Err(Error::Empty(StatusCode::NOT_FOUND));
    }
    if let Some(password) = &body.password {
        password::check_not_too_long(&auth, password)?;
        password::confirm(&auth, &exchange, &current.user, password).await?;
    }
    if let Some(token) = &body.token {
        delete_with_token(&auth, &exchange, &current.user, token).await?;
        return Ok(deleted());
    }
    if auth.config.account.delete_user_mail && auth.mailer.is_some() {
        count_mail(&auth, &exchange.client, &current.user.id).await?;
        send_link(&auth, &current.user, body.callback_url.as_deref()).await?;
        return Ok(Json(json!({ "success": true, "message": "Verification email sent" })));
    }
    if body.password.is_none() && !session::is_fresh(&auth, &current.session) {
        return Err(Code::SessionExpired.into());
    }
    delete_now(&auth, &exchange, &current.user).await?;
    Ok(deleted())
}

fn deleted() -> Json<Value> {
    Json(json!({ "success": true, "message": "User deleted" }))
}

async fn send_link(auth: &Auth, user: &User, callback_url: Option<&str>) -> Result<(), Error> {
    let token = random::lowercase_alphanumeric(&*auth.random, 32);
    let verification = Verification {
        id: auth.new_id(),
        identifier: identifier(&token),
        value: user.id.clone(),
        expires_at: auth.now().plus_seconds(auth.config.account.deletion_lifetime),
    };
    verifications::insert(&auth.store, &verification, auth.now()).await?;
    let callback = cookie::percent_encode(callback_url.unwrap_or("/"));
    let link = auth.config.base_url.at(&format!("/delete-user/callback?token={token}&callbackURL={callback}"));
    mail::send(auth, user, &user.email, Letter::DeleteAccount, &link);
    Ok(())
}

fn identifier(token: &str) -> String {
    format!("delete-account-{token}")
}

/// A link deletes only the account it was made for, and is used up by trying.
async fn delete_with_token(auth: &Auth, exchange: &Exchange, user: &User, token: &str) -> Result<(), Error> {
    let taken = verifications::take(&auth.store, &identifier(token), auth.now()).await?;
    if taken.is_none_or(|verification| verification.value != user.id) {
        return Err(Code::DeletionTokenInvalid.into());
    }
    delete_now(auth, exchange, user).await
}

async fn delete_now(auth: &Auth, exchange: &Exchange, user: &User) -> Result<(), Error> {
    let mut batch = Batch::new();
    session::end_with(auth, Ending::All { user_id: &user.id }, &mut batch);
    users::delete(&mut batch, &user.id);
    // What happened stays, without what is personal: nobody can tell any more who the id was.
    audit::forget(&auth.store, &mut batch, &user.id, &auth.account_digest(&user.email));
    let deleted = Event::new(auth, Kind::AccountDeleted, &exchange.client).of(&user.id).without_origin();
    event::commit(auth, batch, &[deleted]).await?;
    cookies::clear_session(exchange, &auth.config);
    Ok(())
}

/// `GET /delete-user/callback`: the link in the mail, in the browser of the person.
pub(crate) struct CallbackQuery {
    token: String,
    callback_url: Option<String>,
}

impl FromFields for CallbackQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            token: fields.text("token"),
            callback_url: fields.optional_text("callbackURL").filter(|url| !url.is_empty()),
        }
    }
}

pub(crate) async fn callback(
    State(auth): State<Auth>,
    exchange: Exchange,
    Queried(query): Queried<CallbackQuery>,
) -> Result<Response, Error> {
    // Before the session is read: that may clear cookies, and a bad target is refused without touching any.
    let target = query.callback_url.as_deref();
    let target = target.map(|url| Target::check(url, &auth.config).ok_or(Code::InvalidCallbackUrl)).transpose()?;
    let user = session::current(&auth, &exchange).await?.map(|current| current.user);
    match (delete_by_link(&auth, &exchange, user, &query.token).await, target) {
        (Ok(()), Some(target)) => Ok(target.into_response()),
        (Ok(()), None) => Ok(deleted().into_response()),
        // Better Auth shows the JSON; whoever opened an old link in a mail is told by a page, as with all other links.
        (Err(Error::Api(code)), Some(target)) if exchange.client.navigates => {
            Ok(target.with("error", code.as_str()).into_response())
        }
        (Err(error), _) => Err(error),
    }
}

async fn delete_by_link(auth: &Auth, exchange: &Exchange, user: Option<User>, token: &str) -> Result<(), Error> {
    if !auth.config.account.delete_user {
        return Err(Code::DeletionNotFound.into());
    }
    let user = user.ok_or(Code::DeletionUserUnknown)?;
    delete_with_token(auth, exchange, &user, token).await
}
