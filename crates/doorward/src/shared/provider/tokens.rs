//! The token endpoint: a code, or a refresh token, for tokens (RFC 6749, sections 4.1.3 and 6); and how tokens are kept.

use std::borrow::Cow;

use doorward_crypto::seal as sealing;
use doorward_database::Stamp;
use serde_json::Value;

use super::{Provider, redirect_uri};
use crate::{
    auth::{Auth, outgoing::OutgoingError},
    config::ClientAuthentication,
    error::Error,
    model::Account,
};

/// Longest lifetime that is believed, in seconds: ten years.
const LONGEST_LIFE: f64 = 315_360_000.0;

/// What a provider handed out.
#[derive(Default)]
pub(crate) struct Tokens {
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
    pub(crate) access_token_expires_at: Option<Stamp>,
    pub(crate) refresh_token_expires_at: Option<Stamp>,
    /// None: the answer was no token answer at all.
    pub(crate) scopes: Option<Vec<String>>,
}

impl Tokens {
    /// Values of the wrong kind count as missing; a NUL would be refused by one of the databases.
    fn read(answer: &Value, now: Stamp) -> Self {
        let text = |name: &str| answer.get(name)?.as_str().filter(|text| is_storable(text)).map(str::to_owned);
        let moment = |name: &str| lifetime(answer.get(name)?).map(|seconds| now.plus_seconds(seconds));
        Self {
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
            access_token_expires_at: moment("expires_in"),
            refresh_token_expires_at: moment("refresh_token_expires_in"),
            scopes: Some(scopes(answer.get("scope"))),
        }
    }

    /// As columns of an account's row, sealed where that is on.
    pub(crate) fn account(&self, auth: &Auth) -> Account {
        Account {
            access_token: self.access_token.as_deref().map(|token| seal(auth, token)),
            refresh_token: self.refresh_token.as_deref().map(|token| seal(auth, token)),
            id_token: self.id_token.clone(),
            access_token_expires_at: self.access_token_expires_at,
            refresh_token_expires_at: self.refresh_token_expires_at,
            scope: self.scopes.as_ref().map(|scopes| scopes.join(",")),
            ..Account::default()
        }
    }
}

/// The tokens for a code.
pub(crate) async fn exchange(
    auth: &Auth,
    provider: &Provider<'_>,
    code: &str,
    code_verifier: &str,
) -> Result<Tokens, OutgoingError> {
    let redirect_uri = redirect_uri(auth, provider);
    let mut form = vec![("grant_type", "authorization_code"), ("code", code)];
    if provider.config.pkce {
        form.push(("code_verifier", code_verifier));
    }
    form.push(("redirect_uri", &redirect_uri));
    ask(auth, provider, form).await
}

/// New tokens for a refresh token; the answer may bring another one.
pub(crate) async fn refresh(
    auth: &Auth,
    provider: &Provider<'_>,
    refresh_token: &str,
) -> Result<Tokens, OutgoingError> {
    let tokens = ask(auth, provider, vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await?;
    let is_usable = tokens.access_token.as_ref().is_some_and(|token| !token.is_empty());
    if is_usable { Ok(tokens) } else { Err(OutgoingError::Failed("the answer holds no access token".to_owned())) }
}

async fn ask<'f>(
    auth: &'f Auth,
    provider: &'f Provider<'_>,
    mut form: Vec<(&'f str, &'f str)>,
) -> Result<Tokens, OutgoingError> {
    let (id, secret) = (provider.config.client_id.as_str(), provider.config.client_secret.as_ref());
    let basic = match (provider.config.authentication, secret) {
        (ClientAuthentication::Basic, Some(secret)) => Some((form_encoded(id), form_encoded(secret.expose()))),
        (_, secret) => {
            form.push(("client_id", id));
            form.extend(secret.map(|secret| ("client_secret", secret.expose())));
            None
        }
    };
    let answer = auth.outgoing.post_form(&provider.token_url, &form, basic).await?;
    match answer.get("error") {
        // GitHub says so with 200.
        Some(reason) => {
            let reason = reason.as_str().unwrap_or_default().chars().take(200).collect();
            Err(OutgoingError::Status { status: 200, reason })
        }
        None if answer.is_object() => Ok(Tokens::read(&answer, auth.now())),
        None => Err(OutgoingError::NotJson),
    }
}

/// Name and password of HTTP Basic are form-encoded first (RFC 6749, section 2.3.1).
fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Whether a provider's text fits a column of every database.
fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

fn lifetime(value: &Value) -> Option<i64> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse::<f64>().ok())?;
    let is_sound = seconds.is_finite() && seconds != 0.0;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to ten years either way")]
    is_sound.then(|| seconds.clamp(-LONGEST_LIFE, LONGEST_LIFE) as i64)
}

/// `scope` is a text with spaces (RFC 6749, section 3.3); some providers send an array.
fn scopes(value: Option<&Value>) -> Vec<String> {
    let words: Vec<&str> = match value {
        Some(Value::String(text)) => text.split_whitespace().collect(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::trim).collect(),
        _ => Vec::new(),
    };
    words.into_iter().filter(|word| !word.is_empty() && is_storable(word)).map(str::to_owned).collect()
}

/// A token as it is stored.
fn seal(auth: &Auth, token: &str) -> String {
    if auth.config.account.encrypt_provider_tokens && !token.is_empty() {
        sealing::seal(token, &auth.config.secrets, &*auth.random)
    } else {
        token.to_owned()
    }
}

/// A stored token as it is. One that was stored before sealing was turned on is read as it stands.
pub(crate) fn open<'t>(auth: &Auth, stored: &'t str) -> Result<Cow<'t, str>, Error> {
    let is_hexadecimal = stored.len().is_multiple_of(2) && stored.bytes().all(|byte| byte.is_ascii_hexdigit());
    let looks_sealed = !stored.is_empty() && (stored.starts_with("$ba$") || is_hexadecimal);
    if !auth.config.account.encrypt_provider_tokens || !looks_sealed {
        return Ok(Cow::Borrowed(stored));
    }
    sealing::open(stored, &auth.config.secrets).map(Cow::Owned).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_read_leniently_and_never_believed_blindly() {
        let now = Stamp::from_seconds(1000);
        let tokens = Tokens::read(
            &json!({ "access_token": "a", "refresh_token": 5, "id_token": "x\0", "expires_in": "60", "scope": " b  c " }),
            now,
        );
        assert_eq!(tokens.access_token.as_deref(), Some("a"));
        assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
        assert_eq!(tokens.access_token_expires_at, Some(now.plus_seconds(60)));
        assert_eq!(tokens.scopes, Some(vec!["b".to_owned(), "c".to_owned()]));
        for (value, seconds) in
            [(json!(1e300), Some(315_360_000)), (json!(0), None), (json!("x"), None), (json!(null), None)]
        {
            assert_eq!(lifetime(&value), seconds, "{value}");
        }
        assert_eq!(scopes(Some(&json!(["a ", "", 5]))), ["a"]);
    }
}
