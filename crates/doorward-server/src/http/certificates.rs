//! Which certificate a connection is shown.
//!
//! There is one that is served, put in place by whoever looks after it (`tls` from files, `acme` from an authority),
//! and swapped under the open connections, which keep what they agreed on. Beside it stand, for moments, those that
//! answer an authority's challenges (RFC 8737): they are shown to who speaks `acme-tls/1` and nothing else, and such a
//! connection ends with its handshake.
//!
//! Who cannot be shown a certificate, because there is none yet, is refused by a TLS alert.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::validity::Validity;
use crate::settings::Mistake;

/// The protocol that challenges are asked by: a handshake, and no more.
pub(super) const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";

/// The present certificate, whoever asks, and the answers to challenges by name.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    served: RwLock<Option<Arc<CertifiedKey>>>,
    challenges: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

impl Certificates {
    /// From now on this one.
    pub(super) fn serve(&self, fresh: CertifiedKey) {
        if let Ok(mut served) = self.served.write() {
            *served = Some(Arc::new(fresh));
        }
    }

    /// What an authority that asks for `name` is shown until [`Self::end_challenges`].
    pub(super) fn answer_challenge(&self, name: &str, answer: CertifiedKey) {
        if let Ok(mut challenges) = self.challenges.write() {
            challenges.insert(name.to_ascii_lowercase(), Arc::new(answer));
        }
    }

    pub(super) fn end_challenges(&self) {
        if let Ok(mut challenges) = self.challenges.write() {
            challenges.clear();
        }
    }

    /// Of the certificate that is served, if there is one.
    pub(super) fn validity(&self) -> Option<Validity> {
        let served = self.served.read().ok()?;
        Validity::of(served.as_ref()?.end_entity_cert().ok()?)
    }

    /// A configuration that shows these; `challenged` if an authority may ask.
    pub(crate) fn config(self: &Arc<Self>, challenged: bool) -> Result<Arc<ServerConfig>, Mistake> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Mistake(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        if challenged {
            config.alpn_protocols.push(CHALLENGE_PROTOCOL.to_vec());
        }
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.alpn().is_some_and(|protocols| protocols.eq([CHALLENGE_PROTOCOL])) {
            let name = hello.server_name()?.to_ascii_lowercase();
            return self.challenges.read().ok()?.get(&name).map(Arc::clone);
        }
        self.served.read().ok()?.as_ref().map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{listener, neighbours::Neighbours};
    use axum::{Router, routing::get};
    use rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    };
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };
    use tokio_rustls::TlsConnector;

    fn made() -> (CertificateDer<'static>, CertifiedKey) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (chain, key) =
            (made.cert.der().clone(), PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap());
        let certified = CertifiedKey::from_der(vec![chain.clone()], key, &aws_lc_rs::default_provider()).unwrap();
        (chain, certified)
    }

    /// What is answered to who speaks these protocols and believes this certificate.
    async fn ask(
        address: std::net::SocketAddr,
        protocols: &[&[u8]],
        trusted: &CertificateDer<'static>,
    ) -> std::io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    #[tokio::test]
    async fn a_challenge_is_answered_by_its_own_certificate_and_nothing_more() {
        let certificates = Arc::new(Certificates::default());
        let listener = listener::bind("127.0.0.1:0".parse().unwrap(), "a setting").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "hello" }));
        let tls = Some(certificates.config(true).unwrap());
        let _serving =
            tokio::spawn(listener::serve(listener, router, tls, 8, Neighbours::new(8, []), std::future::pending()));

        let ((served, key), (answer, answer_key)) = (made(), made());
        assert!(ask(address, &[], &served).await.is_err(), "there is none yet");
        certificates.answer_challenge("LocalHost", answer_key);
        assert!(ask(address, &[], &answer).await.is_err(), "it is for who challenges");
        certificates.serve(key);
        assert!(ask(address, &[b"http/1.1"], &served).await.unwrap().ends_with("hello"));
        assert!(ask(address, &[b"http/1.1", CHALLENGE_PROTOCOL], &served).await.unwrap().ends_with("hello"));
        assert_eq!(ask(address, &[CHALLENGE_PROTOCOL], &answer).await.unwrap(), "", "it ends with the handshake");
        certificates.end_challenges();
        assert!(ask(address, &[CHALLENGE_PROTOCOL], &answer).await.is_err());
    }
}
