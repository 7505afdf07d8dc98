//! Better Auth's own password hash, in two steps, so that two of them can be computed side by side.
//!
//! One peculiarity has to be kept: the salt given to scrypt is the *text* of the 32 hexadecimal digits, not the 16
//! bytes they stand for.

use super::{PasswordError, Scheme, normalized};
use crate::digest::constant_time_eq;
use crate::random::Random;
use crate::scrypt::{self, Cost, Input};
use std::fmt;
use zeroize::Zeroizing;

/// N = 16384, r = 16, p = 1.
const COST: Cost = Cost::new(16384, 16, 1).expect("checked when this is compiled");
const KEY_LENGTH: usize = 64;

/// How many keys one thread best computes at once: two on x86-64, where the second costs less than half of the first
/// one; one elsewhere.
pub const AT_ONCE: usize = scrypt::AT_ONCE;

/// A password and its salt, before the slow part.
pub struct Unhashed {
    password: Zeroizing<String>,
    salt: String,
}

/// What scrypt makes of an [`Unhashed`]. It compares in constant time, and is not printed.
pub struct Key(Zeroizing<[u8; KEY_LENGTH]>);

impl Unhashed {
    /// A password to be stored, with a salt of its own.
    pub fn new(password: &str, random: &dyn Random) -> Self {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        Self { password: normalized(password), salt: crate::hex::encode(&salt) }
    }

    /// A password to be compared with a stored one, and the key that it has to give; `None` when the stored text is no
    /// scrypt hash.
    pub fn like(stored: &str, password: &str) -> Option<(Self, Key)> {
        let (salt, key) = parts(stored)?;
        Some((Self { password: normalized(password), salt: salt.to_owned() }, key))
    }

    /// The text that is stored: `<salt in hexadecimal>:<key in hexadecimal>`.
    pub fn stored(&self, key: &Key) -> String {
        format!("{}:{}", self.salt, crate::hex::encode(&key.0[..]))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(&self.0[..], &other.0[..])
    }
}

impl fmt::Debug for Unhashed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Unhashed").finish_non_exhaustive()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").finish_non_exhaustive()
    }
}

/// Computes the key, in 32 MiB of memory. Blocks for tens of milliseconds.
pub fn key(password: &Unhashed) -> Key {
    let [key] = keys([password]);
    key
}

/// Computes two keys side by side, each in 32 MiB of its own, in 1.4 times the time of one ([`AT_ONCE`]).
pub fn two_keys(passwords: [&Unhashed; 2]) -> [Key; 2] {
    keys(passwords)
}

fn keys<const K: usize>(passwords: [&Unhashed; K]) -> [Key; K] {
    let mut keys = std::array::from_fn(|_| Zeroizing::new([0; KEY_LENGTH]));
    let inputs =
        passwords.map(|Unhashed { password, salt }| Input { password: password.as_bytes(), salt: salt.as_bytes() });
    scrypt::derive(inputs, COST, keys.each_mut().map(|key: &mut Zeroizing<_>| &mut key[..]));
    keys.map(Key)
}

pub(super) fn looks_like(stored: &str) -> bool {
    parts(stored).is_some()
}

pub(super) fn hash(password: &str, random: &dyn Random) -> String {
    let password = Unhashed::new(password, random);
    password.stored(&key(&password))
}

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, PasswordError> {
    let (password, expected) =
        Unhashed::like(stored, password).ok_or(PasswordError::Malformed { scheme: Scheme::Scrypt })?;
    Ok(key(&password) == expected)
}

/// The salt as text, and the key. The salt may be any text, because Better Auth takes it as text too.
fn parts(stored: &str) -> Option<(&str, Key)> {
    let (salt, key) = stored.split_once(':')?;
    let key = crate::hex::decode(key)?.try_into().ok()?;
    (!salt.is_empty()).then_some((salt, Key(Zeroizing::new(key))))
}
