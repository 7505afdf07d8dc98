//! A refusal as an HTTP answer (RFC 6750 section 3).
//!
//! ```text
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Bearer realm="tasks", error="invalid_token", error_description="The access token has expired"
//! cache-control: no-store
//! content-type: application/json
//!
//! {"message":"The access token has expired","code":"INVALID_TOKEN"}
//! ```

use crate::refusal::Refusal;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use std::fmt::Write;
use std::sync::Arc;

/// A refusal with the realm of the verifier that spoke it: what the guard and the extractor answer with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Refused {
    refusal: Refusal,
    realm: Option<Arc<str>>,
}

impl Refused {
    pub(crate) fn new(refusal: Refusal, realm: Option<Arc<str>>) -> Self {
        Self { refusal, realm }
    }

    /// Why the request was refused; status, code and message of the answer hang on it.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// The value of `WWW-Authenticate` (RFC 6750 section 3), for answers that are made by hand. `None` where the client
    /// can do nothing about it: 500 and 503 carry no challenge.
    pub fn challenge(&self) -> Option<HeaderValue> {
        let challenged = !self.refusal.status().is_server_error();
        // A realm that cannot stand in a header was refused when the verifier was built.
        challenged.then(|| HeaderValue::from_str(&self.challenge_text()).ok()).flatten()
    }

    /// The whole answer, without any framework: status, challenge, `cache-control`, and the JSON body as text.
    pub fn into_http(self) -> http::Response<String> {
        let (message, code) = (self.refusal.message(), self.refusal.code());
        let mut response = http::Response::new(format!(r#"{{"message":"{message}","code":"{code}"}}"#));
        *response.status_mut() = self.refusal.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.refusal.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    fn challenge_text(&self) -> String {
        let mut challenge = String::from("Bearer");
        let mut separator = ' ';
        let mut parameter = |name: &str, value: &str| {
            // Writing into a string cannot fail.
            let _ = write!(challenge, "{separator}{}{name}=\"{value}\"", if separator == ',' { " " } else { "" });
            separator = ',';
        };
        if let Some(realm) = &self.realm {
            parameter("realm", realm);
        }
        if let Some(error) = self.refusal.error() {
            parameter("error", error);
            parameter("error_description", self.refusal.message());
        }
        if let Refusal::InsufficientScope { required } = &self.refusal
            && is_quotable(required)
        {
            parameter("scope", required);
        }
        challenge
    }
}

/// Text that may stand between quotes without escaping (RFC 6749 appendix A.4, RFC 9110 section 5.6.4).
pub(crate) fn is_quotable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.into_http().map(Body::from)
    }
}

impl From<Refusal> for Refused {
    /// Without a realm.
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal, None)
    }
}

impl IntoResponse for Refusal {
    /// Without a realm: for handlers that call the verifier themselves.
    fn into_response(self) -> Response {
        Refused::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_crypto::jwt::JwtError;

    fn challenge(refusal: Refusal, realm: Option<&str>) -> String {
        Refused::new(refusal, realm.map(Arc::from)).challenge_text()
    }

    #[test]
    fn challenges_are_those_of_rfc_6750() {
        assert_eq!(challenge(Refusal::NoCredential, None), "Bearer");
        assert_eq!(challenge(Refusal::NoCredential, Some("tasks")), r#"Bearer realm="tasks""#);
        assert_eq!(
            challenge(JwtError::Expired.into(), Some("tasks")),
            r#"Bearer realm="tasks", error="invalid_token", error_description="The access token has expired""#
        );
        assert_eq!(
            challenge(Refusal::InsufficientScope { required: "a b".into() }, None),
            r#"Bearer error="insufficient_scope", error_description="The access token does not reach far enough", scope="a b""#
        );
        assert!(!challenge(Refusal::InsufficientScope { required: "a\"\r\nb".into() }, None).contains("scope="));
    }

    #[test]
    fn no_challenge_where_the_client_can_do_nothing() {
        for (refusal, status, retry) in [
            (Refusal::KeysUnavailable, 503, Some("5")),
            (Refusal::RevocationsUnavailable, 503, Some("5")),
            (Refusal::NotGuarded, 500, None),
        ] {
            assert_eq!(Refused::from(refusal.clone()).challenge(), None);
            let response = Refused::from(refusal).into_http();
            assert_eq!(response.status().as_u16(), status);
            assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
            assert_eq!(response.headers().get(RETRY_AFTER).map(|value| value.to_str().expect("text")), retry);
        }
    }

    #[test]
    fn messages_need_no_escaping() {
        for refusal in [
            Refusal::NoCredential,
            Refusal::Malformed(""),
            JwtError::Expired.into(),
            JwtError::Signature.into(),
            Refusal::InsufficientScope { required: String::new() },
            Refusal::KeysUnavailable,
            Refusal::NotGuarded,
        ] {
            assert!(is_quotable(refusal.message()) && is_quotable(refusal.code()));
        }
    }
}
