//! Encrypted text at rest: JWKS private keys, provider tokens, the OAuth state cookie.
//!
//! XChaCha20-Poly1305, keyed with the SHA-256 of the secret, without associated data: a 24-byte random nonce, then
//! the ciphertext, then the 16-byte tag, all in lower-case hexadecimal. With versioned secrets an envelope around it
//! names the secret: `$ba$<version>$<hexadecimal>`. This is Better Auth's `symmetricEncrypt`.
//!
//! SHA-256 is a good enough key derivation here because a server's secret is random text, not a password.
//!
//! Deliberately absent: deciding whether a stored value is sealed at all. Columns that may hold plain text are looked at
//! by the feature that owns them.

use crate::digest::sha256;
use crate::random::Random;
use crate::secret::{Secret, Secrets, parse_version};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

const ENVELOPE_PREFIX: &str = "$ba$";
const NONCE_LENGTH: usize = 24;

/// Seals with the current secret: bare hexadecimal for a single secret, an envelope for versioned ones.
pub fn seal(plaintext: &str, secrets: &Secrets, random: &dyn Random) -> String {
    let mut nonce = [0; NONCE_LENGTH];
    random.fill(&mut nonce);
    let ciphertext = cipher(secrets.current())
        .encrypt(&XNonce::from(nonce), plaintext.as_bytes())
        .expect("XChaCha20-Poly1305 only refuses texts above 256 GiB");
    let boxed = crate::hex::encode(&nonce) + &crate::hex::encode(&ciphertext);
    match secrets.current_version() {
        Some(version) => format!("{ENVELOPE_PREFIX}{version}${boxed}"),
        None => boxed,
    }
}

/// Opens an envelope with the secret it names, and bare hexadecimal with any secret of the ring.
///
/// Better Auth opens bare hexadecimal with the legacy secret only. Trying the others as well is safe, since a wrong key
/// fails the tag, and it saves a database from an operator who forgot to keep `BETTER_AUTH_SECRET` beside the list. In
/// the same spirit an envelope still opens after going back to a single secret.
///
/// # Errors
/// [`SealError::UnknownVersion`] when a versioned ring has lost the secret, [`SealError::Malformed`] when the text is
/// no box at all, [`SealError::WrongKey`] when no secret opens it or it was changed.
pub fn open(sealed: &str, secrets: &Secrets) -> Result<String, SealError> {
    let (version, boxed) = match sealed.strip_prefix(ENVELOPE_PREFIX) {
        None => (None, sealed),
        Some(envelope) => {
            let (version, boxed) = envelope.split_once('$').ok_or(SealError::Malformed)?;
            (Some(parse_version(version).ok_or(SealError::Malformed)?), boxed)
        }
    };
    let bytes = crate::hex::decode(boxed).ok_or(SealError::Malformed)?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or(SealError::Malformed)?;
    let open_with = |secret: &Secret| cipher(secret).decrypt(&XNonce::from(*nonce), ciphertext).ok();
    let plaintext = match version {
        Some(version) if secrets.current_version().is_some() => {
            open_with(secrets.by_version(version).ok_or(SealError::UnknownVersion { version })?)
        }
        _ => secrets.all().find_map(open_with),
    };
    String::from_utf8(plaintext.ok_or(SealError::WrongKey)?).map_err(|_| SealError::Malformed)
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(sha256(secret.expose())))
}

/// Why a box stayed shut. Carries neither the box nor anything from inside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the value is not a sealed text")]
    Malformed,
    #[error("the secret with version {version} that sealed this value is not configured")]
    UnknownVersion { version: u64 },
    #[error("none of the configured secrets opens this sealed text, or the text was changed")]
    WrongKey,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::testing::Counting;
    use proptest::prelude::*;

    fn single(text: &str) -> Secrets {
        Secrets::single(Secret::new(text))
    }

    fn versioned(list: &str) -> Secrets {
        Secrets::versioned(list, None).expect("valid")
    }

    #[test]
    fn the_envelope_names_the_secret() {
        let sealed = seal("text", &versioned("7:old"), &Counting::default());
        assert!(sealed.starts_with("$ba$7$000102"), "{sealed}");
        assert_eq!(open(&sealed, &versioned("8:new,7:old")).as_deref(), Ok("text"));
        assert_eq!(open(&sealed, &versioned("8:old")), Err(SealError::UnknownVersion { version: 7 }));
        assert_eq!(open(&sealed, &versioned("7:new")), Err(SealError::WrongKey));
        assert_eq!(open(&sealed, &single("old")).as_deref(), Ok("text"));
    }

    #[test]
    fn a_bare_box_opens_with_any_secret_of_the_ring() {
        let sealed = seal("text", &single("legacy"), &Counting::default());
        let kept = Secrets::versioned("2:new", Some(Secret::new("legacy"))).expect("valid");
        assert_eq!(open(&sealed, &kept).as_deref(), Ok("text"));
        assert_eq!(open(&sealed, &versioned("2:new,1:legacy")).as_deref(), Ok("text"));
        assert_eq!(open(&sealed, &versioned("2:new")), Err(SealError::WrongKey));
    }

    #[test]
    fn what_is_no_box_is_malformed() {
        for text in ["", "plain text", "00", "$ba$", "$ba$1", "$ba$1$", "$ba$x$00", "$ba$$00", "$ba$-1$00"] {
            assert_eq!(open(text, &versioned("1:a")), Err(SealError::Malformed), "{text:?}");
        }
        // Long enough for a nonce, too short for a tag.
        assert_eq!(open(&"00".repeat(30), &single("a")), Err(SealError::WrongKey));
    }

    proptest! {
        #[test]
        fn round_trip(text in ".*", secret in ".*", version in any::<Option<u64>>()) {
            let secrets = match version {
                Some(version) => versioned(&format!("{version}:x{}x", secret.replace(',', ""))),
                None => single(&secret),
            };
            prop_assert_eq!(open(&seal(&text, &secrets, &Counting::default()), &secrets), Ok(text));
        }

        #[test]
        fn a_flipped_bit_is_noticed(text in ".{0,40}", at in any::<prop::sample::Index>(), bit in 0..8) {
            let secrets = single("secret");
            let mut bytes = crate::hex::decode(&seal(&text, &secrets, &Counting::default())).expect("hexadecimal");
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            prop_assert_eq!(open(&crate::hex::encode(&bytes), &secrets), Err(SealError::WrongKey));
        }

        #[test]
        fn arbitrary_input_never_panics(text in ".*", digits in "(\\$ba\\$[0-9]{0,3}\\$)?[0-9a-f]{0,200}") {
            prop_assert!(open(&text, &versioned("1:a")).is_err());
            prop_assert!(open(&digits, &versioned("1:a")).is_err());
            prop_assert!(open(&digits, &single("a")).is_err());
        }
    }
}
