//! Why a request was refused, and what the client is told about it.
//!
//! Two different things on purpose. The log gets the rule that was broken, by name. The client gets one of the three
//! errors of RFC 6750 section 3.1, because to a client all reasons mean one of three actions: repair the request, get a
//! new token, or give up.

use doorward_crypto::jwt::JwtError;
use http::StatusCode;

/// Why a request was refused. `Display` is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No `Authorization` header, or one of another scheme.
    #[error("no bearer token was sent")]
    NoCredential,
    /// The header is there and cannot be read.
    #[error("malformed Authorization header: {0}")]
    Malformed(&'static str),
    /// The token breaks a rule.
    #[error(transparent)]
    Token(#[from] JwtError),
    /// The key is known, and its algorithm is not among those the verifier allows.
    #[error("the key's algorithm is not allowed here")]
    AlgorithmNotAllowed,
    /// The token's session was ended.
    #[error("the session of the token was ended")]
    Revoked,
    /// The token is good, but its other claims do not have the shape that the handler asked for.
    #[error("the token's claims do not fit the handler: {0}")]
    Claims(String),
    /// The token is good and does not reach far enough.
    #[error("the token lacks a scope: `{required}` is needed")]
    InsufficientScope {
        /// All scopes that are needed, separated by blanks.
        required: String,
    },
    /// No key set could be fetched yet, or the last one is too old to trust.
    #[error("there are no usable keys at the moment")]
    KeysUnavailable,
    /// The list of ended sessions is older than the application bears.
    #[error("the list of ended sessions is out of date")]
    RevocationsUnavailable,
    /// A handler asked for claims on a route that no verifier guards: a mistake in the application.
    #[error("a handler asks for claims, but no verifier guards the route")]
    NotGuarded,
}

impl Refusal {
    /// RFC 6750 section 3.1; 503 when the fault is on this side of the line.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NoCredential | Self::Token(_) | Self::AlgorithmNotAllowed | Self::Revoked | Self::Claims(_) => {
                StatusCode::UNAUTHORIZED
            }
            Self::InsufficientScope { .. } => StatusCode::FORBIDDEN,
            Self::KeysUnavailable | Self::RevocationsUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotGuarded => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// `error` in the `WWW-Authenticate` challenge; none without a credential (RFC 6750 section 3.1).
    pub fn error(&self) -> Option<&'static str> {
        match self {
            Self::Malformed(_) => Some("invalid_request"),
            Self::Token(_) | Self::AlgorithmNotAllowed | Self::Revoked | Self::Claims(_) => Some("invalid_token"),
            Self::InsufficientScope { .. } => Some("insufficient_scope"),
            Self::NoCredential | Self::KeysUnavailable | Self::RevocationsUnavailable | Self::NotGuarded => None,
        }
    }

    /// `code` in the body, in the spelling of Better Auth's errors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCredential => "UNAUTHORIZED",
            Self::Malformed(_) => "INVALID_REQUEST",
            Self::Token(_) | Self::AlgorithmNotAllowed | Self::Revoked | Self::Claims(_) => "INVALID_TOKEN",
            Self::InsufficientScope { .. } => "INSUFFICIENT_SCOPE",
            Self::KeysUnavailable | Self::RevocationsUnavailable => "SERVICE_UNAVAILABLE",
            Self::NotGuarded => "INTERNAL_SERVER_ERROR",
        }
    }

    /// `message` in the body and `error_description` in the challenge: fixed texts, nothing of the request in them.
    pub fn message(&self) -> &'static str {
        match self {
            Self::NoCredential => "Authentication is required",
            Self::Malformed(_) => "The Authorization header is malformed",
            Self::Token(JwtError::Expired) => "The access token has expired",
            Self::Token(_) | Self::AlgorithmNotAllowed | Self::Revoked | Self::Claims(_) => {
                "The access token is not valid"
            }
            Self::InsufficientScope { .. } => "The access token does not reach far enough",
            Self::KeysUnavailable | Self::RevocationsUnavailable => {
                "Access tokens cannot be checked at the moment; try again shortly"
            }
            Self::NotGuarded => "Internal server error",
        }
    }
}
