//! Refusals, in the shape the rest of the system uses: `{"message", "code"}`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

pub(crate) enum Error {
    /// A field does not fit; the message names it.
    Invalid(String),
    NotJson,
    MediaType,
    TooLarge,
    /// Unknown, or somebody else's: the same to whoever asks.
    NotFound,
    /// The person has as many tasks as one may have.
    TooMany,
    Unavailable,
    Internal(doorward_database::Error),
}

impl From<doorward_database::Error> for Error {
    fn from(error: doorward_database::Error) -> Self {
        match error {
            doorward_database::Error::Unavailable(reason) => {
                tracing::error!(%reason, "the database is not available");
                Self::Unavailable
            }
            other => Self::Internal(other),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(doorward_database::Error::Other(error.to_string()))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Invalid(message) => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message),
            Self::NotJson => (StatusCode::BAD_REQUEST, "BAD_REQUEST", "The body is not a JSON object".into()),
            Self::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                "Send the body as application/json".into(),
            ),
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "The body is larger than 64 KiB".into())
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such task".into()),
            Self::TooMany => {
                let message = "There are as many tasks as one person may have. Delete some first.".into();
                (StatusCode::CONFLICT, "TOO_MANY_TASKS", message)
            }
            Self::Unavailable => {
                let message = "The tasks cannot be reached now. Please try again in a moment.".into();
                (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", message)
            }
            Self::Internal(source) => {
                tracing::error!(error = %source, "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "Internal Server Error".into())
            }
        };
        let mut response = (status, Json(json!({ "message": message, "code": code }))).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

pub(crate) async fn method_not_allowed() -> Response {
    let body = json!({ "message": "This address does not take this method", "code": "METHOD_NOT_ALLOWED" });
    (StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response()
}
