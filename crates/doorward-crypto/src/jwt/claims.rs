//! The claims of a token whose signature held.

use super::JwtError;
use serde_json::{Map, Value};

/// 9999-12-31T23:59:59Z. A moment beyond it is a mistake or an attack on somebody's arithmetic.
const LATEST: i64 = 253_402_300_799;

/// The claims of a verified token.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    members: Map<String, Value>,
    /// Asked for at every request, and so not looked for among the members.
    subject: Option<Box<str>>,
    session_id: Option<Box<str>>,
    issued_at: Option<i64>,
    not_before: Option<i64>,
    expires_at: i64,
}

impl Claims {
    /// Reads the registered claims strictly: one that is there has the right type, whoever asks for it.
    pub(super) fn read(members: Map<String, Value>) -> Result<Self, JwtError> {
        let expires_at = seconds(&members, "exp")?.ok_or(JwtError::ClaimMissing("exp"))?;
        let issued_at = seconds(&members, "iat")?;
        let not_before = seconds(&members, "nbf")?;
        for name in ["iss", "sub"] {
            // An empty text is no name of anybody.
            if members.get(name).is_some_and(|claim| claim.as_str().is_none_or(str::is_empty)) {
                return Err(JwtError::ClaimType(name));
            }
        }
        if !members.get("aud").is_none_or(is_audience) {
            return Err(JwtError::ClaimType("aud"));
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(Box::from);
        let (subject, session_id) = (text("sub"), text("sid"));
        // Kept for as long as the token lives, often: without the room for as many again that was made while reading.
        let members = members.into_iter().collect();
        Ok(Self { members, subject, session_id, issued_at, not_before, expires_at })
    }

    /// `sub`: whom the token is about.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// `iss`: who made the token.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `aud`: for whom the token is; one text or an array of texts.
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        let audience = self.members.get("aud");
        let many = audience.and_then(Value::as_array).into_iter().flatten();
        audience.filter(|audience| audience.is_string()).into_iter().chain(many).filter_map(Value::as_str)
    }

    /// `sid`: the session that the token belongs to, where the issuer says so.
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// `exp`, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// `iat`, in seconds since 1970.
    pub fn issued_at(&self) -> Option<i64> {
        self.issued_at
    }

    /// `nbf`, in seconds since 1970.
    pub fn not_before(&self) -> Option<i64> {
        self.not_before
    }

    /// Any claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// All claims, in the order of the token.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    pub fn into_members(self) -> Map<String, Value> {
        self.members
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }
}

/// A moment in whole seconds. RFC 7519 would allow fractions; no issuer needs them, and a fraction or an exponent is
/// where implementations begin to disagree.
fn seconds(members: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, JwtError> {
    let Some(claim) = members.get(name) else {
        return Ok(None);
    };
    let moment = claim.as_i64().filter(|moment| (0..=LATEST).contains(moment));
    moment.map(Some).ok_or(JwtError::ClaimType(name))
}

fn is_audience(claim: &Value) -> bool {
    let is_name = |value: &Value| value.as_str().is_some_and(|name| !name.is_empty());
    match claim {
        Value::Array(names) => !names.is_empty() && names.iter().all(is_name),
        one => is_name(one),
    }
}
