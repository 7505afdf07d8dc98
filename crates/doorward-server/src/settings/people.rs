//! Who may come in, and how: sign-up, passwords, and accounts elsewhere.

use clap::Args;
use doorward::config::Config;

use super::{Mistake, Switch, is_on, sessions::within};

#[derive(Args, Clone)]
#[command(next_help_heading = "Who may come in")]
pub(crate) struct PeopleSettings {
    /// Sign-up by email and password is open (the opposite of emailAndPassword.disableSignUp)
    #[arg(long, env = "DOORWARD_SIGN_UP", default_value = "on")]
    sign_up: Switch,
    /// A sign-up signs in at once (emailAndPassword.autoSignIn)
    #[arg(long, env = "DOORWARD_AUTO_SIGN_IN", default_value = "on")]
    auto_sign_in: Switch,
    /// A verified address signs its person in (emailVerification.autoSignInAfterVerification)
    #[arg(long, env = "DOORWARD_SIGN_IN_AFTER_VERIFICATION", default_value = "off")]
    sign_in_after_verification: Switch,
    /// Shortest password (emailAndPassword.minPasswordLength)
    #[arg(long, env = "DOORWARD_PASSWORD_MIN", default_value = "8")]
    password_min: i64,
    /// Longest password (emailAndPassword.maxPasswordLength)
    #[arg(long, env = "DOORWARD_PASSWORD_MAX", default_value = "128")]
    password_max: i64,
    /// Resetting the password ends all sessions (emailAndPassword.revokeSessionsOnPasswordReset) [default: off]
    #[arg(long, env = "DOORWARD_REVOKE_ON_RESET")]
    pub(super) revoke_on_reset: Option<Switch>,
    /// Tokens of providers are sealed in the database (account.encryptOAuthTokens) [default: off]
    #[arg(long, env = "DOORWARD_OAUTH_SEAL_TOKENS")]
    pub(super) oauth_seal_tokens: Option<Switch>,
    /// A social account may be linked although its address differs (account.accountLinking.allowDifferentEmails)
    #[arg(long, env = "DOORWARD_LINK_DIFFERENT_EMAILS", default_value = "off")]
    link_different_emails: Switch,
    /// Signing in through a provider joins an existing person only if their address was verified here too. Off is how
    /// accounts are taken over by whoever signed up first with somebody else's address
    #[arg(long, env = "DOORWARD_LINK_VERIFIED_ONLY", default_value = "on")]
    link_verified_only: Switch,
}

impl PeopleSettings {
    pub(super) fn apply(&self, config: &mut Config) -> Result<(), Mistake> {
        let account = &mut config.account;
        account.sign_up = self.sign_up.0;
        account.auto_sign_in = self.auto_sign_in.0;
        account.sign_in_after_verification = self.sign_in_after_verification.0;
        account.encrypt_provider_tokens = is_on(self.oauth_seal_tokens);
        account.link_different_emails = self.link_different_emails.0;
        account.require_local_verification = self.link_verified_only.0;
        config.session.revoke_on_reset = is_on(self.revoke_on_reset);
        // scrypt and argon2id take any length; a form that sends megabytes is stopped by the limit on bodies.
        let most = within("DOORWARD_PASSWORD_MAX", self.password_max, 8, 4096)?;
        let least = within("DOORWARD_PASSWORD_MIN", self.password_min, 1, most)?;
        config.password.minimum = usize::try_from(least).unwrap_or(8);
        config.password.maximum = usize::try_from(most).unwrap_or(128);
        Ok(())
    }
}
