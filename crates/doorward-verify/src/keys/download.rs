//! A document from an address that the configuration names: bounded in size and time, without redirects.
//!
//! HTTPS with the certificate authorities of Mozilla's list and those that the application adds. Plain HTTP only to this
//! machine itself: whoever can change a key set on its way can make every token.

use super::{FetchError, FetchKeys, Fetching};
use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use url::{Host, Url};

/// A JWKS with a hundred RSA keys is smaller.
const MAX_KEY_SET_LENGTH: usize = 64 * 1024;

/// Where a document is.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    Http(Url),
    File(PathBuf),
}

impl Address {
    /// # Errors
    /// In words for the one who configures it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "this is not a URL")?;
        match url.scheme() {
            "https" => Ok(Self::Http(url)),
            "http" if is_loopback(&url) => Ok(Self::Http(url)),
            "http" => Err("plain http is accepted for this machine only (localhost, 127.0.0.1, [::1]); use https"),
            "file" => url.to_file_path().map(Self::File).map_err(|()| "this file URL has no local path"),
            _ => Err("the scheme is none of https, http, file"),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Fetches one document, again and again.
pub(crate) struct Download {
    address: Address,
    client: reqwest::Client,
    max_length: usize,
}

/// A document, and the name the server gave this state of it.
pub(crate) struct Document {
    pub(crate) bytes: Vec<u8>,
    pub(crate) etag: Option<HeaderValue>,
}

impl Download {
    /// # Errors
    /// If an added certificate cannot be read.
    pub(crate) fn new(address: Address, max_length: usize, authorities_pem: &[Vec<u8>]) -> Result<Self, FetchError> {
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(authorities_pem)?)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(1)
            .user_agent(concat!("doorward-verify/", env!("CARGO_PKG_VERSION")));
        if matches!(&address, Address::Http(url) if is_loopback(url)) {
            client = client.no_proxy();
        }
        Ok(Self { address, client: client.build().map_err(FetchError::other)?, max_length })
    }

    pub(crate) fn key_set(address: Address, authorities_pem: &[Vec<u8>]) -> Result<Self, FetchError> {
        Self::new(address, MAX_KEY_SET_LENGTH, authorities_pem)
    }

    /// `None` if the document is still the one that the server called `known`.
    pub(crate) async fn get(&self, known: Option<&HeaderValue>) -> Result<Option<Document>, FetchError> {
        match &self.address {
            Address::Http(url) => self.get_http(url, known).await,
            Address::File(path) => {
                let file = tokio::fs::File::open(path).await.map_err(FetchError::other)?;
                let mut bytes = Vec::new();
                let limit = self.max_length as u64 + 1;
                file.take(limit).read_to_end(&mut bytes).await.map_err(FetchError::other)?;
                if bytes.len() > self.max_length {
                    return Err(FetchError::TooLong(self.max_length));
                }
                Ok(Some(Document { bytes, etag: None }))
            }
        }
    }

    async fn get_http(&self, url: &Url, known: Option<&HeaderValue>) -> Result<Option<Document>, FetchError> {
        let mut request = self.client.get(url.clone());
        if let Some(etag) = known {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let mut answer = request.send().await.map_err(|error| FetchError::other(error.without_url()))?;
        match answer.status().as_u16() {
            200 => {}
            304 if known.is_some() => return Ok(None),
            status => return Err(FetchError::Status(status)),
        }
        let etag = answer.headers().get(ETAG).cloned();
        let mut bytes = Vec::new();
        // Piece by piece: the announced length may be missing, or a lie.
        while let Some(piece) = answer.chunk().await.map_err(|error| FetchError::other(error.without_url()))? {
            if bytes.len() + piece.len() > self.max_length {
                return Err(FetchError::TooLong(self.max_length));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Some(Document { bytes, etag }))
    }
}

impl FetchKeys for Download {
    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async {
            let document = self.get(None).await?.ok_or(FetchError::Status(304))?;
            serde_json::from_slice(&document.bytes).map_err(|_| FetchError::NotJson)
        })
    }
}

/// Spelled out rather than taken from the process: a library must not depend on which provider somebody installed.
fn tls(authorities_pem: &[Vec<u8>]) -> Result<ClientConfig, FetchError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for pem in authorities_pem {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.map_err(FetchError::other)?).map_err(FetchError::other)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(FetchError::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for url in [
            "https://app.example/jwks",
            "http://localhost:3000/api/auth/jwks",
            "http://127.0.0.1/jwks",
            "http://127.9.9.9/jwks",
            "http://[::1]:3000/jwks",
            "http://app.localhost/jwks",
            "file:///etc/jwks.json",
        ] {
            assert!(Address::parse(url).is_ok(), "{url}");
        }
        for url in [
            "http://app.example/jwks",
            "http://10.0.0.1/jwks",
            "http://localhost.example/jwks",
            "http://127.0.0.1.example/jwks",
            "http://localhost@app.example/jwks",
            "ftp://app.example/jwks",
            "data:application/json,{}",
            "/jwks",
            "",
        ] {
            assert!(Address::parse(url).is_err(), "{url}");
        }
    }
}
