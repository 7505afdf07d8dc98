//! Signing out at a provider too (OpenID Connect RP-Initiated Logout 1.0).

use std::time::Duration;

use url::{Url, form_urlencoded};

use super::{Provider, find};
use crate::{auth::Auth, config::ProfileKind, error::Error, model::Account, store::accounts};

/// How long somebody who signs out waits for a discovery document that was not read yet.
const PATIENCE: Duration = Duration::from_secs(2);

/// The address at which the provider of a person's newest account ends its own session, if one of them can.
///
/// `leads_to`: where it may send the browser afterwards, absolute.
pub(crate) async fn end_session_url(
    auth: &Auth,
    user_id: &str,
    leads_to: Option<&str>,
    state: Option<&str>,
) -> Result<Option<Url>, Error> {
    let may_end = |id: &str| {
        let mut configured = auth.config.providers.iter();
        configured.any(|own| own.id == id && own.discovery_url.is_some() && own.profile == ProfileKind::OpenIdConnect)
    };
    if !auth.config.providers.iter().any(|own| may_end(&own.id)) {
        return Ok(None);
    }
    let mut accounts = accounts::list(&auth.store, user_id).await?;
    accounts.retain(|account| may_end(&account.provider_id));
    accounts.sort_by_key(|account| std::cmp::Reverse(account.updated_at));
    let mut tried: Vec<&str> = Vec::new();
    for account in &accounts {
        if tried.contains(&account.provider_id.as_str()) {
            continue;
        }
        tried.push(&account.provider_id);
        let found = tokio::time::timeout(PATIENCE, find(auth, &account.provider_id)).await.ok().flatten();
        if let Some(url) = found.and_then(|provider| address(&provider, account, leads_to, state)) {
            return Ok(Some(url));
        }
    }
    Ok(None)
}

fn address(provider: &Provider<'_>, account: &Account, leads_to: Option<&str>, state: Option<&str>) -> Option<Url> {
    let mut url = provider.end_session_url.clone()?;
    let id_token = account.id_token.as_deref().filter(|token| !token.is_empty());
    let client_id = leads_to.is_some() || id_token.is_none();
    let parameters = [
        ("id_token_hint", id_token),
        ("post_logout_redirect_uri", leads_to),
        ("client_id", client_id.then_some(provider.config.client_id.as_str())),
        ("state", state.filter(|state| leads_to.is_some() && !state.is_empty())),
    ];
    let mut query = form_urlencoded::Serializer::new(url.query().unwrap_or_default().to_owned());
    query.extend_pairs(parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
    let query = query.finish();
    url.set_query(Some(&query).filter(|query| !query.is_empty()).map(String::as_str));
    Some(url)
}
