//! Where an answer may send a browser.
//!
//! One function decides, and what it returns is what is sent: Better Auth once checked one text and sent another.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::origin;
use crate::config::Config;

/// Longest address that is led to, in bytes: common proxies read heads of 8 KiB from a server behind them, and answer 502
/// to a longer one.
const LONGEST: usize = 4096;

/// What a path is read against, for as long as it takes to read it.
const SOME_ORIGIN: &str = "https://doorward.invalid";

/// A redirect target that was checked and normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(String);

impl Target {
    /// Accepts a path of our own (`/tasks?x=1`) or an address of a trusted origin; `None` for everything else.
    pub(crate) fn check(text: &str, config: &Config) -> Option<Self> {
        let target = Self::check_kind(text, config)?;
        (target.0.len() <= LONGEST).then_some(target)
    }

    fn check_kind(text: &str, config: &Config) -> Option<Self> {
        if text.starts_with('/') {
            return own_path(text).map(Self);
        }
        if text.chars().any(|character| character.is_control() || character == '\\')
            || !origin::is_trusted(text, config)
        {
            return None;
        }
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => {
                let whole: String = url.into();
                // The parser adds the root path; who wrote none gets none.
                let bare = text.splitn(4, '/').nth(3).is_none() && !text.contains(['?', '#']);
                Some(Self(if bare { whole.trim_end_matches('/').to_owned() } else { whole }))
            }
            _ => Some(Self(escaped(text))),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with a query parameter more: `?error=INVALID_TOKEN`. The address is written as browsers write it, blanks as
    /// `%20`, and the query before it stays as it is (Better Auth's `appendQueryParams`).
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let is_path = self.0.starts_with('/');
        let whole = if is_path { format!("{SOME_ORIGIN}{}", self.0) } else { self.0.clone() };
        let Ok(mut address) = Url::parse(&whole) else { return self.clone() };
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let query = match address.query().filter(|query| !query.is_empty()) {
            Some(query) if query.ends_with('&') => format!("{query}{name}={value}"),
            Some(query) => format!("{query}&{name}={value}"),
            None => format!("{name}={value}"),
        };
        address.set_query(Some(&query));
        let whole = String::from(address);
        Self(whole.strip_prefix(SOME_ORIGIN).filter(|_| is_path).map(str::to_owned).unwrap_or(whole))
    }

    /// The same with this one value for a query parameter, and the whole query written anew, as `URL.searchParams.set` does
    /// (Better Auth on the way to the page for a new password). Only for absolute addresses; others are as `with` makes them.
    pub(crate) fn setting(&self, name: &str, value: &str) -> Self {
        let Ok(mut address) = Url::parse(&self.0) else { return self.with(name, value) };
        let mut value = Some(value);
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (key, old) in address.query_pairs() {
            // The first of its name takes the value, and later ones are gone.
            let kept = if key == name { value.take() } else { Some(&*old) };
            pairs.extend(kept.map(|kept| (key.clone().into_owned(), kept.to_owned())));
        }
        pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        address.query_pairs_mut().clear().extend_pairs(pairs);
        Self(address.into())
    }

    /// The same at an element of the page, where none was asked for.
    pub(crate) fn at(&self, fragment: &str) -> Self {
        let named = !self.0.contains('#') && fragment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if named { Self(format!("{}#{fragment}", self.0)) } else { self.clone() }
    }

    /// The same as an absolute address on our origin.
    pub(crate) fn absolute(&self, config: &Config) -> Self {
        if self.0.starts_with('/') { Self(format!("{}{}", config.base_url.origin(), self.0)) } else { self.clone() }
    }

    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }

    /// A page of our own that needs no check.
    pub(crate) fn own(address: String) -> Self {
        Self(address)
    }
}

/// An address of an app (`myapp://open?name=é`) as a header can hold it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' | 0x80.. => escaped.push_str(&format!("%{byte:02X}")),
            _ => escaped.push(char::from(byte)),
        }
    }
    escaped
}

/// A path that no browser and no router can read as another host.
fn own_path(text: &str) -> Option<String> {
    let unsafe_start = text.starts_with("//") || text.contains('\\') || text.chars().any(char::is_control);
    let path = &text[..text.find(['?', '#']).unwrap_or(text.len())].to_ascii_lowercase();
    if unsafe_start || path.contains("%2f") || path.contains("%5c") {
        return None;
    }
    let base = Url::parse(SOME_ORIGIN).ok()?;
    let url = base.join(text).ok().filter(|url| url.origin() == base.origin())?;
    let normalised = url.as_str().strip_prefix(SOME_ORIGIN)?;
    // `/.//evil.example` is harmless until its dots are resolved.
    if normalised.starts_with("//") {
        return None;
    }
    // Better Auth leaves spaces alone, and browsers read them as escaped.
    let only_spaces_differ = normalised == text.replace(' ', "%20");
    Some(if only_spaces_differ { text.to_owned() } else { normalised.to_owned() })
}

impl IntoResponse for Target {
    /// 302 with an empty body; the content type is Better Auth's.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::FOUND;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(location) = self.header() {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::BaseUrl;
    use doorward_crypto::secret::{Secret, Secrets};

    fn checked(text: &str) -> Option<String> {
        let mut config =
            Config::new(BaseUrl::parse("http://localhost:3000").unwrap(), Secrets::single(Secret::new("x".repeat(32))));
        config.trusted_origins = vec!["https://app.example".into(), "myapp://".into()];
        Target::check(text, &config).map(|target| target.0)
    }

    #[test]
    fn good_targets_stay_as_they_are() {
        for text in [
            "/",
            "/tasks",
            "/tasks?tab=1&x=%20#top",
            "https://app.example",
            "https://app.example/a?b=c",
            "http://localhost:3000/x",
            "myapp://cb?x=1",
        ] {
            assert_eq!(checked(text).as_deref(), Some(text));
        }
        assert_eq!(checked("/a b").as_deref(), Some("/a b"));
        assert_eq!(checked("/a/../b").as_deref(), Some("/b"));
    }

    #[test]
    fn other_hosts_are_refused_however_spelled() {
        for text in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/%2fevil.example",
            "/%5Cevil.example",
            "\\\\evil.example",
            "/\tevil.example",
            "/.//evil.example",
            "/..//evil.example",
            "javascript:alert(1)",
            "https://app.example.evil.example",
            "https://app.example@evil.example",
            "dash",
            "",
            "data:text/html,x",
            "http:evil.example",
            "https:/\\evil.example",
        ] {
            assert_eq!(checked(text), None, "{text}");
        }
    }

    #[test]
    fn what_no_proxy_would_pass_on_is_refused() {
        for start in ["/", "https://app.example/", "myapp://"] {
            let long = |length: usize| format!("{start}{}", "x".repeat(length - start.len()));
            assert!(checked(&long(LONGEST)).is_some() && checked(&long(LONGEST + 1)).is_none(), "{start}");
        }
        assert_eq!(checked(&format!("/{}", "é".repeat(1000))), None, "as long as it is when it is sent");
    }

    #[test]
    fn parameters_join_what_is_there() {
        for (address, with_error) in [
            ("/a?b=1#c", "/a?b=1&error=A+B#c"),
            ("/a b", "/a%20b?error=A+B"),
            ("/a?", "/a?error=A+B"),
            ("/a?b=1&", "/a?b=1&error=A+B"),
            ("/a?q=a b&x='\"<é>", "/a?q=a%20b&x=%27%22%3C%C3%A9%3E&error=A+B"),
            ("/a?b=%20c+d", "/a?b=%20c+d&error=A+B"),
            ("/#c", "/?error=A+B#c"),
            ("https://a.test", "https://a.test/?error=A+B"),
            ("https://a.test/x?y=1#z", "https://a.test/x?y=1&error=A+B#z"),
            ("myapp://open", "myapp://open?error=A+B"),
            ("myapp:///open?x=1", "myapp:///open?x=1&error=A+B"),
        ] {
            assert_eq!(Target(address.into()).with("error", "A B").as_str(), with_error);
        }
    }

    #[test]
    fn setting_a_parameter_writes_the_query_anew() {
        let set = |address: &str| Target(address.to_owned()).setting("token", "new").0;
        assert_eq!(set("https://a.test/b?x=/y&z#c"), "https://a.test/b?x=%2Fy&z=&token=new#c");
        assert_eq!(set("https://a.test/b?token=1&x=2&token=3"), "https://a.test/b?token=new&x=2");
        assert_eq!(set("https://a.test"), "https://a.test/?token=new");
    }
}
