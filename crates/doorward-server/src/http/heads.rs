//! What a request's head must be, beyond what hyper sees to: not too long, and clear about where the body ends.
//!
//! hyper bounds the buffer that a head is read into, and lets a longer one pass when it happens to arrive in one piece.
//! Counted here is what stands in the head: the target and every header.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Request, StatusCode, Version, header};

/// Target and headers of a request together, in bytes.
pub(super) const HEAD_LIMIT: usize = 16 * 1024;

/// The refusal of a head that is too long, or that names the end of its body twice.
pub(super) fn refused<B>(request: &Request<B>) -> Option<Response> {
    let headers: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let status = if headers + target > HEAD_LIMIT {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else if is_framed_twice(request) {
        StatusCode::BAD_REQUEST
    } else {
        return None;
    };
    let plain = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::CACHE_CONTROL, "no-store")];
    let mut refusal = (status, plain).into_response();
    if request.version() == Version::HTTP_11 {
        refusal.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Some(refusal)
}

/// hyper reads the last of several codings; a proxy in front may read the first (RFC 9112, section 6.1). Lengths that
/// differ are refused by hyper, and those that agree reach us as one.
fn is_framed_twice<B>(request: &Request<B>) -> bool {
    let mut codings = request.headers().get_all(header::TRANSFER_ENCODING).iter();
    codings.next().is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked")) || codings.next().is_some()
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

    #[test]
    fn a_body_ends_in_one_way() {
        let with = |name: &str, values: &[&str]| {
            let request = values.iter().fold(Request::get("/"), |request, value| request.header(name, *value));
            refused(&request.body(()).unwrap()).map(|refusal| refusal.status().as_u16())
        };
        assert_eq!(with("transfer-encoding", &["Chunked"]), None);
        assert_eq!(with("transfer-encoding", &["chunked", "chunked"]), Some(400));
        assert_eq!(with("transfer-encoding", &["gzip, chunked"]), Some(400));
        assert_eq!(with("transfer-encoding", &["chunked, chunked"]), Some(400));
        assert_eq!(with("content-length", &["5"]), None);
    }
}
