//! Which account's tokens are asked for, and by whom.

use axum::extract::FromRequestParts;
use http::{StatusCode, request::Parts};
use serde_json::Value;

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Fields, FromFields, MaybeSession, Posted, Queried},
    model::Account,
    store::accounts,
};

/// One of the two ways to name an account. `userId` is for calls without a session, which do not come over HTTP.
struct Named {
    /// The row's id. None: the account in a cookie, which this server does not set.
    account_id: Option<String>,
}

impl FromFields for Named {
    const SHAPES: &'static [&'static str] = &[];

    fn read(fields: &mut Fields<'_>) -> Self {
        let is_text = |value: &Value| value.is_string();
        let by_id = fields.value("accountId");
        let by_cookie = fields.value("useAccountCookie");
        let known = ["accountId", "useAccountCookie", "userId"];
        let others: Vec<String> =
            fields.names().filter(|name| !known.contains(name)).map(|name| format!("{name:?}")).collect();
        let fits = match (by_id, by_cookie) {
            (Some(id), None) => is_text(id),
            (None, Some(cookie)) => *cookie == Value::Bool(true),
            _ => false,
        };
        if !fits || !fields.value("userId").is_none_or(is_text) {
            fields.refuse_all("Invalid input");
        } else if !others.is_empty() {
            let keys = if others.len() == 1 { "key" } else { "keys" };
            fields.refuse_all(&format!("Unrecognized {keys}: {}", others.join(", ")));
        }
        Self { account_id: by_id.and_then(Value::as_str).map(str::to_owned) }
    }
}

/// An account of the person who asks, named in the body of a POST or the query of a GET.
pub(crate) struct Selected(pub(super) Account);

impl FromRequestParts<Auth> for Selected {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let named = if parts.method == http::Method::GET {
            Queried::<Named>::from_request_parts(parts, auth).await?.0
        } else {
            Posted::<Named>::from_request_parts(parts, auth).await?.0
        };
        let MaybeSession(current) = MaybeSession::from_request_parts(parts, auth).await?;
        let current = current.ok_or(Error::Empty(StatusCode::UNAUTHORIZED))?;
        let account_id = named.account_id.ok_or(Code::AccountNotFound)?;
        find(auth, &current.user.id, &account_id).await?.map(Self).ok_or(Code::AccountNotFound.into())
    }
}

/// The account of this person with this row id.
pub(super) async fn find(auth: &Auth, user_id: &str, id: &str) -> Result<Option<Account>, Error> {
    Ok(accounts::list(&auth.store, user_id).await?.into_iter().find(|account| account.id == id))
}
