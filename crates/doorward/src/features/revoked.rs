//! The list of ended sessions, for verifiers that want to refuse their tokens before they expire.
//!
//! Without it a token is good for its fifteen minutes; a verifier that follows it refuses within seconds. It is signed
//! like a token and is none: its `typ` is its own, and it names no subject and no audience.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use doorward_crypto::digest;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, etag},
    shared::{resource::Resource, token},
    store::revoked,
};

const TOKEN_TYPE: &str = "doorward-revoked+jwt";
/// Seconds a copy of the list can be shown again.
const LIFETIME: i64 = 60;

/// `GET /revoked`: a compact JWS, `{"iss", "iat", "exp", "sids": [[sid, until], …]}`. An unchanged list costs a 304.
///
/// It is signed with the usual key, or as the tokens of the API that `resource` names: one that has only the secret, or
/// allows only its own algorithm, can check no other.
pub(crate) async fn list(State(auth): State<Auth>, exchange: Exchange, request: Request) -> Result<Response, Error> {
    let resource = Resource::in_query(&auth, &exchange.query)?;
    let now = auth.now();
    let sessions: Vec<_> =
        revoked::list(&auth.store, now).await?.into_iter().map(|(sid, until)| (sid, until.seconds())).collect();
    // The list and the half-minute: a copy is renewed before it expires, also when nothing changed.
    let fingerprint = format!("{sessions:?} {}", now.seconds() / (LIFETIME / 2));
    let etag =
        HeaderValue::try_from(format!("\"{}\"", digest::sha256_base64url(&fingerprint))).map_err(Error::internal)?;
    if etag::is_known(request.headers(), &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let claims =
        json!({ "iss": token::issuer(&auth), "iat": now.seconds(), "exp": now.seconds() + LIFETIME, "sids": sessions });
    let ring = auth.keys.ring(&auth).await?;
    let document = resource.signing(&ring)?.sign_as(TOKEN_TYPE, &claims.to_string()).map_err(Error::internal)?;
    let mut response = Response::new(Body::from(document));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::ETAG, etag);
    Ok(response)
}
