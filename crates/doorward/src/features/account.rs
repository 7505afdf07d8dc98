//! The ways a person signs in: listing them, and giving one up.

use axum::{Json, extract::State};
use doorward_database::Stamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Fields, FreshSession, FromFields, Posted, SignedIn},
    model::Account,
    store::accounts,
};

/// An account without its tokens and hash.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountReply {
    account_id: String,
    provider_id: String,
    user_id: String,
    created_at: Stamp,
    updated_at: Stamp,
    id: String,
    scopes: Vec<String>,
}

impl From<Account> for AccountReply {
    fn from(account: Account) -> Self {
        let scopes = account.scope.as_deref().filter(|scope| !scope.is_empty());
        Self {
            scopes: scopes.map(|scope| scope.split(',').map(str::to_owned).collect()).unwrap_or_default(),
            account_id: account.account_id,
            provider_id: account.provider_id,
            user_id: account.user_id,
            created_at: account.created_at,
            updated_at: account.updated_at,
            id: account.id,
        }
    }
}

/// `GET /list-accounts`.
pub(crate) async fn list(
    State(auth): State<Auth>,
    SignedIn(current): SignedIn,
) -> Result<Json<Vec<AccountReply>>, Error> {
    let accounts = accounts::list(&auth.store, &current.user.id).await?;
    Ok(Json(accounts.into_iter().map(AccountReply::from).collect()))
}

/// `POST /unlink-account`; `accountId` is the row's id.
pub(crate) struct UnlinkBody {
    account_id: String,
}

impl FromFields for UnlinkBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { account_id: fields.text("accountId") }
    }
}

pub(crate) async fn unlink(
    State(auth): State<Auth>,
    Posted(body): Posted<UnlinkBody>,
    FreshSession(current): FreshSession,
) -> Result<Json<Value>, Error> {
    let accounts = accounts::list(&auth.store, &current.user.id).await?;
    if accounts.len() <= 1 {
        return Err(Code::LastAccount.into());
    }
    if accounts.iter().all(|account| account.id != body.account_id) {
        return Err(Code::AccountNotFound.into());
    }
    // Two at once could each see the other's account still there; the statement itself looks again.
    if accounts::unlink(&auth.store, &body.account_id, &current.user.id).await? {
        Ok(Json(json!({ "status": true })))
    } else {
        Err(Code::LastAccount.into())
    }
}
