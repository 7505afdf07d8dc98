//! The mails: what happened, what to do, one full link.

use crate::{
    auth::{Auth, Mail},
    model::User,
};

/// Sends one mail, if there is a mailer. Returns at once either way.
pub(crate) fn send(auth: &Auth, user: &User, to: &str, letter: Letter, link: &str) {
    let Some(mailer) = &auth.mailer else { return };
    let (subject, why, otherwise) = letter.words();
    let greeting =
        if user.name.trim().is_empty() { "Hello,".to_owned() } else { format!("Hello {},", user.name.trim()) };
    let text = format!("{greeting}\n\n{why}\n\n{link}\n\n{otherwise}\n");
    mailer.send(Mail { to: to.to_owned(), subject: subject.to_owned(), text });
}

/// Why somebody gets a mail.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Letter {
    VerifyEmail,
    ResetPassword,
    ConfirmNewEmail,
    VerifyNewEmail,
    DeleteAccount,
}

impl Letter {
    /// Subject, what the link does, and what to do if it was not them.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::VerifyEmail => (
                "Verify your email address",
                "please open this link to show that this address is yours. It works for one hour:",
                "If you did not sign up, you can ignore this mail.",
            ),
            Self::ResetPassword => (
                "Reset your password",
                "somebody, hopefully you, asked for a new password. Open this link to choose one. It works once, for one hour:",
                "If it was not you, ignore this mail: your password stays as it is.",
            ),
            Self::ConfirmNewEmail => (
                "Confirm your new email address",
                "your account is about to get another email address. Open this link to agree; a second mail then goes to the new address:",
                "If it was not you, do not open the link, and change your password.",
            ),
            Self::VerifyNewEmail => (
                "Verify your new email address",
                "please open this link to make this the address of your account. It works for one hour:",
                "If you do not know about this, you can ignore this mail.",
            ),
            Self::DeleteAccount => (
                "Confirm the deletion of your account",
                "open this link to delete your account and everything in it. It works once, for one day, in the browser where you are signed in:",
                "If it was not you, do not open the link, and change your password.",
            ),
        }
    }
}
