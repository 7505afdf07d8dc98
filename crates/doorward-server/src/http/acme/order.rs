//! One order, from the account to the certificate (RFC 8555, section 7.4).
//!
//! For every name the authority hands out a token; whoever shows its digest, bound to the account's key, in the
//! certificate of a handshake at that name and port 443 (RFC 8737) has proven the name. A key is made for each
//! certificate and never used for another.

use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};

use super::{
    client::{Client, Unreachable},
    store::Store,
};
use crate::{http::certificates::Certificates, settings::Acme};

/// How long the authority may take to look at the names, and to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(120));
const UNKNOWN_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";
const RATE_LIMITED: &str = "urn:ietf:params:acme:error:rateLimited";

/// Why there is no certificate, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(
        "the authority is not reached ({0}); this machine must be able to call it, and DOORWARD_ACME_DIRECTORY to name it"
    )]
    Unreachable(String),
    #[error(
        "{name} was not proven ({why}); its addresses in the DNS must lead to this server, and port 443 there to the one of DOORWARD_LISTEN"
    )]
    NotProven { name: String, why: String },
    #[error("the authority refuses for now ({0}); nothing is to be done but to wait")]
    Limited(String),
    #[error("the authority refuses ({0})")]
    Refused(String),
    #[error("the authority did not finish in time")]
    TooLong,
    #[error("what the authority made cannot be used ({0})")]
    Unusable(String),
    #[error("the challenge cannot be answered ({0})")]
    Answer(String),
    #[error("the account cannot be kept or read ({0})")]
    Account(String),
}

impl Failure {
    /// Whether nobody was reached who could count this try.
    pub(super) const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Other(error) if error.is::<Unreachable>() => Self::Unreachable(error.to_string()),
            Error::Json(error) => Self::Unreachable(format!("the answer is not ACME: {error}")),
            Error::Timeout(_) => Self::TooLong,
            Error::Api(problem) if problem.r#type.as_deref() == Some(RATE_LIMITED) => {
                Self::Limited(problem.to_string())
            }
            error => Self::Refused(error.to_string()),
        }
    }
}

/// The key and the chain, as one PEM text. Answers to challenges are left in `certificates`.
pub(super) async fn certificate(
    acme: &Acme,
    client: &Client,
    store: &Store,
    certificates: &Certificates,
) -> Result<String, Failure> {
    let account = account(acme, client, store).await?;
    let names: Vec<_> = acme.names.iter().cloned().map(Identifier::Dns).collect();
    let mut order = match account.new_order(&NewOrder::new(&names)).await {
        Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(UNKNOWN_ACCOUNT) => {
            store.forget_account();
            return Err(Failure::Refused("it does not know the account any more; the next try makes a new one".into()));
        }
        order => order?,
    };
    prove(&mut order, certificates).await?;
    match order.poll_ready(&PATIENCE).await {
        Ok(OrderStatus::Ready) => {}
        outcome => return Err(why_not(&mut order, outcome.err()).await),
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&PATIENCE).await?;
    Ok(format!("{key}{chain}"))
}

/// The one of the store, or a new one.
async fn account(acme: &Acme, client: &Client, store: &Store) -> Result<Account, Failure> {
    let builder = Account::builder_with_http(Box::new(client.clone()));
    if let Some(credentials) = store.account().map_err(Failure::Account)? {
        return Ok(builder.from_credentials(credentials).await?);
    }
    let contact = acme.email.as_ref().map(|email| format!("mailto:{email}"));
    let contact: Vec<_> = contact.as_deref().into_iter().collect();
    // That setting DOORWARD_ACME agrees to the terms is said in the help.
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder.create(&new, acme.directory.to_string(), None).await?;
    store.keep_account(&credentials).map_err(Failure::Account)?;
    Ok(account)
}

/// Puts the answers in place and tells the authority that it may ask.
async fn prove(order: &mut Order, certificates: &Certificates) -> Result<(), Failure> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        // Proven not long ago.
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let name = authorization.identifier().to_string();
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            return Err(Failure::Refused(format!("it does not offer the challenge tls-alpn-01 for {name}")));
        };
        let answer = answer(&name, challenge.key_authorization().digest().as_ref()).map_err(Failure::Answer)?;
        certificates.answer_challenge(&name, answer);
        challenge.set_ready().await?;
    }
    Ok(())
}

/// A certificate for a name that shows the digest (RFC 8737, section 3).
fn answer(name: &str, digest: &[u8]) -> Result<CertifiedKey, String> {
    let made = || {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        Ok((params.self_signed(&key)?, key))
    };
    let (certificate, key) = made().map_err(|error: rcgen::Error| error.to_string())?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = aws_lc_rs::default_provider().key_provider.load_private_key(key).map_err(|error| error.to_string())?;
    // Not `from_der`, which checks certificates as clients do: none knows the critical extension with the digest.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// What the authority found at the first name that it did not believe.
async fn why_not(order: &mut Order, error: Option<Error>) -> Failure {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { break };
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problem {
            let why = problem.detail.clone().unwrap_or_else(|| problem.to_string());
            return Failure::NotProven { name: state.identifier().to_string(), why };
        }
    }
    error.map_or_else(|| Failure::Refused("it gave the order up and does not say why".into()), Failure::from)
}
