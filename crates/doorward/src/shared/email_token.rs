//! The signed tokens in verification links: HS256 JWTs under the raw secret, exactly as Better Auth signs and reads them.
//! They are not stored, and they are not access tokens: they name no issuer, audience or subject.

use doorward_crypto::{cookie, jwt};
use serde::Serialize;
use serde_json::{Map, Value};

use super::email;
use crate::{auth::Auth, model::User};

/// First agreed to at the old address.
pub(crate) const CHANGE_CONFIRMATION: &str = "change-email-confirmation";
/// Then proved at the new one.
pub(crate) const CHANGE_VERIFICATION: &str = "change-email-verification";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_type: Option<&'a str>,
    user_id: &'a str,
    iat: i64,
    exp: i64,
}

/// What a genuine token says.
pub(crate) struct EmailToken {
    pub(crate) email: String,
    pub(crate) update_to: Option<String>,
    pub(crate) request_type: Option<String>,
    pub(crate) user_id: Option<String>,
    /// `iat`, in seconds.
    pub(crate) issued_at: Option<i64>,
}

/// A link that proves the person's present address.
pub(crate) fn verification_link(auth: &Auth, user: &User, callback_url: Option<&str>) -> String {
    link(auth, &user.email, None, None, &user.id, callback_url)
}

/// A link of an address change.
pub(crate) fn change_link(
    auth: &Auth,
    user: &User,
    new_email: &str,
    request_type: &str,
    callback_url: Option<&str>,
) -> String {
    link(auth, &user.email, Some(new_email), Some(request_type), &user.id, callback_url)
}

fn link(
    auth: &Auth,
    email: &str,
    update_to: Option<&str>,
    request_type: Option<&str>,
    user_id: &str,
    callback_url: Option<&str>,
) -> String {
    let iat = auth.now().seconds();
    let claims =
        Claims { email, update_to, request_type, user_id, iat, exp: iat + auth.config.account.verification_lifetime };
    let claims = serde_json::to_string(&claims).unwrap_or_default(); // plain texts and numbers always serialise
    let token = jwt::sign_hs256_plain(&claims, auth.config.secrets.current());
    let callback = cookie::percent_encode(callback_url.filter(|url| !url.is_empty()).unwrap_or("/"));
    auth.config.base_url.at(&format!("/verify-email?token={token}&callbackURL={callback}"))
}

/// Why a token proves nothing.
pub(crate) enum Refused {
    Expired,
    Invalid,
}

pub(crate) fn read(auth: &Auth, token: &str) -> Result<EmailToken, Refused> {
    let claims =
        jwt::verify_hs256_plain(token, &auth.config.secrets, auth.now().seconds()).map_err(|error| match error {
            jwt::JwtError::Expired => Refused::Expired,
            _ => Refused::Invalid,
        })?;
    let email = text(&claims, "email").filter(|address| email::is_valid(address)).ok_or(Refused::Invalid)?;
    Ok(EmailToken {
        email: email::normalised(&email),
        update_to: text(&claims, "updateTo").map(|address| email::normalised(&address)),
        request_type: text(&claims, "requestType"),
        user_id: text(&claims, "userId"),
        issued_at: claims.get("iat").and_then(Value::as_i64),
    })
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name)?.as_str().map(str::to_owned)
}
