//! Password hashes: the two forms that are written here, and the forms that imported users bring.
//!
//! New passwords are hashed with scrypt exactly as Better Auth does it, so that a database moves freely between the two
//! servers; Argon2id is there for operators who prefer it and do not need to move back. Verification looks at the
//! stored text and also understands bcrypt, any Argon2, and the PBKDF2 of passlib and Django, so that users imported
//! from elsewhere keep their passwords.
//!
//! A stored hash names its own cost. Since an import is only as trustworthy as its source, a cost that would keep a
//! processor busy for many seconds, or take gigabytes of memory, is refused and not executed.
//!
//! Deliberately absent: limits on a password's length, checks against leaked passwords, thread pools. Every function
//! here blocks for tens of milliseconds; the server decides where that happens.

mod argon2;
mod bcrypt;
mod pbkdf2;
pub mod scrypt;

use crate::random::Random;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// How a stored password was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Better Auth's own form: `<salt in hexadecimal>:<key in hexadecimal>`.
    Scrypt,
    /// A PHC string beginning with `$argon2id$`.
    Argon2id,
    /// A PHC string beginning with `$argon2i$` or `$argon2d$`.
    Argon2Other,
    /// A modular crypt string beginning with `$2a$`, `$2b$` or `$2y$`.
    Bcrypt,
    /// passlib's `$pbkdf2-sha256$..`, the PHC spelling of it, or Django's `pbkdf2_sha256$..`; also with SHA-1 and
    /// SHA-512.
    Pbkdf2,
}

/// Why a stored hash could not be compared with a password. Contains neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("the stored password hash has an unknown format")]
    UnknownFormat,
    #[error("the stored {scheme:?} password hash is malformed")]
    Malformed { scheme: Scheme },
    #[error("the stored {scheme:?} password hash asks for more work than this server is willing to do")]
    TooExpensive { scheme: Scheme },
}

/// Hashes with scrypt in Better Auth's form: 32 hexadecimal digits of salt, a colon, 128 hexadecimal digits of key.
///
/// The work is N = 16384, r = 16, p = 1: 32 MiB of memory. For several at once there is [`scrypt::two_keys`].
pub fn hash_scrypt(password: &str, random: &dyn Random) -> String {
    scrypt::hash(password, random)
}

/// Frees the memory that scrypt keeps for its next hash: 32 MiB for each hash that was computed at the same time, at
/// most sixteen of them.
///
/// Keeping it saves more than a quarter of each hash's time; an idle process should not hold it. Cheap, and harmless at any time,
/// also while hashes run: they keep theirs until they end, and only the next ones are slower.
pub fn release_memory() {
    crate::scrypt::release_memory();
}

/// Hashes with Argon2id into a PHC string: 19 MiB of memory, 2 passes, 1 lane, the minimum that OWASP recommends.
pub fn hash_argon2id(password: &str, random: &dyn Random) -> String {
    argon2::hash(&normalized(password), random)
}

/// What a stored hash claims to be, judged by its beginning only; `None` if it looks like nothing known.
pub fn scheme(stored: &str) -> Option<Scheme> {
    let begins_with = |prefixes: &[&str]| prefixes.iter().any(|prefix| stored.starts_with(prefix));
    if begins_with(&["$argon2id$"]) {
        Some(Scheme::Argon2id)
    } else if begins_with(&["$argon2i$", "$argon2d$"]) {
        Some(Scheme::Argon2Other)
    } else if begins_with(&["$2a$", "$2b$", "$2y$"]) {
        Some(Scheme::Bcrypt)
    } else if begins_with(&["$pbkdf2$", "$pbkdf2-", "pbkdf2_"]) {
        Some(Scheme::Pbkdf2)
    } else {
        scrypt::looks_like(stored).then_some(Scheme::Scrypt)
    }
}

/// Whether the password is the one that was hashed. Keys are compared in constant time.
///
/// scrypt hashes are of the NFKC-normalized password. For the other schemes that form is tried first and then, if it
/// differs, the password as it was typed: other systems normalize differently or not at all.
///
/// # Errors
/// When the stored text is no hash that can be checked. A wrong password is `Ok(false)`.
pub fn verify(stored: &str, password: &str) -> Result<bool, PasswordError> {
    let check = match scheme(stored).ok_or(PasswordError::UnknownFormat)? {
        Scheme::Scrypt => return scrypt::verify(stored, password),
        Scheme::Argon2id | Scheme::Argon2Other => argon2::verify,
        Scheme::Bcrypt => bcrypt::verify,
        Scheme::Pbkdf2 => pbkdf2::verify,
    };
    let normalized = normalized(password);
    Ok(check(stored, &normalized)? || (*normalized != password && check(stored, password)?))
}

fn normalized(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Standard base64 as the various writers of hashes spell it: padded or not, with whatever in the unused last bits.
const BASE64: GeneralPurpose = lenient(&alphabet::STANDARD);

const fn lenient(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::testing::Counting;
    use proptest::prelude::*;

    #[test]
    fn what_is_hashed_here_verifies_here() {
        for hash in [hash_scrypt, hash_argon2id] {
            let stored = hash("correct horse", &Counting::default());
            assert_eq!(verify(&stored, "correct horse"), Ok(true), "{stored}");
            assert_eq!(verify(&stored, "correct horsf"), Ok(false), "{stored}");
        }
    }

    #[test]
    fn spellings_of_one_password_are_one_password() {
        // The ligature "fi" and a composed "é", against their plain and decomposed forms.
        for hash in [hash_scrypt, hash_argon2id] {
            let stored = hash("\u{fb01}nanc\u{e9}", &Counting::default());
            assert_eq!(verify(&stored, "finance\u{301}"), Ok(true), "{stored}");
        }
    }

    #[test]
    fn schemes_are_told_apart_by_their_beginning() {
        let scrypt = format!("{}:{}", "0".repeat(32), "f".repeat(128));
        for (stored, expected) in [
            (scrypt.as_str(), Some(Scheme::Scrypt)),
            ("$argon2id$v=19$", Some(Scheme::Argon2id)),
            ("$argon2i$v=19$", Some(Scheme::Argon2Other)),
            ("$argon2d$v=19$", Some(Scheme::Argon2Other)),
            ("$2a$10$", Some(Scheme::Bcrypt)),
            ("$2b$10$", Some(Scheme::Bcrypt)),
            ("$2y$10$", Some(Scheme::Bcrypt)),
            ("$pbkdf2$1$", Some(Scheme::Pbkdf2)),
            ("$pbkdf2-sha512$1$", Some(Scheme::Pbkdf2)),
            ("pbkdf2_sha256$1$", Some(Scheme::Pbkdf2)),
            ("$2x$10$", None),
            ("plain text", None),
            ("", None),
        ] {
            assert_eq!(scheme(stored), expected, "{stored}");
        }
        assert_eq!(verify("plain text", "plain text"), Err(PasswordError::UnknownFormat));
    }

    proptest! {
        #[test]
        fn arbitrary_stored_text_never_panics(
            prefix in "(\\$argon2(id|i|d)\\$|\\$2[aby]\\$|\\$pbkdf2(-sha(256|512))?\\$|pbkdf2_sha256\\$)?",
            rest in ".{0,80}",
            shaped in "(v=[0-9]{1,3}\\$)?(m=8,t=1,p=1|[0-9]{1,2}|i=[0-9]{1,3})\\$[A-Za-z0-9+/.é]{0,60}\\$?[A-Za-z0-9+/.=]{0,60}",
        ) {
            // The answer is of no interest: it has to be an answer.
            let _ = verify(&format!("{prefix}{rest}"), "password");
            let _ = verify(&format!("{prefix}{shaped}"), "password");
        }
    }
}
