//! The ways a person signs in: listing them, and giving one up.

use axum::{Json, extract::State};
use doorward_database::{Batch, Error as DatabaseError, Stamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FreshSession, FromFields, Posted, SignedIn},
    model::{Account, Kind},
    shared::event::{self, Event},
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
        let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
        Self {
            scopes: scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
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
    exchange: Exchange,
    Posted(body): Posted<UnlinkBody>,
    FreshSession(current): FreshSession,
) -> Result<Json<Value>, Error> {
    let accounts = accounts::list(&auth.store, &current.user.id).await?;
    if accounts.len() <= 1 {
        return Err(Code::LastAccount.into());
    }
    let given_up = accounts.into_iter().find(|account| account.id == body.account_id).ok_or(Code::AccountNotFound)?;
    let unlinked = Event::new(&auth, Kind::AccountUnlinked, &exchange.client).of(&current.user.id);
    let unlinked = unlinked.in_session(&current.session.id).because(given_up.provider_id);
    // Two at once could each see the other's account still there; the statement itself looks again.
    let mut batch = Batch::new();
    accounts::unlink(&mut batch, &body.account_id, &current.user.id);
    match event::commit(&auth, batch, &[unlinked]).await {
        Ok(_) => Ok(Json(json!({ "status": true }))),
        Err(DatabaseError::NothingChanged(_)) => Err(Code::LastAccount.into()),
        Err(error) => Err(error.into()),
    }
}
