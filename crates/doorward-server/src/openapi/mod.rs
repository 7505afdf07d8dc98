//! The description of every route of this program: `/api/openapi.json` for tools, `/api/docs` for people.
//!
//! Both are made once, at the start, because they name the public address and what the settings decide. The page is
//! made of the document itself, so it can say neither more nor less.

mod page;
mod server;
mod tasks;

use axum::{
    Router,
    body::{Body, Bytes},
    response::{IntoResponse, Response},
    routing::get,
};
use doorward::{
    config::Config,
    etag,
    openapi::{self, Document, Information},
};
use doorward_crypto::digest;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

use crate::settings::Theme;

const ABOUT: &str = "Authentication for web apps, in Better Auth's wire protocol, and the tasks API behind it. \
Requests that break HTTP itself (two hosts, a header too long, a body too slow) are refused before any route, \
with 400, 408 or 431 and no body. Unknown members of bodies are ignored; unknown routes below the auth service's \
path are 404 without a body, whatever their method.";

/// All routes, described.
pub(crate) fn document(config: &Config) -> Document {
    let document = Document::new()
        .with(openapi::sections(), openapi::schemas(), openapi::operations(config))
        .with([tasks::SECTION], tasks::schemas(), tasks::operations())
        .with([server::SECTION], [], server::operations());
    if config.base_url.is_secure() { document.map(server::requires_https) } else { document }
}

fn to_json(config: &Config) -> Value {
    document(config).into_json(&Information {
        title: "Doorward",
        version: env!("CARGO_PKG_VERSION"),
        about: ABOUT,
        server: config.base_url.origin(),
        cookie: &openapi::session_cookie(config),
    })
}

/// The two routes that show it.
pub(crate) fn router(config: &Config, theme: &Theme) -> Router {
    let json = to_json(config);
    let page = page::write(&json, theme);
    let document = Kept::new(json.to_string(), "application/json", None);
    let page = Kept::new(page.html, "text/html; charset=utf-8", HeaderValue::try_from(page.policy).ok());
    Router::new()
        .route("/api/openapi.json", get(async move |headers: HeaderMap| document.answer(&headers)))
        .route("/api/docs", get(async move |headers: HeaderMap| page.answer(&headers)))
}

/// An answer that stays the same while the program runs.
#[derive(Clone)]
struct Kept {
    content: Bytes,
    headers: [(HeaderName, HeaderValue); 3],
    policy: Option<HeaderValue>,
}

impl Kept {
    fn new(content: String, media_type: &'static str, policy: Option<HeaderValue>) -> Self {
        let etag = format!("\"{}\"", digest::sha256_base64url(&content));
        let etag = HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("\"\""));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
            (header::ETAG, etag),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        Self { content: content.into(), headers, policy }
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let [_, (_, etag), _] = &self.headers;
        let is_known = etag::is_known(request, etag);
        let body = if is_known { Body::empty() } else { Body::from(self.content.clone()) };
        let mut response = (self.headers.clone(), body).into_response();
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        if let Some(policy) = &self.policy {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use doorward::config::BaseUrl;
    use doorward_crypto::secret::{Secret, Secrets};

    use super::*;

    fn config(url: &str) -> Config {
        Config::new(BaseUrl::parse(url).unwrap(), Secrets::single(Secret::new("a secret of thirty-two characters!")))
    }

    fn source(path: &str) -> String {
        std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// `GET /api/tasks` of `.route("/api/tasks", get(…).merge(post(…)))`.
    fn mounted(path: &str) -> BTreeSet<String> {
        const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
        let source = source(path);
        let lines: Vec<_> =
            source.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once("\", ")).collect();
        let methods = |handlers: &str| {
            let calls: Vec<_> = handlers.split('(').map(|text| text.rsplit(['.', ' ', ':']).next()).collect();
            METHODS.into_iter().filter(|method| calls.contains(&Some(*method))).collect::<Vec<_>>()
        };
        let routes = lines.iter().flat_map(|(path, handlers)| {
            methods(handlers).into_iter().map(move |method| format!("{} {path}", method.to_ascii_uppercase()))
        });
        routes.collect()
    }

    #[test]
    fn every_route_of_the_program_is_described_and_nothing_else() {
        let described: BTreeSet<_> = document(&config("http://localhost:3000"))
            .operations()
            .iter()
            .map(|operation| format!("{} {}", operation.method(), operation.path()))
            .filter(|route| !route.contains(" /api/auth/"))
            .collect();
        // The pages' own two are not mounted by name.
        let mut mounted_ones: BTreeSet<_> =
            ["GET /theme.json", "GET /.well-known/change-password"].map(str::to_owned).into();
        for path in
            ["tasks-api/src/lib.rs", "doorward-server/src/commands/serve.rs", "doorward-server/src/openapi/mod.rs"]
        {
            let found = mounted(path);
            assert!(!found.is_empty(), "{path} was read");
            mounted_ones.extend(found);
        }
        assert_eq!(described, mounted_ones);
    }

    #[test]
    fn codes_of_the_tasks_exist() {
        let known = source("tasks-api/src/error.rs") + &source("doorward-verify/src/refusal.rs");
        for operation in tasks::operations() {
            for code in operation.codes() {
                assert!(known.contains(&format!("{code:?}")), "nothing answers {code}");
            }
        }
    }

    #[test]
    fn https_is_told_where_it_is_promised() {
        let told = |url| to_json(&config(url)).to_string().contains("HTTPS_REQUIRED");
        assert!(told("https://auth.example.com") && !told("http://localhost:3000"));
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let kept = Kept::new("text".to_owned(), "text/plain", None);
        let first = kept.answer(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let etag = first.headers()[header::ETAG].to_str().unwrap();
        for named in [etag.to_owned(), format!("W/{etag}"), format!("\"older\", {etag}")] {
            let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, named.try_into().unwrap())]);
            assert_eq!(kept.answer(&known).status(), StatusCode::NOT_MODIFIED);
        }
    }
}
