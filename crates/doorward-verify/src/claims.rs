//! What a handler gets to know about the token.

use crate::answer::Refused;
use crate::refusal::Refusal;
use doorward_crypto::jwt;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The claims of a verified token.
///
/// As an extractor, `Claims` gives the registered ones, and `Claims<T>` reads all claims into a type of your own as
/// well: any `T` that `serde` can deserialize, with `Map<String, Value>` for everything as it is. A token that is good
/// but does not fit `T` is refused with 401.
///
/// Cloning is cheap: the claims themselves are shared with the cache of verified tokens.
#[derive(Clone, Debug)]
pub struct Claims<T = IgnoredAny> {
    token: Arc<jwt::Claims>,
    realm: Option<Arc<str>>,
    /// Your own type.
    pub extra: T,
}

impl Claims {
    pub(crate) fn new(token: Arc<jwt::Claims>, realm: Option<Arc<str>>) -> Self {
        Self { token, realm, extra: IgnoredAny }
    }
}

impl<T> Claims<T> {
    /// Whom the token is about (`sub`): the user's id. Never empty.
    pub fn subject(&self) -> &str {
        // Tokens without one are refused.
        self.token.subject().unwrap_or_default()
    }

    /// Who made the token (`iss`).
    pub fn issuer(&self) -> &str {
        self.token.issuer().unwrap_or_default()
    }

    /// For whom the token was made (`aud`).
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        self.token.audiences()
    }

    /// The session that the token belongs to (`sid`), where the issuer says so: Doorward does, Better Auth does not.
    pub fn session_id(&self) -> Option<&str> {
        self.token.session_id()
    }

    /// `exp`, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.token.expires_at()
    }

    /// `iat`, in seconds since 1970.
    pub fn issued_at(&self) -> i64 {
        self.token.issued_at().unwrap_or_default()
    }

    /// Any other claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.token.get(name)
    }

    /// All claims, in the order of the token.
    pub fn all(&self) -> &Map<String, Value> {
        self.token.members()
    }

    /// The claim `scope`: one text with blanks between (RFC 8693 section 4.2), or an array of texts.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scope = self.token.get("scope");
        let text = scope.and_then(Value::as_str).unwrap_or_default();
        let array = scope.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        text.split(' ').chain(array).filter(|scope| !scope.is_empty())
    }

    /// Whether [`Claims::scopes`] has this scope, letter for letter.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|own| own == scope)
    }

    /// For handlers that need more than the guard asks for: `claims.require_scope("tasks:write")?;`
    ///
    /// # Errors
    /// The 403 to answer with.
    pub fn require_scope(&self, scope: &str) -> Result<(), Refused> {
        self.require_scopes([scope])
    }

    /// [`Claims::require_scope`] for several scopes, all of which are needed.
    ///
    /// # Errors
    /// The 403 to answer with.
    pub fn require_scopes<'a>(&self, scopes: impl IntoIterator<Item = &'a str> + Clone) -> Result<(), Refused> {
        if scopes.clone().into_iter().all(|scope| self.has_scope(scope)) {
            return Ok(());
        }
        let required = scopes.into_iter().collect::<Vec<_>>().join(" ");
        Err(self.refuse(Refusal::InsufficientScope { required }))
    }

    /// Reads all claims into a type of your own.
    ///
    /// # Errors
    /// The 401 to answer with.
    pub fn typed<U: DeserializeOwned>(self) -> Result<Claims<U>, Refused> {
        // Nothing is read for plain `Claims`: serde_json gives a map to `IgnoredAny` without looking into it.
        match U::deserialize(self.token.members()) {
            Ok(extra) => Ok(Claims { token: self.token, realm: self.realm, extra }),
            Err(error) => Err(self.refuse(Refusal::Claims(error.to_string()))),
        }
    }

    fn refuse(&self, refusal: Refusal) -> Refused {
        Refused::new(refusal, self.realm.clone())
    }
}
