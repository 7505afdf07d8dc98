//! Forms that a browser posts by itself, without JavaScript: nobody is there to read a JSON answer.
//!
//! Success leads on to the form's `callbackURL`, a refusal back to its `errorCallbackURL` with `?error=CODE`, as Better
//! Auth leads people from links in mails; the fragment is the code, too, so that a page without scripts can show its
//! words by `:target`. A form that names neither gets the JSON. Calls by scripts are never touched.

use axum::{
    body::to_bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::Value;

use super::redirect::Target;
use crate::config::Config;

/// No refusal is longer.
const REFUSAL_LIMIT: usize = 4 * 1024;

/// Where a plain form wants to go.
pub(crate) struct PlainForm {
    success: Option<Target>,
    refusal: Option<Target>,
}

impl PlainForm {
    /// By the headers alone; the body may still have to be read.
    pub(crate) fn is_posted(headers: &HeaderMap) -> bool {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        text(HeaderName::from_static("sec-fetch-mode")) == "navigate"
            && text(header::CONTENT_TYPE).to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
    }

    pub(crate) fn read(headers: &HeaderMap, body: Option<&Value>, config: &Config) -> Option<Self> {
        let body = body.filter(|_| Self::is_posted(headers))?;
        let target = |name: &str| Target::check(body.get(name)?.as_str()?, config);
        Some(Self { success: target("callbackURL"), refusal: target("errorCallbackURL") })
    }

    /// The answer as a way on; the session token in it is shown to nobody.
    pub(crate) async fn lead_on(self, answer: Response) -> Response {
        let target = match answer.status() {
            StatusCode::OK => self.success,
            status if status.is_client_error() || status.is_server_error() => self.refusal,
            _ => None,
        };
        let Some(mut target) = target else { return answer };
        if answer.status() != StatusCode::OK {
            let code = code_of(answer).await;
            target = target.with("error", &code).at(&code);
        }
        let mut response = target.into_response();
        *response.status_mut() = StatusCode::SEE_OTHER;
        response
    }
}

async fn code_of(answer: Response) -> String {
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), REFUSAL_LIMIT).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let named = body.get("code").and_then(Value::as_str);
    named.map_or_else(
        || if status == StatusCode::TOO_MANY_REQUESTS { "TOO_MANY_REQUESTS" } else { "REFUSED" }.to_owned(),
        str::to_owned,
    )
}
