//! The pages, from memory: found by path, compressed beforehand, under a strict Content-Security-Policy.

mod theme;

use std::collections::HashMap;

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use doorward::{config::Config, etag};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use crate::settings::Theme;
use theme::Themed;

/// One exported file, as `build.rs` put it into the binary.
struct Asset {
    path: &'static str,
    etag: &'static str,
    /// `'sha256-…'` of the scripts that stand in the page itself.
    scripts: &'static [&'static str],
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

/// Shown by a binary that was built without the pages.
const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Doorward</title><h1>Doorward is running</h1>\
<p>This binary was built without the pages. <code>make build</code> builds both; the API is at <code>/api/auth</code>.</p>";

/// Where the typeface of the pages is found.
pub(crate) fn font() -> Option<&'static str> {
    ASSETS.iter().map(|asset| asset.path).find(|path| path.ends_with(".woff2"))
}

/// All pages with their ready-made headers.
pub(crate) struct Pages {
    by_path: HashMap<&'static str, (&'static Asset, HeaderValue)>,
    theme: Themed,
}

impl Pages {
    pub(crate) fn new(theme: &Theme, config: &Config) -> Self {
        let by_path = ASSETS.iter().map(|asset| (asset.path, (asset, policy(asset, theme)))).collect();
        Self { by_path, theme: Themed::new(theme, config) }
    }

    /// Answers a request that is for no API.
    pub(crate) fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
        }
        let path = uri.path().trim_start_matches('/');
        match path {
            "theme.css" => return self.theme.css(),
            "theme.json" => return self.theme.json(),
            ".well-known/change-password" => {
                return (StatusCode::FOUND, [(header::LOCATION, "/account")]).into_response();
            }
            _ => {}
        }
        if let Some((asset, policy)) = self.find(path) {
            return send(asset, policy, StatusCode::OK, headers);
        }
        match self.by_path.get("404.html") {
            Some((asset, policy)) => send(asset, policy, StatusCode::NOT_FOUND, headers),
            None if path.is_empty() => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], MISSING).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// `/` is `index.html`, `/signin` is `signin.html`.
    fn find(&self, path: &str) -> Option<&(&'static Asset, HeaderValue)> {
        if path.is_empty() {
            return self.by_path.get("index.html");
        }
        self.by_path.get(path).or_else(|| self.by_path.get(format!("{}.html", path.trim_end_matches('/')).as_str()))
    }
}

/// No script runs that is not ours: what stands in the page is named by its hash. Styles come from files alone.
fn policy(asset: &Asset, theme: &Theme) -> HeaderValue {
    let scripts = asset.scripts.join(" ");
    let logo = theme.logo.as_deref().filter(|logo| logo.starts_with("https://")).unwrap_or_default();
    let text = format!(
        "default-src 'self'; script-src 'self' {scripts}; style-src 'self'; img-src 'self' data: https: {logo}; connect-src 'self'; \
         font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
}

fn send(asset: &'static Asset, policy: &HeaderValue, status: StatusCode, request: &HeaderMap) -> Response {
    let is_known = status == StatusCode::OK && etag::is_known(request, &HeaderValue::from_static(asset.etag));
    let (content, encoding) = match (asset.brotli, asset.gzip) {
        (Some(content), _) if accepts(request, "br") => (content, Some("br")),
        (_, Some(content)) if accepts(request, "gzip") => (content, Some("gzip")),
        _ => (asset.plain, None),
    };
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(Bytes::from_static(content)) });
    *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { status };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, media_type(asset.path));
    set(header::ETAG, asset.etag);
    set(header::VARY, "accept-encoding");
    set(header::CACHE_CONTROL, if asset.path.starts_with("_next/static/") { IMMUTABLE } else { REVALIDATE });
    if let Some(encoding) = encoding {
        set(header::CONTENT_ENCODING, encoding);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    response
}

/// Whether an encoding is asked for by name, and not refused by `q=0` (RFC 9110, section 12.5.3).
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| {
        let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && weight > 0.0
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward::config::BaseUrl;
    use doorward_crypto::secret::{Secret, Secrets};

    static PAGE: Asset = Asset {
        path: "signin.html",
        etag: "W/\"x\"",
        scripts: &["'sha256-abc'"],
        plain: b"plain",
        brotli: Some(b"br"),
        gzip: None,
    };

    fn config() -> Config {
        let base_url = BaseUrl::parse("https://auth.example.com").unwrap();
        Config::new(base_url, Secrets::single(Secret::new("a secret of thirty-two characters!")))
    }

    fn pages() -> Pages {
        let theme = Theme::default();
        let mut pages = Pages::new(&theme, &config());
        pages.by_path = HashMap::from([("signin.html", (&PAGE, policy(&PAGE, &theme)))]);
        pages
    }

    #[test]
    fn a_page_is_found_without_its_ending() {
        let answer = pages().answer(&Method::GET, &"/signin?next=%2Ftasks".parse().unwrap(), &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::OK);
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self' 'sha256-abc';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn what_the_browser_knows_is_not_sent_again() {
        let headers = HeaderMap::from_iter([
            (header::IF_NONE_MATCH, HeaderValue::from_static("\"old\", W/\"x\"")),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=0.9")),
        ]);
        let answer = pages().answer(&Method::GET, &"/signin".parse().unwrap(), &headers);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "br");
    }

    #[test]
    fn a_refused_encoding_is_not_sent() {
        for (accepted, encoding) in
            [("br", Some("br")), ("gzip, br;q=0", None), ("identity", None), ("*", None), ("", None)]
        {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let answer = pages().answer(&Method::GET, &"/signin".parse().unwrap(), &headers);
            let sent = answer.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(sent, encoding, "{accepted:?}");
        }
    }

    #[test]
    fn other_methods_and_paths_are_refused() {
        let post = pages().answer(&Method::POST, &"/signin".parse().unwrap(), &HeaderMap::new());
        assert_eq!(
            (post.status(), post.headers()[header::ALLOW].to_str().unwrap()),
            (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD")
        );
        for path in ["/nothing", "/../secret", "/signin.html.html", "/%2e%2e/etc/passwd"] {
            assert_eq!(
                pages().answer(&Method::GET, &path.parse().unwrap(), &HeaderMap::new()).status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
}
