//! One set of keys: a JWKS (RFC 7517 section 5), parsed.

use doorward_crypto::jwk::{Algorithm, JwkError, VerifyingKey};
use doorward_crypto::jwt::Header;
use serde_json::Value;

/// More keys than this is no key set but an attack on the linear search.
const MAX_KEYS: usize = 100;

/// Keys that check signatures, each with its one algorithm.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
    /// The application named this one key: it is used whatever `kid` a token has.
    pinned: bool,
}

impl KeySet {
    /// Reads `{"keys":[…]}`.
    ///
    /// A key that cannot be used (another type, a curve that is not supported, `use: enc`, a malformed member) is left
    /// out with a warning in the log, as RFC 7517 section 5 advises: an issuer may publish keys for others. An RSA key
    /// that names no algorithm is for RS256, the only one such keys are used with in practice. An empty set is a set:
    /// it refuses every token.
    ///
    /// # Errors
    /// If this is not a key set at all.
    pub fn parse(jwks: &Value) -> Result<Self, KeySetError> {
        let entries = jwks.get("keys").and_then(Value::as_array).ok_or(KeySetError::NotAKeySet)?;
        if entries.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let mut keys: Vec<VerifyingKey> = Vec::with_capacity(entries.len());
        for (position, entry) in entries.iter().enumerate() {
            match read(entry) {
                Ok(key) if keys.iter().any(|other| other.is_same_key(&key)) => {}
                Ok(key) => keys.push(key),
                Err(reason) => tracing::warn!(position, %reason, "this key of the JWKS cannot be used and is left out"),
            }
        }
        drop_ambiguous(&mut keys);
        Ok(Self { keys, pinned: false })
    }

    /// A set of one key. If the key has no `kid`, it checks every token, whatever the token calls its key.
    pub fn single(key: VerifyingKey) -> Self {
        Self { pinned: key.kid().is_none(), keys: vec![key] }
    }

    /// The key for a token: the one of that name, or, for a token without `kid`, the only one that can be meant.
    pub(crate) fn find(&self, header: &Header) -> Option<&VerifyingKey> {
        let fits = |key: &&VerifyingKey| key.algorithm() == header.algorithm();
        match header.kid().filter(|_| !self.pinned) {
            Some(kid) => {
                let named = || self.keys.iter().filter(|key| key.kid() == Some(kid));
                // A key of that name with another algorithm is still the answer: the mismatch is then refused by name.
                named().find(fits).or_else(|| named().next())
            }
            None => match (only(self.keys.iter().filter(fits)), self.keys.as_slice()) {
                (Some(key), _) | (None, [key]) => Some(key),
                _ => None,
            },
        }
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key that can be used, so that every token is refused.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether every key of `older` is still here, unchanged.
    pub(crate) fn keeps_all_of(&self, older: &Self) -> bool {
        older.keys.iter().all(|key| self.keys.iter().any(|own| own.is_same_key(key)))
    }
}

fn read(entry: &Value) -> Result<VerifyingKey, JwkError> {
    match VerifyingKey::from_public_jwk(entry) {
        Err(JwkError::AlgorithmMissing) => VerifyingKey::from_public_jwk_as(entry, Algorithm::Rs256),
        read => read,
    }
}

/// Two keys of one name and algorithm: no way to know which one a token means, so neither is used.
fn drop_ambiguous(keys: &mut Vec<VerifyingKey>) {
    let all = keys.clone();
    keys.retain(|key| {
        let unique = key.kid().is_none() || all.iter().filter(|other| same_name(key, other)).count() == 1;
        if !unique {
            tracing::warn!("several keys of the JWKS have the same name and algorithm and are left out");
        }
        unique
    });
}

fn same_name(one: &VerifyingKey, other: &VerifyingKey) -> bool {
    one.kid() == other.kid() && one.algorithm() == other.algorithm()
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next();
    if items.next().is_some() { None } else { first }
}

/// Why a document is no key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// No JSON object with an array `keys` (RFC 7517 section 5).
    #[error("not a JWKS: a JSON object with an array `keys` is expected")]
    NotAKeySet,
    /// More than 100 keys, usable or not.
    #[error("the JWKS has more than 100 keys")]
    TooManyKeys,
}
