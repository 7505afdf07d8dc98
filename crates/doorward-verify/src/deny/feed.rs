//! Following the issuer's list of ended sessions.
//!
//! # The document
//!
//! `GET` of the configured address (Doorward: `/api/auth/revoked`) answers 200 with a compact JWS, signed with one of
//! the issuer's signing keys:
//!
//! ```text
//! header   {"alg":"EdDSA","kid":"…","typ":"doorward-revoked+jwt"}
//! payload  {"iss":"https://app.example","iat":1750000000,"exp":1750000060,
//!           "sids":[["<sid>",1750000900],["<sid>",1750000415]]}
//! ```
//!
//! * `iss` is the issuer of the access tokens. There is no `sub`, and no `aud`: every API may read it. Its `typ` keeps it
//!   from passing as an access token, and an access token from passing as it.
//! * `sids` are the sessions that ended last, each entry a session id and the moment from which on no token of that
//!   session can be alive, in seconds. Entries whose moment has passed are left out.
//! * What was heard once is kept until its moment, also when a later list leaves it out: somebody who ends thousands of
//!   sessions of their own must not push out those of others.
//! * `exp` bounds how long a copy of the document can be shown again; a minute is plenty. A document with an older `iat`
//!   than one seen before is ignored.
//! * With an `ETag`, an unchanged list costs a 304. The document may have 1 MiB; Doorward tells of the 15,000 sessions that ended last.
//!
//! A feed that cannot be reached changes nothing: the sessions known to be ended stay refused, newer ones are noticed
//! late, at worst when their tokens expire. [`DenyFeed::required_within`] chooses the other way: refuse everybody when
//! the list is older than that.

use super::DenyList;
use crate::clock::Clock;
use crate::keys::{Address, Download, FetchError, Refresher, SharedKeys};
use doorward_crypto::jwt::{self, Claims, JwtError, Rules};
use reqwest::header::HeaderValue;
use serde_json::Value;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

const TOKEN_TYPE: &str = "doorward-revoked+jwt";
const MAX_LENGTH: usize = 1024 * 1024;
const NEVER: i64 = i64::MIN;

/// Where the issuer's list of ended sessions is, and how closely to follow it.
#[derive(Clone, Debug)]
pub struct DenyFeed {
    pub(crate) url: String,
    every: Duration,
    required_within: Option<i64>,
}

impl DenyFeed {
    /// HTTPS, or HTTP on this machine, or `file://`. Looked at every two seconds.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), every: Duration::from_secs(2), required_within: None }
    }

    /// How often to look. Default: 2 s, so that an ended session is refused within 5 s.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.every = interval.max(Duration::from_millis(100));
        self
    }

    /// Answer 503 to everybody while the last good list is older than this. Default: go on with the last one.
    #[must_use]
    pub fn required_within(mut self, age: Duration) -> Self {
        self.required_within = Some(crate::builder::seconds(age));
        self
    }
}

/// The list as the feed last told it.
pub(crate) struct Follower {
    pub(crate) list: DenyList,
    feed: DenyFeed,
    download: Download,
    rules: Rules,
    keys: SharedKeys,
    refresher: Option<Arc<Refresher>>,
    clock: Arc<dyn Clock>,
    heard_at: AtomicI64,
}

impl Follower {
    pub(crate) fn new(
        feed: DenyFeed,
        authorities_pem: &[Vec<u8>],
        rules: Rules,
        keys: SharedKeys,
        refresher: Option<Arc<Refresher>>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let address = Address::parse(&feed.url)?;
        let download = Download::new(address, MAX_LENGTH, authorities_pem).map_err(|error| error.to_string())?;
        let rules = rules.types([TOKEN_TYPE]).without_subject().without_audience().max_length(MAX_LENGTH);
        let heard_at = AtomicI64::new(NEVER);
        Ok(Self { list: DenyList::new(), feed, download, rules, keys, refresher, clock, heard_at })
    }

    /// Whether the list is older than the application bears.
    pub(crate) fn is_outdated(&self, now: i64) -> bool {
        let heard_at = self.heard_at.load(Ordering::Acquire);
        self.feed.required_within.is_some_and(|age| heard_at == NEVER || now.saturating_sub(heard_at) > age)
    }

    /// Follows the feed until the verifier that holds the follower is gone.
    pub(crate) async fn follow(follower: Weak<Self>) {
        let mut heard = Heard::default();
        loop {
            let Some(present) = follower.upgrade() else { return };
            match present.look(&heard).await {
                Ok(Some(news)) => heard = news,
                Ok(None) => heard.failing = false,
                // Once per outage is enough for a log that is written every two seconds.
                Err(error) if !heard.failing => {
                    tracing::warn!(
                        error = error.in_full(),
                        "the list of ended sessions could not be read; the last one goes on"
                    );
                    heard.failing = true;
                }
                Err(_) => {}
            }
            let pause = present.feed.every;
            drop(present);
            tokio::time::sleep(pause).await;
        }
    }

    /// `None` if nothing changed.
    async fn look(&self, heard: &Heard) -> Result<Option<Heard>, FetchError> {
        let now = self.clock.now();
        let Some(document) = self.download.get(heard.etag.as_ref()).await? else {
            self.heard_at.store(now, Ordering::Release);
            return Ok(None);
        };
        let text = std::str::from_utf8(&document.bytes).map_err(FetchError::other)?.trim_ascii();
        let claims = self.verify(text, now).await.map_err(FetchError::other)?;
        let issued_at = claims.issued_at().unwrap_or_default();
        if issued_at < heard.issued_at {
            return Err(FetchError::other("the list is older than the one before"));
        }
        self.list.learn(sessions(&claims).ok_or_else(|| FetchError::other("`sids` is not a list of pairs"))?, now);
        self.heard_at.store(now, Ordering::Release);
        Ok(Some(Heard { etag: document.etag, issued_at, failing: false }))
    }

    async fn verify(&self, text: &str, now: i64) -> Result<Claims, JwtError> {
        let keys = self.keys.current();
        match (jwt::verify(text, |header| keys.keys.find(header), &self.rules, now), &self.refresher) {
            (Err(JwtError::UnknownKey), Some(refresher)) => {
                refresher.fetch_missing(keys.version).await;
                let keys = self.keys.current();
                jwt::verify(text, |header| keys.keys.find(header), &self.rules, now)
            }
            (outcome, _) => outcome,
        }
    }
}

#[derive(Default)]
struct Heard {
    etag: Option<HeaderValue>,
    issued_at: i64,
    failing: bool,
}

fn sessions(claims: &Claims) -> Option<Vec<(String, i64)>> {
    let pair = |entry: &Value| match entry.as_array()?.as_slice() {
        [session_id, until] => Some((session_id.as_str()?.to_owned(), until.as_i64()?)),
        _ => None,
    };
    claims.get("sids")?.as_array()?.iter().map(pair).collect()
}
