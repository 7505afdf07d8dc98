//! bcrypt: `$2b$<cost>$` and 53 characters, 22 of salt and 31 of hash, in bcrypt's own base64.
//!
//! Read only. `$2a$`, `$2b$` and `$2y$` name the same function; `$2x$` marks a broken one and is refused. bcrypt looks
//! at the first 72 bytes of a password, so the ones behind them are ignored here as well.

use super::{PasswordError, Scheme, lenient};
use crate::digest::constant_time_eq;
use base64::Engine;
use base64::alphabet;
use base64::engine::GeneralPurpose;
use zeroize::Zeroizing;

const MAX_PASSWORD_LENGTH: usize = 72;
const HASH_LENGTH: usize = 23;
const MIN_COST: u32 = 4;
/// About four seconds of work; 10 to 12 are usual.
const MAX_COST: u32 = 16;

/// Some writers leave random bits in the unused end of the salt, which a strict decoder would refuse.
const BCRYPT_BASE64: GeneralPurpose = lenient(&alphabet::BCRYPT);

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, PasswordError> {
    let (cost, salt, hash) = parts(stored).ok_or(PasswordError::Malformed { scheme: Scheme::Bcrypt })?;
    if cost > MAX_COST {
        return Err(PasswordError::TooExpensive { scheme: Scheme::Bcrypt });
    }
    // The terminating zero byte is part of what is hashed, as long as it fits.
    let mut bytes = Zeroizing::new(Vec::with_capacity(password.len() + 1));
    bytes.extend_from_slice(password.as_bytes());
    bytes.push(0);
    let derived = bcrypt::bcrypt(cost, salt, &bytes[..bytes.len().min(MAX_PASSWORD_LENGTH)]);
    Ok(constant_time_eq(&derived[..HASH_LENGTH], &hash))
}

fn parts(stored: &str) -> Option<(u32, [u8; 16], Vec<u8>)> {
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| stored.strip_prefix(prefix))?;
    let (cost, encoded) = rest.split_once('$')?;
    let (salt, hash) = encoded.split_at_checked(22)?;
    if cost.len() != 2 || !cost.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let cost: u32 = cost.parse().ok()?;
    let salt = BCRYPT_BASE64.decode(salt).ok()?.try_into().ok()?;
    let hash = BCRYPT_BASE64.decode(hash).ok()?;
    ((MIN_COST..=31).contains(&cost) && hash.len() == HASH_LENGTH).then_some((cost, salt, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the test vectors of the original C implementation, `crypt_blowfish`.
    const STORED: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    #[test]
    fn verifies_and_ignores_unused_bits_of_the_salt() {
        assert_eq!(verify(STORED, "U*U"), Ok(true));
        assert_eq!(verify(STORED, "U*V"), Ok(false));
        assert_eq!(verify(&STORED.replace("CCC.", "CCC/"), "U*U"), Ok(true));
    }

    #[test]
    fn a_cost_beyond_reason_is_refused_without_executing_it() {
        for cost in [17, 31] {
            let expected = Err(PasswordError::TooExpensive { scheme: Scheme::Bcrypt });
            assert_eq!(verify(&STORED.replace("$05$", &format!("${cost}$")), "U*U"), expected);
        }
    }

    #[test]
    fn malformed_strings_are_named_so() {
        let long = format!("{STORED}A");
        for stored in [
            &STORED[..59],
            &long,
            &STORED.replace("$05$", "$5$"),
            &STORED.replace("$05$", "$+5$"),
            &STORED.replace("$05$", "$03$"),
            &STORED.replace("$05$", "$32$"),
            &STORED.replace("CCC", "C€"),
        ] {
            assert_eq!(verify(stored, "U*U"), Err(PasswordError::Malformed { scheme: Scheme::Bcrypt }), "{stored}");
        }
    }
}
