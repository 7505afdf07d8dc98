//! Whether the public address fits what is listened on.

use std::net::SocketAddr;

use doorward::config::BaseUrl;

use super::{Acme, Mistake};

/// Who speaks https is reached by https: with another base URL cookies would lack `Secure`, and the issuer would be
/// wrong.
pub(super) fn promises_https(base_url: &BaseUrl, acme: Option<&Acme>, files: bool) -> Result<(), Mistake> {
    let (name, host) = match acme.and_then(|acme| acme.names.first()) {
        Some(host) => ("DOORWARD_ACME", host.as_str()),
        None if files => ("DOORWARD_TLS_CERT", "auth.example.com"),
        None => return Ok(()),
    };
    if base_url.is_secure() {
        return Ok(());
    }
    Err(Mistake(format!(
        "{name} is set, but the base URL is {}, so that cookies would lack Secure: set BETTER_AUTH_URL=https://{host}",
        base_url.origin()
    )))
}

/// What would surprise somebody who came by another address.
pub(crate) fn surprise(base_url: &BaseUrl, listen: SocketAddr) -> Option<String> {
    let origin = base_url.origin();
    let usual = if base_url.is_secure() { 443 } else { 80 };
    let has_no_port = origin.rsplit(':').next().is_none_or(|port| port.parse::<u16>().is_err());
    let fits = origin.ends_with(&format!(":{}", listen.port())) || has_no_port && listen.port() == usual;
    if !base_url.is_loopback() {
        None
    } else if !fits {
        Some(format!(
            "BETTER_AUTH_URL is {origin}, but the server listens on {listen}: pages and sign-in work at the former only"
        ))
    } else if !listen.ip().is_loopback() {
        Some(format!(
            "the server listens on {listen}, but its base URL is {origin}, for this machine only: for others set BETTER_AUTH_URL"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_surprise_is_told() {
        let told = |url: &str, listen: &str| surprise(&BaseUrl::parse(url).unwrap(), listen.parse().unwrap());
        assert_eq!(told("http://localhost:3000", "127.0.0.1:3000"), None);
        assert_eq!(told("http://localhost:80", "127.0.0.1:80"), None);
        assert_eq!(told("https://localhost", "127.0.0.1:443"), None);
        assert_eq!(told("http://[::1]", "[::1]:80"), None);
        assert_eq!(told("https://auth.example.com", "0.0.0.0:3000"), None);
        assert!(told("http://localhost", "127.0.0.1:3000").unwrap().contains("but the server listens on"));
        assert!(told("http://localhost:3000", "127.0.0.1:80").unwrap().contains("but the server listens on"));
        assert!(told("http://localhost:3000", "0.0.0.0:3000").unwrap().contains("set BETTER_AUTH_URL"));
    }
}
