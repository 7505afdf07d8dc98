//! A forgotten password: asking for the link, following it, choosing a new password.

use axum::{Json, extract::State};
use doorward_crypto::{cookie, random};
use doorward_database::{Batch, Error as DatabaseError};
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, PathText, Posted, Queried, redirect::Target, schema::query_object},
    model::{Account, Kind, Verification},
    shared::{
        email,
        event::{self, Event},
        mail::{self, Letter},
        password, session,
    },
    store::{accounts, refresh_tokens, sessions::Ending, users, verifications},
};

/// `POST /request-password-reset`.
pub(crate) struct RequestBody {
    email: String,
    redirect_to: Option<String>,
}

impl FromFields for RequestBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { email: fields.email("email"), redirect_to: fields.optional_text("redirectTo") }
    }
}

/// The answer is the same for a known and an unknown address, and so is the work on the way to it.
pub(crate) async fn request(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<RequestBody>,
) -> Result<Json<Value>, Error> {
    if auth.mailer.is_none() {
        return Err(Code::ResetPasswordDisabled.into());
    }
    let address = email::normalised(&body.email);
    let user = users::find_by_email(&auth.store, &address).await?;
    let requested = Event::new(&auth, Kind::PasswordResetRequested, &exchange.client);
    auth.note(requested.at(auth.account_digest(&address), user.as_ref().map(|user| user.id.as_str())));
    let token = random::alphanumeric(&*auth.random, 24);
    let verification = Verification {
        id: auth.new_id(),
        identifier: identifier(&token),
        value: user.as_ref().map(|user| user.id.clone()).unwrap_or_default(),
        expires_at: auth.now().plus_seconds(auth.config.account.reset_lifetime),
    };
    match user {
        Some(user) => {
            verifications::insert(&auth.store, &verification, auth.now()).await?;
            let callback = body.redirect_to.as_deref().map(cookie::percent_encode).unwrap_or_default();
            let link = auth.config.base_url.at(&format!("/reset-password/{token}?callbackURL={callback}"));
            mail::send(&auth, &user, &user.email, Letter::ResetPassword, &link);
        }
        // An unknown address costs a write, too.
        None => verifications::insert_for_nobody(&auth.store, &verification, auth.now()).await?,
    }
    Ok(Json(json!({
        "status": true,
        "message": "If this email exists in our system, check your email for the reset link",
    })))
}

fn identifier(token: &str) -> String {
    format!("reset-password:{token}")
}

/// `GET /reset-password/{token}`: the link in the mail leads on to the page that asks for the password.
pub(crate) struct FollowQuery {
    callback_url: String,
}

impl FromFields for FollowQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { callback_url: fields.text("callbackURL") }
    }
}

/// Following the link uses nothing up. Without a page to lead to there is only the error page, as in Better Auth.
pub(crate) async fn follow(
    State(auth): State<Auth>,
    PathText(token): PathText,
    Queried(query): Queried<FollowQuery>,
) -> Result<Target, Error> {
    if query.callback_url.is_empty() {
        return Ok(Target::own(auth.config.base_url.at("/error")).with("error", "INVALID_TOKEN"));
    }
    let target = Target::check(&query.callback_url, &auth.config).ok_or(Code::InvalidCallbackUrl)?;
    let page = target.absolute(&auth.config);
    let found = verifications::find(&auth.store, &identifier(&token)).await?;
    if found.is_some_and(|verification| verification.expires_at >= auth.now()) {
        Ok(page.setting("token", &token))
    } else {
        Ok(page.setting("error", "INVALID_TOKEN"))
    }
}

/// `POST /reset-password`.
pub(crate) struct ResetBody {
    new_password: String,
    token: Option<String>,
}

impl FromFields for ResetBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            new_password: fields.text("newPassword"),
            token: fields.optional_text("token").filter(|token| !token.is_empty()),
        }
    }
}

/// The token is taken out in the same step that stores the password: of many at once, one succeeds.
pub(crate) async fn reset(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<ResetBody>,
) -> Result<Json<Value>, Error> {
    let in_query = || query_object(&exchange.query).get("token").and_then(Value::as_str).map(str::to_owned);
    let token = body.token.or_else(in_query).filter(|token| !token.is_empty()).ok_or(Code::ResetTokenInvalid)?;
    password::check(&auth, &body.new_password).await?;
    let found = verifications::find(&auth.store, &identifier(&token)).await?;
    let found = found.filter(|verification| verification.expires_at >= auth.now()).ok_or(Code::ResetTokenInvalid)?;
    let user = users::find(&auth.store, &found.value).await?.ok_or(Code::ResetUserNotFound)?;
    let hash = auth.hasher.hash(&body.new_password).await?;

    let mut batch = Batch::new();
    verifications::require(&mut batch, &found);
    // Older links may be in the hands of whoever made the reset necessary.
    verifications::delete_of_user(&mut batch, &user.id);
    if accounts::list(&auth.store, &user.id).await?.iter().any(accounts::is_credential) {
        accounts::set_password(&mut batch, &user.id, &hash, auth.now());
    } else {
        // Whoever came through a provider gets their first password this way.
        let credential = Account::with_password(auth.new_id(), &user.id, hash, auth.now());
        accounts::insert(&auth.store, &mut batch, &credential);
    }
    refresh_tokens::delete_of_user(&mut batch, &user.id);
    if auth.config.session.revoke_on_reset {
        session::end_with(&auth, Ending::All { user_id: &user.id }, &mut batch);
    }
    let reset = Event::new(&auth, Kind::PasswordReset, &exchange.client).of(&user.id);
    match event::commit(&auth, batch, &[reset]).await {
        Ok(_) => Ok(Json(json!({ "status": true }))),
        // Somebody used the link at the same moment, or the person is gone.
        Err(DatabaseError::NothingChanged(_) | DatabaseError::Constraint(_)) => Err(Code::ResetTokenInvalid.into()),
        Err(error) => Err(error.into()),
    }
}
