//! Extractors for the session behind a request, as strict as each route needs them.
//!
//! They stand after [`Posted`](super::Posted) and [`Queried`](super::Queried) in a handler's arguments: a body that
//! does not fit is refused before anybody asks who sent it, as in Better Auth.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{Exchange, origin};
use crate::{
    auth::Auth,
    error::{Code, Error},
    shared::session::{self, Current},
};

/// The session, if there is a living one.
pub(crate) struct MaybeSession(pub(crate) Option<Current>);

/// A living session; without one 401.
///
/// Better Auth tells routes that may trust the cookie cache from "sensitive" ones that may not. Here every check reads
/// the row, so the two are one.
pub(crate) struct SignedIn(pub(crate) Current);

/// A session whose sign-in is recent; an older one gets 403.
pub(crate) struct FreshSession(pub(crate) Current);

/// Sign-in and sign-up: no cross-site page may post here, cookie or not.
pub(crate) struct FirstSignIn;

impl FromRequestParts<Auth> for MaybeSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let exchange = Exchange::from_request_parts(parts, auth).await?;
        session::current(auth, &exchange).await.map(Self)
    }
}

impl FromRequestParts<Auth> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let MaybeSession(current) = MaybeSession::from_request_parts(parts, auth).await?;
        current.map(Self).ok_or(Code::Unauthorized.into())
    }
}

impl FromRequestParts<Auth> for FreshSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let SignedIn(current) = SignedIn::from_request_parts(parts, auth).await?;
        if session::is_fresh(auth, &current.session) { Ok(Self(current)) } else { Err(Code::SessionNotFresh.into()) }
    }
}

impl FromRequestParts<Auth> for FirstSignIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let refused = match origin::check_first_sign_in(&parts.headers, &auth.config) {
            Ok(()) => return Ok(Self),
            Err(refused) => refused,
        };
        let exchange = Exchange::from_request_parts(parts, auth).await?;
        origin::tell(auth, &exchange.client, &parts.headers, &refused);
        Err(refused)
    }
}
