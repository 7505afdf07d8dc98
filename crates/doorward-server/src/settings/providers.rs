//! Social sign-in from the environment: `DOORWARD_OAUTH_<NAME>_…` for each name in `DOORWARD_OAUTH_PROVIDERS`.

use doorward::config::{ClientAuthentication, OAuthProvider};
use doorward_crypto::secret::Secret;

use super::{Mistake, Switch};

/// What can be set for each provider.
const PARTS: [&str; 14] = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "DISCOVERY_URL",
    "AUTHORIZATION_URL",
    "TOKEN_URL",
    "USERINFO_URL",
    "JWKS_URL",
    "ISSUER",
    "SCOPES",
    "PKCE",
    "AUTHENTICATION",
    "SIGN_UP",
    "TRUSTED",
    "REQUIRE_VERIFICATION",
];

/// The names of all variables that one provider may have.
pub(super) fn variables(name: &str) -> impl Iterator<Item = String> {
    PARTS.into_iter().map(move |part| variable(name, part))
}

/// The provider that a variable would be for.
pub(super) fn named_by(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix("DOORWARD_OAUTH_")?;
    let name = PARTS.into_iter().find_map(|part| rest.strip_suffix(part)?.strip_suffix('_'))?;
    Some(name.to_ascii_lowercase().replace('_', "-"))
}

fn variable(name: &str, part: &str) -> String {
    format!("DOORWARD_OAUTH_{}_{part}", name.to_ascii_uppercase().replace('-', "_"))
}

pub(super) fn read<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<OAuthProvider>, Mistake> {
    names.map(provider).collect()
}

fn provider(name: &str) -> Result<OAuthProvider, Mistake> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Err(Mistake(format!("DOORWARD_OAUTH_PROVIDERS: {name:?} is no name; use letters, digits, - and _")));
    }
    let variable = |part: &str| variable(name, part);
    let optional = |part: &str| std::env::var(variable(part)).ok().filter(|text| !text.is_empty());
    let required = |part: &str| {
        optional(part)
            .ok_or_else(|| Mistake(format!("{} is missing: {name} cannot be used without it", variable(part))))
    };

    let client_id = required("CLIENT_ID")?;
    let mut provider = match name {
        "github" => OAuthProvider::github(&client_id, Secret::new(required("CLIENT_SECRET")?)),
        "google" => OAuthProvider::google(&client_id, Secret::new(required("CLIENT_SECRET")?)),
        _ => OAuthProvider::discovered(name, &client_id, optional("CLIENT_SECRET").map(Secret::new), ""),
    };
    provider.discovery_url = optional("DISCOVERY_URL").or(provider.discovery_url.filter(|url| !url.is_empty()));
    provider.authorization_url = optional("AUTHORIZATION_URL").or(provider.authorization_url);
    provider.token_url = optional("TOKEN_URL").or(provider.token_url);
    provider.userinfo_url = optional("USERINFO_URL").or(provider.userinfo_url);
    provider.jwks_url = optional("JWKS_URL").or(provider.jwks_url);
    provider.issuer = optional("ISSUER").or(provider.issuer);
    if let Some(scopes) = optional("SCOPES") {
        provider.scopes = scopes.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    }
    let wrong = |part: &str, words: &str| Mistake(format!("{}: {words}", variable(part)));
    let switch = |part: &str, default: bool| match optional(part) {
        Some(text) => text.parse::<Switch>().map(|switch| switch.0).map_err(|error| wrong(part, &error)),
        None => Ok(default),
    };
    provider.pkce = switch("PKCE", true)?;
    provider.trusted = switch("TRUSTED", false)?;
    provider.require_email_verification = switch("REQUIRE_VERIFICATION", false)?;
    provider.authentication = match optional("AUTHENTICATION").as_deref() {
        None | Some("post") => ClientAuthentication::Post,
        Some("basic") => ClientAuthentication::Basic,
        Some(_) => return Err(wrong("AUTHENTICATION", "write post or basic")),
    };
    match optional("SIGN_UP").as_deref() {
        None | Some("on") => {}
        Some("asked") => provider.disable_implicit_sign_up = true,
        Some("off") => provider.disable_sign_up = true,
        Some(_) => return Err(wrong("SIGN_UP", "write on, off, or asked (only where a page asks for it)")),
    }
    if provider.discovery_url.is_none() && (provider.authorization_url.is_none() || provider.token_url.is_none()) {
        let words = format!(
            "{} is missing; or give {} and {}",
            variable("DISCOVERY_URL"),
            variable("AUTHORIZATION_URL"),
            variable("TOKEN_URL")
        );
        return Err(Mistake(words));
    }
    Ok(provider)
}
