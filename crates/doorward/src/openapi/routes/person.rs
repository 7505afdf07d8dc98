//! The person: profile, address, accounts, and the end of all of it.

use http::StatusCode;

use super::{Operation, Section, boolean, email, object, optional, password, plain, required, status, target, text};
use crate::{
    config::Config,
    error::{Code, Error},
    openapi::{Proof, array_of, reference},
    shared::sign_up::{IMAGE_LIMIT, NAME_LIMIT},
};

pub(super) const SECTION: Section =
    Section { name: "The person", about: "Profile, address, accounts, and the end of all of it." };

pub(super) fn operations(config: &Config) -> Vec<Operation> {
    vec![
        Operation::post("/update-user", "Change one's name or picture")
            .asks_for(Proof::SESSION)
            .takes(object([
                optional("name", plain(NAME_LIMIT)),
                optional("image", plain(IMAGE_LIMIT).or_null().says("Address of a picture; null removes it.")),
            ]))
            .answers(200, "Changed.", status())
            .with_header(200, "Set-Cookie", "The session cookie, renewed.")
            .refuses_as(&Error::Message(StatusCode::BAD_REQUEST, "No fields to update"))
            .refuses(&[Code::EmailCanNotBeUpdated, Code::Unauthorized]),
        Operation::post("/change-email", "Ask for another address")
            .about("It changes once the new one is proved. A taken address gets the same answer and no mail.")
            .asks_for(Proof::SESSION)
            .takes(object([required("newEmail", email()), optional("callbackURL", target())]))
            .answers(200, "A mail is on its way.", status())
            .refuses(&[Code::ChangeEmailDisabled, Code::Unauthorized])
            .refuses_as(&Error::Message(StatusCode::BAD_REQUEST, "Email is the same"))
            .refuses_as(&Error::Message(StatusCode::BAD_REQUEST, "Verification email isn't enabled")),
        Operation::post("/send-verification-email", "Ask for a link that proves the address")
            .is_glad_of(Proof::SESSION)
            .takes(object([required("email", email()), optional("callbackURL", target())]))
            .answers(200, "A mail is on its way, if the address is known and unproved.", status())
            .refuses(&[Code::VerificationDisabled, Code::EmailMismatch, Code::EmailAlreadyVerified]),
        Operation::get("/verify-email", "Follow the link that proves an address")
            .is_glad_of(Proof::SESSION)
            .query(required("token", text()))
            .query(optional("callbackURL", target()))
            .answers(
                200,
                "Proved; without a callbackURL.",
                object([required("status", boolean()), optional("user", reference("User").or_null())]),
            )
            .leads_on("Proved, or not, with ?error= and the code: to the callbackURL.")
            .refuses(&[
                Code::VerificationTokenInvalid,
                Code::VerificationTokenExpired,
                Code::VerificationUserNotFound,
                Code::VerificationUserInvalid,
                Code::InvalidCallbackUrl,
            ]),
        delete(config),
        Operation::get("/delete-user/callback", "Follow the link that deletes the account")
            .about("In the browser of the person, who is signed in.")
            .is_glad_of(Proof::SESSION)
            .query(required("token", text()))
            .query(optional("callbackURL", target()))
            .answers(200, "Deleted; without a callbackURL.", deleted())
            .leads_on("Deleted: to the callbackURL.")
            .refuses(&[
                Code::InvalidCallbackUrl,
                Code::DeletionNotFound,
                Code::DeletionUserUnknown,
                Code::DeletionTokenInvalid,
            ]),
        Operation::get("/list-accounts", "List the ways one signs in")
            .asks_for(Proof::SESSION)
            .answers(200, "The password and the linked accounts.", array_of(reference("Account")))
            .refuses(&[Code::Unauthorized]),
        Operation::post("/unlink-account", "Give up a way to sign in")
            .about("Only shortly after a sign-in, and never the last one.")
            .asks_for(Proof::SESSION)
            .takes(object([required("accountId", text().says("The id of the row, from /list-accounts."))]))
            .answers(200, "Given up.", status())
            .refuses(&[Code::LastAccount, Code::AccountNotFound, Code::Unauthorized, Code::SessionNotFresh]),
    ]
}

fn delete(config: &Config) -> Operation {
    let operation = Operation::post("/delete-user", "Delete one's account")
        .about("At once: with the password, with the token of a mail, or shortly after a sign-in. Or by mail, where that is asked for.")
        .asks_for(Proof::SESSION)
        .takes(object([
            optional("callbackURL", target()),
            optional("password", password()),
            optional("token", text().says("From the mail.")),
        ]))
        .answers(200, "Deleted, or a mail is on its way.", deleted())
        .refuses(&[
            Code::PasswordTooLong,
            Code::InvalidPassword,
            Code::CredentialAccountNotFound,
            Code::SessionExpired,
            Code::Unauthorized,
        ]);
    if config.account.delete_user {
        operation.refuses(&[Code::DeletionTokenInvalid])
    } else {
        operation.answers_empty(404, "Accounts cannot be deleted here.")
    }
}

fn deleted() -> super::Shape {
    object([required("success", boolean()), required("message", text())])
}
