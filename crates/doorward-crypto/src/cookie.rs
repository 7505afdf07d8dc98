//! Signed cookie values: `value.signature`, percent-encoded.
//!
//! The signature is HMAC-SHA256 over the raw value, keyed with the UTF-8 bytes of the secret, in standard base64 with
//! padding. That is the form of Better Auth's `session_token`, `dont_remember` and `state` cookies, and a session that
//! one server signed is read by the other.
//!
//! Deliberately absent: names, attributes, chunks and the `Cookie` header, which are HTTP and belong to the server.
//! Percent-encoding is here because it is part of a signed value, and public because unsigned cookies use the same.

use crate::secret::{Secret, Secrets};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

/// Base64 of a 32-byte tag: 43 letters and one `=`.
const SIGNATURE_LENGTH: usize = 44;

/// The signature of a value: 44 characters of standard base64, the last one `=`.
pub fn signature(value: &str, secret: &Secret) -> String {
    STANDARD.encode(hmac::sign(secret.hmac_key(), value.as_bytes()))
}

/// The value and its signature as they go on the wire.
pub fn sign(value: &str, secret: &Secret) -> String {
    percent_encode(&format!("{value}.{}", signature(value, secret)))
}

/// The value inside a signed cookie, if any secret of the ring signed it.
///
/// `raw` is what stands behind the `=` in a `Cookie` header. It is read as leniently as Better Auth reads it: inside
/// double quotes or not, percent-encoded or not. The value itself may contain dots; only the last one separates the
/// signature. An empty value is refused.
///
/// Better Auth verifies with the current secret only, so that a rotation there signs everybody out. Trying the older
/// ones too keeps the sessions, and accepts nothing that the operator did not list.
pub fn unsign(raw: &str, secrets: &Secrets) -> Option<String> {
    let unquoted = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    let decoded = percent_decode(unquoted);
    let (value, signature) = decoded.rsplit_once('.')?;
    if value.is_empty() || signature.len() != SIGNATURE_LENGTH || !signature.ends_with('=') {
        return None;
    }
    let tag = STANDARD.decode(signature).ok()?;
    let verifies = |secret: &Secret| hmac::verify(secret.hmac_key(), value.as_bytes(), &tag).is_ok();
    secrets.all().any(verifies).then(|| value.to_owned())
}

/// Percent-encodes as JavaScript's `encodeURIComponent`: everything but letters, digits and `-_.!~*'()`.
pub fn percent_encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Undoes percent-encoding as JavaScript's `decodeURIComponent` does. Text that is not validly encoded is returned as
/// it is, because Better Auth's cookie parser does that.
pub fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    strictly_decoded(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn strictly_decoded(text: &str) -> Option<String> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { digit(bytes.next())? << 4 | digit(bytes.next())? } else { byte });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(text: &str) -> Secrets {
        Secrets::single(Secret::new(text))
    }

    #[test]
    fn reads_every_spelling_a_browser_or_proxy_sends() {
        let secrets = ring("secret");
        let encoded = sign("token", secrets.current());
        let plain = format!("token.{}", signature("token", secrets.current()));
        for raw in [&encoded, &plain, &format!("\"{encoded}\""), &format!("\"{plain}\"")] {
            assert_eq!(unsign(raw, &secrets).as_deref(), Some("token"), "{raw}");
        }
    }

    #[test]
    fn refuses_what_is_not_signed() {
        let secrets = ring("secret");
        let signature = signature("token", secrets.current());
        let base64url = signature.replace('+', "-").replace('/', "_");
        assert_ne!(signature, base64url, "the example must contain a letter that differs");
        for raw in [
            "",
            ".",
            "token",
            "token.",
            &format!(".{signature}"),
            &format!("other.{signature}"),
            &format!("token.{}", &signature[..43]),
            &format!("token.{base64url}"),
            &format!("token.{signature}="),
            &format!("\"token.{signature}"),
        ] {
            assert_eq!(unsign(raw, &secrets), None, "{raw}");
        }
    }

    #[test]
    fn any_secret_of_the_ring_verifies_and_no_other() {
        let cookie = sign("token", &Secret::new("old"));
        let listed = Secrets::versioned("2:new,1:old", None).expect("valid");
        let retired = Secrets::versioned("2:new", None).expect("valid");
        assert_eq!(unsign(&cookie, &listed).as_deref(), Some("token"));
        assert_eq!(unsign(&cookie, &retired), None);
    }

    #[test]
    fn decoding_is_all_or_nothing() {
        assert_eq!(percent_decode("%E2%9C%93%20ok"), "✓ ok");
        for invalid in ["%", "%4", "%zz", "%+4", "ok%20%E2%9C", "%C0%80"] {
            assert_eq!(percent_decode(invalid), invalid);
        }
    }

    proptest! {
        #[test]
        fn round_trip(value in ".+", secret in ".*") {
            let secrets = ring(&secret);
            prop_assert_eq!(unsign(&sign(&value, secrets.current()), &secrets), Some(value));
        }

        #[test]
        fn a_changed_character_is_noticed(value in "[a-zA-Z0-9.]{1,40}", at in any::<prop::sample::Index>(), to in "[a-zA-Z0-9]") {
            let secrets = ring("secret");
            let cookie = format!("{value}.{}", signature(&value, secrets.current()));
            let at = at.index(cookie.len() - 1);
            let tampered = format!("{}{to}{}", &cookie[..at], &cookie[at + 1..]);
            prop_assume!(tampered != cookie);
            prop_assert_eq!(unsign(&tampered, &secrets), None);
        }

        #[test]
        fn arbitrary_input_never_panics(raw in ".*", signed in "[a-z%\"]{0,9}\\.[A-Za-z0-9+/=]{44}") {
            let secrets = ring("secret");
            prop_assert_eq!(unsign(&raw, &secrets), None);
            prop_assert_eq!(unsign(&signed, &secrets), None);
        }

        #[test]
        fn percent_coding_round_trip(text in ".*") {
            let encoded = percent_encode(&text);
            prop_assert!(encoded.is_ascii());
            prop_assert_eq!(percent_decode(&encoded), text);
        }
    }
}
