//! Identity providers: where each one's endpoints are, and what can be asked there.
//!
//! A [`Provider`] is a configured one with its addresses found, by discovery where the configuration names a discovery
//! document. One whose document cannot be had now is as good as unknown, as in Better Auth, until it can.
//!
//! Deliberately absent: who may sign in with what comes back. That is decided by the feature.

mod authorization;
mod discovery;
mod end_session;
mod id_token;
mod profile;
mod tokens;

pub(crate) use authorization::{Departure, RESERVED, departure_url};
pub(crate) use end_session::end_session_url;
pub(crate) use profile::{Profile, of_id_token, of_tokens, of_visit};
pub(crate) use tokens::{Tokens, exchange, open, refresh};

use doorward_crypto::jwk::Algorithm;
use url::Url;

use crate::{
    auth::{Auth, outgoing},
    config::{OAuthProvider, ProfileKind},
};
use discovery::Discovered;

/// Seconds a discovery document is believed.
const DISCOVERY_AGE: i64 = 86_400;

/// A provider that can be used now.
pub(crate) struct Provider<'a> {
    pub(crate) config: &'a OAuthProvider,
    /// Who signs its id tokens and says `iss` on the way back (RFC 9207).
    pub(crate) issuer: Option<String>,
    authorization_url: Url,
    token_url: Url,
    userinfo_url: Option<Url>,
    end_session_url: Option<Url>,
    /// It speaks OpenID Connect: people are known by `sub`.
    openid: bool,
    id_tokens: Option<IdTokenRules>,
}

/// What an id token of a provider must be.
struct IdTokenRules {
    keys_url: Url,
    issuers: Vec<String>,
    /// None: any that its keys are for.
    algorithms: Option<Vec<Algorithm>>,
    /// Oldest `iat`, in seconds ago.
    max_age: Option<i64>,
}

impl Provider<'_> {
    pub(crate) fn id(&self) -> &str {
        &self.config.id
    }

    /// Whether people may hand us an id token that they got elsewhere.
    pub(crate) const fn takes_id_tokens(&self) -> bool {
        self.id_tokens.is_some()
    }

    /// Whether its id tokens are bound to one visit. Google's are not, in Better Auth.
    pub(crate) fn binds_id_tokens(&self) -> bool {
        self.id_tokens.is_some() && self.config.profile == ProfileKind::OpenIdConnect
    }
}

/// Where a provider sends people back to: the address to register there.
pub(crate) fn redirect_uri(auth: &Auth, provider: &Provider<'_>) -> String {
    auth.config.base_url.at(&format!("/callback/{}", provider.id()))
}

/// The provider of this name, if it is configured and can be used now.
pub(crate) async fn find<'a>(auth: &'a Auth, id: &str) -> Option<Provider<'a>> {
    let config = auth.config.providers.iter().find(|provider| provider.id == id)?;
    let discovered = match &config.discovery_url {
        Some(address) => {
            let address = address_of(id, "discovery", address, true)?;
            let document = auth.documents.get(&auth.outgoing, &*auth.clock, &address, DISCOVERY_AGE).await?;
            Discovered::read(id, &address, &document)
        }
        None => Discovered::default(),
    };
    let own = |what: &str, text: &Option<String>| text.as_deref().and_then(|text| address_of(id, what, text, true));
    let issuer = config.issuer.clone().or(discovered.issuer);
    let keys_url = own("jwks", &config.jwks_url).or(discovered.jwks_uri);
    let openid = discovered.openid || (config.jwks_url.is_some() && config.issuer.is_some());
    let id_tokens = keys_url.zip(issuer.as_ref()).map(|(keys_url, issuer)| match config.profile {
        ProfileKind::Google => IdTokenRules {
            keys_url,
            issuers: vec![issuer.clone(), issuer.strip_prefix("https://").unwrap_or(issuer).to_owned()],
            algorithms: Some(vec![Algorithm::Rs256]),
            max_age: Some(3600),
        },
        _ => IdTokenRules { keys_url, issuers: vec![issuer.clone()], algorithms: discovered.algorithms, max_age: None },
    });
    let authorization_url = own("authorization", &config.authorization_url).or(discovered.authorization_endpoint);
    let token_url = own("token", &config.token_url).or(discovered.token_endpoint);
    let (Some(authorization_url), Some(token_url)) = (authorization_url, token_url) else {
        tracing::error!(provider = id, "no usable authorization and token endpoints are known; nobody can sign in");
        return None;
    };
    Some(Provider {
        config,
        issuer,
        authorization_url,
        token_url,
        userinfo_url: own("userinfo", &config.userinfo_url).or(discovered.userinfo_endpoint),
        end_session_url: discovered.end_session_endpoint,
        openid,
        id_tokens: id_tokens.filter(|_| config.profile != ProfileKind::GitHub),
    })
}

/// An address that may be called, or a line in the log that says why not.
fn address_of(provider: &str, what: &str, text: &str, near: bool) -> Option<Url> {
    let address = Url::parse(text).ok().filter(|url| outgoing::may_be_called(url, near));
    if address.is_none() {
        tracing::error!(provider, what, address = %text.escape_debug(), "this address is not used: it must be https, or http to this machine itself");
    }
    address
}
