//! One visit to a provider: what must be known when somebody comes back.
//!
//! It is a verification row that only the browser with the matching cookie may use, once. The row is written and read
//! exactly as Better Auth does, so that people who left one server can come back to the other.

use doorward_crypto::{digest, random, seal};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    auth::Auth,
    error::{Detour, Error},
    http::{Exchange, Fields, cookies, redirect::Target},
    model::Verification,
    shared::{
        provider::{self, Departure, Provider, RESERVED},
        session::Current,
    },
    store::{sessions, verifications},
};

/// Seconds a visit may take; the cookie ends earlier.
const LIFETIME: i64 = 600;
/// Longest address of a provider's page, in bytes; see `http::redirect` for why.
pub(super) const LONGEST: usize = 6144;
/// What the session token in a linking visit is sealed for.
const LINK_PURPOSE: &str = "oauth-link-session-token";

/// What a page may say about a visit.
#[derive(Default)]
pub(super) struct Wishes {
    pub(super) callback_url: Option<String>,
    pub(super) new_user_callback_url: Option<String>,
    pub(super) error_callback_url: Option<String>,
    pub(super) request_sign_up: Option<bool>,
    pub(super) scopes: Vec<String>,
    pub(super) login_hint: Option<String>,
    pub(super) additional_params: Vec<(String, String)>,
    pub(super) additional_data: Map<String, Value>,
}

/// The name of a provider; Better Auth's schema is a union here, and so are its words.
pub(super) fn read_provider(fields: &mut Fields<'_>) -> String {
    if !fields.value("provider").is_some_and(Value::is_string) {
        fields.issue("provider", "Invalid input");
        return String::new();
    }
    fields.text("provider")
}

/// Parameters for the provider's page, but for those that protect the visit.
pub(super) fn read_additional_params(fields: &mut Fields<'_>) -> Vec<(String, String)> {
    let params = fields.optional_text_record("additionalParams").unwrap_or_default();
    if params.iter().any(|(name, _)| RESERVED.contains(&name.as_str())) {
        let words = format!("additionalParams cannot include reserved OAuth parameters: {}", RESERVED.join(", "));
        fields.issue("additionalParams", &words);
    }
    params
}

/// For whom an account is being linked, and in which session.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Linking {
    pub(super) user_id: String,
    pub(super) email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_session_token: Option<String>,
}

impl Linking {
    pub(super) fn of(auth: &Auth, current: &Current) -> Self {
        let secrets = auth.config.secrets.purpose_ring(LINK_PURPOSE);
        Self {
            user_id: current.user.id.clone(),
            email: current.user.email.clone(),
            encrypted_session_token: Some(seal::seal(current.session.credential(), &secrets, &*auth.random)),
        }
    }

    /// Whether the session in which the linking began is still alive. Older versions of Better Auth did not note it.
    pub(super) async fn is_alive(&self, auth: &Auth) -> Result<bool, Error> {
        let Some(sealed) = self.encrypted_session_token.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(true);
        };
        let Ok(token) = seal::open(sealed, &auth.config.secrets.purpose_ring(LINK_PURPOSE)) else { return Ok(false) };
        let found = sessions::find(&auth.store, &token).await?;
        Ok(found.is_some_and(|(session, _)| session.user_id == self.user_id && session.expires_at > auth.now()))
    }
}

/// Begins a visit; the browser is to go to the address that is returned.
pub(super) async fn begin(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    wishes: Wishes,
    linking: Option<Linking>,
) -> Result<Url, Error> {
    let state = random::url_safe(&*auth.random, 32);
    let code_verifier = random::url_safe(&*auth.random, 128);
    let nonce = provider.binds_id_tokens().then(|| random::url_safe(&*auth.random, 32));
    let departure = Departure {
        state: &state,
        code_verifier: &code_verifier,
        nonce: nonce.as_deref(),
        scopes: &wishes.scopes,
        login_hint: wishes.login_hint.as_deref(),
        additional: &wishes.additional_params,
    };
    let url = provider::departure_url(auth, provider, &departure);
    if url.as_str().len() > LONGEST {
        return Err(Error::Message(
            StatusCode::BAD_REQUEST,
            "scopes, loginHint and additionalParams are too long together",
        ));
    }
    let expires_at = auth.now().plus_seconds(LIFETIME);
    let origin = || auth.config.base_url.origin().to_owned();
    let members = [
        ("callbackURL", Some(json!(wishes.callback_url.filter(|url| !url.is_empty()).unwrap_or_else(origin)))),
        ("codeVerifier", Some(json!(code_verifier))),
        ("errorURL", wishes.error_callback_url.map(Value::from)),
        ("newUserURL", wishes.new_user_callback_url.map(Value::from)),
        ("link", linking.map(|linking| json!(linking))),
        ("serverContext", None),
        ("expiresAt", Some(json!(expires_at.milliseconds()))),
        ("requestSignUp", wishes.request_sign_up.map(Value::from)),
        ("idTokenNonce", nonce.map(Value::from)),
        ("oauthState", Some(json!(state))),
    ];
    // What the page adds stands first and never in the place of what is ours.
    let mut value = wishes.additional_data;
    for (name, member) in members {
        match member {
            Some(member) => drop(value.insert(name.to_owned(), member)),
            None => drop(value.shift_remove(name)),
        }
    }
    let verification = Verification {
        id: auth.new_id(),
        identifier: identifier(&state),
        value: Value::Object(value).to_string(),
        expires_at,
    };
    verifications::insert(&auth.store, &verification, auth.now()).await?;
    cookies::set_state(exchange, &auth.config, &state);
    Ok(url)
}

fn identifier(state: &str) -> String {
    format!("auth-state:{state}")
}

/// A visit that somebody came back from.
#[derive(Deserialize)]
pub(super) struct Visit {
    #[serde(rename = "callbackURL")]
    pub(super) callback_url: String,
    #[serde(rename = "codeVerifier")]
    pub(super) code_verifier: String,
    #[serde(rename = "errorURL")]
    error_url: Option<String>,
    #[serde(rename = "newUserURL")]
    pub(super) new_user_url: Option<String>,
    pub(super) link: Option<Linking>,
    #[serde(rename = "expiresAt")]
    expires_at: f64,
    #[serde(rename = "requestSignUp")]
    pub(super) request_sign_up: Option<bool>,
    #[serde(rename = "idTokenNonce")]
    pub(super) nonce: Option<String>,
    #[serde(rename = "oauthState")]
    state: Option<String>,
}

impl Visit {
    /// The page that is told about failures. It was checked when the visit began, and is once more.
    pub(super) fn error_page(&self, auth: &Auth) -> Target {
        let own = self.error_url.as_deref().filter(|url| !url.is_empty());
        own.and_then(|url| Target::check(url, &auth.config)).unwrap_or_else(|| default_error_page(auth))
    }
}

pub(super) fn default_error_page(auth: &Auth) -> Target {
    Target::own(auth.config.base_url.at("/error"))
}

/// Why a visit cannot be taken up again, and who is to be told.
pub(super) struct Lost(pub(super) Detour, pub(super) Target);

/// Takes a visit up again, for the browser that presents its cookie. A visit of another browser stays as it is: whoever
/// makes people follow a link must not be able to spoil theirs.
pub(super) async fn resume(
    auth: &Auth,
    exchange: &Exchange,
    state: &str,
    cookie: Option<&str>,
) -> Result<Result<Visit, Lost>, Error> {
    let lost = |detour| Ok(Err(Lost(detour, default_error_page(auth))));
    let identifier = identifier(state);
    let Some(row) = verifications::find(&auth.store, &identifier).await? else { return lost(Detour::StateMismatch) };
    let Ok(visit) = serde_json::from_str::<Visit>(&row.value) else { return lost(Detour::InternalServerError) };
    let lost = |visit: &Visit| Ok(Err(Lost(Detour::StateMismatch, visit.error_page(auth))));
    let same = |text: &str| digest::constant_time_eq(text.as_bytes(), state.as_bytes());
    if visit.state.as_deref().is_some_and(|own| !same(own)) || !cookie.is_some_and(same) {
        return lost(&visit);
    }
    cookies::clear_state(exchange, &auth.config);
    let taken = verifications::take(&auth.store, &identifier, auth.now()).await?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact for the next 285,000 years")]
    let is_late = visit.expires_at < auth.now().milliseconds() as f64;
    if taken.is_none() || is_late { lost(&visit) } else { Ok(Ok(visit)) }
}
