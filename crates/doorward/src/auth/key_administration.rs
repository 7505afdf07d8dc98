//! Looking after the signing keys by hand: listing, rotating, retiring and pruning them.
//!
//! Running servers notice within seconds, since they read the table again and again.

use doorward_crypto::jwk::Algorithm;
use doorward_database::{Batch, Error, Stamp};

use super::{Auth, keys::algorithm_of};
use crate::{
    model::{JwkRow, Kind},
    shared::event::{self, Event},
    store::jwks,
};

/// A signing key without its private half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    pub kid: String,
    pub algorithm: String,
    /// Its algorithm signs for some audience; a key of another one is only published.
    pub in_use: bool,
    pub created_at: Stamp,
    /// From here on it signs nothing more.
    pub expires_at: Option<Stamp>,
    /// Until then it is published, so that tokens it signed still verify.
    pub published_until: Option<Stamp>,
}

/// Why a key could not be rotated.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Database(#[from] Error),
    #[error("HS256 signs with the secret: rotate that, by BETTER_AUTH_SECRETS")]
    SharedSecret,
    #[error("no token is signed with {0} here: DOORWARD_JWT_ALG and DOORWARD_AUDIENCES do not name it")]
    NotInUse(Algorithm),
    #[error("the key could not be made")]
    Generation,
    #[error(
        "the signing key {0} does not open with this secret: set BETTER_AUTH_SECRET as the servers have it. A new key under another secret would be of no use to them"
    )]
    WrongSecret(String),
}

impl Auth {
    /// All keys in the table, oldest first.
    pub async fn list_keys(&self) -> Result<Vec<KeyInfo>, Error> {
        Ok(jwks::list(&self.store).await?.into_iter().map(|row| self.told_of(row)).collect())
    }

    fn told_of(&self, row: JwkRow) -> KeyInfo {
        let grace = self.config.token.grace_period;
        KeyInfo {
            in_use: algorithm_of(&row).is_some_and(|algorithm| self.keys.uses(algorithm)),
            kid: row.id,
            algorithm: row.alg.unwrap_or_else(|| "EdDSA".into()),
            created_at: row.created_at,
            expires_at: row.expires_at,
            published_until: row.expires_at.map(|at| at.plus_seconds(grace)),
        }
    }

    /// Makes a new key of each algorithm in use, or of one of them, all in one step, and gives them.
    ///
    /// They are published at once and sign after the lead time; until then the present keys go on, and afterwards those
    /// stay published for the grace period. No valid token is refused on the way.
    pub async fn rotate_keys(&self, only: Option<Algorithm>) -> Result<Vec<KeyInfo>, KeyError> {
        if let Some(algorithm) = only.filter(|algorithm| !self.keys.uses(*algorithm)) {
            return Err(KeyError::NotInUse(algorithm));
        }
        let lines: Vec<_> = self.keys.lines().filter(|line| only.is_none_or(|only| only == line.0)).collect();
        if lines.is_empty() {
            return Err(KeyError::SharedSecret);
        }
        let now = self.now();
        if let Some(kid) = self.keys.unreadable_key(self, now).await? {
            return Err(KeyError::WrongSecret(kid));
        }
        let others_until = now.plus_seconds(self.config.token.activation_lead);
        let (mut batch, mut made, mut events) = (Batch::new(), Vec::new(), Vec::new());
        for line in lines {
            let row = line.mint(self, now).map_err(|_| KeyError::Generation)?;
            jwks::insert_successor(&mut batch, &row, others_until);
            events.push(Event::of_server(self, Kind::KeyMade).because(row.id.clone()));
            made.push(self.told_of(row));
        }
        event::commit(self, batch, &events).await?;
        self.keys.forget();
        Ok(made)
    }

    /// Ends a key's signing now. With `withdraw` it is no longer published either, and every token it signed is refused:
    /// for a key that was stolen. Says whether there was such a key.
    pub async fn retire_key(&self, kid: &str, withdraw: bool) -> Result<bool, Error> {
        let mut batch = Batch::new();
        let kind = if withdraw {
            jwks::delete(&mut batch, kid);
            Kind::KeyDeleted
        } else {
            jwks::expire(&mut batch, kid, self.now());
            Kind::KeyRetired
        };
        let found = self.commit_of_key(batch, kind, kid).await?;
        self.keys.forget();
        Ok(found)
    }

    /// Deletes keys whose grace period is over and gives their `kid`s.
    pub async fn prune_keys(&self) -> Result<Vec<String>, Error> {
        let now = self.now();
        let mut pruned = Vec::new();
        for key in self.list_keys().await? {
            if key.published_until.is_none_or(|until| until > now) {
                continue;
            }
            let mut batch = Batch::new();
            jwks::delete(&mut batch, &key.kid);
            if self.commit_of_key(batch, Kind::KeyDeleted, &key.kid).await? {
                pruned.push(key.kid);
            }
        }
        Ok(pruned)
    }

    /// Says whether the key was there.
    async fn commit_of_key(&self, batch: Batch, kind: Kind, kid: &str) -> Result<bool, Error> {
        let happened = Event::of_server(self, kind).because(kid.to_owned());
        match event::commit(self, batch, &[happened]).await {
            Ok(_) => Ok(true),
            Err(Error::NothingChanged(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
