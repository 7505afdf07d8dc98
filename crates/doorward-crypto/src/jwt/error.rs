//! Every reason for which a token is refused, by name.

use crate::jwk::Algorithm;
use std::fmt;

/// One part of a compact token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Header,
    Payload,
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Part::Header => "header",
            Part::Payload => "payload",
            Part::Signature => "signature",
        })
    }
}

/// Why a token was refused.
///
/// The messages are for the one who operates the API: they name the rule, never a value out of the token. What the
/// client is told is the caller's decision; RFC 6750 asks for `invalid_token` in all of these cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum JwtError {
    #[error("the token is longer than is accepted (8 KiB)")]
    TooLong,
    #[error("the token does not have three parts")]
    NotThreeParts,
    #[error("the token has five parts: it is encrypted, and only signed tokens are accepted")]
    Encrypted,
    #[error("the {0} is not canonical base64url without padding")]
    Base64(Part),
    #[error("the {0} is not a JSON object")]
    Json(Part),
    #[error("a name occurs twice in one object of the {0}")]
    DuplicateName(Part),
    #[error("the {0} is nested too deeply")]
    TooDeep(Part),
    #[error("the header member `{0}` is missing")]
    HeaderMissing(&'static str),
    #[error("the header member `{0}` has the wrong type")]
    HeaderType(&'static str),
    #[error("the header says `alg: none`: the token is not signed")]
    Unsigned,
    #[error("the algorithm in the header is not supported")]
    UnknownAlgorithm,
    #[error("the header says `crit`: it asks for extensions, and none is supported")]
    CriticalExtension,
    #[error("the header says `b64`: unencoded payloads are not tokens (RFC 7797 section 7)")]
    UnencodedPayload,
    #[error("the header brings or points to a key with `{0}`: keys come from the configured place only")]
    EmbeddedKey(&'static str),
    #[error("the `typ` in the header is not an accepted kind of token")]
    UnacceptedType,
    #[error("no known key has the token's `kid`, or the token names none and several keys are possible")]
    UnknownKey,
    #[error("the header names another algorithm than the key's, {0}")]
    AlgorithmMismatch(Algorithm),
    #[error("the token was made with HMAC, but the key is a public key ({0})")]
    HmacWithPublicKey(Algorithm),
    #[error("the signature is wrong")]
    Signature,
    #[error("the claim `{0}` is missing")]
    ClaimMissing(&'static str),
    #[error("the claim `{0}` has the wrong type or is out of range")]
    ClaimType(&'static str),
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet (`nbf`)")]
    NotYetValid,
    #[error("the token was issued in the future (`iat`)")]
    IssuedInFuture,
    #[error("the token is valid for longer than is accepted (`exp` - `iat`)")]
    LivesTooLong,
    #[error("the token comes from another issuer")]
    WrongIssuer,
    #[error("the token is for another audience")]
    WrongAudience,
    #[error("the token could not be signed")]
    Signing,
}
