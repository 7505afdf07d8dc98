//! Which origins are trusted, and the checks of `Origin` and Fetch Metadata against cross-site requests.
//!
//! Patterns match as in Better Auth: exact origins, `*` and `**` for any characters (dots too), `?` for one; a pattern
//! without a scheme is matched on host and port; `myapp://` trusts a custom scheme.

use http::HeaderMap;
use url::Url;

use super::client_address::Client;
use crate::{
    auth::Auth,
    config::Config,
    error::{Code, Error},
    model::Kind,
    shared::event::Event,
};

/// Every request but a GET that carries cookies must come from a trusted origin.
pub(crate) fn check(headers: &HeaderMap, config: &Config) -> Result<(), Error> {
    if headers.contains_key(http::header::COOKIE) { check_origin(headers, config) } else { Ok(()) }
}

/// The first sign-in has no cookie yet: Fetch Metadata, `Origin` or `Referer` tell whether a browser was led here.
pub(crate) fn check_first_sign_in(headers: &HeaderMap, config: &Config) -> Result<(), Error> {
    if headers.contains_key(http::header::COOKIE) {
        return check_origin(headers, config);
    }
    let [site, mode, destination] =
        ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].map(|name| text(headers, name));
    if [site, mode, destination].iter().any(|value| !value.trim().is_empty()) {
        if site == "cross-site" && mode == "navigate" {
            return Err(Code::CrossSiteNavigation.into());
        }
        return check_origin(headers, config);
    }
    let named = !text(headers, "origin").is_empty() || !text(headers, "referer").is_empty();
    if named { check_origin(headers, config) } else { Ok(()) }
}

fn check_origin(headers: &HeaderMap, config: &Config) -> Result<(), Error> {
    // Node joins several into one that nobody trusts; taking the first would trust what a proxy may not have looked at.
    if headers.get_all("origin").iter().nth(1).is_some() {
        return Err(Code::InvalidOrigin.into());
    }
    let origin = text(headers, "origin");
    // A page in a sandbox has no origin; the browser itself still says that it is ours.
    if origin == "null" && text(headers, "sec-fetch-site") == "same-origin" {
        return Ok(());
    }
    let claimed = claimed(headers);
    if claimed.is_empty() || claimed == "null" {
        return Err(Code::MissingOrNullOrigin.into());
    }
    if is_trusted(claimed, config) { Ok(()) } else { Err(Code::InvalidOrigin.into()) }
}

/// Where a request says it comes from.
fn claimed(headers: &HeaderMap) -> &str {
    let origin = text(headers, "origin");
    if origin.is_empty() { text(headers, "referer") } else { origin }
}

/// Tells of a refusal by these checks, as one of the attempts that are bounded: anybody can cause as many as they like,
/// and write 16 KiB into the header. Of an address only the origin is told; a `Referer` may carry a token.
pub(crate) fn tell(auth: &Auth, client: &Client, headers: &HeaderMap, refused: &Error) {
    let by_origin = [Code::InvalidOrigin, Code::MissingOrNullOrigin, Code::CrossSiteNavigation];
    if matches!(refused, Error::Api(code) if by_origin.contains(code)) {
        let origin =
            Url::parse(claimed(headers)).map_or_else(|_| "none".to_owned(), |url| url.origin().ascii_serialization());
        auth.note(Event::new(auth, Kind::Refused, client).because(format!("origin {origin}")));
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether an absolute address belongs to a trusted origin.
pub fn is_trusted(address: &str, config: &Config) -> bool {
    let parsed = Url::parse(address).ok();
    let patterns = std::iter::once(config.base_url.origin()).chain(config.trusted_origins.iter().map(String::as_str));
    let mut patterns = patterns.filter(|pattern| !pattern.is_empty());
    match &parsed {
        Some(url) if matches!(url.scheme(), "http" | "https") => {
            // Better Auth reads names and passwords over; no browser sends them, and no redirect needs them.
            url.username().is_empty() && url.password().is_none() && patterns.any(|pattern| web_matches(url, pattern))
        }
        _ => CustomScheme::parse(address, false).is_some_and(|own| patterns.any(|pattern| own.matches(pattern))),
    }
}

fn web_matches(url: &Url, pattern: &str) -> bool {
    let origin = url.origin().ascii_serialization();
    let has_wildcard = pattern.contains(['*', '?']);
    let (subject, host_pattern) = match pattern.split_once("://") {
        _ if !has_wildcard => {
            // Spelled differently it is still the same origin: `HTTP://App.Local:3000`, or a trailing slash.
            return Url::parse(pattern)
                .is_ok_and(|own| matches!(own.scheme(), "http" | "https") && own.origin() == url.origin());
        }
        Some((_, host)) => (origin.as_str(), host),
        None => (origin.split_once("://").map_or("", |(_, host)| host), pattern),
    };
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    wildcard(pattern, subject) && address_range_holds(host_pattern, host)
}

/// `192.168.*` names a range of addresses; without this it would admit `192.168.attacker.example`.
fn address_range_holds(pattern: &str, host: &str) -> bool {
    let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    let pattern = name(pattern);
    let numeric = pattern.chars().any(|character| character.is_ascii_digit())
        && pattern.chars().all(|character| character.is_ascii_digit() || matches!(character, '*' | '?' | '.'));
    !numeric || name(host).parse::<std::net::Ipv4Addr>().is_ok()
}

/// `*` and `**` are any characters, `?` is one.
fn wildcard(pattern: &str, subject: &str) -> bool {
    let (pattern, subject): (Vec<char>, Vec<char>) = (pattern.chars().collect(), subject.chars().collect());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < subject.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(expected) if *expected == '?' || *expected == subject[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match &mut star {
                Some((after, from)) => {
                    *from += 1;
                    (at, seen) = (*after + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|character| *character == '*')
}

/// An address of an app's own scheme, taken apart by hand: URL parsers disagree about those.
struct CustomScheme {
    scheme: String,
    authority: String,
    path: String,
}

impl CustomScheme {
    fn parse(text: &str, is_pattern: bool) -> Option<Self> {
        if text.chars().any(char::is_control) {
            return None;
        }
        let (scheme, rest) = text.split_once(':').filter(|(scheme, _)| !scheme.is_empty())?;
        let ends: &[char] = if is_pattern { &['/', '#'] } else { &['/', '?', '#'] };
        let (authority, rest) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find(ends).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let path_ends: &[char] = if is_pattern { &['#'] } else { &['?', '#'] };
        let path = &rest[..rest.find(path_ends).unwrap_or(rest.len())];
        Some(Self { scheme: scheme.to_lowercase(), authority: authority.to_lowercase(), path: resolved(path) })
    }

    fn matches(&self, pattern: &str) -> bool {
        let has_wildcard = pattern.contains(['*', '?']);
        let Some(own) = Self::parse(pattern, has_wildcard) else { return false };
        if own.scheme != self.scheme
            || matches!(own.scheme.as_str(), "javascript" | "data" | "vbscript" | "file" | "blob")
        {
            return false;
        }
        if has_wildcard {
            let authority = own.authority.is_empty()
                || (wildcard(&own.authority, &self.authority) && address_range_holds(&own.authority, &self.authority));
            let path = if self.path.is_empty() { "/" } else { &self.path };
            return !self.authority.contains('@') && authority && (own.path.is_empty() || wildcard(&own.path, path));
        }
        (own.authority.is_empty() || own.authority == self.authority)
            && (own.path.is_empty() || self.path == own.path || self.path.starts_with(&format!("{}/", own.path)))
    }
}

/// A path with its escapes and dot segments resolved; the root is the empty text.
fn resolved(path: &str) -> String {
    let decoded = percent_decode(path);
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    segments.iter().map(|segment| format!("/{segment}")).collect()
}

fn percent_decode(text: &str) -> String {
    let escaped = text.replace('+', "%2B");
    let pair = format!("p={}", escaped.replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::BaseUrl;
    use doorward_crypto::secret::{Secret, Secrets};

    fn config(trusted: &[&str]) -> Config {
        let mut config =
            Config::new(BaseUrl::parse("http://localhost:3000").unwrap(), Secrets::single(Secret::new("x".repeat(32))));
        config.trusted_origins = trusted.iter().map(|text| (*text).to_owned()).collect();
        config
    }

    #[test]
    fn exact_origins_match_whole() {
        let config = config(&["http://App.example:80"]);
        for good in
            ["http://localhost:3000", "http://localhost:3000/path?x", "http://app.example", "HTTP://APP.EXAMPLE:80/"]
        {
            assert!(is_trusted(good, &config), "{good}");
        }
        for bad in [
            "http://127.0.0.1:3000",
            "https://localhost:3000",
            "http://localhost:3001",
            "http://localhost:3000.evil.example",
            "http://localhost:3000@evil.example",
            "http://user@localhost:3000",
            "null",
            "",
            "//localhost:3000",
        ] {
            assert!(!is_trusted(bad, &config), "{bad}");
        }
    }

    #[test]
    fn wildcards_match_as_in_better_auth() {
        let config =
            config(&["https://*.example.com", "*.other.example", "http://192.168.*", "https://app-?.example.org"]);
        for good in [
            "https://a.example.com",
            "https://a.b.example.com",
            "http://x.other.example",
            "https://x.other.example",
            "http://192.168.7.9",
            "https://app-1.example.org",
        ] {
            assert!(is_trusted(good, &config), "{good}");
        }
        for bad in [
            "https://example.com",
            "http://a.example.com",
            "https://a.example.com:8443",
            "https://example.com.evil.example",
            "http://192.168.attacker.example",
            "https://app-12.example.org",
        ] {
            assert!(!is_trusted(bad, &config), "{bad}");
        }
    }

    #[test]
    fn custom_schemes_match_by_their_parts() {
        let config = config(&["myapp://", "other://host/cb"]);
        for good in ["myapp://anything/here", "myapp://", "other://host/cb", "other://HOST/cb/deep"] {
            assert!(is_trusted(good, &config), "{good}");
        }
        for bad in [
            "theirapp://x",
            "other://host/cbx",
            "other://host/cb/../evil",
            "other://host/cb/%2e%2e/evil",
            "javascript:alert(1)",
        ] {
            assert!(!is_trusted(bad, &config), "{bad}");
        }
    }
}
