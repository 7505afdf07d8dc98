//! Reading the session: `GET /get-session`, the route every page asks first and again.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, Posted, Queried, SignedIn},
    model::{Session, User},
    shared::{
        session::{self, Wishes},
        token,
    },
};

/// The query of get-session. A flag is on with any text, as in Better Auth; only an empty one is off.
pub(crate) struct GetQuery {
    disable_cookie_cache: bool,
    disable_refresh: bool,
}

impl FromFields for GetQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { disable_cookie_cache: fields.flag("disableCookieCache"), disable_refresh: fields.flag("disableRefresh") }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetReply<'a> {
    session: &'a Session,
    user: &'a User,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_refresh: Option<bool>,
}

/// The session and its person, or `null`. `POST` extends the session where refreshing is deferred.
pub(crate) async fn get(
    State(auth): State<Auth>,
    method: Method,
    exchange: Exchange,
    Queried(query): Queried<GetQuery>,
) -> Result<Response, Error> {
    let refresh_now = method == Method::POST;
    if refresh_now && !auth.config.session.defer_refresh {
        return Ok(uncached(Error::from(Code::DeferSessionRequired).into_response()));
    }
    let wishes = Wishes {
        disable_cookie_cache: query.disable_cookie_cache,
        disable_refresh: query.disable_refresh,
        refresh_now,
    };
    let look = match session::look(&auth, &exchange, wishes).await {
        Ok(Some(look)) => look,
        Ok(None) => return Ok(uncached(Json(()).into_response())),
        Err(error) => return Ok(uncached(error.into_response())),
    };
    let (session, user) = (&look.current.session, &look.current.user);
    if auth.config.token.session_header {
        // A page can do without the token it did not ask for; it cannot do without its session.
        match token::of_session(&auth, session, user).await {
            Ok(token) => expose(&exchange, "set-auth-jwt", &token),
            Err(error) => tracing::error!(?error, "no token could be made for a session"),
        }
    }
    let needs_refresh = (auth.config.session.defer_refresh && !refresh_now).then_some(look.needs_refresh);
    Ok(uncached(Json(GetReply { session, user, needs_refresh }).into_response()))
}

fn expose(exchange: &Exchange, name: &'static str, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        exchange.expose_header(name, value);
    }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// `POST /update-session`: no session fields of an application's own are declared, so there is nothing to change.
pub(crate) struct UpdateBody;

impl FromFields for UpdateBody {
    const SHAPES: &'static [&'static str] = &["record"];

    fn read(_: &mut Fields<'_>) -> Self {
        Self
    }
}

pub(crate) async fn update(_: Posted<UpdateBody>, _: SignedIn) -> Error {
    Error::Message(StatusCode::BAD_REQUEST, "No fields to update")
}
