//! `GET /account-info`: what a provider says about its account, asked now.

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::Value;

use super::{selection::Selected, tokens};
use crate::{
    auth::Auth,
    error::{Code, Error},
    shared::provider::{self, Tokens},
};

#[derive(Serialize)]
pub(crate) struct InfoReply {
    user: Value,
    data: Value,
    account: AccountReply,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountReply {
    id: String,
    provider_id: String,
    account_id: String,
}

pub(crate) async fn account_info(
    State(auth): State<Auth>,
    Selected(account): Selected,
) -> Result<Json<InfoReply>, Error> {
    let provider = provider::find(&auth, &account.provider_id).await.ok_or(Code::ProviderNotConfigured)?;
    let reply = AccountReply {
        id: account.id.clone(),
        provider_id: account.provider_id.clone(),
        account_id: account.account_id.clone(),
    };
    let valid = tokens::valid_access_token(&auth, account).await?;
    if valid.access_token.is_empty() {
        return Err(Code::ProviderAccessTokenMissing.into());
    }
    let tokens = Tokens { access_token: Some(valid.access_token), id_token: valid.id_token, ..Tokens::default() };
    let profile = provider::of_tokens(&auth, &provider, &tokens).await.ok_or(Code::ProviderUserUnknown)?;
    Ok(Json(InfoReply { user: profile.user, data: profile.data, account: reply }))
}
