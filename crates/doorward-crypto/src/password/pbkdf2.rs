//! PBKDF2 (RFC 8018) in the three spellings that imports bring. Read only.
//!
//! | writer | form |
//! |---|---|
//! | passlib | `$pbkdf2-sha256$<rounds>$<salt>$<hash>`, base64 without padding and with `.` for `+` |
//! | PHC | `$pbkdf2-sha256$i=<rounds>,l=<length>$<salt>$<hash>`, base64 without padding |
//! | Django | `pbkdf2_sha256$<rounds>$<salt>$<hash>`, the salt as plain text, the hash in padded base64 |

use super::{BASE64, PasswordError, Scheme};
use aws_lc_rs::pbkdf2;
use base64::Engine;
use std::num::NonZeroU32;

/// About two seconds of work; Django's default has reached 1.2 million.
const MAX_ROUNDS: u32 = 5_000_000;
/// A longer hash multiplies the work; no writer makes one.
const HASH_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;

pub(super) fn verify(stored: &str, password: &str) -> Result<bool, PasswordError> {
    let hashed = Hashed::parse(stored).ok_or(PasswordError::Malformed { scheme: Scheme::Pbkdf2 })?;
    if hashed.rounds.get() > MAX_ROUNDS {
        return Err(PasswordError::TooExpensive { scheme: Scheme::Pbkdf2 });
    }
    // `pbkdf2::verify` compares in constant time.
    Ok(pbkdf2::verify(hashed.algorithm, hashed.rounds, &hashed.salt, password.as_bytes(), &hashed.hash).is_ok())
}

struct Hashed {
    algorithm: pbkdf2::Algorithm,
    rounds: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Hashed {
    fn parse(stored: &str) -> Option<Self> {
        let is_django = !stored.starts_with('$');
        let fields: Vec<&str> = stored.strip_prefix('$').unwrap_or(stored).split('$').collect();
        let [name, rounds, salt, hash] = fields[..] else { return None };
        let algorithm = match name {
            "pbkdf2" | "pbkdf2-sha1" | "pbkdf2_sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
            "pbkdf2-sha256" | "pbkdf2_sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
            "pbkdf2-sha512" | "pbkdf2_sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let (rounds, length) = match rounds.strip_prefix("i=") {
            None => (rounds, None),
            Some(phc) => match phc.split_once(",l=") {
                None => (phc, None),
                Some((rounds, length)) => (rounds, Some(length.parse().ok()?)),
            },
        };
        let decode = |text: &str| BASE64.decode(text.replace('.', "+")).ok();
        let salt = if is_django { salt.as_bytes().to_vec() } else { decode(salt)? };
        let hash = decode(hash)?;
        let length_fits = HASH_LENGTHS.contains(&hash.len()) && length.is_none_or(|length: usize| length == hash.len());
        length_fits.then_some(Self { algorithm, rounds: rounds.parse().ok()?, salt, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phc_spelling() {
        // RFC 7914 section 11: PBKDF2-HMAC-SHA256, "passwd", salt "salt", 1 round, 64 bytes.
        let stored = "$pbkdf2-sha256$i=1,l=64$c2FsdA$VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw";
        assert_eq!(verify(stored, "passwd"), Ok(true));
        assert_eq!(verify(stored, "passwe"), Ok(false));
        assert_eq!(
            verify(&stored.replace("l=64", "l=32"), "passwd"),
            Err(PasswordError::Malformed { scheme: Scheme::Pbkdf2 })
        );
    }

    #[test]
    fn absurd_rounds_are_refused_without_executing_them() {
        let hash = BASE64.encode([0; 32]);
        for rounds in ["5000001", "4294967295"] {
            let expected = Err(PasswordError::TooExpensive { scheme: Scheme::Pbkdf2 });
            assert_eq!(verify(&format!("pbkdf2_sha256${rounds}$salt${hash}"), "password"), expected);
            assert_eq!(verify(&format!("$pbkdf2-sha512${rounds}$c2FsdA${hash}"), "password"), expected);
        }
    }

    #[test]
    fn malformed_strings_are_named_so() {
        let hash = BASE64.encode([0; 32]);
        for stored in [
            "pbkdf2_".to_owned(),
            format!("pbkdf2_md5$1$salt${hash}"),
            format!("pbkdf2_sha256$0$salt${hash}"),
            format!("pbkdf2_sha256$4294967296$salt${hash}"),
            format!("pbkdf2_sha256$-1$salt${hash}"),
            format!("pbkdf2_sha256$1$salt${hash}$"),
            "pbkdf2_sha256$1$salt$".to_owned(),
            format!("pbkdf2_sha256$1$salt${}", BASE64.encode([0; 65])),
            format!("$pbkdf2-sha256$1$s*lt${hash}"),
        ] {
            assert_eq!(
                verify(&stored, "password"),
                Err(PasswordError::Malformed { scheme: Scheme::Pbkdf2 }),
                "{stored}"
            );
        }
    }
}
