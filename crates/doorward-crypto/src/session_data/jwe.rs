//! The encrypted form: a compact JWE (RFC 7516) with `dir` and `A256CBC-HS512` (RFC 7518 section 5.2.5).
//!
//! The 64-byte key is HKDF-SHA256 of the secret with the salt `better-auth-session` and the `info` that Better Auth gives
//! all its encrypted JWTs. Its first half authenticates, its second half encrypts. `kid` is the key's RFC 7638
//! thumbprint, so that a reader finds the right secret of its ring without trying them.

use super::Members;
use crate::digest::{constant_time_eq, sha256_base64url};
use crate::random::{Random, uuid_v4};
use crate::secret::{Secret, Secrets};
use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

/// How long after its expiry a cookie is still read, because clocks differ.
pub(super) const CLOCK_TOLERANCE_SECONDS: i64 = 15;

const SALT: &[u8] = b"better-auth-session";
const INFO: &[u8] = b"BetterAuth.js Generated Encryption Key";
const INITIALIZATION_VECTOR_LENGTH: usize = 16;
const TAG_LENGTH: usize = 32;

#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    kid: Option<String>,
    crit: Option<Value>,
    zip: Option<Value>,
}

/// `claims` is the inside of the object, without its braces and without `jti`.
pub(super) fn encode(claims: &str, secrets: &Secrets, random: &dyn Random) -> String {
    let key = ContentKey::derive(secrets.current());
    let header = format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{}"}}"#, key.thumbprint());
    let header = URL_SAFE_NO_PAD.encode(header);
    let mut plaintext = format!(r#"{{{claims},"jti":"{}"}}"#, uuid_v4(random)).into_bytes();
    let mut iv = [0; INITIALIZATION_VECTOR_LENGTH];
    random.fill(&mut iv);
    key.encrypt(&iv, &mut plaintext).expect("AES-CBC encrypts any text under a 32-byte key");
    let ciphertext = plaintext;
    let tag = key.tag(header.as_bytes(), &iv, &ciphertext);
    let [iv, ciphertext, tag] = [&iv[..], &ciphertext, &tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    // The empty part is where other algorithms put an encrypted key.
    format!("{header}..{iv}.{ciphertext}.{tag}")
}

/// Authenticates and decrypts; expiry is the caller's.
pub(super) fn decode(raw: &str, secrets: &Secrets) -> Option<Members> {
    let parts: Vec<&str> = raw.splitn(6, '.').collect();
    let [protected, "", iv, ciphertext, tag] = parts[..] else { return None };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Header = serde_json::from_slice(&decode(protected)?).ok()?;
    if header.alg != "dir" || header.enc != "A256CBC-HS512" || header.crit.is_some() || header.zip.is_some() {
        return None;
    }
    let iv: [u8; INITIALIZATION_VECTOR_LENGTH] = decode(iv)?.try_into().ok()?;
    let (ciphertext, tag) = (decode(ciphertext)?, decode(tag)?);
    let plaintext = secrets
        .all()
        .map(ContentKey::derive)
        .filter(|key| header.kid.as_ref().is_none_or(|kid| *kid == key.thumbprint()))
        .find_map(|key| key.open(protected.as_bytes(), iv, &ciphertext, &tag))?;
    serde_json::from_slice(&plaintext).ok()
}

struct ContentKey(Zeroizing<[u8; 64]>);

impl ContentKey {
    fn derive(secret: &Secret) -> Self {
        Self(secret.derive(SALT, INFO))
    }

    /// RFC 7638 of the symmetric key as a JWK.
    fn thumbprint(&self) -> String {
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(&self.0[..]));
        sha256_base64url(Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, *encoded)).as_bytes())
    }

    fn cipher_key(&self) -> Result<UnboundCipherKey, Unspecified> {
        UnboundCipherKey::new(&AES_256, &self.0[32..])
    }

    fn encrypt(&self, iv: &[u8; INITIALIZATION_VECTOR_LENGTH], text: &mut Vec<u8>) -> Result<(), Unspecified> {
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        PaddedBlockEncryptingKey::cbc_pkcs7(self.cipher_key()?)?.less_safe_encrypt(text, context).map(|_| ())
    }

    /// The tag is checked before anything is decrypted: otherwise the padding would become an oracle.
    fn open(
        &self,
        protected: &[u8],
        iv: [u8; INITIALIZATION_VECTOR_LENGTH],
        ciphertext: &[u8],
        tag: &[u8],
    ) -> Option<Vec<u8>> {
        // The cipher expects at least the one block that padding always adds.
        if ciphertext.is_empty() || !constant_time_eq(&self.tag(protected, &iv, ciphertext), tag) {
            return None;
        }
        let mut text = ciphertext.to_vec();
        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(self.cipher_key().ok()?).ok()?;
        let length = key.decrypt(&mut text, context).ok()?.len();
        text.truncate(length);
        Some(text)
    }

    /// RFC 7518 section 5.2.2.1: the first half of HMAC-SHA512 over the header, the initialization vector, the
    /// ciphertext and the header's length in bits.
    fn tag(&self, protected: &[u8], iv: &[u8], ciphertext: &[u8]) -> [u8; TAG_LENGTH] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA512, &self.0[..32]));
        for part in [protected, iv, ciphertext, &(protected.len() as u64 * 8).to_be_bytes()] {
            context.update(part);
        }
        let mut tag = [0; TAG_LENGTH];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG_LENGTH]);
        tag
    }
}
