//! The mails: what happened, what to do, one full link.

use crate::{
    auth::{Auth, Mail},
    config::AccountConfig,
    http::rate_limit::MAILS_TO_ONE,
    model::User,
};

/// Sends one mail, if there is a mailer. Returns at once either way.
///
/// Of one kind an address gets ten a minute, whoever asks for them and from wherever; what is more is left out in
/// silence, since the answer must not say whether there is anybody to write to. Nobody is kept from anything: those
/// ten have links that work.
pub(crate) fn send(auth: &Auth, user: &User, to: &str, letter: Letter, link: &str) {
    let Some(mailer) = &auth.mailer else { return };
    if auth.config.network.rate_limit
        && auth.rate_limiter.count_by(MAILS_TO_ONE, to, letter.counted(), auth.now()).is_err()
    {
        tracing::debug!(?letter, "this address gets enough of these mails; one more is left out");
        return;
    }
    let (subject, why, otherwise) = letter.words(&auth.config.account);
    let greeting = match greetable(&user.name) {
        Some(name) => format!("Hello {name},"),
        None => "Hello,".to_owned(),
    };
    let text = format!("{greeting}\n\n{why}\n\n{link}\n\n{otherwise}\n");
    mailer.send(Mail { to: to.to_owned(), subject: subject.to_owned(), text });
}

/// Longest name in a greeting, in characters.
const GREETING_LIMIT: usize = 60;

/// A name that is no message. Whoever signs up with somebody else's address chooses the name in the mail to them; what
/// could be a link, or goes on for long, is left out, so that our mails carry no words of a stranger's.
fn greetable(name: &str) -> Option<&str> {
    let name = name.trim();
    let is_part =
        |character: char| character.is_alphabetic() || matches!(character, ' ' | '\'' | '\u{2019}' | '-' | '.');
    // "J. R. R. Tolkien" is a name, "evil.example" an address.
    let hides_address = name.split('.').skip(1).any(|rest| rest.starts_with(char::is_alphabetic));
    let fits = !name.is_empty() && name.chars().count() <= GREETING_LIMIT && name.chars().all(is_part);
    (fits && !hides_address).then_some(name)
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
    /// What it is counted as, beside paths.
    const fn counted(self) -> &'static str {
        match self {
            Self::VerifyEmail => "mail to prove an address",
            Self::ResetPassword => "mail to reset a password",
            Self::ConfirmNewEmail => "mail to agree to an address",
            Self::VerifyNewEmail => "mail to prove a new address",
            Self::DeleteAccount => "mail to delete an account",
        }
    }

    /// Subject, what the link does, and what to do if it was not them.
    fn words(self, config: &AccountConfig) -> (&'static str, String, &'static str) {
        let (verification, reset, deletion) = (
            duration(config.verification_lifetime),
            duration(config.reset_lifetime),
            duration(config.deletion_lifetime),
        );
        match self {
            Self::VerifyEmail => (
                "Verify your email address",
                format!("please open this link to show that this address is yours. It works for {verification}:"),
                "If you did not sign up, you can ignore this mail.",
            ),
            Self::ResetPassword => (
                "Reset your password",
                format!(
                    "somebody, hopefully you, asked for a new password. Open this link to choose one. It works once, for {reset}:"
                ),
                "If it was not you, ignore this mail: your password stays as it is.",
            ),
            Self::ConfirmNewEmail => (
                "Confirm your new email address",
                format!(
                    "your account is about to get another email address. Open this link to agree; a second mail then goes to the new address. It works for {verification}:"
                ),
                "If it was not you, do not open the link, and change your password.",
            ),
            Self::VerifyNewEmail => (
                "Verify your new email address",
                format!("please open this link to make this the address of your account. It works for {verification}:"),
                "If you do not know about this, you can ignore this mail.",
            ),
            Self::DeleteAccount => (
                "Confirm the deletion of your account",
                format!(
                    "open this link to delete your account and everything in it. It works once, for {deletion}, in the browser where you are signed in:"
                ),
                "If it was not you, do not open the link, and change your password.",
            ),
        }
    }
}

/// A lifetime as a person says it: in the largest unit of which it is a whole number, and otherwise rounded down to
/// minutes, since a link must not be promised for longer than it works.
fn duration(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..60 => (seconds, "second"),
        _ if seconds % 86_400 == 0 => (seconds / 86_400, "day"),
        _ if seconds % 3600 == 0 => (seconds / 3600, "hour"),
        _ => (seconds / 60, "minute"),
    };
    match number {
        1 => format!("one {unit}"),
        _ => format!("{number} {unit}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_says_how_long_its_link_works() {
        for (seconds, words) in [
            (45, "45 seconds"),
            (60, "one minute"),
            (900, "15 minutes"),
            (3600, "one hour"),
            (5430, "90 minutes"),
            (86_400, "one day"),
            (172_800, "2 days"),
        ] {
            assert_eq!(duration(seconds), words);
        }
        let config = AccountConfig { reset_lifetime: 900, ..AccountConfig::default() };
        let (_, why, _) = Letter::ResetPassword.words(&config);
        assert!(why.ends_with("It works once, for 15 minutes:"), "{why}");
    }

    #[test]
    fn names_are_greeted_and_messages_are_not() {
        for name in ["Ada", " Ada Lovelace ", "J. R. R. Tolkien", "Zoë O'Hara-Smith", "Анна", "李小龙", "Martin Jr."]
        {
            assert_eq!(greetable(name), Some(name.trim()));
        }
        for name in [
            "",
            " ",
            "evil.example",
            "www.evil.example now",
            "https://evil.example",
            "a@b",
            "call 0900",
            "x。y",
            "a\u{202e}b",
        ] {
            assert_eq!(greetable(name), None, "{name}");
        }
        assert_eq!(greetable(&"You have won ".repeat(10)), None);
    }
}
