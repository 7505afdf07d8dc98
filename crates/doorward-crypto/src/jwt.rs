//! Compact JSON Web Tokens (RFC 7515, RFC 7519): strict checking, and the small plain tokens of Better Auth.
//!
//! [`verify`] is for access tokens. It decides in this order and stops at the first objection: size and shape, header,
//! key, kind of token, signature, claims. The claims are not even parsed before the signature holds.
//!
//! Strict means that every token has one spelling and one meaning: base64url without padding and without spare bits,
//! each JSON name once at every depth, numbers of seconds that are whole numbers, no header that asks for special
//! treatment. The algorithm comes from the key and is only compared with the header's (RFC 8725 section 3.1).
//!
//! Access tokens and other tokens never pass for each other, though one secret may sign all of them:
//!
//! | token | why [`verify`] refuses it |
//! |---|---|
//! | email verification (header `{"alg":"HS256"}`) | no `iss`, `aud`, `sub` |
//! | session cache cookie, HS256 form | no `iss`, `aud`, `sub` |
//! | session cache cookie, `better-auth.session-cache+jwt` | its `typ`, and its `aud` |
//! | list of revoked sessions, `doorward-revoked+jwt` | its `typ` |
//!
//! In the other direction, [`verify_hs256_plain`] refuses every token that has a `typ`, which all of ours have.
//!
//! Deliberately absent: encryption (the session cache has its own), nested tokens, detached payloads, `HS384` and its
//! like, and any way to read a token without checking it.

mod base64url;
mod claims;
mod error;
mod header;
mod json;
mod plain;
mod rules;
mod verify;

pub use claims::Claims;
pub use error::{JwtError, Part};
pub use header::Header;
pub use plain::{sign_hs256_plain, verify_hs256_plain};
pub use rules::Rules;
pub use verify::verify;

/// The longest token that is looked at by default, in bytes: 8 KiB, what common servers accept for a whole header.
pub const MAX_TOKEN_LENGTH: usize = 8 * 1024;
