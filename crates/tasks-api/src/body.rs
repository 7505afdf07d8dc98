//! Reading a JSON body field by field, so that a refusal can name the field.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
};
use http::header;
use serde_json::{Map, Value};

use crate::error::Error;

/// Largest body that is read, in bytes.
const BODY_LIMIT: usize = 64 * 1024;
/// Longest title, in characters.
const TITLE_LIMIT: usize = 500;

/// A JSON object. Unknown fields are ignored: nobody sets an owner or an id.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// The title, without blanks around it; `None` when it was left out.
    pub(crate) fn title(&self) -> Result<Option<String>, Error> {
        let Some(value) = self.0.get("title") else { return Ok(None) };
        let Value::String(text) = value else { return Err(Error::Invalid("title: must be a text".into())) };
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::Invalid("title: must not be empty".into()));
        }
        if text.chars().count() > TITLE_LIMIT {
            return Err(Error::Invalid(format!("title: must have at most {TITLE_LIMIT} characters")));
        }
        if text.chars().any(char::is_control) {
            return Err(Error::Invalid("title: must not hold control characters".into()));
        }
        Ok(Some(text.to_owned()))
    }

    /// Whether the task is done; `None` when it was left out.
    pub(crate) fn completed(&self) -> Result<Option<bool>, Error> {
        match self.0.get("completed") {
            None => Ok(None),
            Some(Value::Bool(completed)) => Ok(Some(*completed)),
            Some(_) => Err(Error::Invalid("completed: must be true or false".into())),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Error> {
        let media_type =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Error::MediaType);
        }
        let length =
            request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > BODY_LIMIT) {
            return Err(Error::TooLarge);
        }
        let bytes = to_bytes(request.into_body(), BODY_LIMIT).await.map_err(|error| {
            let too_large =
                std::error::Error::source(&error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
            if too_large { Error::TooLarge } else { Error::NotJson }
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            _ => Err(Error::NotJson),
        }
    }
}
