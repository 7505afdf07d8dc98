//! A private key that is ready to sign.

use super::members::{Members, decode, sized};
use super::{Algorithm, JwkError, KeyPair, generate};
use crate::jwt::JwtError;
use crate::random::Random;
use crate::secret::Secret;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPairComponents;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::fmt;

/// A private key or shared secret, parsed once. Signing touches memory only.
///
/// `Debug` prints the `kid` and the algorithm, never the key.
pub struct SigningKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: Key,
    /// The encoded header of an ordinary token and the dot after it.
    prefix: String,
}

enum Key {
    Edwards(Ed25519KeyPair),
    Curve(EcdsaKeyPair),
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Hmac(Box<hmac::Key>),
}

impl SigningKey {
    /// Makes a new pair, as JSON texts with the members in the order Better Auth writes them.
    ///
    /// Ed25519 uses 32 bytes of `random`. For EC and RSA keys `random` is not used: the crypto library offers their
    /// generation only with its own generator, which the operating system seeds. RSA keys have 2048 bits.
    ///
    /// # Errors
    /// [`JwkError::Symmetric`] for [`Algorithm::Hs256`]; [`JwkError::Generation`] if the library fails.
    pub fn generate(algorithm: Algorithm, random: &dyn Random) -> Result<KeyPair, JwkError> {
        generate::generate(algorithm, random)
    }

    /// Reads a private JWK as `jose`'s `exportJWK` prints it, which is what Better Auth seals into its table.
    ///
    /// The two halves must belong together: a private key beside a foreign public key would sign tokens that nobody
    /// can verify.
    ///
    /// # Errors
    /// What is missing or does not fit; never what the key is.
    pub fn from_private_jwk(kid: &str, algorithm: Algorithm, jwk_json: &str) -> Result<Self, JwkError> {
        let members = Members::parse(jwk_json)?;
        members.require(algorithm)?;
        members.require_use("sign")?;
        let key = match algorithm {
            Algorithm::EdDsa => {
                let seed = sized(members.d, "d", 32)?;
                Ed25519KeyPair::from_seed_and_public_key(&seed, &members.edwards_point()?)
                    .map(Key::Edwards)
                    .map_err(|_| JwkError::Invalid)?
            }
            Algorithm::Es256 => curve(&members, &signature::ECDSA_P256_SHA256_FIXED_SIGNING, 32)?,
            Algorithm::Es384 => curve(&members, &signature::ECDSA_P384_SHA384_FIXED_SIGNING, 48)?,
            Algorithm::Es512 => curve(&members, &signature::ECDSA_P521_SHA512_FIXED_SIGNING, 66)?,
            Algorithm::Rs256 => Key::Rsa(rsa(&members)?, &signature::RSA_PKCS1_SHA256),
            Algorithm::Ps256 => Key::Rsa(rsa(&members)?, &signature::RSA_PSS_SHA256),
            Algorithm::Hs256 => return Err(JwkError::Symmetric),
        };
        Ok(Self::new(Some(kid.to_owned()), algorithm, key))
    }

    /// HS256 with the UTF-8 text of a secret, without a `kid`.
    pub fn hmac(secret: &Secret) -> Self {
        Self::new(None, Algorithm::Hs256, Key::Hmac(Box::new(secret.hmac_key().clone())))
    }

    fn new(kid: Option<String>, algorithm: Algorithm, key: Key) -> Self {
        let prefix = encoded_header(algorithm, kid.as_deref(), "JWT");
        Self { kid, algorithm, key, prefix }
    }

    /// A compact JWS over `claims_json` with the header `{"alg":…,"kid":…,"typ":"JWT"}`.
    ///
    /// The claims are signed as they are, byte for byte.
    ///
    /// # Errors
    /// [`JwtError::Signing`] if the library refuses, which it does not for a key that was read without error.
    pub fn sign(&self, claims_json: &str) -> Result<String, JwtError> {
        self.finish(&self.prefix, claims_json)
    }

    /// [`SigningKey::sign`] for a token of another kind: `token_type` goes into `typ` (RFC 8725 section 3.11), so that
    /// it can never pass as an access token.
    pub fn sign_as(&self, token_type: &str, claims_json: &str) -> Result<String, JwtError> {
        self.finish(&encoded_header(self.algorithm, self.kid.as_deref(), token_type), claims_json)
    }

    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn finish(&self, prefix: &str, claims_json: &str) -> Result<String, JwtError> {
        let encoded_length = |bytes: usize| bytes.div_ceil(3) * 4;
        let length = prefix.len() + encoded_length(claims_json.len()) + 1 + encoded_length(self.signature_length());
        let mut token = String::with_capacity(length);
        token.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(claims_json, &mut token);
        let failed = |_| JwtError::Signing;
        // The library draws nonces and salts itself and ignores the generator that it is handed.
        match &self.key {
            Key::Edwards(pair) => {
                let signature = pair.try_sign(token.as_bytes()).map_err(failed)?;
                append(&mut token, signature.as_ref());
            }
            Key::Curve(pair) => {
                let signature = pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(failed)?;
                append(&mut token, signature.as_ref());
            }
            Key::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), token.as_bytes(), &mut signature).map_err(failed)?;
                append(&mut token, &signature);
            }
            Key::Hmac(key) => {
                let tag = hmac::sign(key, token.as_bytes());
                append(&mut token, tag.as_ref());
            }
        }
        Ok(token)
    }

    fn signature_length(&self) -> usize {
        match &self.key {
            Key::Edwards(_) => 64,
            Key::Curve(_) if self.algorithm == Algorithm::Es256 => 64,
            Key::Curve(_) if self.algorithm == Algorithm::Es384 => 96,
            Key::Curve(_) => 132,
            Key::Rsa(pair, _) => pair.public_modulus_len(),
            Key::Hmac(_) => 32,
        }
    }
}

fn append(token: &mut String, signature: &[u8]) {
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, token);
}

fn encoded_header(algorithm: Algorithm, kid: Option<&str>, token_type: &str) -> String {
    let mut header = Map::new();
    header.insert("alg".into(), algorithm.as_str().into());
    if let Some(kid) = kid {
        header.insert("kid".into(), kid.into());
    }
    header.insert("typ".into(), token_type.into());
    let mut text = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
    text.push('.');
    text
}

fn curve(members: &Members<'_>, algorithm: &'static EcdsaSigningAlgorithm, length: usize) -> Result<Key, JwkError> {
    let scalar = sized(members.d, "d", length)?;
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, &scalar, &members.curve_point(length)?)
        .map(Key::Curve)
        .map_err(|_| JwkError::Invalid)
}

fn rsa(members: &Members<'_>) -> Result<RsaKeyPair, JwkError> {
    let components = KeyPairComponents {
        public_key: members.rsa_public()?,
        d: decode(members.d, "d")?,
        p: decode(members.p, "p")?,
        q: decode(members.q, "q")?,
        dP: decode(members.dp, "dp")?,
        dQ: decode(members.dq, "dq")?,
        qInv: decode(members.qi, "qi")?,
    };
    RsaKeyPair::from_components(&components).map_err(|_| JwkError::Invalid)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
