//! The operator's name, logo and colour, as two small files that the pages ask for.

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::header;
use serde_json::json;

use crate::settings::Theme;

pub(super) struct Themed {
    css: Bytes,
    json: Bytes,
}

impl Themed {
    pub(super) fn new(theme: &Theme) -> Self {
        // The colour was checked to be #rrggbb, so it can end nothing but its own declaration.
        let css = theme.accent.as_ref().map(|accent| format!(":root{{--accent:{accent}}}\n")).unwrap_or_default();
        let mut json = json!({ "name": theme.name });
        if let Some(logo) = &theme.logo {
            json["logo"] = json!(logo);
        }
        if let Some(accent) = &theme.accent {
            json["colors"] = json!({ "accent": accent });
        }
        Self { css: css.into(), json: json.to_string().into() }
    }

    pub(super) fn css(&self) -> Response {
        ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], self.css.clone())
            .into_response()
    }

    pub(super) fn json(&self) -> Response {
        ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], self.json.clone())
            .into_response()
    }
}
