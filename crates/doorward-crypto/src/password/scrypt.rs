//! Better Auth's own password hash.
//!
//! One peculiarity has to be kept: the salt given to scrypt is the *text* of the 32 hexadecimal digits, not the 16
//! bytes they stand for.

use super::{PasswordError, Scheme};
use crate::digest::constant_time_eq;
use crate::random::Random;
use crate::scrypt::{self, Cost};
use zeroize::Zeroizing;

/// N = 16384, r = 16, p = 1.
const COST: Cost = Cost::new(16384, 16, 1).expect("checked when this is compiled");
const KEY_LENGTH: usize = 64;

pub(super) fn looks_like(stored: &str) -> bool {
    parts(stored).is_some()
}

pub(super) fn hash(password: &str, random: &dyn Random) -> String {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let salt = crate::hex::encode(&salt);
    let key = crate::hex::encode(&derive(password, &salt)[..]);
    format!("{salt}:{key}")
}

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, PasswordError> {
    let (salt, key) = parts(stored).ok_or(PasswordError::Malformed { scheme: Scheme::Scrypt })?;
    Ok(constant_time_eq(&derive(password, salt)[..], &key))
}

/// The salt as text, and the key as bytes. The salt may be any text, because Better Auth takes it as text too.
fn parts(stored: &str) -> Option<(&str, Vec<u8>)> {
    let (salt, key) = stored.split_once(':')?;
    let key = crate::hex::decode(key)?;
    (!salt.is_empty() && key.len() == KEY_LENGTH).then_some((salt, key))
}

fn derive(password: &str, salt: &str) -> Zeroizing<[u8; KEY_LENGTH]> {
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    scrypt::derive(password.as_bytes(), salt.as_bytes(), COST, &mut key[..]);
    key
}
