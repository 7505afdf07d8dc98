//! Every route of `routes.rs`, described, in the same order.

mod email_and_password;
mod person;
mod sessions;
mod short_contract;
mod signs_of_life;
mod social;
mod tokens;

use super::{Operation, Section, Shape, array_of, boolean, moment, object, optional, required, shape::integer, text};
use crate::{
    config::Config,
    error::{Code, Error},
    http::cookies,
};
use http::StatusCode;

/// The groups of the service's routes.
pub fn sections() -> Vec<Section> {
    vec![
        email_and_password::SECTION,
        sessions::SECTION,
        person::SECTION,
        social::SECTION,
        tokens::SECTION,
        short_contract::SECTION,
        signs_of_life::SECTION,
    ]
}

/// Every route of the service with every method, below its base path.
pub fn operations(config: &Config) -> Vec<Operation> {
    let groups = [
        (email_and_password::SECTION, email_and_password::operations(config)),
        (sessions::SECTION, sessions::operations()),
        (person::SECTION, person::operations(config)),
        (social::SECTION, social::operations()),
        (tokens::SECTION, tokens::operations(config)),
        (short_contract::SECTION, short_contract::operations(config)),
        (signs_of_life::SECTION, signs_of_life::operations()),
    ];
    let within = |(section, operations): (Section, Vec<Operation>)| {
        operations.into_iter().map(move |operation| operation.within(section.name))
    };
    groups
        .into_iter()
        .flat_map(within)
        .map(in_pipeline)
        .map(|operation| operation.below(config.base_url.path()))
        .collect()
}

/// The full name of the session cookie.
pub fn session_cookie(config: &Config) -> String {
    cookies::name(config, cookies::SESSION_TOKEN)
}

/// The shapes that several routes share.
pub fn schemas() -> Vec<(&'static str, Shape)> {
    vec![
        ("User", user()),
        ("Session", session()),
        ("Account", account()),
        ("Refusal", refusal()),
        ("ShortRefusal", short_refusal()),
        ("KeySet", tokens::key_set()),
    ]
}

fn user() -> Shape {
    object([
        required("name", text()),
        required("email", text().says("In lower case.")),
        required("emailVerified", boolean()),
        required("image", text().or_null().says("Address of a picture.")),
        required("createdAt", moment()),
        required("updatedAt", moment()),
        required("id", text()),
    ])
    .says("A person.")
}

fn session() -> Shape {
    object([
        required("expiresAt", moment()),
        required(
            "token",
            text().says("What proves the session; where tokens are stored as digests, only a name for it."),
        ),
        required("createdAt", moment()),
        required("updatedAt", moment()),
        required("ipAddress", text().or_null()),
        required("userAgent", text().or_null()),
        required("userId", text()),
        required("id", text()),
    ])
    .says("One signed-in browser or device.")
}

fn account() -> Shape {
    object([
        required("accountId", text().says("The id at the provider; the person's own id for a password.")),
        required("providerId", text().example("credential")),
        required("userId", text()),
        required("createdAt", moment()),
        required("updatedAt", moment()),
        required("id", text()),
        required("scopes", array_of(text())),
    ])
    .says("One way a person signs in, without its secrets.")
}

fn refusal() -> Shape {
    object([
        required("message", text().says("For people.")),
        optional("code", text().says("For programs. A few refusals have none, as in Better Auth.")),
    ])
    .says("Why a request was refused.")
}

fn short_refusal() -> Shape {
    object([
        required("success", boolean().says("Always false.")),
        required("message", text().says("For people.")),
        required("code", text().or_null().says("For programs.")),
    ])
    .says("Why a request of the short contract was refused.")
}

/// What the pipeline around every route can answer.
fn in_pipeline(operation: Operation) -> Operation {
    let operation = if operation.is_post() { posted(operation) } else { operation };
    let operation = if operation.has_body() || operation.has_query() {
        let issue = "[body.email] Invalid input: expected string, received undefined";
        operation.refuses_as(&Error::Validation(issue.to_owned()))
    } else {
        operation
    };
    operation
        .refuses_as(&Error::TooMany(0))
        .with_header(429, "Retry-After", "Seconds to wait.")
        .with_header(429, "X-Retry-After", "The same, as Better Auth names it.")
        .refuses_as(&Error::internal(""))
        .refuses_as(&Error::Busy(0))
        .with_header(503, "Retry-After", "Seconds to wait.")
}

/// A request that may change something: its body, its origin, and where it wants to lead.
fn posted(operation: Operation) -> Operation {
    let target = "Invalid callbackURL: expected a string";
    operation
        .refuses(&[
            Code::InvalidJson,
            Code::MissingOrNullOrigin,
            Code::InvalidOrigin,
            Code::InvalidCallbackUrl,
            Code::InvalidRedirectUrl,
            Code::InvalidErrorCallbackUrl,
            Code::InvalidNewUserCallbackUrl,
        ])
        .refuses_as(&Error::Message(StatusCode::BAD_REQUEST, target))
        .refuses_as(&Error::TooLarge)
        .refuses_as(&Error::MediaType { sent: "text/plain".to_owned(), allowed: "application/json" })
}

/// An answer that opens a session in the browser.
fn signs_in(operation: Operation) -> Operation {
    operation.with_header(200, "Set-Cookie", "The session cookie.").with_header(
        200,
        "set-auth-token",
        "The session token with its signature, to be sent as a bearer token.",
    )
}

/// An address as the service takes it: Better Auth's own rule.
fn email() -> Shape {
    const PATTERN: &str =
        "^([A-Za-z0-9_'+-]+\\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\\.)+[A-Za-z]{2,}$";
    text().pattern(PATTERN).at_most(254).says("At most 64 characters before the @.").example("ada@example.com")
}

fn new_password(config: &Config) -> Shape {
    text()
        .at_least(config.password.minimum)
        .at_most(config.password.maximum)
        .format("password")
        .example("correct horse 9")
}

fn password() -> Shape {
    text().format("password").example("correct horse 9")
}

/// A name for people to read.
fn plain(limit: usize) -> Shape {
    text().pattern("^[^\\u0000-\\u001f\\u007f-\\u009f]*$").at_most(limit)
}

/// Where to lead a browser: a path of ours, or an address of a trusted origin.
fn target() -> Shape {
    text().says("A path of this server, or an address of a trusted origin.").example("/tasks")
}

/// The session token, 32 letters and digits.
fn token() -> Shape {
    text().says("The session token.")
}

/// `{"status": true}`.
fn status() -> Shape {
    object([required("status", boolean())])
}

fn seconds() -> Shape {
    integer()
}

/// What a new password can be refused for.
const PASSWORD_RULES: [Code; 4] =
    [Code::PasswordTooShort, Code::PasswordTooLong, Code::PasswordTooCommon, Code::PasswordCompromised];
