//! The keys of one algorithm, which follow one another: which of them sign, which does now, and how the next is made.

use doorward_crypto::{
    jwk::{Algorithm, SigningKey},
    seal,
};
use doorward_database::Stamp;
use serde_json::Value;

use crate::{auth::Auth, error::Error, model::JwkRow};

type OpenError = Box<dyn std::error::Error + Send + Sync>;

/// One algorithm that has keys.
#[derive(Clone, Copy)]
pub(in crate::auth) struct Line(pub(in crate::auth) Algorithm);

impl Line {
    /// Keys that are not expired at a moment, newest first.
    pub(super) fn living(self, rows: &[JwkRow], at: Stamp) -> impl Iterator<Item = &JwkRow> {
        let alive = move |row: &&JwkRow| row.expires_at.is_none_or(|end| end > at) && algorithm_of(row) == Some(self.0);
        rows.iter().rev().filter(alive)
    }

    /// The key that signs: the newest that verifiers had time to learn, or the one they had most time for.
    pub(super) fn choose<'a>(self, auth: &Auth, rows: &'a [JwkRow], now: Stamp) -> Option<(&'a JwkRow, SigningKey)> {
        let known_since = now.plus_seconds(-auth.config.token.activation_lead);
        let (learned, fresh): (Vec<_>, Vec<_>) = self.living(rows, now).partition(|row| row.created_at <= known_since);
        learned.into_iter().chain(fresh.into_iter().rev()).find_map(|row| Some((row, self.open(auth, row).ok()?)))
    }

    /// Living keys that the secret does not open.
    pub(super) fn unreadable<'a>(
        self,
        auth: &'a Auth,
        rows: &'a [JwkRow],
        now: Stamp,
    ) -> impl Iterator<Item = (&'a JwkRow, OpenError)> {
        self.living(rows, now).filter_map(move |row| Some((row, self.open(auth, row).err()?)))
    }

    /// A new key, not stored yet.
    pub(in crate::auth) fn mint(self, auth: &Auth, now: Stamp) -> Result<JwkRow, Error> {
        let pair = SigningKey::generate(self.0, &*auth.random).map_err(Error::internal)?;
        let sealed = seal::seal(&pair.private, &auth.config.secrets, &*auth.random);
        Ok(JwkRow {
            id: auth.new_id(),
            crv: curve_of(&pair.public),
            public_key: pair.public,
            private_key: Value::String(sealed).to_string(),
            created_at: now,
            expires_at: auth.config.token.rotation_interval.map(|seconds| now.plus_seconds(seconds)),
            alg: Some(self.0.as_str().to_owned()),
        })
    }

    fn open(self, auth: &Auth, row: &JwkRow) -> Result<SigningKey, OpenError> {
        let private = match serde_json::from_str(&row.private_key)? {
            Value::String(sealed) => seal::open(&sealed, &auth.config.secrets)?,
            _ => row.private_key.clone(), // stored unsealed (`disablePrivateKeyEncryption`)
        };
        Ok(SigningKey::from_private_jwk(&row.id, self.0, &private)?)
    }
}

/// Rows from before the column existed hold keys of the default algorithm.
pub(in crate::auth) fn algorithm_of(row: &JwkRow) -> Option<Algorithm> {
    row.alg.as_deref().map_or(Some(Algorithm::EdDsa), Algorithm::parse)
}

/// The curve stands in the row too, for keys that have one.
fn curve_of(public: &str) -> Option<String> {
    let jwk: Value = serde_json::from_str(public).ok()?;
    jwk.get("crv")?.as_str().map(str::to_owned)
}
