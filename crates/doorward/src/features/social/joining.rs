//! Linking an account at a provider to the one somebody is signed in with.
//!
//! The session is the proof of who they are here; the provider must still say that the address is verified, and it must
//! be the same, unless the configuration allows another.

use doorward_database::{Batch, Error as DatabaseError};

use super::visit::Linking;
use crate::{
    auth::Auth,
    error::{Detour, Error},
    http::Exchange,
    model::{Account, Kind},
    shared::{
        event::{self, Event},
        provider::{Profile, Provider, Tokens},
    },
    store::accounts,
};

/// Links after a visit, in the session in which it began.
pub(super) async fn join(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    linking: &Linking,
    profile: &Profile,
    tokens: &Tokens,
) -> Result<Result<(), Detour>, Error> {
    let Some(account_id) = &profile.account_id else { return Ok(Err(Detour::UnableToGetUserInfo)) };
    if !linking.is_alive(auth).await? || !is_allowed(provider, profile) {
        return Ok(Err(Detour::UnableToLinkAccount));
    }
    if !is_same_address(auth, profile, &linking.email) {
        return Ok(Err(Detour::EmailDoesNotMatch));
    }
    let known = accounts::find_remote(&auth.store, provider.id(), account_id).await?;
    match known.as_slice() {
        [] => Ok(add(auth, exchange, provider, &linking.user_id, account_id, tokens)
            .await?
            .ok_or(Detour::UnableToLinkAccount)),
        [own] if own.user_id == linking.user_id => {
            let granted = merged_scope(own.scope.as_deref(), tokens.scopes.as_deref());
            Ok(renew(auth, own, tokens, granted).await?.ok_or(Detour::UnableToLinkAccount))
        }
        [_] => Ok(Err(Detour::AccountTaken)),
        _ => Ok(Err(Detour::InternalServerError)),
    }
}

/// Whether this provider's word about an address is taken.
pub(super) fn is_allowed(provider: &Provider<'_>, profile: &Profile) -> bool {
    provider.config.trusted || profile.email_verified
}

pub(super) fn is_same_address(auth: &Auth, profile: &Profile, own: &str) -> bool {
    auth.config.account.link_different_emails || profile.email.as_deref() == Some(own.to_lowercase().as_str())
}

/// Adds the account; `None` if somebody has it by now, or the person is gone.
pub(super) async fn add(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    user_id: &str,
    account_id: &str,
    tokens: &Tokens,
) -> Result<Option<()>, Error> {
    let account = Account {
        id: auth.new_id(),
        account_id: account_id.to_owned(),
        provider_id: provider.id().to_owned(),
        user_id: user_id.to_owned(),
        created_at: auth.now(),
        updated_at: auth.now(),
        ..tokens.account(auth)
    };
    let mut batch = Batch::new();
    accounts::insert_remote(&auth.store, &mut batch, &account, provider.issuer.as_deref());
    let linked = Event::new(auth, Kind::AccountLinked, &exchange.client).of(user_id).because(account.provider_id);
    commit(auth, batch, &[linked]).await
}

/// Keeps the newer tokens of an account that is theirs already; `None` if it is not any more.
pub(super) async fn renew(
    auth: &Auth,
    own: &Account,
    tokens: &Tokens,
    scope: Option<String>,
) -> Result<Option<()>, Error> {
    let account = Account { id: own.id.clone(), scope, ..tokens.account(auth) };
    let mut batch = Batch::new();
    accounts::set_tokens(&mut batch, &account, auth.now());
    commit(auth, batch, &[]).await
}

async fn commit(auth: &Auth, batch: Batch, events: &[Event]) -> Result<Option<()>, Error> {
    match event::commit(auth, batch, events).await {
        Ok(_) => Ok(Some(())),
        Err(DatabaseError::NothingChanged(_) | DatabaseError::Constraint(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What was granted before and now, each once; `None` if that is nothing.
fn merged_scope(stored: Option<&str>, granted: Option<&[String]>) -> Option<String> {
    let stored = stored.unwrap_or_default().split(',').map(str::trim);
    let granted = granted.unwrap_or_default().iter().map(String::as_str);
    let mut scopes: Vec<&str> = Vec::new();
    for scope in stored.chain(granted).filter(|scope| !scope.is_empty()) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    (!scopes.is_empty()).then(|| scopes.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_kept_and_added_once() {
        let granted = ["b".to_owned(), "c".to_owned()];
        assert_eq!(merged_scope(Some("a, b"), Some(&granted)).as_deref(), Some("a,b,c"));
        assert_eq!(merged_scope(None, None), None);
    }
}
