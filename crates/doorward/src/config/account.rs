//! What people may do to their own account, and what needs a mail first.

/// The defaults are those of `doorward serve`.
#[derive(Clone, Debug)]
pub struct AccountConfig {
    /// Sign-up by email and password is open. Default: on.
    pub sign_up: bool,
    /// A sign-up signs in at once. Default: on.
    pub auto_sign_in: bool,
    /// Nobody signs in before their address is verified; sign-up then never reveals whether an address is known.
    /// Default: off.
    pub require_verification: bool,
    /// A verified address signs the person in. Default: off.
    pub sign_in_after_verification: bool,
    /// Sign-up answers the same for a known and an unknown address, without a session. Default: off.
    pub private_sign_up: bool,
    /// Life of a verification link in seconds. Default: 3600.
    pub verification_lifetime: i64,
    /// Life of a reset link in seconds. Default: 3600.
    pub reset_lifetime: i64,
    /// Life of a deletion link in seconds. Default: 86400.
    pub deletion_lifetime: i64,
    /// People may change their address. Default: on.
    pub change_email: bool,
    /// A change of a verified address is first confirmed at the old one. Default: off.
    pub change_email_confirm: bool,
    /// People may delete their account. Default: on.
    pub delete_user: bool,
    /// A deletion is first confirmed by mail. Default: off.
    pub delete_user_mail: bool,
    /// A social account may be linked although its address differs. Default: off.
    pub link_different_emails: bool,
    /// An existing person gets a social account with their address by signing in with it, only if their address here
    /// is verified too. Off is how accounts are taken over by whoever signed up with somebody else's address first.
    /// Default: on.
    pub require_local_verification: bool,
    /// Access and refresh tokens of providers are sealed in the database. Default: off, as Better Auth.
    pub encrypt_provider_tokens: bool,
}

impl Default for AccountConfig {
    fn default() -> Self {
        Self {
            sign_up: true,
            auto_sign_in: true,
            require_verification: false,
            sign_in_after_verification: false,
            private_sign_up: false,
            verification_lifetime: 3600,
            reset_lifetime: 3600,
            deletion_lifetime: 86_400,
            change_email: true,
            change_email_confirm: false,
            delete_user: true,
            delete_user_mail: false,
            link_different_emails: false,
            require_local_verification: true,
            encrypt_provider_tokens: false,
        }
    }
}
