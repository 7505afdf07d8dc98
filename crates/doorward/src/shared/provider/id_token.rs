//! Id tokens: who somebody is at a provider, signed by it (OpenID Connect Core 1.0, section 3.1.3.7).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_crypto::{
    digest,
    jwk::{Algorithm, JwkError, VerifyingKey},
    jwt::{self, Claims, Header, JwtError, Rules},
};
use serde_json::{Map, Value};

use super::{IdTokenRules, Provider};
use crate::auth::Auth;

/// Seconds by which a provider's clock may differ from ours, as everywhere in OpenID Connect libraries.
const CLOCKS_APART: i64 = 30;
/// Seconds a provider's keys are believed without asking again.
const KEYS_AGE: i64 = 600;
/// More keys than this is no key set.
const MAX_KEYS: usize = 100;

/// The claims of a genuine token for us; with `nonce`, one of this very visit.
pub(super) async fn verified(
    auth: &Auth,
    provider: &Provider<'_>,
    token: &str,
    nonce: Option<&str>,
) -> Option<Map<String, Value>> {
    let rules = provider.id_tokens.as_ref()?;
    let mut checked = check(auth, provider, rules, token, KEYS_AGE).await;
    if matches!(checked, Err(JwtError::UnknownKey)) {
        // The provider may have rotated its keys a moment ago; asked at most every half minute.
        checked = check(auth, provider, rules, token, 0).await;
    }
    let claims = match checked {
        Ok(claims) => claims,
        Err(reason) => {
            tracing::warn!(provider = provider.id(), %reason, "an id token was refused");
            return None;
        }
    };
    let claimed = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
    if nonce.is_some_and(|nonce| !digest::constant_time_eq(claimed.as_bytes(), nonce.as_bytes())) {
        tracing::warn!(provider = provider.id(), "an id token was refused: it belongs to another visit");
        return None;
    }
    Some(claims.into_members())
}

async fn check(
    auth: &Auth,
    provider: &Provider<'_>,
    rules: &IdTokenRules,
    token: &str,
    max_age: i64,
) -> Result<Claims, JwtError> {
    let now = auth.now();
    let document = auth.documents.get(&auth.outgoing, &*auth.clock, &rules.keys_url, max_age).await;
    let keys = document.map(|document| read_keys(&document)).unwrap_or_default();
    let find = |header: &Header| {
        let is_allowed = rules.algorithms.as_ref().is_none_or(|allowed| allowed.contains(&header.algorithm()));
        is_allowed.then(|| find_key(&keys, header)).flatten()
    };
    let strict = Rules::new()
        .audience(&provider.config.client_id)
        .types(["JWT"])
        .untyped(true)
        .leeway_seconds(CLOCKS_APART)
        .max_age_seconds(None);
    let claims = jwt::verify(token, find, &strict, now.seconds())?;
    if !rules.issuers.iter().any(|issuer| Some(issuer.as_str()) == claims.issuer()) {
        return Err(JwtError::WrongIssuer);
    }
    let age = claims.issued_at().map(|issued_at| now.seconds() - issued_at);
    if rules.max_age.zip(age).is_some_and(|(longest, age)| age > longest + CLOCKS_APART) {
        return Err(JwtError::LivesTooLong);
    }
    Ok(claims)
}

/// The key of that name, or the only one that fits a token that names none.
fn find_key<'k>(keys: &'k [VerifyingKey], header: &Header) -> Option<&'k VerifyingKey> {
    let mut fitting = keys
        .iter()
        .filter(|key| key.algorithm() == header.algorithm() && header.kid().is_none_or(|kid| key.kid() == Some(kid)));
    fitting.next().filter(|_| fitting.next().is_none())
}

/// Keys that cannot be used are left out: a provider may publish some for others.
fn read_keys(document: &Value) -> Vec<VerifyingKey> {
    let entries = document.get("keys").and_then(Value::as_array).into_iter().flatten();
    let read = |entry: &Value| match VerifyingKey::from_public_jwk(entry) {
        Err(JwkError::AlgorithmMissing) => VerifyingKey::from_public_jwk_as(entry, Algorithm::Rs256),
        read => read,
    };
    entries.take(MAX_KEYS).filter_map(|entry| read(entry).ok()).collect()
}

/// The claims of a token that nobody checks.
///
/// Only for what came straight from the token endpoint over TLS, of a provider whose keys are not known (section
/// 3.1.3.7, rule 6), and for showing people what was checked when it came.
pub(super) fn unchecked(token: &str) -> Option<Map<String, Value>> {
    let (_, rest) = token.split_once('.')?;
    let (payload, _) = rest.split_once('.')?;
    match serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?) {
        Ok(Value::Object(claims)) => Some(claims),
        _ => None,
    }
}
