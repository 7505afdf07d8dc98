//! `POST /link-social`: linking an account at a provider to one's own, by a visit or by an id token.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    departure, failure, joining,
    visit::{self, Linking, Wishes},
};
use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, Posted, SignedIn},
    model::User,
    shared::provider::{self, Provider, Tokens},
    store::accounts,
};

/// `POST /link-social`.
pub(crate) struct LinkBody {
    provider: String,
    disable_redirect: bool,
    id_token: Option<IdToken>,
    wishes: Wishes,
}

impl FromFields for LinkBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        let callback_url = fields.optional_text("callbackURL");
        let provider = visit::read_provider(fields);
        let id_token = fields.optional_object("idToken");
        let request_sign_up = fields.optional_boolean("requestSignUp");
        let scopes = fields.optional_texts("scopes").unwrap_or_default();
        let error_callback_url = fields.optional_text("errorCallbackURL");
        Self {
            provider,
            disable_redirect: fields.optional_boolean("disableRedirect").unwrap_or(false),
            id_token,
            wishes: Wishes {
                callback_url,
                error_callback_url,
                request_sign_up,
                scopes,
                login_hint: fields.optional_text("loginHint"),
                additional_params: visit::read_additional_params(fields),
                additional_data: fields.optional_record("additionalData").cloned().unwrap_or_default(),
                new_user_callback_url: None,
            },
        }
    }
}

/// An id token that an app got from the provider by itself, with the tokens that came along.
struct IdToken {
    token: String,
    nonce: Option<String>,
    access_token: Option<String>,
    refresh_token: Option<String>,
}

impl FromFields for IdToken {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            token: fields.text("token"),
            nonce: fields.optional_text("nonce"),
            access_token: fields.optional_text("accessToken"),
            refresh_token: fields.optional_text("refreshToken"),
        }
    }
}

pub(crate) async fn link(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<LinkBody>,
    SignedIn(current): SignedIn,
) -> Result<Response, Error> {
    let provider = provider::find(&auth, &body.provider).await.ok_or(Code::ProviderNotFound)?;
    if let Some(id_token) = body.id_token {
        let linked = with_id_token(&auth, &exchange, &provider, &current.user, id_token).await;
        if let Err(Error::Api(code)) = &linked {
            let person = (current.user.email.as_str(), current.user.id.as_str());
            failure::tell_of_person(&auth, &exchange, &provider, code.as_str(), person);
        }
        linked?;
        return Ok(Json(json!({ "url": "", "status": true, "redirect": false })).into_response());
    }
    let linking = Linking::of(&auth, &current);
    let url = visit::begin(&auth, &exchange, &provider, body.wishes, Some(linking)).await?;
    Ok(departure(&url, !body.disable_redirect))
}

async fn with_id_token(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    user: &User,
    id_token: IdToken,
) -> Result<(), Error> {
    if !provider.takes_id_tokens() {
        return Err(Code::IdTokenNotSupported.into());
    }
    let profile = provider::of_id_token(auth, provider, &id_token.token, id_token.nonce.as_deref()).await;
    let profile = profile.map_err(|_| Code::IdTokenInvalid)?.ok_or(Code::ProviderUserUnknown)?;
    if profile.email.is_none() {
        return Err(Code::ProviderEmailUnknown.into());
    }
    let account_id = profile.account_id.as_deref().ok_or(Code::ProviderUserUnknown)?;
    let tokens = Tokens {
        id_token: Some(id_token.token),
        access_token: id_token.access_token,
        refresh_token: id_token.refresh_token,
        ..Tokens::default()
    };
    let known = accounts::find_remote(&auth.store, provider.id(), account_id).await?;
    if let Some(own) = known.first() {
        if known.len() > 1 || own.user_id != user.id {
            return Err(Code::SocialAccountTaken.into());
        }
        return joining::renew(auth, own, &tokens, None).await?.ok_or(Code::LinkingFailed.into());
    }
    if !joining::is_allowed(provider, &profile) {
        return Err(Code::LinkingNotAllowed.into());
    }
    if !joining::is_same_address(auth, &profile, &user.email) {
        return Err(Code::LinkingOtherEmail.into());
    }
    joining::add(auth, exchange, provider, &user.id, account_id, &tokens).await?.ok_or(Code::LinkingFailed.into())
}
