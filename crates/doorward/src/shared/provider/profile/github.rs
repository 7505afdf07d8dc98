//! GitHub: no id token, a profile and a list of addresses.

use serde_json::{Map, Value};
use url::Url;

use super::{Profile, put};
use crate::{
    auth::{Auth, outgoing::OutgoingError},
    shared::provider::{Provider, Tokens},
};

pub(super) async fn read(auth: &Auth, provider: &Provider<'_>, tokens: &Tokens) -> Option<Profile> {
    let (url, token) = (provider.userinfo_url.as_ref()?, tokens.access_token.as_deref()?);
    let mut profile = match auth.outgoing.get(url, Some(token)).await {
        Ok(Value::Object(profile)) => profile,
        other => return refused(provider, &other.err().unwrap_or(OutgoingError::NotJson)),
    };
    let mut emails_url = url.clone();
    emails_url.set_path(&format!("{}/emails", url.path().trim_end_matches('/')));
    let emails = emails(auth, &emails_url, token).await;
    if !is_filled(profile.get("email")) {
        let first = emails.iter().find(|entry| entry.get("primary") == Some(&Value::Bool(true))).or(emails.first());
        put(&mut profile, "email", first.and_then(|entry| entry.get("email")));
    }
    let own = profile.get("email").filter(|email| is_filled(Some(*email)));
    let entry = emails.iter().find(|entry| own.is_some() && entry.get("email") == own);
    let verified = entry.and_then(|entry| entry.get("verified")) == Some(&Value::Bool(true));

    let name = ["name", "login"].into_iter().filter_map(|name| profile.get(name)).find(|name| is_filled(Some(*name)));
    let mut user = Map::new();
    user.insert("name".to_owned(), name.cloned().unwrap_or_else(|| "".into()));
    put(&mut user, "email", profile.get("email"));
    put(&mut user, "image", profile.get("avatar_url"));
    user.insert("emailVerified".to_owned(), verified.into());
    Some(Profile::new(profile.get("id").cloned().as_ref(), user, profile))
}

/// Without the list nothing is known to be verified.
async fn emails(auth: &Auth, url: &Url, token: &str) -> Vec<Value> {
    match auth.outgoing.get(url, Some(token)).await {
        Ok(Value::Array(emails)) => emails,
        _ => Vec::new(),
    }
}

fn is_filled(value: Option<&Value>) -> bool {
    value.and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

fn refused(provider: &Provider<'_>, error: &OutgoingError) -> Option<Profile> {
    tracing::warn!(provider = provider.id(), %error, "the profile could not be read");
    None
}
