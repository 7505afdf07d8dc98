//! TLS by certificate files that are read again when they change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};

use super::certificates::Certificates;
use crate::settings::Mistake;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// The two files of an operator.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Certificates that follow their files. Files that cannot be used later on are told in the log, and the certificate
/// at hand is kept.
pub(crate) fn open(certificate: &Path, key: &Path) -> Result<Arc<Certificates>, Mistake> {
    let first =
        load(certificate, key).map_err(|error| Mistake(format!("DOORWARD_TLS_CERT, DOORWARD_TLS_KEY: {error}")))?;
    let certificates = Arc::new(Certificates::default());
    certificates.serve(first);
    let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
    tokio::spawn(follow(files, Arc::clone(&certificates)));
    Ok(certificates)
}

async fn follow(files: Files, certificates: Arc<Certificates>) {
    let mut seen = changed_at(&files);
    loop {
        tokio::time::sleep(LOOK).await;
        let found = changed_at(&files);
        if found == seen {
            continue;
        }
        match load(&files.certificate, &files.key) {
            Ok(fresh) => {
                seen = found;
                certificates.serve(fresh);
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(%error, "the changed certificate cannot be used; the old one is kept"),
        }
    }
}

fn changed_at(files: &Files) -> [Option<SystemTime>; 2] {
    [&files.certificate, &files.key].map(|path| std::fs::metadata(path).and_then(|about| about.modified()).ok())
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
