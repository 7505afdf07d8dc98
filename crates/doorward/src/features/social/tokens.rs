//! The provider's tokens, for their owner: `POST /get-access-token` and `POST /refresh-token`.
//!
//! Refresh tokens of many providers work once. So one account's are renewed by one request at a time, which then goes on
//! to the end even if whoever asked is gone: a new token that nobody stores would be lost.

use std::borrow::Cow;

use axum::{Json, extract::State};
use doorward_database::{Batch, Stamp};
use serde::Serialize;

use super::selection::{self, Selected};
use crate::{
    auth::Auth,
    error::{Code, Error},
    model::Account,
    shared::provider,
    store::accounts,
};

/// An access token with fewer seconds left is renewed first.
const ENOUGH: i64 = 5;

/// The reply of get-access-token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessReply {
    pub(super) access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_expires_at: Option<Stamp>,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id_token: Option<String>,
}

/// `POST /get-access-token`.
pub(crate) async fn get_access_token(
    State(auth): State<Auth>,
    Selected(account): Selected,
) -> Result<Json<AccessReply>, Error> {
    if provider::find(&auth, &account.provider_id).await.is_none() {
        return Err(Error::About(Code::ProviderNotSupported, account.provider_id));
    }
    valid_access_token(&auth, account).await.map(Json)
}

/// An access token that can still be used, renewed where it is due and possible.
pub(super) async fn valid_access_token(auth: &Auth, account: Account) -> Result<AccessReply, Error> {
    let failed = |error| or_refusal(error, Code::FailedToGetAccessToken);
    let is_due = is_ending(auth, &account) && account.refresh_token.as_deref().is_some_and(|token| !token.is_empty());
    let account = if is_due { renewed(auth, &account, true).await.map_err(failed)?.0 } else { account };
    let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
    Ok(AccessReply {
        access_token: provider::open(auth, account.access_token.as_deref().unwrap_or_default())
            .map_err(failed)?
            .into_owned(),
        access_token_expires_at: account.access_token_expires_at,
        scopes: scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        id_token: account.id_token,
    })
}

fn is_ending(auth: &Auth, account: &Account) -> bool {
    account.access_token_expires_at.is_some_and(|at| at < auth.now().plus_seconds(ENOUGH))
}

/// The reply of refresh-token. `scope` stays what was granted; a refreshed token's may be narrower.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshReply {
    access_token: String,
    refresh_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_expires_at: Option<Stamp>,
    refresh_token_expires_at: Option<Stamp>,
    scope: Option<String>,
    id_token: Option<String>,
    provider_id: String,
    account_id: String,
}

/// `POST /refresh-token`.
pub(crate) async fn refresh(
    State(auth): State<Auth>,
    Selected(account): Selected,
) -> Result<Json<RefreshReply>, Error> {
    if provider::find(&auth, &account.provider_id).await.is_none() {
        return Err(Error::About(Code::ProviderNotSupported, account.provider_id));
    }
    if account.refresh_token.as_deref().is_none_or(str::is_empty) {
        return Err(Code::ProviderRefreshTokenMissing.into());
    }
    let failed = |error| or_refusal(error, Code::FailedToRefreshAccessToken);
    let (account, expires_at) = renewed(&auth, &account, false).await.map_err(failed)?;
    let plain = |stored: Option<String>| {
        provider::open(&auth, &stored.unwrap_or_default()).map(Cow::into_owned).map_err(failed)
    };
    Ok(Json(RefreshReply {
        access_token: plain(account.access_token)?,
        refresh_token: plain(account.refresh_token)?,
        access_token_expires_at: expires_at,
        refresh_token_expires_at: account.refresh_token_expires_at,
        scope: account.scope,
        id_token: account.id_token,
        provider_id: account.provider_id,
        account_id: account.id,
    }))
}

/// What a provider refuses is told as a refusal; a database out of reach is not the provider's fault.
fn or_refusal(error: Error, code: Code) -> Error {
    if matches!(error, Error::Busy(_)) {
        return error;
    }
    tracing::warn!(?error, "a provider's tokens could not be renewed");
    code.into()
}

/// The account with new tokens, and when the provider said that the access token ends.
async fn renewed(auth: &Auth, account: &Account, only_if_due: bool) -> Result<(Account, Option<Stamp>), Error> {
    let (auth, id, user_id) = (auth.clone(), account.id.clone(), account.user_id.clone());
    let renewal = async move {
        let _turn = auth.turns.take(&id).await;
        // Whoever had the turn before may have done it.
        let account = selection::find(&auth, &user_id, &id).await?.ok_or(Code::AccountNotFound)?;
        if only_if_due && !is_ending(&auth, &account) {
            let expires_at = account.access_token_expires_at;
            return Ok((account, expires_at));
        }
        renew(&auth, account).await
    };
    tokio::spawn(renewal).await.map_err(Error::internal)?
}

async fn renew(auth: &Auth, mut account: Account) -> Result<(Account, Option<Stamp>), Error> {
    let provider = provider::find(auth, &account.provider_id).await.ok_or(Code::ProviderNotFound)?;
    let refresh_token = provider::open(auth, account.refresh_token.as_deref().unwrap_or_default())?.into_owned();
    let tokens = provider::refresh(auth, &provider, &refresh_token).await.map_err(Error::internal)?;
    let fresh = Account { id: account.id.clone(), scope: None, ..tokens.account(auth) };
    let mut batch = Batch::new();
    accounts::set_tokens(&mut batch, &fresh, auth.now());
    auth.store.commit(batch).await?;
    account.access_token = fresh.access_token;
    account.access_token_expires_at = fresh.access_token_expires_at.or(account.access_token_expires_at);
    account.refresh_token = fresh.refresh_token.or(account.refresh_token);
    account.refresh_token_expires_at = fresh.refresh_token_expires_at.or(account.refresh_token_expires_at);
    account.id_token = fresh.id_token.or(account.id_token);
    Ok((account, tokens.access_token_expires_at))
}
