//! Random text, from randomness that is passed in.
//!
//! Every alphabet and length here is one that Better Auth puts into its database or on the wire, so a database that
//! moves between the two servers cannot tell who wrote a row. The crate never reaches for the operating system's
//! randomness: the server passes it in, and a test passes a counted sequence.
//!
//! Letters are drawn by rejection, as Better Auth draws them: taking a byte modulo the alphabet's size would make some
//! letters more likely than others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LOWERCASE_ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/// A source of unpredictable bytes.
///
/// Implementations fill the whole slice and never fail: a server that cannot get randomness must stop, not go on with
/// weak tokens.
pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// Text over `a-zA-Z0-9`: row ids and session tokens (32 characters), password-reset tokens (24).
pub fn alphanumeric(random: &dyn Random, length: usize) -> String {
    letters(random, ALPHANUMERIC, length)
}

/// Text over `a-z0-9`: delete-account tokens (32 characters).
pub fn lowercase_alphanumeric(random: &dyn Random, length: usize) -> String {
    letters(random, LOWERCASE_ALPHANUMERIC, length)
}

/// Text over `a-zA-Z0-9-_`: OAuth state (32 characters) and PKCE code verifiers (128).
pub fn url_safe(random: &dyn Random, length: usize) -> String {
    letters(random, URL_SAFE, length)
}

/// 32 random bytes as 43 characters of base64url without padding: refresh tokens.
pub fn token_256(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A version 4 UUID in lower case with hyphens (RFC 9562 section 5.4).
pub fn uuid_v4(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = crate::hex::encode(&bytes);
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

fn letters(random: &dyn Random, alphabet: &[u8], length: usize) -> String {
    // The largest multiple of the alphabet's size that fits a byte: bytes at or above it are drawn again.
    let fair = 256 / alphabet.len() * alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        random.fill(&mut bytes);
        let fair_bytes = bytes.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < fair);
        text.extend(fair_bytes.take(length - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Random;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Counts upwards: predictable, different at every call, and through all 256 byte values.
    #[derive(Default)]
    pub(crate) struct Counting(AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Counting;
    use super::*;

    #[test]
    fn lengths_and_alphabets_are_those_of_the_database() {
        let random = Counting::default();
        for (text, length, alphabet) in [
            (alphanumeric(&random, 32), 32, ALPHANUMERIC),
            (lowercase_alphanumeric(&random, 32), 32, LOWERCASE_ALPHANUMERIC),
            (url_safe(&random, 128), 128, URL_SAFE),
            (alphanumeric(&random, 0), 0, ALPHANUMERIC),
        ] {
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|letter| alphabet.contains(&letter)), "{text}");
        }
        assert_eq!(token_256(&random).len(), 43);
    }

    #[test]
    fn every_letter_is_equally_likely() {
        // Counting hands out every byte value once before it begins anew, so a fair draw over two rounds gives every
        // letter exactly as often. One round would never reach the bytes that have to be drawn again.
        for alphabet in [ALPHANUMERIC, LOWERCASE_ALPHANUMERIC, URL_SAFE] {
            let per_letter = 256 / alphabet.len() * 2;
            let text = letters(&Counting::default(), alphabet, alphabet.len() * per_letter);
            for &letter in alphabet {
                assert_eq!(text.bytes().filter(|&drawn| drawn == letter).count(), per_letter, "{}", letter as char);
            }
        }
    }

    #[test]
    fn a_uuid_names_its_version_and_variant() {
        struct Ones;
        impl Random for Ones {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(0xff);
            }
        }
        assert_eq!(uuid_v4(&Ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid_v4(&Counting::default()), "00010203-0405-4607-8809-0a0b0c0d0e0f");
    }
}
