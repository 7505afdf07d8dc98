//! What people may do with their own account, and what has to be confirmed by mail first.

use clap::Args;
use doorward::config::AccountConfig;

use super::{Mistake, Switch, is_on};

#[derive(Args, Clone)]
pub(crate) struct AccountSettings {
    /// People may change their email address
    #[arg(long, env = "DOORWARD_CHANGE_EMAIL", default_value = "on")]
    change_email: Switch,
    /// A change of a verified address is first confirmed at the old one
    #[arg(long, env = "DOORWARD_CHANGE_EMAIL_CONFIRM", default_value = "off")]
    change_email_confirm: Switch,
    /// People may delete their account
    #[arg(long, env = "DOORWARD_DELETE_USER", default_value = "on")]
    delete_user: Switch,
    /// A deletion is first confirmed by mail
    #[arg(long, env = "DOORWARD_DELETE_USER_MAIL", default_value = "off")]
    delete_user_mail: Switch,
    /// Nobody signs in before their address is verified
    #[arg(long, env = "DOORWARD_REQUIRE_EMAIL_VERIFICATION", default_value = "off")]
    require_email_verification: Switch,
    /// Sign-up answers the same for a known and an unknown address, and signs nobody in [default: off]
    #[arg(long, env = "DOORWARD_PRIVATE_SIGN_UP")]
    pub(super) private_sign_up: Option<Switch>,
}

impl AccountSettings {
    pub(super) fn apply(&self, account: &mut AccountConfig) {
        account.change_email = self.change_email.0;
        account.change_email_confirm = self.change_email_confirm.0;
        account.delete_user = self.delete_user.0;
        account.delete_user_mail = self.delete_user_mail.0;
        account.require_verification = self.require_email_verification.0;
        account.private_sign_up = is_on(self.private_sign_up);
    }
}

/// A confirmation that nobody can be sent would be waited for, or left out: who asks for it must say how.
pub(super) fn with_mail(account: &AccountConfig, has_mail: bool) -> Result<(), Mistake> {
    let confirmations = [
        (account.require_verification, "DOORWARD_REQUIRE_EMAIL_VERIFICATION", "nobody could ever sign in"),
        (account.delete_user && account.delete_user_mail, "DOORWARD_DELETE_USER_MAIL", "accounts would go at once"),
        (
            account.change_email && account.change_email_confirm,
            "DOORWARD_CHANGE_EMAIL_CONFIRM",
            "no address could ever change",
        ),
    ];
    match confirmations.into_iter().find(|(is_asked_for, ..)| *is_asked_for && !has_mail) {
        Some((_, name, otherwise)) => Err(Mistake(format!("{name}=on needs mail: set DOORWARD_MAIL, or {otherwise}"))),
        None => Ok(()),
    }
}
