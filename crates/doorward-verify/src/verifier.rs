//! The check of one token, and what surrounds it: the cache, the keys, the ended sessions.

use crate::answer::Refused;
use crate::bearer::bearer_token;
use crate::builder::Builder;
use crate::cache::TokenCache;
use crate::claims::Claims;
use crate::clock::Clock;
use crate::deny::{DenyList, Follower};
use crate::guard::Guard;
use crate::keys::{Loaded, Refresher, SharedKeys};
use crate::refusal::Refusal;
use doorward_crypto::digest::sha256;
use doorward_crypto::jwk::Algorithm;
use doorward_crypto::jwt::{self, JwtError, MAX_TOKEN_LENGTH, Rules};
use http::HeaderMap;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

/// Checks access tokens. Cheap to clone: all clones share keys, cache and lists.
#[derive(Clone)]
pub struct Verifier(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) rules: Rules,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) keys: SharedKeys,
    pub(crate) refresher: Option<Arc<Refresher>>,
    pub(crate) cache: Option<TokenCache>,
    pub(crate) deny_list: Option<DenyList>,
    pub(crate) follower: Option<Arc<Follower>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) realm: Option<Arc<str>>,
    pub(crate) leeway: i64,
}

impl Verifier {
    /// Begins a configuration; see [`Builder`].
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Checks one token.
    ///
    /// Waits only if the token names a key that is not known, for at most one fetch of the key set. With a known key
    /// it is done at the first poll.
    ///
    /// # Errors
    /// The first rule that the token breaks.
    pub async fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        let now = self.0.clock.now();
        let keys = self.0.keys.current();
        let outcome = self.0.check(token, &keys, now);
        let Some(refresher) = &self.0.refresher else {
            return outcome;
        };
        let unknown = matches!(outcome, Err(Refusal::Token(JwtError::UnknownKey) | Refusal::KeysUnavailable));
        if !unknown {
            return outcome;
        }
        refresher.fetch_missing(keys.version).await;
        let renewed = self.0.keys.current();
        if renewed.version == keys.version { outcome } else { self.0.check(token, &renewed, now) }
    }

    /// [`Verifier::verify`] with the keys at hand: never waits, never fetches for an unknown key. For code that is not
    /// asynchronous, and for keys that live in memory.
    ///
    /// # Errors
    /// The first rule that the token breaks.
    pub fn verify_in_memory(&self, token: &str) -> Result<Claims, Refusal> {
        self.0.check(token, &self.0.keys.current(), self.0.clock.now())
    }

    /// Checks the bearer token of a request.
    ///
    /// # Errors
    /// The answer to give.
    pub async fn verify_headers(&self, headers: &HeaderMap) -> Result<Claims, Refused> {
        let outcome = match bearer_token(headers) {
            Ok(token) => self.verify(token).await,
            Err(refusal) => Err(refusal),
        };
        outcome.map_err(|refusal| self.refuse(refusal))
    }

    /// The layer that lets only requests with a good token through.
    pub fn guard(&self) -> Guard {
        Guard::new(self.clone())
    }

    /// Fetches the keys now rather than with the first token. A failure is no error: the first token tries again.
    pub async fn warm_up(&self) {
        if let Some(refresher) = &self.0.refresher {
            refresher.fetch_missing(self.0.keys.current().version).await;
        }
    }

    /// A refusal as an answer in this verifier's realm; noted in the log at debug level.
    pub(crate) fn refuse(&self, refusal: Refusal) -> Refused {
        tracing::debug!(reason = %refusal, "a request was refused");
        Refused::new(refusal, self.0.realm.clone())
    }
}

impl Inner {
    fn check(&self, token: &str, keys: &Loaded, now: i64) -> Result<Claims, Refusal> {
        if let Some(refresher) = &self.refresher {
            refresher.renew_if_old(now);
            if refresher.is_outdated(now) {
                return Err(Refusal::KeysUnavailable);
            }
        }
        let claims = self.signed_claims(token, keys, now)?;
        if let Some(session_id) = claims.session_id() {
            // As long as the leeway keeps a token alive after its end, an ended session has to stay in the list.
            let moment = now.saturating_sub(self.leeway);
            let lists = [self.deny_list.as_ref(), self.follower.as_ref().map(|follower| &follower.list)];
            if lists.into_iter().flatten().any(|list| list.is_revoked(session_id, moment)) {
                return Err(Refusal::Revoked);
            }
        }
        if self.follower.as_ref().is_some_and(|follower| follower.is_outdated(now)) {
            return Err(Refusal::RevocationsUnavailable);
        }
        Ok(Claims::new(claims, self.realm.clone()))
    }

    /// From the cache, or by checking the signature.
    fn signed_claims(&self, token: &str, keys: &Loaded, now: i64) -> Result<Arc<jwt::Claims>, Refusal> {
        let Some(cache) = &self.cache else {
            return self.verified_claims(token, keys, now);
        };
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(JwtError::TooLong.into());
        }
        let digest = sha256(token);
        if let Some(claims) = cache.get(&digest, keys.epoch) {
            // Everything else was decided when the token came in; only the time has moved.
            if let Err(error) = self.rules.check_time(&claims, now) {
                cache.remove(&digest);
                return Err(error.into());
            }
            return Ok(claims);
        }
        let claims = self.verified_claims(token, keys, now)?;
        cache.insert(digest, &claims, keys.epoch);
        Ok(claims)
    }

    fn verified_claims(&self, token: &str, keys: &Loaded, now: i64) -> Result<Arc<jwt::Claims>, Refusal> {
        let forbidden = Cell::new(false);
        let find = |header: &jwt::Header| {
            let key = keys.keys.find(header)?;
            let allowed = self.algorithms.contains(&key.algorithm());
            forbidden.set(!allowed);
            allowed.then_some(key)
        };
        match jwt::verify(token, find, &self.rules, now) {
            Ok(claims) => Ok(Arc::new(claims)),
            Err(JwtError::UnknownKey) if forbidden.get() => Err(Refusal::AlgorithmNotAllowed),
            Err(JwtError::UnknownKey) if keys.version == 0 => Err(Refusal::KeysUnavailable),
            Err(error) => Err(error.into()),
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verifier")
            .field("rules", &self.0.rules)
            .field("algorithms", &self.0.algorithms)
            .field("realm", &self.0.realm)
            .finish_non_exhaustive()
    }
}
