//! Something that happened, as the log and the audit trail tell it.
//!
//! Never a secret: no password, no token, no address of an account. Whoever failed to sign in is known by a keyed digest
//! of what they typed.

use doorward_database::Stamp;
use serde::Serialize;

macro_rules! kinds {
    ($($kind:ident $name:literal;)+) => {
        /// What happened. The names are listed in docs/features/events.md; they are part of the public contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Kind {
            $($kind),+
        }

        impl Kind {
            pub(crate) const ALL: [Self; [$(Self::$kind),+].len()] = [$(Self::$kind),+];

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name),+
                }
            }
        }
    };
}

kinds! {
    SignUp "sign-up";
    SignUpFailed "sign-up-failed";
    SignIn "sign-in";
    SignInFailed "sign-in-failed";
    SignOut "sign-out";
    PasswordFailed "password-failed";
    PasswordChanged "password-changed";
    PasswordResetRequested "password-reset-requested";
    PasswordReset "password-reset";
    EmailChangeRequested "email-change-requested";
    EmailChanged "email-changed";
    EmailVerified "email-verified";
    SessionRevoked "session-revoked";
    SessionsRevoked "sessions-revoked";
    RefreshReuse "refresh-reuse";
    AccountLinked "account-linked";
    AccountUnlinked "account-unlinked";
    AccountDeleted "account-deleted";
    ProviderFailed "provider-failed";
    Refused "refused";
    Uncounted "more-attempts";
    KeyMade "key-made";
    KeyRetired "key-retired";
    KeyDeleted "key-deleted";
}

impl Kind {
    /// Worth the attention of whoever reads warnings.
    pub(crate) const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::SignInFailed
                | Self::PasswordFailed
                | Self::RefreshReuse
                | Self::ProviderFailed
                | Self::Refused
                | Self::Uncounted
        )
    }
}

/// A row of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Ids of later rows are greater.
    pub id: String,
    pub created_at: Stamp,
    pub event: String,
    pub user_id: Option<String>,
    /// The row of the session, never its token.
    pub session_id: Option<String>,
    /// Keyed digest of the address that was tried.
    pub account: Option<String>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub reason: Option<String>,
    /// How often, where several attempts share a row.
    pub times: i64,
}
