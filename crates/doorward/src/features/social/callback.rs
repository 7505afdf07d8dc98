//! `/callback/{id}`: the way back from a provider.
//!
//! Whatever goes wrong ends at the page that the visit named for it, or else at our own, with `?error=`; a browser is
//! never left with a bare refusal.

use axum::extract::{FromRequestParts, State};
use http::request::Parts;

use super::{
    arrival::{self, Arrival},
    failure, joining,
    visit::{self, Lost, Visit},
};
use crate::{
    auth::Auth,
    error::{Detour, Error},
    http::{Exchange, Fields, FromFields, MaybePosted, PathText, Queried, cookies, redirect::Target},
    shared::provider::{self, Profile, Provider, Tokens},
};

/// What a provider sends back; each may be missing.
#[derive(Default)]
pub(crate) struct CallbackFields {
    code: Option<String>,
    error: Option<String>,
    device_id: Option<String>,
    error_description: Option<String>,
    state: Option<String>,
    user: Option<String>,
    iss: Option<String>,
}

impl FromFields for CallbackFields {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            code: fields.optional_text("code"),
            error: fields.optional_text("error"),
            device_id: fields.optional_text("device_id"),
            error_description: fields.optional_text("error_description"),
            state: fields.optional_text("state"),
            user: fields.optional_text("user"),
            iss: fields.optional_text("iss"),
        }
    }
}

/// `POST /callback/{id}`: a form from the provider's page comes without our cookies, which are `SameSite=Lax`. The same
/// as a GET comes with them.
pub(crate) async fn posted(
    State(auth): State<Auth>,
    PathText(id): PathText,
    MaybePosted(body): MaybePosted<CallbackFields>,
    Queried(query): Queried<CallbackFields>,
) -> Target {
    let body = body.unwrap_or_default();
    let parameters = [
        ("code", query.code.or(body.code)),
        ("error", query.error.or(body.error)),
        ("device_id", query.device_id.or(body.device_id)),
        ("error_description", query.error_description.or(body.error_description)),
        ("state", query.state.or(body.state)),
        ("user", query.user.or(body.user)),
        ("iss", query.iss.or(body.iss)),
    ];
    let given = parameters.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    if id.len() + query.len() > visit::LONGEST {
        return visit::default_error_page(&auth).with("error", Detour::InvalidCode.as_str());
    }
    Target::own(auth.config.base_url.at(&format!("/callback/{id}?{query}")))
}

/// The browser that comes back, with the cookie it left with.
pub(crate) struct Returning {
    exchange: Exchange,
    cookie: Option<String>,
}

impl FromRequestParts<Auth> for Returning {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let cookie = cookies::state(&parts.headers, &auth.config);
        Ok(Self { exchange: Exchange::from_request_parts(parts, auth).await?, cookie })
    }
}

/// `GET /callback/{id}`.
pub(crate) async fn callback(
    State(auth): State<Auth>,
    PathText(id): PathText,
    Queried(query): Queried<CallbackFields>,
    Returning { exchange, cookie }: Returning,
) -> Result<Target, Error> {
    let Some(state) = query.state.as_deref().filter(|state| !state.is_empty()) else {
        failure::tell(&auth, &exchange, None, Detour::StateNotFound.as_str());
        return Ok(visit::default_error_page(&auth).with("error", Detour::StateNotFound.as_str()));
    };
    let visit = match visit::resume(&auth, &exchange, state, cookie.as_deref()).await? {
        Ok(visit) => visit,
        Err(Lost(detour, page)) => {
            failure::tell(&auth, &exchange, None, detour.as_str());
            return Ok(page.with("error", detour.as_str()));
        }
    };
    let provider = provider::find(&auth, &id).await;
    if let Some(error) = query.error.as_deref().filter(|error| !error.is_empty()) {
        failure::tell(&auth, &exchange, provider.as_ref(), failure::SAID_NO);
        let page = visit.error_page(&auth).with("error", shortened(error));
        let description = query.error_description.as_deref().filter(|text| !text.is_empty());
        return Ok(description.map_or(page.clone(), |text| page.with("error_description", shortened(text))));
    }
    let arrived = match &provider {
        _ if query.code.as_ref().is_none_or(String::is_empty) => Err(Detour::NoCode),
        None => Err(Detour::ProviderNotFound),
        Some(provider) => person(&auth, provider, &query, &visit).await.map(|person| (provider, person)),
    };
    let arrived = match arrived {
        Ok((provider, person)) => arrive(&auth, &exchange, provider, &visit, person).await?,
        Err(detour) => {
            failure::tell(&auth, &exchange, provider.as_ref(), detour.as_str());
            Err(detour)
        }
    };
    Ok(arrived.unwrap_or_else(|detour| visit.error_page(&auth).with("error", detour.as_str())))
}

/// As much of a provider's words as a page can show; the rest would only make the answer's head long.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(200).map_or(text, |(end, _)| &text[..end])
}

/// Who sent the code: tokens and profile, if this answer is the one to our question.
async fn person(
    auth: &Auth,
    provider: &Provider<'_>,
    query: &CallbackFields,
    visit: &Visit,
) -> Result<(Profile, Tokens), Detour> {
    let said = query.iss.as_deref().filter(|issuer| !issuer.is_empty());
    if said.zip(provider.issuer.as_deref()).is_some_and(|(said, own)| said != own) {
        return Err(Detour::IssuerMismatch);
    }
    let nonce = visit.nonce.as_deref().filter(|nonce| !nonce.is_empty());
    if provider.binds_id_tokens() && nonce.is_none() {
        return Err(Detour::NonceBindingMissing);
    }
    let code = query.code.as_deref().unwrap_or_default();
    let tokens = provider::exchange(auth, provider, code, &visit.code_verifier).await.map_err(|error| {
        tracing::warn!(provider = provider.id(), %error, "a code was not taken");
        Detour::InvalidCode
    })?;
    let profile = provider::of_visit(auth, provider, &tokens, nonce).await;
    let profile = profile.filter(|profile| profile.account_id.is_some()).ok_or(Detour::UnableToGetUserInfo)?;
    Ok((profile, tokens))
}

/// What they came for: to sign in, or to link the account to the one they have here.
async fn arrive(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    visit: &Visit,
    (profile, tokens): (Profile, Tokens),
) -> Result<Result<Target, Detour>, Error> {
    let Some(home) = Target::check(&visit.callback_url, &auth.config) else {
        failure::tell(auth, exchange, Some(provider), Detour::NoCallbackUrl.as_str());
        return Ok(Err(Detour::NoCallbackUrl));
    };
    if let Some(linking) = &visit.link {
        let joined = joining::join(auth, exchange, provider, linking, &profile, &tokens).await?;
        if let Err(detour) = joined {
            let person = (linking.email.as_str(), linking.user_id.as_str());
            failure::tell_of_person(auth, exchange, provider, detour.as_str(), person);
        }
        return Ok(joined.map(|()| home));
    }
    let arrival = Arrival {
        profile: &profile,
        tokens: &tokens,
        request_sign_up: visit.request_sign_up.unwrap_or(false),
        callback_url: Some(&visit.callback_url),
    };
    let welcome = match arrival::welcome(auth, exchange, provider, arrival).await? {
        Ok(welcome) => welcome,
        Err(detour) => return Ok(Err(detour)),
    };
    cookies::set_session(exchange, auth, &welcome.session, &welcome.user, false);
    let first_page = visit.new_user_url.as_deref().filter(|url| welcome.is_new && !url.is_empty());
    Ok(Ok(first_page.and_then(|url| Target::check(url, &auth.config)).unwrap_or(home)))
}
