//! Requests that this server makes itself: to the identity providers an operator configured.
//!
//! Bounded in time and size, without redirects, over https; plain http only to this machine itself, for development.
//! Redirects are not followed because a provider that answers with one would choose whom we talk to with our client
//! secret. Nothing here knows OAuth, and no address comes from a client.
//!
//! Clients are built at the first request: a server without providers pays nothing.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use url::{Host, Url};

/// For connection, request and answer together.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 256 * 1024;
/// Longest piece of a provider's own words that goes to the log, in characters.
const REASON_LIMIT: usize = 200;

/// Makes requests.
#[derive(Default)]
pub(crate) struct Outgoing {
    /// To this machine itself, never through a proxy.
    near: OnceLock<Client>,
    /// To everywhere else.
    far: OnceLock<Client>,
}

/// Why there is no answer. For the log: it names no secret and no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutgoingError {
    #[error("{0:?} is not called: only https is, and plain http to this machine itself")]
    Address(String),
    /// With the `error` of the body, where there is one (RFC 6749, section 5.2).
    #[error("the answer was {status} {reason:?}; redirects are not followed")]
    Status { status: u16, reason: String },
    #[error("the answer is longer than {ANSWER_LIMIT} bytes")]
    TooLong,
    #[error("the answer is not a JSON object")]
    NotJson,
    #[error("{0}")]
    Failed(String),
}

impl Outgoing {
    /// Reads a JSON document, as the bearer of a token where one is given.
    pub(crate) async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<Value, OutgoingError> {
        let mut request = self.client(url)?.get(url.clone());
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        answer(request).await
    }

    /// Posts a form, as the user of HTTP Basic where one is given.
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(String, String)>,
    ) -> Result<Value, OutgoingError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self.client(url)?.post(url.clone()).body(body);
        request = request.header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some((user, password)) = basic {
            request = request.basic_auth(user, Some(password));
        }
        answer(request).await
    }

    fn client(&self, url: &Url) -> Result<&Client, OutgoingError> {
        let near = is_this_machine(url);
        if !may_be_called(url, true) {
            return Err(OutgoingError::Address(url.to_string()));
        }
        let place = if near { &self.near } else { &self.far };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = build(near)?;
        Ok(place.get_or_init(|| client))
    }
}

/// Whether an address may be called: https, or plain http to this machine where `near` allows it.
pub(crate) fn may_be_called(url: &Url, near: bool) -> bool {
    match url.scheme() {
        "https" => url.host().is_some() && (near || !is_this_machine(url)),
        "http" => near && is_this_machine(url),
        _ => false,
    }
}

/// Whether an address leads back to the machine it is called from.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn build(near: bool) -> Result<Client, OutgoingError> {
    // Spelled out rather than taken from the process: a library must not depend on which provider somebody installed.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .pool_max_idle_per_host(2)
        .user_agent(concat!("doorward/", env!("CARGO_PKG_VERSION")));
    if near {
        client = client.no_proxy();
    }
    client.build().map_err(|error| failed(&error))
}

async fn answer(request: RequestBuilder) -> Result<Value, OutgoingError> {
    let request = request.header(http::header::ACCEPT, "application/json");
    let answer = request.send().await.map_err(|error| failed(&error.without_url()))?;
    let status = answer.status();
    let bytes = read(answer).await?;
    let value = serde_json::from_slice::<Value>(&bytes);
    if !status.is_success() {
        let reason = value.ok().and_then(|value| value.get("error")?.as_str().map(str::to_owned)).unwrap_or_default();
        let reason = reason.chars().take(REASON_LIMIT).collect();
        return Err(OutgoingError::Status { status: status.as_u16(), reason });
    }
    value.map_err(|_| OutgoingError::NotJson)
}

/// Piece by piece: the announced length may be missing, or a lie.
async fn read(mut answer: Response) -> Result<Vec<u8>, OutgoingError> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| failed(&error.without_url()))? {
        if bytes.len() + piece.len() > ANSWER_LIMIT {
            return Err(OutgoingError::TooLong);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The message with all its causes: "error sending request" alone helps nobody.
fn failed(error: &dyn std::error::Error) -> OutgoingError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    OutgoingError::Failed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let may = |text: &str, near| may_be_called(&Url::parse(text).unwrap(), near);
        for good in ["https://login.example/x", "http://localhost:1", "http://127.0.0.1", "http://[::1]:8080/x"] {
            assert!(may(good, true), "{good}");
        }
        for bad in ["http://login.example", "http://10.0.0.1", "http://localhost.example", "ftp://login.example"] {
            assert!(!may(bad, true), "{bad}");
        }
        for inward in ["http://127.0.0.1", "https://localhost", "https://[::1]"] {
            assert!(!may(inward, false), "{inward}");
        }
        assert!(may("https://login.example", false));
    }
}
