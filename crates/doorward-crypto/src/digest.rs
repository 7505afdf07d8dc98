//! SHA-256 in the spellings the protocol uses, and comparison in constant time.
//!
//! Deliberately only SHA-256, but for one look-up: Better Auth stores and sends no other plain hash. For secrets that
//! people choose, a plain hash is the wrong tool; see [`crate::password`].

use aws_lc_rs::{constant_time, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The 32 bytes of SHA-256.
pub fn sha256(message: impl AsRef<[u8]>) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, message.as_ref()).as_ref());
    bytes
}

/// SHA-256 as 43 characters of base64url without padding: hashed verification identifiers and stored refresh tokens.
pub fn sha256_base64url(message: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(sha256(message))
}

/// SHA-1 as 40 lower-case hexadecimal digits: only for looking a password up in lists of leaked ones, which name them so.
pub fn sha1_hex(message: impl AsRef<[u8]>) -> String {
    crate::hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, message.as_ref()).as_ref())
}

/// The `S256` code challenge of a PKCE code verifier (RFC 7636 section 4.2).
pub fn pkce_challenge(verifier: &str) -> String {
    sha256_base64url(verifier)
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_fips_180_4() {
        // FIPS 180-4's example "abc".
        assert_eq!(sha256_base64url("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    #[test]
    fn pkce_challenge_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(pkce_challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn equality_compares_lengths_too() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sane"));
        assert!(!constant_time_eq(b"same", b"sam"));
    }
}
