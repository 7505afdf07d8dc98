//! The short contract: sign up, sign in, refresh, who am I — JSON in, JSON out, bearer tokens, no cookies.
//!
//! It opens the same sessions, through the same doors and limits, as the Better Auth routes; only the shapes differ.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use doorward_crypto::jwt;
use doorward_database::Batch;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{self, Code, Error},
    http::{Exchange, Fields, FromFields, Posted, cookies, guards::FirstSignIn},
    model::{Session, User},
    shared::{
        email_token, mail, refresh,
        resource::Resource,
        session,
        session::Current,
        sign_in,
        sign_up::{self, NAME_LIMIT, Newcomer, SignedUp},
        token,
    },
    store::sessions,
};

/// A refusal in the short contract's shape: `{"success": false, "message"}`.
pub(crate) struct Refusal(Error);

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.log();
        let (message, code) = self.0.words();
        let body = json!({ "success": false, "message": message, "code": code });
        let mut response = error::answer(&self.0, error::json_body(&body));
        if self.0.status() == StatusCode::UNAUTHORIZED {
            // RFC 6750, section 3: without a credential no error is named.
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"doorward\""));
        }
        uncached(response)
    }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `POST /signup`; without a name the part before the `@` will do.
pub(crate) struct SignUpBody(Newcomer);

impl FromFields for SignUpBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        let email = fields.email("email");
        let password = fields.filled_text("password");
        let name = fields.optional_plain_text("name", NAME_LIMIT);
        let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
        Self(Newcomer { name, email, password, image: None })
    }
}

pub(crate) async fn sign_up(
    State(auth): State<Auth>,
    exchange: Exchange,
    body: Result<Posted<SignUpBody>, Error>,
    first: Result<FirstSignIn, Error>,
) -> Result<Json<Value>, Refusal> {
    let (Posted(SignUpBody(newcomer)), _) = (body?, first?);
    let signed_up = sign_up::register(&auth, &exchange, newcomer, None).await?;
    if let SignedUp::New(user, _) = &signed_up
        && auth.config.account.require_verification
    {
        let link = email_token::verification_link(&auth, user, None);
        mail::send(&auth, user, &user.email, mail::Letter::VerifyEmail, &link);
    }
    let message = if auth.config.account.require_verification {
        "Check your email for the link."
    } else {
        "You can sign in now."
    };
    Ok(Json(json!({ "success": true, "message": message })))
}

/// `POST /signin`.
pub(crate) struct SignInBody {
    email: String,
    password: String,
    resource: Option<Value>,
}

impl FromFields for SignInBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            email: fields.text("email"),
            password: fields.text("password"),
            resource: fields.value("resource").cloned(),
        }
    }
}

#[derive(Serialize)]
struct Person<'a> {
    id: &'a str,
    email: &'a str,
}

pub(crate) async fn sign_in(
    State(auth): State<Auth>,
    exchange: Exchange,
    body: Result<Posted<SignInBody>, Error>,
    first: Result<FirstSignIn, Error>,
) -> Result<Response, Refusal> {
    let (Posted(body), _) = (body?, first?);
    let resource = Resource::in_body(&auth, body.resource.as_ref())?;
    let person = sign_in::authenticate(&auth, &exchange, &body.email, &body.password).await.map_err(same_words)?;
    let mut batch = Batch::new();
    let session = session::open(&auth, &exchange, &person.user.id, true, &mut batch);
    let refresh_token = refresh::issue(&auth, &session, &mut batch);
    person.store(&auth, &exchange, &session, batch).await?;
    let user = person.user;
    let token = token::for_resource(&auth, &session, &user, resource).await?;
    let reply = json!({
        "token": &*token,
        "user": Person { id: &user.id, email: &user.email },
        "expiresIn": auth.config.token.lifetime,
        "refreshToken": refresh_token,
    });
    Ok(uncached(Json(reply).into_response()))
}

/// Nobody is told whether an address was malformed, unknown, or merely unlucky with its password.
fn same_words(error: Error) -> Error {
    match error {
        Error::Api(Code::InvalidEmail | Code::PasswordTooLong) => Code::InvalidEmailOrPassword.into(),
        other => other,
    }
}

/// `POST /refresh`.
pub(crate) struct RefreshBody {
    refresh_token: String,
    resource: Option<Value>,
}

impl FromFields for RefreshBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { refresh_token: fields.filled_text("refreshToken"), resource: fields.value("resource").cloned() }
    }
}

pub(crate) async fn refresh(
    State(auth): State<Auth>,
    exchange: Exchange,
    body: Result<Posted<RefreshBody>, Error>,
) -> Result<Response, Refusal> {
    let Posted(body) = body?;
    // Before the token is used up.
    let resource = Resource::in_body(&auth, body.resource.as_ref())?;
    let (Current { session, user }, refresh_token) = refresh::rotate(&auth, &exchange, &body.refresh_token).await?;
    let token = token::for_resource(&auth, &session, &user, resource).await?;
    let reply = json!({ "token": &*token, "refreshToken": refresh_token, "expiresIn": auth.config.token.lifetime });
    Ok(uncached(Json(reply).into_response()))
}

/// `GET /me`: the person of a bearer token, an access JWT or a session token, whose session is still alive.
pub(crate) async fn me(State(auth): State<Auth>, exchange: Exchange, headers: HeaderMap) -> Result<Response, Refusal> {
    let (_, user) = bearer(&auth, &exchange, &headers).await?.ok_or(Code::Unauthorized)?;
    Ok(uncached(Json(json!({ "user": Person { id: &user.id, email: &user.email } })).into_response()))
}

async fn bearer(auth: &Auth, exchange: &Exchange, headers: &HeaderMap) -> Result<Option<(Session, User)>, Error> {
    if exchange.credential.by_bearer {
        let current = session::current(auth, exchange).await?;
        return Ok(current.map(|current| (current.session, current.user)));
    }
    let value = cookies::authorization(headers).unwrap_or_default();
    // Behind one blank, as every other API of ours asks; only session tokens are read as leniently as Better Auth does.
    let Some((_, token)) = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        return Ok(None);
    };
    let ring = auth.keys.ring(auth).await?;
    let rules = token::rules(auth);
    let Ok(claims) = jwt::verify(token, |header| ring.verifying(header), &rules, auth.now().seconds()) else {
        return Ok(None);
    };
    let Some(session_id) = claims.session_id() else { return Ok(None) };
    let found = sessions::find_by_id(&auth.store, session_id).await?;
    Ok(found.filter(|(session, _)| session.expires_at > auth.now()))
}
