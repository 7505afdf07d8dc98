//! Access tokens for APIs, and the keys that verify them.

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{
    auth::Auth,
    error::Error,
    http::{Exchange, SignedIn, etag},
    shared::{resource::Resource, token},
};

/// How long a copy of the keys may be shown: 50 seconds. A new key is published for 90 before it signs, of which another
/// process may miss 5 until it reads the table, and a verifier that has just asked may not ask again for 30
/// (doorward-verify, and jose for Node). So whatever stands between us and a verifier, it knows the key in time.
const KEYS_MAX_AGE: &str = "public, max-age=30, stale-while-revalidate=20";

/// `GET /token`: the JWT of the session, for the usual audience or for the API that `resource` names.
pub(crate) async fn get_token(
    State(auth): State<Auth>,
    exchange: Exchange,
    SignedIn(current): SignedIn,
) -> Result<Response, Error> {
    let resource = Resource::in_query(&auth, &exchange.query)?;
    let token = token::for_resource(&auth, &current.session, &current.user, resource).await?;
    let mut response = Json(json!({ "token": &*token })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /jwks`: the public keys (RFC 7517), from memory.
pub(crate) async fn get_keys(State(auth): State<Auth>, request: Request) -> Result<Response, Error> {
    let ring = auth.keys.ring(&auth).await?;
    let known = etag::is_known(request.headers(), &ring.etag);
    let mut response = Response::new(if known { Body::empty() } else { Body::from(ring.document.clone()) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEYS_MAX_AGE));
    headers.insert(header::ETAG, ring.etag.clone());
    Ok(response)
}
