//! How long a request's head may be.
//!
//! hyper bounds the buffer that a head is read into, and lets a longer one pass when it happens to arrive in one piece.
//! Counted here is what stands in the head: the target and every header.

use axum::response::{IntoResponse as _, Response};
use http::{Request, StatusCode, header};

/// Target and headers of a request together, in bytes.
pub(super) const HEAD_LIMIT: usize = 16 * 1024;

/// The refusal of a head that is too long.
pub(super) fn refused<B>(request: &Request<B>) -> Option<Response> {
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    (headers + target > HEAD_LIMIT).then(|| {
        let plain = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::CACHE_CONTROL, "no-store")];
        (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, plain).into_response()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_kilobytes_are_enough() {
        let with = |length: usize| Request::get("/").header("x", "y".repeat(length)).body(()).unwrap();
        assert!(refused(&with(HEAD_LIMIT - 6)).is_none());
        assert_eq!(refused(&with(HEAD_LIMIT - 5)).unwrap().status(), 431);
    }
}
