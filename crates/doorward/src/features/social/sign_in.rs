//! `POST /sign-in/social`: leaving for a provider, or coming in with an id token of its.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    arrival::{self, Arrival},
    departure, failure,
    visit::{self, Wishes},
};
use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{Exchange, Fields, FromFields, Posted, cookies},
    shared::provider::{self, Provider, Tokens},
};

/// `POST /sign-in/social`.
pub(crate) struct SignInBody {
    provider: String,
    disable_redirect: bool,
    id_token: Option<IdToken>,
    wishes: Wishes,
}

impl FromFields for SignInBody {
    fn read(fields: &mut Fields<'_>) -> Self {
        let callback_url = fields.optional_text("callbackURL");
        let new_user_callback_url = fields.optional_text("newUserCallbackURL");
        let error_callback_url = fields.optional_text("errorCallbackURL");
        Self {
            provider: visit::read_provider(fields),
            disable_redirect: fields.optional_boolean("disableRedirect").unwrap_or(false),
            id_token: fields.optional_object("idToken"),
            wishes: Wishes {
                callback_url,
                new_user_callback_url,
                error_callback_url,
                scopes: fields.optional_texts("scopes").unwrap_or_default(),
                request_sign_up: fields.optional_boolean("requestSignUp"),
                login_hint: fields.optional_text("loginHint"),
                additional_params: visit::read_additional_params(fields),
                additional_data: fields.optional_record("additionalData").cloned().unwrap_or_default(),
            },
        }
    }
}

/// An id token that an app got from the provider by itself.
struct IdToken {
    token: String,
    nonce: Option<String>,
    access_token: Option<String>,
}

impl FromFields for IdToken {
    /// Some members are checked and not used: Better Auth does not use them either.
    fn read(fields: &mut Fields<'_>) -> Self {
        let token = Self {
            token: fields.text("token"),
            nonce: fields.optional_text("nonce"),
            access_token: fields.optional_text("accessToken"),
        };
        fields.optional_text("refreshToken");
        fields.optional_number("expiresAt");
        fields.optional_object::<IdTokenUser>("user");
        token
    }
}

/// What Apple says about somebody once, beside the token.
struct IdTokenUser;

impl FromFields for IdTokenUser {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.optional_object::<IdTokenName>("name");
        fields.optional_text("email");
        Self
    }
}

struct IdTokenName;

impl FromFields for IdTokenName {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.optional_text("firstName");
        fields.optional_text("lastName");
        Self
    }
}

pub(crate) async fn sign_in(
    State(auth): State<Auth>,
    exchange: Exchange,
    Posted(body): Posted<SignInBody>,
) -> Result<Response, Error> {
    let provider = provider::find(&auth, &body.provider).await.ok_or(Code::ProviderNotFound)?;
    if let Some(id_token) = body.id_token {
        return with_id_token(&auth, &exchange, &provider, id_token, &body.wishes).await;
    }
    let url = visit::begin(&auth, &exchange, &provider, body.wishes, None).await?;
    Ok(departure(&url, !body.disable_redirect))
}

async fn with_id_token(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    id_token: IdToken,
    wishes: &Wishes,
) -> Result<Response, Error> {
    if !provider.takes_id_tokens() {
        return Err(Code::IdTokenNotSupported.into());
    }
    let profile = provider::of_id_token(auth, provider, &id_token.token, id_token.nonce.as_deref()).await;
    let profile =
        profile.map_err(|_| Code::IdTokenInvalid).and_then(|profile| profile.ok_or(Code::ProviderUserUnknown));
    let profile = profile.inspect_err(|_| failure::tell(auth, exchange, Some(provider), failure::BAD_ID_TOKEN))?;
    let tokens = Tokens { id_token: Some(id_token.token), access_token: id_token.access_token, ..Tokens::default() };
    let arrival = Arrival {
        profile: &profile,
        tokens: &tokens,
        request_sign_up: wishes.request_sign_up.unwrap_or(false),
        callback_url: wishes.callback_url.as_deref(),
    };
    let welcome = arrival::welcome(auth, exchange, provider, arrival).await?.map_err(|detour| detour.code())?;
    cookies::set_session(exchange, auth, &welcome.session, &welcome.user, false);
    Ok(Json(json!({ "redirect": false, "token": welcome.session.token, "user": welcome.user })).into_response())
}
