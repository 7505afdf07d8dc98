//! The public address of the server, read once and asked often.

use url::{Host, Url};

/// Where the server is seen from outside: `https://auth.example.com`.
///
/// A path in the address replaces the standard base path `/api/auth`, as in Better Auth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    path: String,
    secure: bool,
    loopback: bool,
}

/// Why an address cannot be the public one.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not a public address: {reason}; write it like https://auth.example.com")]
pub struct BaseUrlError {
    text: String,
    reason: String,
}

impl BaseUrl {
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let refuse = |reason: &str| BaseUrlError { text: text.to_owned(), reason: reason.to_owned() };
        let url = Url::parse(text.trim()).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("only http and https can serve a browser"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it may hold only a scheme, a host, a port and a path"));
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(refuse("the host is missing")),
        };
        let path = match url.path().trim_end_matches('/') {
            "" => "/api/auth".to_owned(),
            own => own.to_owned(),
        };
        Ok(Self { origin: url.origin().ascii_serialization(), path, secure: url.scheme() == "https", loopback })
    }

    /// Scheme, host and port, without a trailing slash: the issuer and audience of tokens.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where the protocol's routes begin: `/api/auth`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rest of a request's path, if that lies below the base path: `/ok` of `/api/auth/ok`, but nothing of
    /// `/api/authors`.
    pub fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&self.path).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// A public address of a route: `at("/verify-email")`.
    pub fn at(&self, route: &str) -> String {
        format!("{}{}{route}", self.origin, self.path)
    }

    /// Whether browsers speak https with us, so that cookies are `Secure` and carry the `__Secure-` prefix.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether only this machine can reach the address: then a secret may be made up at the first start.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_only_begins_like_the_base_path_is_not_below_it() {
        let url = BaseUrl::parse("https://example.com/s").unwrap();
        assert_eq!(["/s", "/s/", "/s/ok", "/s//ok"].map(|path| url.below(path)), ["", "/", "/ok", "//ok"].map(Some));
        assert_eq!(["/signin", "/S/ok", "/", ""].map(|path| url.below(path)), [None; 4]);
    }

    #[test]
    fn an_address_is_taken_apart_once() {
        let url = BaseUrl::parse("https://Auth.Example.com:443/").unwrap();
        assert_eq!((url.origin(), url.path()), ("https://auth.example.com", "/api/auth"));
        assert!(url.is_secure() && !url.is_loopback());
        let own = BaseUrl::parse("http://localhost:3000/auth/v1/").unwrap();
        assert_eq!(own.at("/ok"), "http://localhost:3000/auth/v1/ok");
        assert!(own.is_loopback());
        for bad in ["", "localhost:3000", "ftp://example.com", "https://user@example.com", "https://example.com?x=1"] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
