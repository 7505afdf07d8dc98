//! Which API a token is for (RFC 8707): the usual audience, or one of those in the settings that a client names.
//!
//! Names are compared letter for letter, as verifiers compare `aud`. While the settings name no API, nobody can mean
//! one, and `resource` is ignored as Better Auth ignores what it does not know.

use std::borrow::Cow;

use doorward_crypto::jwk::{Algorithm, SigningKey};
use serde_json::Value;

use crate::{
    auth::{Auth, Ring},
    config::Audience,
    error::{Code, Error},
};

/// An API, and how tokens for it are signed.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) audience: &'a str,
    algorithm: Algorithm,
    is_usual: bool,
}

impl<'a> Resource<'a> {
    pub(crate) fn usual(auth: &'a Auth) -> Self {
        let config = &auth.config;
        let audience = config.token.audience.as_deref().unwrap_or(config.base_url.origin());
        Self { audience, algorithm: config.token.algorithm, is_usual: true }
    }

    /// The API that `resource` names in a query.
    pub(crate) fn in_query(auth: &'a Auth, query: &str) -> Result<Self, Error> {
        if auth.config.token.audiences.is_empty() || query.is_empty() {
            return Ok(Self::usual(auth));
        }
        let mut named = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "resource");
        let first = named.next();
        // A token for several would let each of them pass as its owner at the others (RFC 8707, section 3).
        if named.next().is_some() {
            return Err(Code::InvalidTarget.into());
        }
        first.map_or_else(|| Ok(Self::usual(auth)), |(_, name)| Self::named(auth, &name))
    }

    /// The API that a member `resource` of a body names.
    pub(crate) fn in_body(auth: &'a Auth, resource: Option<&Value>) -> Result<Self, Error> {
        match resource {
            Some(Value::String(name)) if !auth.config.token.audiences.is_empty() => Self::named(auth, name),
            Some(_) if !auth.config.token.audiences.is_empty() => Err(Code::InvalidTarget.into()),
            _ => Ok(Self::usual(auth)),
        }
    }

    fn named(auth: &'a Auth, name: &str) -> Result<Self, Error> {
        let usual = Self::usual(auth);
        if name == usual.audience {
            return Ok(usual);
        }
        let known = auth.config.token.audiences.iter().find(|audience| audience.name == name);
        let Audience { name, algorithm } = known.ok_or(Code::InvalidTarget)?;
        Ok(Self { audience: name, algorithm: *algorithm, is_usual: false })
    }

    /// The key that signs for it.
    pub(crate) fn signing(self, ring: &Ring) -> Result<&SigningKey, Error> {
        ring.signing(self.algorithm).ok_or_else(|| Error::internal(format!("no key signs {}", self.algorithm)))
    }

    /// Under what a session's token for it is remembered. Ids hold letters and digits only.
    pub(crate) fn place(self, session_id: &str) -> Cow<'_, str> {
        if self.is_usual { Cow::Borrowed(session_id) } else { Cow::Owned(format!("{session_id} {}", self.audience)) }
    }
}
