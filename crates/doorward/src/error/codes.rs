//! Every named refusal of the protocol, in one table: variant, status, wire code, message. `{}` in a message stands
//! for what [`Error::About`](super::Error::About) names.

use http::StatusCode;

macro_rules! codes {
    ($($variant:ident $status:ident $code:literal $message:literal;)*) => {
        /// A refusal by name; status, code and message are Better Auth's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code {
            $(#[doc = $message] $variant,)*
        }

        impl Code {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// The code on the wire.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub(crate) const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }
        }
    };
}

codes! {
    // Requests
    InvalidJson BAD_REQUEST "BAD_REQUEST" "Invalid JSON in request body";
    Unauthorized UNAUTHORIZED "UNAUTHORIZED" "Unauthorized";
    MissingOrNullOrigin FORBIDDEN "MISSING_OR_NULL_ORIGIN" "Missing or null Origin";
    InvalidOrigin FORBIDDEN "INVALID_ORIGIN" "Invalid origin";
    CrossSiteNavigation FORBIDDEN "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"
        "Cross-site navigation login blocked. This request appears to be a CSRF attack.";
    InvalidCallbackUrl FORBIDDEN "INVALID_CALLBACK_URL" "Invalid callbackURL";
    InvalidRedirectUrl FORBIDDEN "INVALID_REDIRECT_URL" "Invalid redirectURL";
    InvalidErrorCallbackUrl FORBIDDEN "INVALID_ERROR_CALLBACK_URL" "Invalid errorCallbackURL";
    InvalidNewUserCallbackUrl FORBIDDEN "INVALID_NEW_USER_CALLBACK_URL" "Invalid newUserCallbackURL";
    // Sign-up and sign-in
    SignUpDisabled BAD_REQUEST "EMAIL_PASSWORD_SIGN_UP_DISABLED" "Email and password sign up is not enabled";
    UserAlreadyExists UNPROCESSABLE_ENTITY "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" "User already exists. Use another email.";
    FailedToCreateUser UNPROCESSABLE_ENTITY "FAILED_TO_CREATE_USER" "Failed to create user";
    InvalidEmail BAD_REQUEST "INVALID_EMAIL" "Invalid email";
    InvalidEmailOrPassword UNAUTHORIZED "INVALID_EMAIL_OR_PASSWORD" "Invalid email or password";
    EmailNotVerified FORBIDDEN "EMAIL_NOT_VERIFIED" "Email not verified";
    // Passwords
    PasswordTooShort BAD_REQUEST "PASSWORD_TOO_SHORT" "Password too short";
    PasswordTooLong BAD_REQUEST "PASSWORD_TOO_LONG" "Password too long";
    PasswordTooCommon BAD_REQUEST "PASSWORD_TOO_COMMON"
        "This password is among the most common ones and would be guessed. Choose another.";
    PasswordCompromised BAD_REQUEST "PASSWORD_COMPROMISED"
        "The password you entered has been compromised. Please choose a different password.";
    InvalidPassword BAD_REQUEST "INVALID_PASSWORD" "Invalid password";
    CredentialAccountNotFound BAD_REQUEST "CREDENTIAL_ACCOUNT_NOT_FOUND" "Credential account not found";
    ResetPasswordDisabled BAD_REQUEST "RESET_PASSWORD_DISABLED" "Reset password isn't enabled";
    ResetTokenInvalid BAD_REQUEST "INVALID_TOKEN" "Invalid token";
    ResetUserNotFound BAD_REQUEST "USER_NOT_FOUND" "User not found";
    // Sessions
    FailedToGetSession UNAUTHORIZED "FAILED_TO_GET_SESSION" "Failed to get session";
    SessionNotFresh FORBIDDEN "SESSION_NOT_FRESH" "Session is not fresh";
    SessionExpired BAD_REQUEST "SESSION_EXPIRED" "Session expired. Re-authenticate to perform this action.";
    DeferSessionRequired METHOD_NOT_ALLOWED "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"
        "POST method requires deferSessionRefresh to be enabled in session config";
    // Users
    EmailCanNotBeUpdated BAD_REQUEST "EMAIL_CAN_NOT_BE_UPDATED" "Email can not be updated";
    ChangeEmailDisabled BAD_REQUEST "CHANGE_EMAIL_DISABLED" "Change email is disabled";
    DeletionNotFound NOT_FOUND "NOT_FOUND" "Not found";
    DeletionUserUnknown NOT_FOUND "FAILED_TO_GET_USER_INFO" "Failed to get user info";
    DeletionTokenInvalid NOT_FOUND "INVALID_TOKEN" "Invalid token";
    // Verification of an address
    VerificationDisabled BAD_REQUEST "VERIFICATION_EMAIL_NOT_ENABLED" "Verification email isn't enabled";
    EmailMismatch BAD_REQUEST "EMAIL_MISMATCH" "Email mismatch";
    EmailAlreadyVerified BAD_REQUEST "EMAIL_ALREADY_VERIFIED" "Email is already verified";
    VerificationTokenInvalid UNAUTHORIZED "INVALID_TOKEN" "Invalid token";
    VerificationTokenExpired UNAUTHORIZED "TOKEN_EXPIRED" "Token expired";
    VerificationUserNotFound UNAUTHORIZED "USER_NOT_FOUND" "User not found";
    VerificationUserInvalid UNAUTHORIZED "INVALID_USER" "Invalid user";
    // Accounts and social sign-in
    LastAccount BAD_REQUEST "FAILED_TO_UNLINK_LAST_ACCOUNT" "You can't unlink your last account";
    AccountNotFound BAD_REQUEST "ACCOUNT_NOT_FOUND" "Account not found";
    ProviderNotFound NOT_FOUND "PROVIDER_NOT_FOUND" "Provider not found";
    IdTokenNotSupported NOT_FOUND "ID_TOKEN_NOT_SUPPORTED" "id_token not supported";
    IdTokenInvalid UNAUTHORIZED "INVALID_TOKEN" "Invalid token";
    ProviderUserUnknown UNAUTHORIZED "FAILED_TO_GET_USER_INFO" "Failed to get user info";
    ProviderEmailUnknown UNAUTHORIZED "USER_EMAIL_NOT_FOUND" "User email not found";
    SocialSignUpDisabled UNAUTHORIZED "OAUTH_LINK_ERROR" "signup disabled";
    SocialAccountNotLinked UNAUTHORIZED "OAUTH_LINK_ERROR" "account not linked";
    SocialLinkingFailed UNAUTHORIZED "OAUTH_LINK_ERROR" "unable to link account";
    SocialUpdateFailed UNAUTHORIZED "OAUTH_LINK_ERROR" "unable to update account";
    SocialUserNotCreated UNAUTHORIZED "OAUTH_LINK_ERROR" "unable to create user";
    SocialAccountTaken CONFLICT "SOCIAL_ACCOUNT_ALREADY_LINKED" "Social account already linked";
    LinkingNotAllowed UNAUTHORIZED "LINKING_NOT_ALLOWED" "Account not linked - linking not allowed";
    LinkingOtherEmail UNAUTHORIZED "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED"
        "Account not linked - different emails not allowed";
    LinkingFailed EXPECTATION_FAILED "LINKING_FAILED" "Account not linked - unable to create account";
    ProviderNotSupported BAD_REQUEST "PROVIDER_NOT_SUPPORTED" "Provider {} is not supported.";
    ProviderNotConfigured BAD_REQUEST "PROVIDER_NOT_CONFIGURED"
        "Account is not associated with a configured social provider.";
    ProviderRefreshTokenMissing BAD_REQUEST "REFRESH_TOKEN_NOT_FOUND" "Refresh token not found";
    ProviderAccessTokenMissing BAD_REQUEST "ACCESS_TOKEN_NOT_FOUND" "Access token not found";
    FailedToRefreshAccessToken BAD_REQUEST "FAILED_TO_REFRESH_ACCESS_TOKEN" "Failed to refresh access token";
    FailedToGetAccessToken BAD_REQUEST "FAILED_TO_GET_ACCESS_TOKEN" "Failed to get a valid access token";
    // Tokens for APIs
    InvalidTarget BAD_REQUEST "invalid_target" "The resource is not one that this server makes tokens for";
    // The short contract
    RefreshTokenInvalid UNAUTHORIZED "INVALID_REFRESH_TOKEN" "The refresh token is not valid. Sign in again.";
}
