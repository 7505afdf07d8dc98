//! Something that happened, as the log and the audit trail tell it.
//!
//! Never a secret: no password, no token, no address of an account. Whoever failed to sign in is known by a keyed digest
//! of what they typed.

use doorward_database::Stamp;
use serde::Serialize;

/// What happened. The names are listed in docs/features/events.md; they are part of the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    SignUp,
    SignUpFailed,
    SignIn,
    SignInFailed,
    SignOut,
    PasswordFailed,
    PasswordChanged,
    PasswordResetRequested,
    PasswordReset,
    EmailChangeRequested,
    EmailChanged,
    EmailVerified,
    SessionRevoked,
    SessionsRevoked,
    RefreshReuse,
    AccountLinked,
    AccountUnlinked,
    AccountDeleted,
    ProviderFailed,
    Refused,
    Uncounted,
    KeyMade,
    KeyRetired,
    KeyDeleted,
}

impl Kind {
    pub(crate) const ALL: [Self; 24] = [
        Self::SignUp,
        Self::SignUpFailed,
        Self::SignIn,
        Self::SignInFailed,
        Self::SignOut,
        Self::PasswordFailed,
        Self::PasswordChanged,
        Self::PasswordResetRequested,
        Self::PasswordReset,
        Self::EmailChangeRequested,
        Self::EmailChanged,
        Self::EmailVerified,
        Self::SessionRevoked,
        Self::SessionsRevoked,
        Self::RefreshReuse,
        Self::AccountLinked,
        Self::AccountUnlinked,
        Self::AccountDeleted,
        Self::ProviderFailed,
        Self::Refused,
        Self::Uncounted,
        Self::KeyMade,
        Self::KeyRetired,
        Self::KeyDeleted,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up",
            Self::SignUpFailed => "sign-up-failed",
            Self::SignIn => "sign-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignOut => "sign-out",
            Self::PasswordFailed => "password-failed",
            Self::PasswordChanged => "password-changed",
            Self::PasswordResetRequested => "password-reset-requested",
            Self::PasswordReset => "password-reset",
            Self::EmailChangeRequested => "email-change-requested",
            Self::EmailChanged => "email-changed",
            Self::EmailVerified => "email-verified",
            Self::SessionRevoked => "session-revoked",
            Self::SessionsRevoked => "sessions-revoked",
            Self::RefreshReuse => "refresh-reuse",
            Self::AccountLinked => "account-linked",
            Self::AccountUnlinked => "account-unlinked",
            Self::AccountDeleted => "account-deleted",
            Self::ProviderFailed => "provider-failed",
            Self::Refused => "refused",
            Self::Uncounted => "more-attempts",
            Self::KeyMade => "key-made",
            Self::KeyRetired => "key-retired",
            Self::KeyDeleted => "key-deleted",
        }
    }

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
