//! What can go wrong, as two values: what the client sees, and what the log sees.
//!
//! A feature returns [`Error`] with `?`; the conversion into an HTTP answer happens here and nowhere else.
//! [`Error::Internal`] keeps its source for the log and shows the client a plain 500.

mod codes;
mod detours;

pub(crate) use codes::Code;
pub(crate) use detours::Detour;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

/// A refusal or a failure.
#[derive(Debug)]
pub(crate) enum Error {
    /// One of the protocol's named refusals: `{"message", "code"}`.
    Api(Code),
    /// The same about something whose name stands in the message.
    About(Code, String),
    /// A refusal without a code: `{"message"}`, as some of Better Auth's are.
    Message(StatusCode, &'static str),
    /// The body or query does not fit its schema: 400 `VALIDATION_ERROR`, one phrase per issue.
    Validation(String),
    /// The body's media type is not allowed here: 415.
    MediaType { sent: String, allowed: &'static str },
    /// The body is larger than what is read: 413.
    TooLarge,
    /// A status with an empty body.
    Empty(StatusCode),
    /// Too many requests; seconds to wait.
    TooMany(u64),
    /// More work than this server takes on, or a database out of reach; seconds to wait.
    Busy(u64),
    /// A failure of ours. The source is for the log only.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure of ours, told in words for the log.
    pub(crate) fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Api(code) | Self::About(code, _) => code.status(),
            Self::Message(status, _) | Self::Empty(status) => *status,
            Self::Validation(_) => StatusCode::BAD_REQUEST,
            Self::MediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The words a client may read, and the protocol's code where there is one.
    pub(crate) fn words(&self) -> (String, Option<&'static str>) {
        match self {
            Self::Api(code) => (code.message().to_owned(), Some(code.as_str())),
            Self::About(code, name) => (code.message().replace("{}", name), Some(code.as_str())),
            Self::Message(_, message) => ((*message).to_owned(), None),
            Self::Validation(issues) => (issues.clone(), Some("VALIDATION_ERROR")),
            Self::MediaType { sent, allowed } => (
                format!("Content-Type \"{sent}\" is not allowed. Allowed types: {allowed}"),
                Some("UNSUPPORTED_MEDIA_TYPE"),
            ),
            Self::TooLarge => ("The request body is larger than 64 KiB".to_owned(), Some("PAYLOAD_TOO_LARGE")),
            Self::Empty(_) => (String::new(), None),
            Self::TooMany(_) => ("Too many requests. Please try again later.".to_owned(), None),
            Self::Busy(_) => {
                ("The server is busy. Please try again in a moment.".to_owned(), Some("SERVICE_UNAVAILABLE"))
            }
            Self::Internal(_) => ("Internal Server Error".to_owned(), Some("INTERNAL_SERVER_ERROR")),
        }
    }

    /// Seconds a client should wait before it tries again.
    pub(crate) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany(seconds) | Self::Busy(seconds) => Some(*seconds),
            _ => None,
        }
    }

    /// Writes to the log what the client must not see.
    pub(crate) fn log(&self) {
        if let Self::Internal(source) = self {
            tracing::error!(error = %source, "a request failed");
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Api(code)
    }
}

impl From<doorward_database::Error> for Error {
    fn from(error: doorward_database::Error) -> Self {
        match error {
            doorward_database::Error::Unavailable(reason) => {
                tracing::error!(%reason, "the database is not available");
                Self::Busy(doorward_database::Error::RETRY_AFTER.as_secs())
            }
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let (message, code) = self.words();
        let body = match (&self, code) {
            (Self::Empty(_), _) => Body::empty(),
            (_, Some(code)) => json_body(&serde_json::json!({ "message": message, "code": code })),
            (_, None) => json_body(&serde_json::json!({ "message": message })),
        };
        answer(&self, body)
    }
}

/// An answer in this error's status with its waiting times; every error body of the protocol is JSON.
pub(crate) fn answer(error: &Error, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = error.status();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        if matches!(error, Error::TooMany(_)) {
            headers.insert("x-retry-after", HeaderValue::from(seconds)); // Better Auth's own name for it
        }
    }
    response
}

pub(crate) fn json_body(value: &serde_json::Value) -> Body {
    Body::from(value.to_string())
}
