//! Who somebody is, in a provider's words.
//!
//! The words are kept as they came, to be shown by `/account-info`; what goes into our own rows is read from them with
//! care: a provider may send anything.

mod github;
mod openid;

use serde_json::{Map, Value};

use super::{Provider, Tokens, id_token};
use crate::{
    auth::Auth,
    config::ProfileKind,
    shared::sign_up::{IMAGE_LIMIT, NAME_LIMIT},
};

/// Longest id of an account and longest address that are taken, in bytes.
const ID_LIMIT: usize = 1024;
const EMAIL_LIMIT: usize = 254;

/// Somebody at a provider.
#[derive(Debug)]
pub(crate) struct Profile {
    /// The account's id there; none if there is no sound one.
    pub(crate) account_id: Option<String>,
    /// In lower case.
    pub(crate) email: Option<String>,
    /// The provider says that the address is theirs.
    pub(crate) email_verified: bool,
    /// May be empty.
    pub(crate) name: String,
    pub(crate) image: Option<String>,
    /// Better Auth's short form of it: name, email, image, emailVerified.
    pub(crate) user: Value,
    /// Everything the provider said.
    pub(crate) data: Value,
}

impl Profile {
    fn new(account_id: Option<&Value>, user: Map<String, Value>, data: Map<String, Value>) -> Self {
        let text = |name: &str| user.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        Self {
            account_id: account_id.and_then(identifier),
            email: text("email").filter(|text| is_address(text)).map(str::to_lowercase),
            email_verified: user.get("emailVerified") == Some(&Value::Bool(true)),
            name: text("name").map(|text| plain(text, NAME_LIMIT)).unwrap_or_default(),
            image: text("image").map(|text| plain(text, IMAGE_LIMIT)),
            user: Value::Object(user),
            data: Value::Object(data),
        }
    }
}

/// Who came back from a visit. An id token is checked wherever the provider's keys are known; with a `nonce`, it must be
/// the one of this visit.
pub(crate) async fn of_visit(
    auth: &Auth,
    provider: &Provider<'_>,
    tokens: &Tokens,
    nonce: Option<&str>,
) -> Option<Profile> {
    match provider.config.profile {
        ProfileKind::GitHub => github::read(auth, provider, tokens).await,
        ProfileKind::Google => {
            openid::of_google(id_token::verified(auth, provider, tokens.id_token.as_deref()?, nonce).await?)
        }
        ProfileKind::OpenIdConnect => openid::read(auth, provider, tokens, nonce).await,
    }
}

/// Whose tokens we keep, asked again.
pub(crate) async fn of_tokens(auth: &Auth, provider: &Provider<'_>, tokens: &Tokens) -> Option<Profile> {
    match provider.config.profile {
        // It was checked when it came, and has expired since.
        ProfileKind::Google => openid::of_google(id_token::unchecked(tokens.id_token.as_deref()?)?),
        _ => of_visit(auth, provider, tokens, None).await,
    }
}

/// Whose id token somebody hands us; `Err` if it is not genuine, `Ok(None)` if it says too little.
pub(crate) async fn of_id_token(
    auth: &Auth,
    provider: &Provider<'_>,
    token: &str,
    nonce: Option<&str>,
) -> Result<Option<Profile>, NotGenuine> {
    let nonce = nonce.filter(|nonce| !nonce.is_empty());
    let claims = id_token::verified(auth, provider, token, nonce).await.ok_or(NotGenuine)?;
    Ok(match provider.config.profile {
        ProfileKind::Google => openid::of_google(claims),
        _ => openid::of_claims(provider, claims),
    })
}

/// An id token that this provider did not make for us.
pub(crate) struct NotGenuine;

/// Providers send ids as texts or numbers; both are kept as text.
fn identifier(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let is_sound = !text.trim().is_empty()
        && !matches!(text.as_str(), "undefined" | "null")
        && text.len() <= ID_LIMIT
        && !text.chars().any(char::is_control);
    is_sound.then_some(text)
}

/// Not our own pattern, which would refuse addresses outside ASCII; only what mail and rows cannot bear.
fn is_address(text: &str) -> bool {
    let is_clean = !text.chars().any(|character| character.is_control() || character.is_whitespace());
    let has_parts = text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    is_clean && has_parts && text.len() <= EMAIL_LIMIT
}

/// For people to read: without control characters, and not without end.
fn plain(text: &str, limit: usize) -> String {
    text.chars().filter(|character| !character.is_control()).take(limit).collect()
}

/// Some providers send booleans as texts.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(truth)) => *truth,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// Adds what is there: JSON has no `undefined`.
fn put(object: &mut Map<String, Value>, name: &str, value: Option<&Value>) {
    match value {
        Some(value) => drop(object.insert(name.to_owned(), value.clone())),
        None => drop(object.shift_remove(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_stored_is_not_taken() {
        let sound = |value: Value| identifier(&value);
        assert_eq!(sound(json!("abc")).as_deref(), Some("abc"));
        assert_eq!(sound(json!(583_231)).as_deref(), Some("583231"));
        for bad in [json!(""), json!(" "), json!("null"), json!(null), json!({}), json!("a\0"), json!("x".repeat(2000))]
        {
            assert_eq!(identifier(&bad), None, "{bad}");
        }
        for good in ["ada@example.com", "jörg@müller.example", "a@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["ada", "@b", "a@", "a b@c", "a@b\n", "a\0@b"] {
            assert!(!is_address(bad), "{bad}");
        }
        assert_eq!(plain("A\u{0}d\u{7}a", 2), "Ad");
    }
}
