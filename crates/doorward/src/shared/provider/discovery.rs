//! What a discovery document says (OpenID Connect Discovery 1.0, section 3).

use doorward_crypto::jwk::Algorithm;
use serde_json::Value;
use url::Url;

use super::address_of;
use crate::auth::outgoing;

/// The members we use. Each may be missing; what is there can be used.
#[derive(Default)]
pub(super) struct Discovered {
    pub(super) issuer: Option<String>,
    pub(super) authorization_endpoint: Option<Url>,
    pub(super) token_endpoint: Option<Url>,
    pub(super) userinfo_endpoint: Option<Url>,
    pub(super) end_session_endpoint: Option<Url>,
    pub(super) jwks_uri: Option<Url>,
    /// It names algorithms of id tokens, so it makes some.
    pub(super) openid: bool,
    pub(super) algorithms: Option<Vec<Algorithm>>,
}

impl Discovered {
    /// Reads the document found at `from`. Only one from this machine itself may point back into it: a provider
    /// elsewhere has no business with what listens here.
    pub(super) fn read(provider: &str, from: &Url, document: &Value) -> Self {
        let near = outgoing::is_this_machine(from);
        let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let address = |name: &str| address_of(provider, name, text(name)?, near);
        let algorithms = document.get("id_token_signing_alg_values_supported").and_then(Value::as_array);
        let algorithms = algorithms.filter(|names| !names.is_empty());
        let keys = text("jwks_uri").and_then(|text| from.join(text).ok());
        Self {
            issuer: text("issuer").filter(|issuer| Url::parse(issuer).is_ok()).map(str::to_owned),
            authorization_endpoint: address("authorization_endpoint"),
            token_endpoint: address("token_endpoint"),
            userinfo_endpoint: address("userinfo_endpoint"),
            end_session_endpoint: address("end_session_endpoint"),
            jwks_uri: keys.and_then(|url| address_of(provider, "jwks_uri", url.as_str(), near)),
            openid: algorithms.is_some(),
            algorithms: algorithms
                .map(|names| names.iter().filter_map(Value::as_str).filter_map(Algorithm::parse).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_provider_elsewhere_does_not_point_at_this_machine() {
        let document = json!({
            "issuer": "https://login.example",
            "authorization_endpoint": "https://login.example/auth",
            "token_endpoint": "http://127.0.0.1:6379/",
            "userinfo_endpoint": "https://localhost/me",
            "jwks_uri": "/keys",
        });
        let far = Url::parse("https://login.example/.well-known/openid-configuration").unwrap();
        let found = Discovered::read("x", &far, &document);
        assert!(found.token_endpoint.is_none() && found.userinfo_endpoint.is_none());
        assert_eq!(found.jwks_uri.unwrap().as_str(), "https://login.example/keys");
        let near = Url::parse("http://127.0.0.1:9000/.well-known/openid-configuration").unwrap();
        assert!(Discovered::read("x", &near, &document).token_endpoint.is_some());
    }
}
