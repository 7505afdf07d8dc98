//! The short contract: four calls, JSON in and out, bearer tokens, no cookies.

use super::{
    Operation, PASSWORD_RULES, Section, boolean, email, new_password, object, optional, password, plain, required,
    seconds, text, tokens,
};
use crate::{
    config::Config,
    error::Code,
    openapi::{Member, Proof, Shape, opaque},
    shared::sign_up::NAME_LIMIT,
};

pub(super) const SECTION: Section = Section {
    name: "The short contract",
    about: "Four calls for programs: JSON in and out, bearer tokens, no cookies. The same sessions, doors and limits.",
};

pub(super) fn operations(config: &Config) -> Vec<Operation> {
    vec![
        Operation::post("/signup", "Sign up")
            .short()
            .takes(object([
                required("email", email()),
                required("password", new_password(config)),
                optional("name", plain(NAME_LIMIT).says("Without it, the part of the address before the @.")),
            ]))
            .answers(200, "Signed up.", object([required("success", boolean()), required("message", text())]))
            .refuses(&PASSWORD_RULES)
            .refuses(&[Code::SignUpDisabled, Code::UserAlreadyExists, Code::FailedToCreateUser, Code::CrossSiteNavigation]),
        Operation::post("/signin", "Sign in")
            .short()
            .takes(object([
                required("email", text().example("ada@example.com")),
                required("password", password()),
                resource(config),
            ]))
            .answers(200, "Signed in.", object([
                required("token", text().says("An access JWT.")),
                required("user", someone()),
                required("expiresIn", seconds().says("Seconds until the access JWT expires.")),
                required("refreshToken", text()),
            ]))
            .refuses(&[Code::InvalidEmailOrPassword, Code::EmailNotVerified, Code::CrossSiteNavigation, Code::InvalidTarget]),
        Operation::post("/refresh", "Exchange a refresh token for new tokens")
            .about("Each refresh token is good for one use. One that comes back later than its successor's grace was stolen: its session ends.")
            .short()
            .takes(object([required("refreshToken", text().at_least(1)), resource(config)]))
            .answers(200, "New tokens.", object([
                required("token", text().says("An access JWT.")),
                required("refreshToken", text()),
                required("expiresIn", seconds().says("Seconds until the access JWT expires.")),
            ]))
            .refuses(&[Code::RefreshTokenInvalid, Code::InvalidTarget]),
        Operation::get("/me", "Read who one is")
            .short()
            .asks_for(&[Proof::AccessToken, Proof::SessionToken])
            .answers(200, "The person of the token, while its session lives.", object([required("user", someone())]))
            .refuses(&[Code::Unauthorized]),
    ]
}

fn resource(config: &Config) -> Member {
    optional("resource", tokens::resource(config, opaque()))
}

fn someone() -> Shape {
    object([required("id", text()), required("email", text())])
}
