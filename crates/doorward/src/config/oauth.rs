//! Social sign-in: every provider is data, its oddities beside it.

use doorward_crypto::secret::Secret;

/// How the token endpoint learns who we are (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the form body.
    Post,
    /// HTTP Basic.
    Basic,
}

/// Whose shape a profile has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileKind {
    /// OpenID Connect claims, from the id token or the userinfo endpoint.
    OpenIdConnect,
    /// GitHub's `/user` and `/user/emails`.
    GitHub,
    /// Google: OpenID Connect, the id token is the profile.
    Google,
}

/// One provider that people can sign in with.
#[derive(Clone, Debug)]
pub struct OAuthProvider {
    /// Its name in routes and rows: `github`.
    pub id: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// OpenID Connect discovery; fills the endpoints that are not given.
    pub discovery_url: Option<String>,
    pub authorization_url: Option<String>,
    pub token_url: Option<String>,
    pub userinfo_url: Option<String>,
    pub jwks_url: Option<String>,
    pub issuer: Option<String>,
    pub scopes: Vec<String>,
    /// Proof Key for Code Exchange (RFC 7636). Default: on.
    pub pkce: bool,
    pub authentication: ClientAuthentication,
    pub profile: ProfileKind,
    /// Only people who already have an account may come in this way. Default: off.
    pub disable_sign_up: bool,
    /// The same, unless the page asks for it (`requestSignUp`). Default: off.
    pub disable_implicit_sign_up: bool,
    /// Link its accounts by their address even where it does not say that the address is verified. Whoever can write
    /// any address there can then come in as anybody here. Default: off.
    pub trusted: bool,
    /// Nobody signs in this way before their address is verified. Default: off.
    pub require_email_verification: bool,
}

impl OAuthProvider {
    /// A provider known only by its OpenID Connect discovery document.
    pub fn discovered(id: &str, client_id: &str, client_secret: Option<Secret>, discovery_url: &str) -> Self {
        Self {
            id: id.to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            discovery_url: Some(discovery_url.to_owned()),
            authorization_url: None,
            token_url: None,
            userinfo_url: None,
            jwks_url: None,
            issuer: None,
            scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
            pkce: true,
            authentication: ClientAuthentication::Post,
            profile: ProfileKind::OpenIdConnect,
            disable_sign_up: false,
            disable_implicit_sign_up: false,
            trusted: false,
            require_email_verification: false,
        }
    }

    /// GitHub with its fixed endpoints.
    pub fn github(client_id: &str, client_secret: Secret) -> Self {
        Self {
            discovery_url: None,
            authorization_url: Some("https://github.com/login/oauth/authorize".into()),
            token_url: Some("https://github.com/login/oauth/access_token".into()),
            userinfo_url: Some("https://api.github.com/user".into()),
            scopes: ["read:user", "user:email"].map(str::to_owned).to_vec(),
            profile: ProfileKind::GitHub,
            ..Self::discovered("github", client_id, Some(client_secret), "")
        }
    }

    /// Google with its fixed endpoints.
    pub fn google(client_id: &str, client_secret: Secret) -> Self {
        Self {
            discovery_url: None,
            authorization_url: Some("https://accounts.google.com/o/oauth2/v2/auth".into()),
            token_url: Some("https://oauth2.googleapis.com/token".into()),
            jwks_url: Some("https://www.googleapis.com/oauth2/v3/certs".into()),
            issuer: Some("https://accounts.google.com".into()),
            scopes: ["email", "profile", "openid"].map(str::to_owned).to_vec(),
            profile: ProfileKind::Google,
            ..Self::discovered("google", client_id, Some(client_secret), "")
        }
    }
}
