//! Signing in with somebody else's account: GitHub, Google, and any OAuth 2.0 or OpenID Connect provider.
//!
//! Somebody leaves for a provider ([`sign_in`], [`link`]) with a state that a row and a cookie of this browser both
//! hold ([`visit`]), and comes back with a code ([`callback`]), which becomes tokens and a profile. What the profile
//! may do here is decided in one place for each intent: coming in ([`arrival`]), or joining an account ([`joining`]).
//! The provider's tokens are kept and handed out to their owner ([`tokens`], [`account_info`]).
//!
//! Deliberately absent: sign-in that starts at the provider, and account data kept in cookies.

pub(crate) mod account_info;
mod arrival;
pub(crate) mod callback;
mod failure;
mod joining;
pub(crate) mod link;
mod selection;
pub(crate) mod sign_in;
pub(crate) mod tokens;
mod visit;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Serialize;
use url::Url;

/// Where the browser is to go. With `redirect`, the npm client goes there, and a `Location` says so too.
#[derive(Serialize)]
struct DepartureReply {
    url: String,
    redirect: bool,
}

fn departure(url: &Url, redirect: bool) -> Response {
    let mut response = Json(DepartureReply { url: url.to_string(), redirect }).into_response();
    if let Ok(location) = HeaderValue::from_str(url.as_str())
        && redirect
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
