//! base64url (RFC 4648 section 5) with one spelling per value.
//!
//! Padding, blanks, line breaks, the other alphabet and non-zero spare bits in the last letter are refused. Otherwise
//! one signed token would have several spellings, and a list of refused tokens could be passed by respelling one.

use super::{JwtError, Part};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The library's defaults say the same; they are written out because the security of the verifier depends on them.
const STRICT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(false),
);

pub(super) fn decode(text: &str, part: Part) -> Result<Vec<u8>, JwtError> {
    STRICT.decode(text).map_err(|_| JwtError::Base64(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_one_spelling() {
        assert_eq!(decode("", Part::Payload), Ok(vec![]));
        assert_eq!(decode("_-A", Part::Payload), Ok(vec![0xff, 0xe0]));
        for text in
            ["_-B", "_-A=", "_-A==", "/+A", "_-A\n", " _-A", "_-A ", "_", "_-A%3D", "_-\u{e9}", "_-A.", "YR", "YWJ="]
        {
            assert_eq!(decode(text, Part::Payload), Err(JwtError::Base64(Part::Payload)), "{text:?}");
        }
    }

    #[test]
    fn of_all_endings_exactly_the_canonical_ones_decode() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let accepted = |length: usize| {
            letters
                .chars()
                .filter(|letter| decode(&format!("{}{letter}", "A".repeat(length - 1)), Part::Header).is_ok())
                .count()
        };
        assert_eq!([accepted(1), accepted(2), accepted(3), accepted(4)], [0, 4, 16, 64]);
    }
}
