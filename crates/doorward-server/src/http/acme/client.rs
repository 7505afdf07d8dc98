//! Requests to the authority: over https, bounded in time and size, without redirects.
//!
//! Addresses come from the directory that the operator named and from what it answers; only https ones are called. The
//! public roots are believed, or those of the operator's file in their place.

use std::{fs, path::Path, pin::Pin, sync::Arc, time::Duration};

use axum::body::{Body, Bytes, to_bytes};
use http::{Request, header};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::settings::Mistake;

/// For connection, request and answer together.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest message of either side, in bytes: chains are the longest.
const LIMIT: usize = 256 * 1024;

/// A client for one authority; copies share their connections.
#[derive(Clone)]
pub(super) struct Client(reqwest::Client);

/// Nobody was reached, or nobody who speaks ACME.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unreachable(String);

impl Client {
    pub(super) fn new(root: Option<&Path>) -> Result<Self, Mistake> {
        let roots = root.map_or_else(|| Ok(public_roots()), private_roots)?;
        let failed = |error: &dyn std::fmt::Display| Mistake(format!("DOORWARD_ACME: {error}"));
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(1);
        client.build().map(Self).map_err(|error| failed(&error))
    }

    async fn ask(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Unreachable> {
        let (head, body) = request.into_parts();
        let address = head.uri.to_string();
        let failed = |error: &dyn std::error::Error| Unreachable(format!("{address}: {}", with_causes(error)));
        let body = to_bytes(Body::new(body), LIMIT).await.map_err(|error| failed(&error))?;
        let request = self.0.request(head.method, &address).headers(head.headers).body(body);
        let mut answer = request.send().await.map_err(|error| failed(&error.without_url()))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut bytes = Vec::new();
        // Piece by piece: the announced length may be missing, or a lie.
        while let Some(piece) = answer.chunk().await.map_err(|error| failed(&error.without_url()))? {
            if bytes.len() + piece.len() > LIMIT {
                return Err(Unreachable(format!("{address}: the answer is longer than {LIMIT} bytes")));
            }
            bytes.extend_from_slice(&piece);
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // A refusal is a problem document (RFC 8555, section 6.7); a proxy's page is not.
        if !status.is_success() && !kind.contains("json") {
            return Err(Unreachable(format!("{address}: the answer was {status}")));
        }
        let mut response = http::Response::new(());
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(BytesResponse { parts: response.into_parts().0, body: Box::new(Bytes::from(bytes)) })
    }
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.clone();
        Box::pin(async move { client.ask(request).await.map_err(|error| Error::Other(Box::new(error))) })
    }
}

fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn private_roots(path: &Path) -> Result<RootCertStore, Mistake> {
    let wrong = |error: &dyn std::fmt::Display| Mistake(format!("DOORWARD_ACME_ROOT: {}: {error}", path.display()));
    let pem = fs::read(path).map_err(|error| wrong(&error))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"no certificate in it"));
    }
    Ok(roots)
}

/// "error sending request" alone helps nobody.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
