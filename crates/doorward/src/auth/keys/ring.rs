//! The opened keys of every algorithm in use, with what the world may see of them.

use std::sync::Arc;

use bytes::Bytes;
use doorward_crypto::{
    digest,
    jwk::{Algorithm, SigningKey, VerifyingKey},
    jwt,
};
use doorward_database::Stamp;
use http::HeaderValue;
use serde_json::{Map, Value, json};

use crate::{auth::Auth, error::Error, model::JwkRow};

/// The keys of a moment.
pub(crate) struct Ring {
    /// What signs for the usual audience.
    usual: SigningKey,
    /// What signs for others, where those have another algorithm.
    others: Vec<SigningKey>,
    /// From here on another key must sign.
    pub(super) signs_until: Option<Stamp>,
    /// `{"keys": […]}` ready to send.
    pub(crate) document: Bytes,
    pub(crate) etag: HeaderValue,
    pub(super) published: Arc<Value>,
    pub(super) read_at: Stamp,
    /// What verifies the tokens of the usual audience that are still valid.
    verifying: Vec<VerifyingKey>,
}

impl Ring {
    /// Puts together what was read. The usual audience's key is the first of `signing`.
    pub(super) fn assemble(
        auth: &Auth,
        rows: &[JwkRow],
        signing: Vec<SigningKey>,
        signs_until: Option<Stamp>,
        now: Stamp,
    ) -> Result<Self, Error> {
        let mut signing = signing.into_iter();
        let usual = signing.next().ok_or_else(|| Error::internal("no algorithm is in use"))?;
        let grace = auth.config.token.grace_period;
        let keys = rows
            .iter()
            .filter(|row| row.expires_at.is_none_or(|at| at.plus_seconds(grace) > now))
            .filter_map(public_face);
        let published = Value::Object(Map::from_iter([("keys".to_owned(), Value::Array(keys.collect()))]));
        let document = Bytes::from(published.to_string());
        // The secret counts here only if the usual tokens are signed with it: whoever checks another audience's tokens
        // by the secret must not be able to make tokens for us.
        let verifying = if usual.algorithm().is_symmetric() {
            vec![VerifyingKey::hmac(auth.config.secrets.current())]
        } else {
            let keys = published["keys"].as_array().into_iter().flatten();
            keys.filter_map(|key| VerifyingKey::from_public_jwk(key).ok()).collect()
        };
        let etag =
            HeaderValue::try_from(format!("\"{}\"", digest::sha256_base64url(&document))).map_err(Error::internal)?;
        let (others, published) = (signing.collect(), Arc::new(published));
        Ok(Self { usual, others, signs_until, document, etag, published, read_at: now, verifying })
    }

    /// The key of an algorithm in use that signs now.
    pub(crate) fn signing(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        if self.usual.algorithm() == algorithm {
            return Some(&self.usual);
        }
        self.others.iter().find(|key| key.algorithm() == algorithm)
    }

    /// The key a token names; under HS256 tokens name none.
    pub(crate) fn verifying(&self, header: &jwt::Header) -> Option<&VerifyingKey> {
        self.verifying.iter().find(|key| key.kid() == header.kid())
    }
}

/// A key as the world sees it: `alg`, `crv`, the members as stored, `kid`, and `use`, which Better Auth leaves out.
fn public_face(row: &JwkRow) -> Option<Value> {
    let Ok(Value::Object(members)) = serde_json::from_str(&row.public_key) else {
        tracing::error!(kid = %row.id, "the public half of this key is not a JWK; it is not published");
        return None;
    };
    let mut face = Map::new();
    face.insert("alg".into(), json!(row.alg.as_deref().unwrap_or("EdDSA")));
    if let Some(curve) = &row.crv {
        face.insert("crv".into(), json!(curve));
    }
    // A public document never carries a private member, whatever the row holds.
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    face.extend(members.into_iter().filter(|(name, _)| !private.contains(&name.as_str())));
    face.insert("kid".into(), json!(row.id));
    face.insert("use".into(), json!("sig"));
    Some(Value::Object(face))
}
