//! Argon2 (RFC 9106) as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, base64 without padding.
//!
//! Not supported are the optional `keyid` and `data` parameters, which need a second secret that no import brings along.

use super::{BASE64, PasswordError, Scheme};
use crate::digest::constant_time_eq;
use crate::random::Random;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_LENGTH: usize = 32;

/// 256 MiB: four times what common libraries use by default.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Memory times passes, in KiB: about two seconds of work.
const MAX_WORK_KIB: u32 = 2 * 1024 * 1024;
const MAX_LANES: u32 = 16;
const MAX_HASH_LENGTH: usize = 128;

pub(super) fn hash(password: &str, random: &dyn Random) -> String {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let mut hash = [0; HASH_LENGTH];
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_LENGTH)).expect("the constants above are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), &salt, &mut hash)
        .expect("a password in memory is shorter than 4 GiB, and so are the salt and the hash");
    let (salt, hash) = (BASE64.encode(salt), BASE64.encode(hash));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, PasswordError> {
    let phc = Phc::parse(stored).ok_or_else(|| malformed(stored))?;
    let work = phc.memory_kib.checked_mul(phc.passes);
    if phc.memory_kib > MAX_MEMORY_KIB || phc.lanes > MAX_LANES || work.is_none_or(|work| work > MAX_WORK_KIB) {
        return Err(PasswordError::TooExpensive { scheme: scheme_of(stored) });
    }
    let mut hash = vec![0; phc.hash.len()];
    Params::new(phc.memory_kib, phc.passes, phc.lanes, Some(hash.len()))
        .and_then(|params| {
            let argon2 = Argon2::new(phc.algorithm, phc.version, params);
            argon2.hash_password_into(password.as_bytes(), &phc.salt, &mut hash)
        })
        .map_err(|_| malformed(stored))?;
    Ok(constant_time_eq(&hash, &phc.hash))
}

struct Phc {
    algorithm: Algorithm,
    version: Version,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Phc {
    fn parse(stored: &str) -> Option<Self> {
        let mut fields = stored.strip_prefix('$')?.split('$');
        let algorithm = match fields.next()? {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            "argon2d" => Algorithm::Argon2d,
            _ => return None,
        };
        let mut costs = fields.next()?;
        // Before version 1.3 the version was not written.
        let mut version = Version::V0x10;
        if let Some(written) = costs.strip_prefix("v=") {
            version = match written {
                "16" => Version::V0x10,
                "19" => Version::V0x13,
                _ => return None,
            };
            costs = fields.next()?;
        }
        let mut costs = costs.split(',');
        let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse().ok();
        let (memory_kib, passes, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
        let salt = BASE64.decode(fields.next()?).ok()?;
        let hash = BASE64.decode(fields.next()?).ok()?;
        let complete = costs.next().is_none() && fields.next().is_none();
        (complete && hash.len() <= MAX_HASH_LENGTH).then_some(Self {
            algorithm,
            version,
            memory_kib,
            passes,
            lanes,
            salt,
            hash,
        })
    }
}

fn scheme_of(stored: &str) -> Scheme {
    if stored.starts_with("$argon2id$") { Scheme::Argon2id } else { Scheme::Argon2Other }
}

fn malformed(stored: &str) -> PasswordError {
    PasswordError::Malformed { scheme: scheme_of(stored) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_costs_are_refused_without_executing_them() {
        for costs in ["m=4194304,t=1,p=1", "m=65536,t=4000000000,p=1", "m=65536,t=33,p=1", "m=4096,t=1,p=17"] {
            let stored = format!("$argon2id$v=19${costs}$c2FsdHNhbHQ$aGFzaGhhc2g");
            let expected = Err(PasswordError::TooExpensive { scheme: Scheme::Argon2id });
            assert_eq!(verify(&stored, "password"), expected, "{costs}");
        }
    }

    #[test]
    fn malformed_strings_are_named_so() {
        for stored in [
            "$argon2i$",
            "$argon2i$v=18$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2i$v=19$t=1,m=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2i$v=19$m=8,t=1,p=1,keyid=AA$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2i$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2i$v=19$m=8,t=1,p=2$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2i$v=19$m=8,t=1,p=1$c2FsdA$aGFzaGhhc2g",
            "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$",
            "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g$",
        ] {
            let expected = Err(PasswordError::Malformed { scheme: Scheme::Argon2Other });
            assert_eq!(verify(stored, "password"), expected, "{stored}");
        }
    }
}
