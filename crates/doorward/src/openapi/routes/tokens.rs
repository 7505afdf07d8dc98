//! Access tokens for APIs, and what it takes to check them.

use super::{Operation, Section, Shape, object, optional, required, text};
use crate::{
    config::Config,
    error::Code,
    openapi::{Member, Proof, anything, array_of, opaque, reference},
};

pub(super) const SECTION: Section =
    Section { name: "Tokens for APIs", about: "Access JWTs, and what it takes to check them." };

pub(super) fn operations(config: &Config) -> Vec<Operation> {
    vec![
        Operation::get("/token", "Get an access JWT")
            .about("For the usual audience, or for the API that is named: one of those in the server's settings.")
            .asks_for(Proof::SESSION)
            .query(optional("resource", resource(config, anything())))
            .answers(200, "The token; it lives for 15 minutes.", object([required("token", text())]))
            .refuses(&[Code::Unauthorized, Code::InvalidTarget]),
        Operation::get("/jwks", "Get the public keys")
            .about("RFC 7517. Kept by clients for less than a minute; a new key is published for longer than that before it signs.")
            .header(known_version())
            .answers(200, "The keys.", reference("KeySet"))
            .with_header(200, "ETag", "The version of the set.")
            .answers_empty(304, "The set is still the one that was named in If-None-Match."),
        Operation::get("/revoked", "Get the list of ended sessions")
            .about("For verifiers that refuse the tokens of an ended session before they expire: a JWS of the type doorward-revoked+jwt with iss, iat, exp and sids, pairs of a session and the second until which its tokens live. Signed as the tokens are; those of the API that is named, if one is.")
            .query(optional("resource", resource(config, anything())))
            .header(known_version())
            .refuses(&[Code::InvalidTarget])
            .answers_as("application/jwt", 200, "The list.", opaque())
            .with_header(200, "ETag", "The version of the list.")
            .answers_empty(304, "The list is still the one that was named in If-None-Match."),
    ]
}

/// The name of an API. While the settings name none, whatever is there is ignored.
pub(super) fn resource(config: &Config, ignored: Shape) -> Shape {
    let token = &config.token;
    if token.audiences.is_empty() {
        return ignored.says("The API that is meant (RFC 8707). Ignored here: the settings name none.");
    }
    let usual = token.audience.as_deref().unwrap_or(config.base_url.origin());
    let names = std::iter::once(usual).chain(token.audiences.iter().map(|audience| audience.name.as_str()));
    text().only(&names.collect::<Vec<_>>()).says("The API that is meant (RFC 8707). Without it, the first.")
}

fn known_version() -> Member {
    optional("If-None-Match", text().says("The ETag of the version that is known."))
}

pub(super) fn key_set() -> Shape {
    let key = object([
        required("kty", text()),
        required("kid", text()),
        optional("alg", text()),
        optional("crv", text()),
        optional("x", text()),
        optional("y", text()),
        optional("n", text()),
        optional("e", text()),
    ]);
    object([required("keys", array_of(key))]).says("Public keys (RFC 7517).")
}
