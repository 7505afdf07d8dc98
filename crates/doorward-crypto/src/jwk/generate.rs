//! New key pairs, printed as JWKs in the member order of Node's `exportJWK`.

use super::der::Reader;
use super::{Algorithm, JwkError};
use crate::random::Random;
use aws_lc_rs::encoding::{AsBigEndian, AsDer};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt::{self, Write as _};
use zeroize::Zeroizing;

/// A new pair as two JSON texts, the form in which Better Auth stores them.
pub struct KeyPair {
    /// The private JWK. Seal it before it is stored.
    pub private: Zeroizing<String>,
    /// The public JWK, without `kid`, `alg` and `use`: those belong to the row that holds it.
    pub public: String,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

pub(super) fn generate(algorithm: Algorithm, random: &dyn Random) -> Result<KeyPair, JwkError> {
    match algorithm {
        Algorithm::EdDsa => edwards(random),
        Algorithm::Es256 => curve(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, "P-256", 32),
        Algorithm::Es384 => curve(&signature::ECDSA_P384_SHA384_FIXED_SIGNING, "P-384", 48),
        Algorithm::Es512 => curve(&signature::ECDSA_P521_SHA512_FIXED_SIGNING, "P-521", 66),
        Algorithm::Rs256 | Algorithm::Ps256 => rsa(),
        Algorithm::Hs256 => Err(JwkError::Symmetric),
    }
}

fn edwards(random: &dyn Random) -> Result<KeyPair, JwkError> {
    let mut seed = Zeroizing::new([0; 32]);
    random.fill(&mut seed[..]);
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed[..]).map_err(|_| JwkError::Generation)?;
    let point = pair.public_key().as_ref();
    Ok(KeyPair {
        private: object(&[
            ("crv", Text("Ed25519")),
            ("d", Bytes(&seed[..])),
            ("x", Bytes(point)),
            ("kty", Text("OKP")),
        ]),
        public: object(&[("crv", Text("Ed25519")), ("x", Bytes(point)), ("kty", Text("OKP"))]).to_string(),
    })
}

fn curve(algorithm: &'static EcdsaSigningAlgorithm, name: &str, length: usize) -> Result<KeyPair, JwkError> {
    let pair = EcdsaKeyPair::generate(algorithm).map_err(|_| JwkError::Generation)?;
    let scalar = pair.private_key().as_be_bytes().map_err(|_| JwkError::Generation)?;
    let point = pair.public_key().as_ref();
    let (x, y) = point.strip_prefix(&[4]).and_then(|xy| xy.split_at_checked(length)).ok_or(JwkError::Generation)?;
    let public = [("kty", Text("EC")), ("x", Bytes(x)), ("y", Bytes(y)), ("crv", Text(name))];
    let mut private = public.to_vec();
    private.push(("d", Bytes(scalar.as_ref())));
    Ok(KeyPair { private: object(&private), public: object(&public).to_string() })
}

fn rsa() -> Result<KeyPair, JwkError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| JwkError::Generation)?;
    let document = pair.as_der().map_err(|_| JwkError::Generation)?;
    let numbers = Reader::rsa_private_key(document.as_ref()).ok_or(JwkError::Generation)?;
    let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    let mut members = vec![("kty", Text("RSA"))];
    members.extend(names.into_iter().zip(numbers).map(|(name, number)| (name, Bytes(number))));
    Ok(KeyPair { private: object(&members), public: object(&members[..3]).to_string() })
}

#[derive(Clone, Copy)]
enum Member<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
}
use Member::{Bytes, Text};

/// Written by hand because the JSON library would leave copies of private members in memory. Nothing here needs
/// escaping: names and texts are our own, bytes become base64url.
fn object(members: &[(&str, Member<'_>)]) -> Zeroizing<String> {
    // Large enough for a 2048-bit RSA key, so that the text is not moved while it grows.
    let mut json = Zeroizing::new(String::with_capacity(2048));
    for (index, (name, member)) in members.iter().enumerate() {
        json.push_str(if index == 0 { "{" } else { "," });
        // Writing into a string cannot fail.
        let _ = write!(json, "\"{name}\":\"");
        match member {
            Text(text) => json.push_str(text),
            Bytes(bytes) => URL_SAFE_NO_PAD.encode_string(bytes, &mut json),
        }
        json.push('"');
    }
    json.push('}');
    json
}

#[cfg(test)]
mod tests {
    use super::super::{SigningKey, VerifyingKey};
    use super::*;
    use crate::random::testing::Counting;

    fn names(json: &str) -> Vec<String> {
        let parsed: serde_json::Value = serde_json::from_str(json).expect("generated keys are JSON");
        parsed.as_object().expect("an object").keys().cloned().collect()
    }

    #[test]
    fn members_stand_in_the_order_of_better_auth() {
        for (algorithm, public, private) in [
            (Algorithm::EdDsa, "crv x kty", "crv d x kty"),
            (Algorithm::Es256, "kty x y crv", "kty x y crv d"),
            (Algorithm::Es384, "kty x y crv", "kty x y crv d"),
            (Algorithm::Es512, "kty x y crv", "kty x y crv d"),
            (Algorithm::Rs256, "kty n e", "kty n e d p q dp dq qi"),
            (Algorithm::Ps256, "kty n e", "kty n e d p q dp dq qi"),
        ] {
            let pair = SigningKey::generate(algorithm, &Counting::default()).expect("a pair");
            assert_eq!(names(&pair.public).join(" "), public, "{algorithm}");
            assert_eq!(names(&pair.private).join(" "), private, "{algorithm}");
            assert!(!format!("{pair:?}").contains("private"));
        }
    }

    #[test]
    fn a_new_pair_signs_and_verifies() {
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
            let pair = SigningKey::generate(algorithm, &Counting::default()).expect("a pair");
            let signing =
                SigningKey::from_private_jwk("a", algorithm, &pair.private).expect("the private half imports");
            let jwk = serde_json::from_str(&pair.public).expect("JSON");
            let verifying = VerifyingKey::from_public_jwk_as(&jwk, algorithm).expect("the public half imports");
            let token = signing.sign("{}").expect("signs");
            let (message, signature) = token.rsplit_once('.').expect("three parts");
            let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
            assert!(verifying.verifies(message.as_bytes(), &signature), "{algorithm}");
            assert!(!verifying.verifies(b"another", &signature), "{algorithm}");
            assert!(token.capacity() - token.len() <= 4, "the buffer was sized right");
        }
        assert!(matches!(SigningKey::generate(Algorithm::Hs256, &Counting::default()), Err(JwkError::Symmetric)));
    }

    #[test]
    fn ed25519_is_made_of_the_randomness_passed_in() {
        let first = generate(Algorithm::EdDsa, &Counting::default()).expect("a pair");
        let again = generate(Algorithm::EdDsa, &Counting::default()).expect("a pair");
        assert_eq!(first.public, again.public);
        assert!(first.private.contains("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"));
    }
}
