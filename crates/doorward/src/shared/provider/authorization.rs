//! The address a browser is sent to when somebody leaves for a provider (RFC 6749, section 4.1.1; RFC 7636).

use doorward_crypto::digest;
use url::{Url, form_urlencoded};

use super::{Provider, redirect_uri};
use crate::{auth::Auth, config::ProfileKind};

/// Parameters that are ours: whoever could set them could undo what they protect.
pub(crate) const RESERVED: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];

/// One visit to a provider.
pub(crate) struct Departure<'a> {
    pub(crate) state: &'a str,
    pub(crate) code_verifier: &'a str,
    /// For providers whose id tokens are bound to the visit.
    pub(crate) nonce: Option<&'a str>,
    /// Asked for besides the configured ones.
    pub(crate) scopes: &'a [String],
    pub(crate) login_hint: Option<&'a str>,
    pub(crate) additional: &'a [(String, String)],
}

/// The parameters stand in Better Auth's order; those of the endpoint's own that they replace are taken out.
pub(crate) fn departure_url(auth: &Auth, provider: &Provider<'_>, departure: &Departure<'_>) -> Url {
    let mut parameters = Parameters(Vec::new());
    parameters.set("response_type", "code");
    parameters.set("client_id", &provider.config.client_id);
    parameters.set("state", departure.state);
    let scopes = scopes(provider, departure.scopes);
    if !scopes.is_empty() {
        parameters.set("scope", &scopes.join(" "));
    }
    parameters.set("redirect_uri", &redirect_uri(auth, provider));
    if let Some(hint) = departure.login_hint.filter(|hint| !hint.is_empty()) {
        parameters.set("login_hint", hint);
    }
    if let Some(nonce) = departure.nonce {
        parameters.set("nonce", nonce);
    }
    if provider.config.pkce {
        parameters.set("code_challenge_method", "S256");
        parameters.set("code_challenge", &digest::pkce_challenge(departure.code_verifier));
    }
    if provider.config.profile == ProfileKind::Google {
        parameters.set("include_granted_scopes", "true");
    }
    for (name, value) in departure.additional.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str())) {
        parameters.set(name, value);
    }
    parameters.onto(&provider.authorization_url)
}

/// The presets ask for their own first; others for what the page asks first, and for `openid` where it is spoken.
fn scopes<'a>(provider: &'a Provider<'_>, asked: &'a [String]) -> Vec<&'a str> {
    let (own, asked) = (provider.config.scopes.iter(), asked.iter());
    if provider.config.profile != ProfileKind::OpenIdConnect {
        return own.chain(asked).map(String::as_str).collect();
    }
    let mut scopes: Vec<&str> = asked.chain(own).map(String::as_str).collect();
    if provider.openid && !scopes.contains(&"openid") {
        scopes.insert(0, "openid");
    }
    scopes
}

/// Query parameters, each name once.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Providers may sign their endpoint's own query, so what stays of it keeps its spelling.
    fn onto(&self, endpoint: &Url) -> Url {
        let is_replaced = |pair: &str| {
            let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name);
            name.is_none_or(|name| self.0.iter().any(|(own, _)| *own == name))
        };
        let kept = endpoint.query().unwrap_or_default().split('&').filter(|pair| !is_replaced(pair));
        let ours = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        let query: Vec<&str> = kept.chain([ours.as_str()]).collect();
        let mut url = endpoint.clone();
        url.set_query(Some(&query.join("&")));
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoints_own_query_stays_but_for_what_is_replaced() {
        let mut parameters = Parameters(Vec::new());
        parameters.set("scope", "a");
        parameters.set("state", "s");
        parameters.set("scope", "b c");
        let endpoint = Url::parse("https://login.example/auth?tenant=x%20y&scope=theirs&").unwrap();
        assert_eq!(parameters.onto(&endpoint).as_str(), "https://login.example/auth?tenant=x%20y&scope=b+c&state=s");
    }
}
