//! TLS by certificate files that are read again when they change.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::settings::Mistake;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// The present certificate, whoever asks.
#[derive(Debug)]
struct Current {
    certificate: PathBuf,
    key: PathBuf,
    now: RwLock<Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.now.read().ok().map(|now| Arc::clone(&now))
    }
}

/// A TLS configuration that follows its files. Files that cannot be used later on are told in the log, and the
/// certificate at hand is kept.
pub(crate) fn open(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, Mistake> {
    let first =
        load(certificate, key).map_err(|error| Mistake(format!("DOORWARD_TLS_CERT, DOORWARD_TLS_KEY: {error}")))?;
    let current = Arc::new(Current {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        now: RwLock::new(Arc::new(first)),
    });
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Mistake(error.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&current) as _);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    tokio::spawn(follow(current));
    Ok(Arc::new(config))
}

async fn follow(current: Arc<Current>) {
    let mut seen = changed_at(&current);
    loop {
        tokio::time::sleep(LOOK).await;
        let found = changed_at(&current);
        if found == seen {
            continue;
        }
        match load(&current.certificate, &current.key) {
            Ok(fresh) => {
                seen = found;
                if let Ok(mut now) = current.now.write() {
                    *now = Arc::new(fresh);
                }
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(%error, "the changed certificate cannot be used; the old one is kept"),
        }
    }
}

fn changed_at(current: &Current) -> [Option<SystemTime>; 2] {
    [&current.certificate, &current.key].map(|path| std::fs::metadata(path).and_then(|about| about.modified()).ok())
}

fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, String> {
    let in_words = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| in_words(certificate, &error))?;
    if chain.is_empty() {
        return Err(format!("{}: no certificate in it", certificate.display()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| in_words(key, &error))?;
    CertifiedKey::from_der(chain, private, &aws_lc_rs::default_provider()).map_err(|error| in_words(key, &error))
}
