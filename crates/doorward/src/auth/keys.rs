//! The signing keys: in the `jwks` table as Better Auth seals them, and opened once in memory.
//!
//! Signing is one in-memory operation. The table is looked at again every few seconds, so that a key added or retired
//! by any process counts soon, and never on the path of every request (Better Auth reads, opens and parses the key for
//! each token). A key that the secret does not open is retired and replaced: a changed secret costs a new key, not a
//! failing server.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use doorward_crypto::{
    digest,
    jwk::{Algorithm, SigningKey, VerifyingKey},
    jwt, seal,
};
use doorward_database::{Batch, Stamp};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::Auth;
use crate::{
    config::Config,
    error::Error,
    model::{JwkRow, Kind},
    shared::event::Event,
    store::{audit::Only, jwks},
};

/// Seconds after which the table is read again.
const RELOAD_AFTER: i64 = 5;

/// The opened keys with what is published of them.
pub(crate) struct Ring {
    pub(crate) signing: Arc<SigningKey>,
    /// From here on another key must sign.
    signs_until: Option<Stamp>,
    /// `{"keys": […]}` ready to send.
    pub(crate) document: Bytes,
    pub(crate) etag: String,
    read_at: Stamp,
    /// What verifies the tokens that are still valid.
    verifying: Vec<VerifyingKey>,
}

impl Ring {
    /// The key a token names; under HS256 tokens name none.
    pub(crate) fn verifying(&self, header: &jwt::Header) -> Option<&VerifyingKey> {
        self.verifying.iter().find(|key| key.kid() == header.kid())
    }
}

pub(crate) struct Keys {
    algorithm: Algorithm,
    ring: RwLock<Option<Arc<Ring>>>,
    /// Until then a table that could not be read is not tried again.
    resting_until: AtomicI64,
    reading: tokio::sync::Mutex<()>,
    published: watch::Sender<Arc<Value>>,
}

impl Keys {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            algorithm: config.token.algorithm,
            ring: RwLock::new(None),
            resting_until: AtomicI64::new(i64::MIN),
            reading: tokio::sync::Mutex::new(()),
            published: watch::Sender::new(Arc::new(json!({ "keys": [] }))),
        }
    }

    pub(crate) fn published(&self) -> watch::Receiver<Arc<Value>> {
        self.published.subscribe()
    }

    /// The key that signs now.
    pub(crate) async fn signing(&self, auth: &Auth) -> Result<Arc<SigningKey>, Error> {
        Ok(Arc::clone(&self.ring(auth).await?.signing))
    }

    /// The keys as they are now, read from the table at most a few seconds ago.
    pub(crate) async fn ring(&self, auth: &Auth) -> Result<Arc<Ring>, Error> {
        let now = auth.now();
        if let Some(ring) = self.current(now) {
            return Ok(ring);
        }
        let _alone = self.reading.lock().await;
        if let Some(ring) = self.current(now) {
            return Ok(ring); // somebody else read it while we waited
        }
        let ring = match self.read(auth, now).await {
            Ok(ring) => Arc::new(ring),
            // With the database away, the keys in memory go on signing: what they sign is as valid as before. Whoever
            // waited behind us need not find out anew.
            Err(error) => {
                self.resting_until.store(auth.now().plus_seconds(RELOAD_AFTER).milliseconds(), Ordering::Relaxed);
                return self.remembered(now).ok_or(error);
            }
        };
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ring));
        Ok(ring)
    }

    /// Forgets what is in memory, so that the next use reads the table.
    pub(crate) fn forget(&self) {
        self.resting_until.store(i64::MIN, Ordering::Relaxed);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn current(&self, now: Stamp) -> Option<Arc<Ring>> {
        let resting = now.milliseconds() < self.resting_until.load(Ordering::Relaxed);
        self.remembered(now).filter(|ring| resting || now < ring.read_at.plus_seconds(RELOAD_AFTER))
    }

    fn remembered(&self, now: Stamp) -> Option<Arc<Ring>> {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.as_ref().filter(|ring| ring.signs_until.is_none_or(|until| now < until)).cloned()
    }

    async fn read(&self, auth: &Auth, now: Stamp) -> Result<Ring, Error> {
        let mut rows = jwks::list(&auth.store).await?;
        if self.algorithm == Algorithm::Hs256 {
            let signing = Arc::new(SigningKey::hmac(auth.config.secrets.current()));
            return Ok(self.assemble(auth, &rows, signing, None, now));
        }
        // A key that is about to end gets its successor while it still signs.
        let soon = now.plus_seconds(auth.config.token.activation_lead);
        let unreadable = self.unreadable(auth, &rows, now);
        let lasting = self.living(&rows, soon).any(|row| !unreadable.contains(&row.id));
        if !lasting {
            let row = self.mint(auth, now)?;
            let made = Event::of_server(auth, Kind::KeyMade).because(row.id.clone());
            let told = |batch: &mut Batch| {
                made.store(auth, batch, &Only::IfKey(&row.id));
            };
            jwks::insert_if_none(&auth.store, &row, &unreadable, soon, now, told).await?;
            rows = jwks::list(&auth.store).await?;
            if rows.iter().any(|stored| stored.id == row.id) {
                made.log();
            }
        }
        let (row, signing) = self
            .choose(auth, &rows, now)
            .ok_or_else(|| Error::internal("no signing key can be opened, and a new one could not be stored"))?;
        Ok(self.assemble(auth, &rows, Arc::new(signing), row.expires_at, now))
    }

    /// Keys of the configured algorithm that are not expired at a moment, newest first.
    fn living<'a>(&self, rows: &'a [JwkRow], at: Stamp) -> impl Iterator<Item = &'a JwkRow> {
        let algorithm = self.algorithm;
        let alive =
            move |row: &&JwkRow| row.expires_at.is_none_or(|end| end > at) && algorithm_of(row) == Some(algorithm);
        rows.iter().rev().filter(alive)
    }

    /// The key that signs: the newest that verifiers had time to learn, or the one they had most time for.
    fn choose<'a>(&self, auth: &Auth, rows: &'a [JwkRow], now: Stamp) -> Option<(&'a JwkRow, SigningKey)> {
        let known_since = now.plus_seconds(-auth.config.token.activation_lead);
        let (learned, fresh): (Vec<_>, Vec<_>) = self.living(rows, now).partition(|row| row.created_at <= known_since);
        learned
            .into_iter()
            .chain(fresh.into_iter().rev())
            .find_map(|row| Some((row, open(auth, row, self.algorithm).ok()?)))
    }

    /// The ids of living keys that the secret does not open.
    fn unreadable(&self, auth: &Auth, rows: &[JwkRow], now: Stamp) -> Vec<String> {
        let mut ids = Vec::new();
        for row in self.living(rows, now) {
            if let Err(error) = open(auth, row, self.algorithm) {
                tracing::error!(kid = %row.id, %error, "this signing key cannot be opened with the present secret; it is retired and a new one is made. Was BETTER_AUTH_SECRET changed? Older secrets belong into BETTER_AUTH_SECRETS.");
                ids.push(row.id.clone());
            }
        }
        ids
    }

    /// A living key that the secret does not open, if there is one; nothing is done about it.
    pub(super) async fn unreadable_key(
        &self,
        auth: &Auth,
        now: Stamp,
    ) -> Result<Option<String>, doorward_database::Error> {
        let rows = jwks::list(&auth.store).await?;
        Ok(self.living(&rows, now).find(|row| open(auth, row, self.algorithm).is_err()).map(|row| row.id.clone()))
    }

    pub(super) fn mint(&self, auth: &Auth, now: Stamp) -> Result<JwkRow, Error> {
        let pair = SigningKey::generate(self.algorithm, &*auth.random).map_err(Error::internal)?;
        let sealed = seal::seal(&pair.private, &auth.config.secrets, &*auth.random);
        Ok(JwkRow {
            id: auth.new_id(),
            crv: curve_of(&pair.public),
            public_key: pair.public,
            private_key: Value::String(sealed).to_string(),
            created_at: now,
            expires_at: auth.config.token.rotation_interval.map(|seconds| now.plus_seconds(seconds)),
            alg: Some(self.algorithm.as_str().to_owned()),
        })
    }

    fn assemble(
        &self,
        auth: &Auth,
        rows: &[JwkRow],
        signing: Arc<SigningKey>,
        signs_until: Option<Stamp>,
        now: Stamp,
    ) -> Ring {
        let grace = auth.config.token.grace_period;
        let keys = rows
            .iter()
            .filter(|row| row.expires_at.is_none_or(|at| at.plus_seconds(grace) > now))
            .filter_map(public_face);
        let published = Value::Object(Map::from_iter([("keys".to_owned(), Value::Array(keys.collect()))]));
        let document = Bytes::from(published.to_string());
        let verifying = if self.algorithm == Algorithm::Hs256 {
            vec![VerifyingKey::hmac(auth.config.secrets.current())]
        } else {
            let keys = published["keys"].as_array().into_iter().flatten();
            keys.filter_map(|key| VerifyingKey::from_public_jwk(key).ok()).collect()
        };
        let etag = format!("\"{}\"", digest::sha256_base64url(&document));
        self.published.send_if_modified(|current| {
            let changed = **current != published;
            if changed {
                *current = Arc::new(published);
            }
            changed
        });
        Ring { signing, signs_until, document, etag, read_at: now, verifying }
    }
}

/// Rows from before the column existed hold keys of the default algorithm.
fn algorithm_of(row: &JwkRow) -> Option<Algorithm> {
    row.alg.as_deref().map_or(Some(Algorithm::EdDsa), Algorithm::parse)
}

/// The curve stands in the row too, for keys that have one.
fn curve_of(public: &str) -> Option<String> {
    let jwk: Value = serde_json::from_str(public).ok()?;
    jwk.get("crv")?.as_str().map(str::to_owned)
}

fn open(
    auth: &Auth,
    row: &JwkRow,
    algorithm: Algorithm,
) -> Result<SigningKey, Box<dyn std::error::Error + Send + Sync>> {
    let private = match serde_json::from_str(&row.private_key)? {
        Value::String(sealed) => seal::open(&sealed, &auth.config.secrets)?,
        _ => row.private_key.clone(), // stored unsealed (`disablePrivateKeyEncryption`)
    };
    Ok(SigningKey::from_private_jwk(&row.id, algorithm, &private)?)
}

/// A key as the world sees it: `alg`, `crv`, the members as stored, `kid`, and `use`, which Better Auth leaves out.
fn public_face(row: &JwkRow) -> Option<Value> {
    let Ok(Value::Object(members)) = serde_json::from_str(&row.public_key) else {
        tracing::error!(kid = %row.id, "the public half of this key is not a JWK; it is not published");
        return None;
    };
    let mut face = Map::new();
    face.insert("alg".into(), json!(row.alg.as_deref().unwrap_or("EdDSA")));
    if let Some(curve) = &row.crv {
        face.insert("crv".into(), json!(curve));
    }
    // A public document never carries a private member, whatever the row holds.
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    face.extend(members.into_iter().filter(|(name, _)| !private.contains(&name.as_str())));
    face.insert("kid".into(), json!(row.id));
    face.insert("use".into(), json!("sig"));
    Some(Value::Object(face))
}

/// Tokens already signed, so that a client that polls its session does not cost a signature each time.
///
/// A token is given again while at least two thirds of its life remain and the person's row is unchanged. Two
/// generations bound the memory: when the young one is full it becomes the old one.
#[derive(Default)]
pub(crate) struct SessionTokens(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<String, Signed>,
    old: HashMap<String, Signed>,
}

#[derive(Clone)]
struct Signed {
    /// Digest of everything that went into the token, and the key that signed it.
    of: u64,
    token: Arc<str>,
    reuse_until: Stamp,
}

const GENERATION: usize = 20_000;

impl SessionTokens {
    pub(crate) fn get(&self, session_id: &str, of: u64, now: Stamp) -> Option<Arc<str>> {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = generations.young.get(session_id).or_else(|| generations.old.get(session_id))?;
        (signed.of == of && now < signed.reuse_until).then(|| Arc::clone(&signed.token))
    }

    pub(crate) fn put(&self, session_id: &str, of: u64, token: &Arc<str>, reuse_until: Stamp) {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(session_id.to_owned(), Signed { of, token: Arc::clone(token), reuse_until });
    }
}
