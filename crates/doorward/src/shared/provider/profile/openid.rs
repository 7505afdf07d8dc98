//! OpenID Connect, and plain OAuth 2.0 with a userinfo endpoint: claims in an id token, or asked for with the access
//! token (OpenID Connect Core 1.0, section 5).

use serde_json::{Map, Value};

use super::{Profile, is_true, put};
use crate::{
    auth::Auth,
    shared::provider::{Provider, Tokens, id_token},
};

/// The id token is the profile if it says enough; otherwise the userinfo endpoint is asked.
pub(super) async fn read(
    auth: &Auth,
    provider: &Provider<'_>,
    tokens: &Tokens,
    nonce: Option<&str>,
) -> Option<Profile> {
    let checked = match &tokens.id_token {
        Some(token) if provider.takes_id_tokens() => Some(id_token::verified(auth, provider, token, nonce).await?),
        _ => None,
    };
    let claims = checked.clone().or_else(|| id_token::unchecked(tokens.id_token.as_deref()?));
    let raw = match claims.and_then(spoken) {
        Some(raw) => raw,
        None => ask(auth, provider, tokens).await?,
    };
    profile(provider, raw, checked.as_ref())
}

/// The profile in a token that was handed to us, and nothing but that.
pub(super) fn of_claims(provider: &Provider<'_>, claims: Map<String, Value>) -> Option<Profile> {
    profile(provider, spoken(claims.clone())?, Some(&claims))
}

/// Google's short form has its own order, and no id of its own.
pub(super) fn of_google(claims: Map<String, Value>) -> Option<Profile> {
    let mut user = Map::new();
    put(&mut user, "name", claims.get("name"));
    put(&mut user, "email", claims.get("email"));
    put(&mut user, "image", claims.get("picture"));
    user.insert("emailVerified".to_owned(), is_true(claims.get("email_verified")).into());
    Some(Profile::new(claims.get("sub").cloned().as_ref(), user, claims))
}

fn profile(provider: &Provider<'_>, raw: Map<String, Value>, checked: Option<&Map<String, Value>>) -> Option<Profile> {
    // Whoever the userinfo endpoint speaks of must be whom the token was made for (section 5.3.2).
    if checked.is_some_and(|claims| claims.get("sub") != raw.get("sub")) {
        tracing::warn!(provider = provider.id(), "the userinfo endpoint speaks of somebody else than the id token");
        return None;
    }
    let mut user = Map::new();
    put(&mut user, "email", raw.get("email"));
    user.insert("emailVerified".to_owned(), is_true(raw.get("emailVerified")).into());
    put(&mut user, "image", raw.get("image").filter(|image| !image.is_null()));
    put(&mut user, "name", raw.get("name"));
    let account_id = match checked {
        _ if !provider.openid => raw.get("id"),
        Some(claims) => claims.get("sub"),
        None => raw.get("sub"),
    };
    Some(Profile::new(account_id.cloned().as_ref(), user, raw))
}

/// Claims that name somebody and their address, with Better Auth's names in front.
fn spoken(claims: Map<String, Value>) -> Option<Map<String, Value>> {
    let is_filled = |name: &str| claims.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !is_filled("sub") || !is_filled("email") {
        return None;
    }
    let mut raw = Map::new();
    put(&mut raw, "id", claims.get("sub"));
    raw.insert("emailVerified".to_owned(), is_true(claims.get("email_verified")).into());
    put(&mut raw, "image", claims.get("picture"));
    raw.extend(claims);
    Some(raw)
}

async fn ask(auth: &Auth, provider: &Provider<'_>, tokens: &Tokens) -> Option<Map<String, Value>> {
    let (url, token) = (provider.userinfo_url.as_ref()?, tokens.access_token.as_deref()?);
    let said = match auth.outgoing.get(url, Some(token)).await {
        Ok(Value::Object(said)) => said,
        Ok(_) => return None,
        Err(error) => {
            tracing::warn!(provider = provider.id(), %error, "the userinfo endpoint did not answer");
            return None;
        }
    };
    let mut raw = said.clone();
    raw.insert("emailVerified".to_owned(), is_true(said.get("email_verified")).into());
    put(&mut raw, "image", said.get("picture"));
    Some(raw)
}
