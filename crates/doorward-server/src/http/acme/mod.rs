//! A certificate from an authority, by ACME (RFC 8555) and its challenge over TLS (RFC 8737): on the port that is served,
//! with nothing beside the server.
//!
//! At the start the stored certificate is served, if it is for the names that are asked for; nobody is called. Without
//! one, and whenever a third of its life is left, a new one is ordered, while the server goes on. What fails is told in
//! one line and tried again, for as long as the server runs; the certificate at hand stays.
//!
//! Waits grow threefold and carry some chance. After a refusal they begin at a minute: an authority counts wrong
//! proofs (Let's Encrypt allows five an hour). Where nobody was reached there is nothing to count, and after a boot the
//! network may be a moment late: they begin at five seconds.
//!
//! Left out: other challenges (of port 80, which is not ours, and of the DNS, which would need its keys), accounts bound
//! to others (section 7.3.4), and asking the authority when to renew (RFC 9773). `client` speaks HTTP,
//! `order` the protocol, `store` keeps.

mod client;
mod order;
mod store;

use std::{path::Path, sync::Arc, time::Duration};

use doorward_verify::{Clock as _, SystemClock};
use rustls::{
    client::verify_server_name,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    server::ParsedCertificate,
    sign::CertifiedKey,
};

use self::{client::Client, order::Failure, store::Store};
use super::{certificates::Certificates, validity::Validity};
use crate::settings::{Acme, Mistake};

const FIRST_WAIT: Duration = Duration::from_secs(60);
const FIRST_WAIT_UNREACHED: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(6 * 60 * 60);
/// Clocks are set and machines sleep: how long nobody looks whether the certificate is due.
const LOOK: Duration = Duration::from_secs(10 * 60);
/// For one order, from the first request to the certificate.
const ORDER_TIME: Duration = Duration::from_secs(5 * 60);

/// Who looks after the certificate.
pub(crate) struct Keeper {
    acme: Acme,
    client: Client,
    store: Store,
    certificates: Arc<Certificates>,
}

impl Keeper {
    /// Reads what is stored. A mistake if the folder or the root cannot be used.
    pub(crate) fn open(acme: Acme, data: &Path) -> Result<Self, Mistake> {
        let store = Store::open(data, &acme.directory)?;
        let client = Client::new(acme.root.as_deref())?;
        let certificates = Arc::new(Certificates::default());
        if let Some(stored) = store.certificate() {
            match usable(&stored, &acme.names) {
                Ok((stored, _)) => certificates.serve(stored),
                Err(why) => tracing::info!("the stored certificate is not used: {why}"),
            }
        }
        Ok(Self { acme, client, store, certificates })
    }

    pub(crate) fn certificates(&self) -> Arc<Certificates> {
        Arc::clone(&self.certificates)
    }

    /// Orders and renews for as long as the process runs.
    pub(crate) async fn run(self) {
        let names = self.acme.names.join(", ");
        // Tries in a row that reached nobody, and tries that reached somebody, since the last certificate.
        let (mut unreached, mut refused) = (0, 0);
        loop {
            let due = self.certificates.validity().map_or(0, Validity::renewal);
            if let Ok(left @ 1..) = u64::try_from(due.saturating_sub(SystemClock.now())) {
                tokio::time::sleep(Duration::from_secs(left).min(LOOK)).await;
                continue;
            }
            tracing::info!("asking {} for a certificate for {names}", self.acme.directory);
            match self.renew().await {
                Ok(validity) => {
                    (unreached, refused) = (0, 0);
                    let days = (validity.until - SystemClock.now()) / (24 * 60 * 60);
                    tracing::info!("there is a new certificate for {names}, for {days} days");
                }
                Err(failure) => {
                    let wait = if failure.is_unreachable() {
                        unreached += 1;
                        wait(FIRST_WAIT_UNREACHED, unreached)
                    } else {
                        (unreached, refused) = (0, refused + 1);
                        wait(FIRST_WAIT, refused)
                    };
                    let seconds = wait.as_secs();
                    tracing::error!("no certificate for {names}: {failure}; the next try is in {seconds} s");
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn renew(&self) -> Result<Validity, Failure> {
        let ordered = order::certificate(&self.acme, &self.client, &self.store, &self.certificates);
        let ordered = tokio::time::timeout(ORDER_TIME, ordered).await;
        self.certificates.end_challenges();
        let pem = ordered.map_err(|_| Failure::TooLong)??;
        let (fresh, validity) = usable(&pem, &self.acme.names).map_err(Failure::Unusable)?;
        if validity.renewal() <= SystemClock.now() {
            return Err(Failure::Unusable(
                "it is to be renewed at once; the clock of this machine must be right".into(),
            ));
        }
        self.certificates.serve(fresh);
        if let Err(error) = self.store.keep_certificate(&pem) {
            tracing::error!("the new certificate is used, but cannot be kept for the next start: {error}");
        }
        Ok(validity)
    }
}

/// A chain and its key, if they belong together and are for all names.
fn usable(pem: &str, names: &[String]) -> Result<(CertifiedKey, Validity), String> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the chain cannot be read: {error}"))?;
    let first = chain.first().ok_or("there is no certificate in it")?;
    let parsed = ParsedCertificate::try_from(first).map_err(|error| error.to_string())?;
    for name in names {
        let name = ServerName::try_from(name.as_str()).map_err(|error| format!("{name}: {error}"))?;
        verify_server_name(&parsed, &name).map_err(|_| format!("it is not for {}", name.to_str()))?;
    }
    let validity = Validity::of(first).ok_or("it does not say how long it is valid")?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| format!("the key: {error}"))?;
    let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider());
    certified.map(|certified| (certified, validity)).map_err(|error| error.to_string())
}

/// Before the next try, after so many failures: with up to a quarter more, so that servers that failed
/// together do not come together.
fn wait(first: Duration, failures: u32) -> Duration {
    let wait = first.saturating_mul(3_u32.saturating_pow(failures.saturating_sub(1).min(12))).min(LONGEST_WAIT);
    let mut chance = [0];
    getrandom::fill(&mut chance).ok();
    wait + wait.mul_f64(f64::from(chance[0]) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_six_hours() {
        for (first, failures, least) in [(60, 1, 60), (60, 2, 180), (60, 5, 4860), (60, 10, 21_600), (5, 99, 21_600)] {
            let waited = wait(Duration::from_secs(first), failures).as_secs();
            assert!((least..=least * 5 / 4).contains(&waited), "{first} {failures}: {waited}");
        }
    }

    #[test]
    fn a_certificate_must_be_for_every_name_and_belong_to_its_key() {
        let make = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            let made = rcgen::generate_simple_self_signed(names).unwrap();
            (made.cert.pem(), made.signing_key.serialize_pem())
        };
        let (certificate, key) = make(&["a.example", "b.example"]);
        let told = |pem: &str, names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            usable(pem, &names).map(drop)
        };
        let both = format!("{key}{certificate}");
        assert_eq!(told(&both, &["b.example", "a.example"]), Ok(()));
        assert_eq!(told(&both, &["b.example", "c.example"]), Err("it is not for c.example".into()));
        for broken in [certificate.clone(), key, format!("{}{certificate}", make(&["x.example"]).1), String::new()] {
            assert!(told(&broken, &["a.example"]).is_err(), "{broken}");
        }
    }
}
