//! Everything that can be configured, with what happens if it is not.

use crate::answer::is_quotable;
use crate::cache::TokenCache;
use crate::clock::{Clock, SystemClock};
use crate::deny::{DenyFeed, DenyList, Follower};
use crate::keys::{Address, Download, FetchKeys, KeySet, KeySetError, Refresher, SharedKeys, Timing};
use crate::verifier::{Inner, Verifier};
use doorward_crypto::Secret;
use doorward_crypto::jwk::{Algorithm, JwkError, VerifyingKey};
use doorward_crypto::jwt::Rules;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// Configures a [`Verifier`]. Issuer, audience and a source of keys are required; everything else has a strict default.
///
/// ```
/// use doorward_verify::Verifier;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::builder()
///     .issuer("https://app.example")
///     .audience("https://app.example")
///     .jwks_url("https://app.example/api/auth/jwks")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Builder {
    issuer: Option<String>,
    audiences: Vec<String>,
    source: Source,
    sources: usize,
    fetch: Option<Box<dyn FetchKeys>>,
    algorithms: Option<Vec<Algorithm>>,
    leeway: i64,
    max_token_age: Option<i64>,
    types: Option<Vec<String>>,
    timing: Timing,
    authorities_pem: Vec<Vec<u8>>,
    cache_entries: usize,
    deny_list: Option<DenyList>,
    deny_feed: Option<DenyFeed>,
    realm: Option<String>,
    clock: Arc<dyn Clock>,
}

enum Source {
    Nothing,
    Url(String),
    Jwks(Value),
    PublicKey(Value),
    Secret(Secret),
    Shared(SharedKeys),
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            issuer: None,
            audiences: Vec::new(),
            source: Source::Nothing,
            sources: 0,
            fetch: None,
            algorithms: None,
            leeway: 0,
            max_token_age: Some(24 * 60 * 60),
            types: None,
            timing: Timing::default(),
            authorities_pem: Vec::new(),
            cache_entries: 10_000,
            deny_list: None,
            deny_feed: None,
            realm: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Who must have made the token (`iss`), letter for letter. Doorward and Better Auth: the origin of their base URL,
    /// such as `https://app.example`, without a slash at the end.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// For whom the token must be made (`aud`). Several calls: one of them. Doorward and Better Auth: the same origin as
    /// the issuer, unless configured otherwise.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Keys from the issuer's JWKS: `https://`, `http://` on this machine only, or `file://`. Doorward and Better Auth:
    /// `<base URL>/api/auth/jwks`. At most 64 KiB, five seconds, no redirects.
    pub fn jwks_url(self, url: impl Into<String>) -> Self {
        self.from(Source::Url(url.into()))
    }

    /// Keys from a JWKS that never changes.
    pub fn jwks(self, jwks: Value) -> Self {
        self.from(Source::Jwks(jwks))
    }

    /// One public key, as a JWK. Without a `kid` in it, it checks tokens of any `kid`.
    pub fn public_key(self, jwk: Value) -> Self {
        self.from(Source::PublicKey(jwk))
    }

    /// HS256 with a shared secret of at least 32 bytes, and nothing else. Who can check such tokens can also make them.
    pub fn shared_secret(self, secret: impl Into<String>) -> Self {
        self.from(Source::Secret(Secret::new(secret)))
    }

    /// Keys that the application keeps current itself.
    pub fn shared_keys(self, keys: &SharedKeys) -> Self {
        self.from(Source::Shared(keys.clone()))
    }

    /// Fetches keys in a way of your own. Alone, or together with [`Builder::shared_keys`]: then it is asked when a
    /// token names a key that was not published yet, and when the set has grown old.
    pub fn fetch_keys(mut self, source: impl FetchKeys) -> Self {
        self.fetch = Some(Box::new(source));
        self
    }

    /// The algorithms that keys may have. Default: all of them except HS256, and HS256 alone with a shared secret. A
    /// key's algorithm is its own; this only narrows the choice, and the token's header has no say.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// By how much the issuer's clock and this one may differ. Default: not at all, except that `iat` may lie 5 s ahead.
    /// More than a minute is a broken clock.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = seconds(leeway);
        self
    }

    /// The longest life of a token, from `iat` to `exp`. Default: a day.
    pub fn max_token_age(mut self, age: Duration) -> Self {
        self.max_token_age = Some(seconds(age));
        self
    }

    /// The kinds of token (`typ`) to accept, with no other and none without. Default: none, `JWT` and `at+jwt`
    /// (RFC 9068).
    pub fn types(mut self, types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.types = Some(types.into_iter().map(Into::into).collect());
        self
    }

    /// After how long the key set is fetched again, in the background. Default: 5 minutes. A key that is withdrawn
    /// verifies for that long.
    pub fn renew_keys_after(mut self, interval: Duration) -> Self {
        self.timing.renew_after = seconds(interval).max(1);
        self
    }

    /// How long the keys at hand go on when the issuer cannot be reached. Default: a day.
    pub fn keep_keys_for(mut self, duration: Duration) -> Self {
        self.timing.keep_for = seconds(duration);
        self
    }

    /// Trusts certificate authorities of your own for HTTPS, beside the public ones: PEM, one or more certificates.
    pub fn certificate_authority(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities_pem.push(pem.into());
        self
    }

    /// How many verified tokens to remember, so that they cost a lookup the next time; 0 for none. Default: 10,000,
    /// some 30 MB when full.
    pub fn cache_entries(mut self, entries: usize) -> Self {
        self.cache_entries = entries;
        self
    }

    /// Refuses the tokens of sessions on this list, which the application keeps.
    pub fn deny_list(mut self, list: &DenyList) -> Self {
        self.deny_list = Some(list.clone());
        self
    }

    /// Refuses the tokens of sessions that the issuer's feed names. Needs a Tokio runtime when the verifier is built.
    pub fn deny_feed(mut self, feed: DenyFeed) -> Self {
        self.deny_feed = Some(feed);
        self
    }

    /// `realm` in the challenge of refusals: printable ASCII without quotes and backslashes. Default: none.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Default: the machine's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Checks the configuration and makes the verifier.
    ///
    /// # Errors
    /// What is missing or does not make sense. Nothing is fetched yet: an issuer that is down is no error.
    pub fn build(mut self) -> Result<Verifier, BuildError> {
        let issuer = self.issuer.take().filter(|issuer| !issuer.is_empty()).ok_or(BuildError::NoIssuer)?;
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            return Err(BuildError::NoAudience);
        }
        if self.realm.as_deref().is_some_and(|realm| !is_quotable(realm)) {
            return Err(BuildError::Realm);
        }
        let symmetric = matches!(self.source, Source::Secret(_));
        let algorithms = self.allowed_algorithms(symmetric)?;
        let keys = self.take_keys()?;
        let refresher = self
            .fetch
            .take()
            .map(|source| Arc::new(Refresher::new(keys.clone(), source, Arc::clone(&self.clock), self.timing)));
        let common = Rules::new().issuer(&issuer).leeway_seconds(self.leeway).max_age_seconds(self.max_token_age);
        let follower = self.start_following(&common, &keys, refresher.as_ref())?;
        let mut rules = self.audiences.into_iter().fold(common, Rules::audience);
        if let Some(types) = self.types {
            rules = rules.types(types);
        }
        Ok(Verifier(Arc::new(Inner {
            rules,
            algorithms,
            keys,
            refresher,
            cache: TokenCache::new(self.cache_entries),
            deny_list: self.deny_list,
            follower,
            clock: self.clock,
            realm: self.realm.map(Arc::from),
            leeway: self.leeway,
        })))
    }

    fn from(mut self, source: Source) -> Self {
        self.source = source;
        self.sources += 1;
        self
    }

    fn allowed_algorithms(&mut self, symmetric: bool) -> Result<Vec<Algorithm>, BuildError> {
        // Keys that the application hands over itself may be of any kind; a fetched set never holds a secret.
        let possible = Algorithm::ALL.into_iter().filter(|algorithm| match self.source {
            Source::Shared(_) => true,
            _ => algorithm.is_symmetric() == symmetric,
        });
        let allowed = match self.algorithms.take() {
            None => possible.collect::<Vec<_>>(),
            Some(wanted) => possible.filter(|algorithm| wanted.contains(algorithm)).collect(),
        };
        if allowed.is_empty() { Err(BuildError::NoAlgorithm) } else { Ok(allowed) }
    }

    /// The keys as they are now; a source that must be fetched becomes `self.fetch`.
    fn take_keys(&mut self) -> Result<SharedKeys, BuildError> {
        let fetches = self.fetch.is_some();
        if self.sources > 1 || fetches && !matches!(self.source, Source::Nothing | Source::Shared(_)) {
            return Err(BuildError::SeveralSources);
        }
        let keys = SharedKeys::new();
        match std::mem::replace(&mut self.source, Source::Nothing) {
            Source::Nothing if fetches => {}
            Source::Nothing => return Err(BuildError::NoKeys),
            Source::Shared(shared) => return Ok(shared),
            Source::Url(url) => {
                let address = Address::parse(&url).map_err(|reason| BuildError::Url { url, reason })?;
                let download = Download::key_set(address, &self.authorities_pem)
                    .map_err(|error| BuildError::Https(error.to_string()))?;
                self.fetch = Some(Box::new(download));
            }
            Source::Jwks(jwks) => keys.publish(&jwks)?,
            Source::PublicKey(jwk) => keys.replace(KeySet::single(VerifyingKey::from_public_jwk(&jwk)?)),
            Source::Secret(secret) if secret.expose().len() < 32 => return Err(BuildError::ShortSecret),
            Source::Secret(secret) => keys.replace(KeySet::single(VerifyingKey::hmac(&secret))),
        }
        Ok(keys)
    }

    fn start_following(
        &mut self,
        rules: &Rules,
        keys: &SharedKeys,
        refresher: Option<&Arc<Refresher>>,
    ) -> Result<Option<Arc<Follower>>, BuildError> {
        let Some(feed) = self.deny_feed.take() else {
            return Ok(None);
        };
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| BuildError::NoRuntime)?;
        let clock = Arc::clone(&self.clock);
        let follower =
            Follower::new(feed, &self.authorities_pem, rules.clone(), keys.clone(), refresher.cloned(), clock)
                .map_err(BuildError::DenyFeed)?;
        let follower = Arc::new(follower);
        runtime.spawn(Follower::follow(Arc::downgrade(&follower)));
        Ok(Some(follower))
    }
}

/// Whole seconds, rounded up.
pub(crate) fn seconds(duration: Duration) -> i64 {
    let whole = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    whole.saturating_add(i64::from(duration.subsec_nanos() > 0))
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// [`Builder::issuer`] is missing or empty.
    #[error("no issuer is configured: whose tokens are to be accepted?")]
    NoIssuer,
    /// [`Builder::audience`] is missing, or one of them is empty.
    #[error("no audience is configured: a token made for another API would be accepted")]
    NoAudience,
    /// None of the settings that bring keys was made.
    #[error("no source of keys is configured")]
    NoKeys,
    /// More than one of them was made; only [`Builder::shared_keys`] and [`Builder::fetch_keys`] go together.
    #[error("several sources of keys are configured; choose one")]
    SeveralSources,
    /// [`Builder::shared_secret`] has fewer than 32 bytes.
    #[error("the shared secret is shorter than the 32 bytes that HS256 needs (RFC 7518 section 3.2)")]
    ShortSecret,
    /// [`Builder::algorithms`] leaves none that keys of this kind can have: a shared secret is HS256, a key set never is.
    #[error("no key of this source can have one of the allowed algorithms")]
    NoAlgorithm,
    /// [`Builder::jwks_url`] is none of `https://`, `http://` to this machine, `file://`.
    #[error("the JWKS address {url:?} cannot be used: {reason}")]
    Url {
        /// As it was given.
        url: String,
        /// What is wrong with it, in words for the log.
        reason: &'static str,
    },
    /// [`Builder::certificate_authority`] got what is no certificate in PEM.
    #[error("HTTPS cannot be set up: {0}")]
    Https(String),
    /// The address of [`DenyFeed::at`] cannot be used, for the same reasons as that of a key set.
    #[error("the address of the deny feed cannot be used: {0}")]
    DenyFeed(String),
    /// [`Builder::build`] was called outside of a Tokio runtime, with a [`DenyFeed`].
    #[error("the deny feed needs a Tokio runtime to run in")]
    NoRuntime,
    /// [`Builder::realm`] has characters that would need escaping in a header.
    #[error("the realm must be printable ASCII without quotes and backslashes")]
    Realm,
    /// [`Builder::jwks`] got something else than a key set.
    #[error(transparent)]
    Jwks(#[from] KeySetError),
    /// [`Builder::public_key`] got a JWK that no signature can be checked with; the reason says why.
    #[error("the public key cannot be used: {0}")]
    PublicKey(#[from] JwkError),
}
