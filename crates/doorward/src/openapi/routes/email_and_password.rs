//! Signing up, in and out; forgotten and changed passwords.

use super::{
    Operation, PASSWORD_RULES, Section, boolean, email, new_password, object, optional, password, plain, required,
    signs_in, status, target, text, token,
};
use crate::{
    config::Config,
    error::Code,
    openapi::{Proof, reference},
    shared::sign_up::{IMAGE_LIMIT, NAME_LIMIT},
};

pub(super) const SECTION: Section =
    Section { name: "Email and password", about: "Signing up, in and out; forgotten and changed passwords." };

pub(super) fn operations(config: &Config) -> Vec<Operation> {
    vec![
        sign_up(config),
        sign_in(),
        Operation::post("/sign-out", "Sign out")
            .about("Always succeeds: whoever asks ends up signed out.")
            .is_glad_of(Proof::SESSION)
            .takes(object([
                optional("callbackURL", target()),
                optional("disableRedirect", boolean()),
                optional("state", text().says("Given back by a provider that ends its own session.")),
            ]))
            .or_no_body()
            .answers(
                200,
                "Signed out.",
                object([
                    required("success", boolean()),
                    optional("url", text().says("Where the provider of the account ends its own session.")),
                    optional("redirect", boolean()),
                ]),
            )
            .with_header(200, "Set-Cookie", "Cookies that end those of the session."),
        change_password(config),
        Operation::post("/verify-password", "Prove to know the password")
            .asks_for(Proof::SESSION)
            .takes(object([required("password", password())]))
            .answers(200, "It is the password.", status())
            .refuses(&[Code::InvalidPassword, Code::Unauthorized]),
        Operation::post("/request-password-reset", "Ask for a link to a new password")
            .about("The answer is the same for a known and an unknown address, and so is its time.")
            .takes(object([required("email", email()), optional("redirectTo", target())]))
            .answers(200, "Asked for.", object([required("status", boolean()), required("message", text())]))
            .refuses(&[Code::ResetPasswordDisabled]),
        Operation::post("/reset-password", "Choose a new password")
            .about("The token of the link is good for one use. Refresh tokens of the person end.")
            .query(optional("token", text().says("Instead of the one in the body.")))
            .takes(object([required("newPassword", new_password(config)), optional("token", text())]))
            .answers(200, "The password was changed.", status())
            .refuses(&PASSWORD_RULES)
            .refuses(&[Code::ResetTokenInvalid, Code::ResetUserNotFound]),
        Operation::get("/reset-password/{token}", "Follow the link to a new password")
            .in_path(required("token", text()))
            .query(required("callbackURL", target()))
            .leads_on("To the page that asks for the password, with ?token=, or ?error=INVALID_TOKEN.")
            .refuses(&[Code::InvalidCallbackUrl]),
    ]
}

fn sign_up(config: &Config) -> Operation {
    let name = || required("name", plain(NAME_LIMIT));
    let operation = Operation::post("/sign-up/email", "Sign up")
        .about(
            "Members that are not named here are dropped. Signs in, too, unless the address has to be verified first.",
        )
        .takes(object([
            name(),
            required("email", email()),
            required("password", new_password(config)),
            optional("image", plain(IMAGE_LIMIT).says("Address of a picture.")),
            optional("callbackURL", target()),
            optional("rememberMe", boolean().default_is(true)),
        ]))
        .or_form(object([
            name(),
            required("email", email()),
            required("password", new_password(config)),
            optional("callbackURL", target()),
        ]))
        .answers(
            200,
            "Signed up.",
            object([
                required("token", token().or_null().says("The session token; null when sign-up does not sign in.")),
                required("user", reference("User")),
            ]),
        )
        .answers_empty(303, "Signed up by a plain form, which is led on to its callbackURL.")
        .refuses(&PASSWORD_RULES)
        .refuses(&[Code::SignUpDisabled, Code::UserAlreadyExists, Code::FailedToCreateUser, Code::CrossSiteNavigation]);
    signs_in(operation)
}

fn sign_in() -> Operation {
    let operation = Operation::post("/sign-in/email", "Sign in")
        .about("An unknown address and a wrong password are told apart neither by words nor by time.")
        .takes(object([
            required("email", email()),
            required("password", password()),
            optional("callbackURL", target()),
            optional("rememberMe", boolean().default_is(true).says("False: until the browser is closed.")),
        ]))
        .or_form(object([
            required("email", email()),
            required("password", password()),
            optional("callbackURL", target()),
        ]))
        .answers(
            200,
            "Signed in.",
            object([
                required("redirect", boolean().says("Whether the client is to go to url.")),
                required("token", token()),
                optional("url", text()),
                required("user", reference("User")),
            ]),
        )
        .answers_empty(303, "Signed in by a plain form, which is led on to its callbackURL.")
        .refuses(&[
            Code::InvalidEmail,
            Code::PasswordTooLong,
            Code::InvalidEmailOrPassword,
            Code::EmailNotVerified,
            Code::CrossSiteNavigation,
        ]);
    signs_in(operation)
}

fn change_password(config: &Config) -> Operation {
    Operation::post("/change-password", "Change the password")
        .about("Refresh tokens of the person end in any case.")
        .asks_for(Proof::SESSION)
        .takes(object([
            required("newPassword", new_password(config)),
            required("currentPassword", password()),
            optional("revokeOtherSessions", boolean().default_is(false)),
        ]))
        .answers(
            200,
            "Changed.",
            object([
                required(
                    "token",
                    token().or_null().says("Of the session that replaces all others; null when they stay."),
                ),
                required("user", reference("User")),
            ]),
        )
        .refuses(&PASSWORD_RULES)
        .refuses(&[Code::InvalidPassword, Code::CredentialAccountNotFound, Code::Unauthorized])
}
