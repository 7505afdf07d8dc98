//! Signs of life, and the page that explains an error in a redirect.

use axum::{Json, body::Body, response::Response};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use crate::http::{Fields, FromFields, Queried};

/// `GET /ok`.
pub(crate) async fn ok() -> Json<Value> {
    Json(json!({ "ok": true }))
}

/// `GET /error`.
pub(crate) struct ErrorQuery {
    code: String,
    description: Option<String>,
}

impl FromFields for ErrorQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        let code = first(fields, "error").unwrap_or_default();
        let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '\'' | '-');
        let code =
            if !code.is_empty() && code.len() <= 100 && code.chars().all(allowed) { code } else { "UNKNOWN".into() };
        Self { code, description: first(fields, "error_description").filter(|text| text.len() <= 1000) }
    }
}

/// The first of several values, as `URLSearchParams.get` reads them: a page of errors should not be one itself.
fn first(fields: &Fields<'_>, name: &str) -> Option<String> {
    let value = fields.value(name)?;
    value.as_array().map_or(Some(value), |values| values.first())?.as_str().map(ToOwned::to_owned)
}

/// A page without script or style of its own; nothing of the query reaches it unescaped.
pub(crate) async fn error(Queried(query): Queried<ErrorQuery>) -> Response {
    let description = query.description.unwrap_or_else(|| {
        "The link may be too old or used already. Start again from the page you came from; if it happens again, tell the people who run this site the code above.".into()
    });
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Error</title></head><body><main><h1>Something went wrong</h1><p>Code: <code>{}</code></p><p>{}</p>\
         <p><a href=\"/\">Back to the start</a></p></main></body></html>",
        escaped(&query.code),
        escaped(&description),
    );
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
