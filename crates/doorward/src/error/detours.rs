//! Why a way back from a provider ends at an error page: `?error=` of that page.

use super::Code;

/// A failed return. The words are Better Auth's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Detour {
    StateNotFound,
    StateMismatch,
    InternalServerError,
    NoCode,
    ProviderNotFound,
    IssuerMismatch,
    NonceBindingMissing,
    InvalidCode,
    UnableToGetUserInfo,
    NoCallbackUrl,
    EmailNotFound,
    EmailNotVerified,
    EmailDoesNotMatch,
    SignUpDisabled,
    AccountNotLinked,
    AccountTaken,
    UnableToLinkAccount,
    UnableToUpdateAccount,
    UnableToCreateUser,
}

impl Detour {
    /// The code on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::StateNotFound => "state_not_found",
            Self::StateMismatch => "state_mismatch",
            Self::InternalServerError => "internal_server_error",
            Self::NoCode => "no_code",
            Self::ProviderNotFound => "oauth_provider_not_found",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::NonceBindingMissing => "nonce_binding_missing",
            Self::InvalidCode => "invalid_code",
            Self::UnableToGetUserInfo => "unable_to_get_user_info",
            Self::NoCallbackUrl => "no_callback_url",
            Self::EmailNotFound => "email_not_found",
            Self::EmailNotVerified => "email_not_verified",
            Self::EmailDoesNotMatch => "email_does_not_match",
            Self::SignUpDisabled => "signup_disabled",
            Self::AccountNotLinked => "account_not_linked",
            Self::AccountTaken => "account_already_linked_to_different_user",
            Self::UnableToLinkAccount => "unable_to_link_account",
            Self::UnableToUpdateAccount => "unable_to_update_account",
            Self::UnableToCreateUser => "unable_to_create_user",
        }
    }

    /// The same where no browser is being led about: the answer to an id token.
    pub(crate) const fn code(self) -> Code {
        match self {
            Self::EmailNotVerified => Code::EmailNotVerified,
            Self::SignUpDisabled => Code::SocialSignUpDisabled,
            Self::AccountNotLinked => Code::SocialAccountNotLinked,
            Self::UnableToUpdateAccount => Code::SocialUpdateFailed,
            Self::UnableToCreateUser => Code::SocialUserNotCreated,
            Self::EmailNotFound => Code::ProviderEmailUnknown,
            Self::UnableToGetUserInfo => Code::ProviderUserUnknown,
            _ => Code::SocialLinkingFailed,
        }
    }
}
