//! The operator's name, logo and colour, and what the forms have to know, as two small files that the pages ask for.
//!
//! Anybody may read them: they hold what a form would find out by trying, and nothing else of the settings.

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use doorward::config::Config;
use http::header;
use serde_json::json;

use crate::settings::Theme;

pub(super) struct Themed {
    css: Bytes,
    json: Bytes,
}

impl Themed {
    pub(super) fn new(theme: &Theme, config: &Config) -> Self {
        // The colour was checked to be #rrggbb, so it can end nothing but its own declaration.
        let css = theme.accent.as_ref().map(|accent| format!(":root{{--accent:{accent}}}\n")).unwrap_or_default();
        let providers: Vec<_> = config.providers.iter().map(|provider| provider.id.as_str()).collect();
        let mut json = json!({
            "name": theme.name,
            "signUp": config.account.sign_up,
            "passwordMin": config.password.minimum,
            "passwordMax": config.password.maximum,
            "providers": providers,
        });
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
