//! What a new password must be, and comparing one with what is stored.

use crate::{
    auth::Auth,
    error::{Code, Error},
    store::accounts,
};

/// Checks a new password against the rules.
pub(crate) fn check(auth: &Auth, password: &str) -> Result<(), Error> {
    let rules = &auth.config.password;
    let length = length(password);
    if length < rules.minimum {
        return Err(Code::PasswordTooShort.into());
    }
    check_not_too_long(auth, password)?;
    if rules.refuse_common && is_common(password) {
        return Err(Code::PasswordTooCommon.into());
    }
    Ok(())
}

/// A password that is longer than any accepted one is not worth a hash.
pub(crate) fn check_not_too_long(auth: &Auth, password: &str) -> Result<(), Error> {
    if length(password) > auth.config.password.maximum { Err(Code::PasswordTooLong.into()) } else { Ok(()) }
}

/// Whether this is the person's password. Without a stored one the same work is done, so that time tells nothing.
pub(crate) async fn matches(auth: &Auth, stored: Option<&str>, password: &str) -> Result<bool, Error> {
    match stored {
        Some(stored) => auth.hasher.verify(stored, password).await,
        None => auth.hasher.hash(password).await.map(|_| false),
    }
}

/// The same for a person who is signed in: a refusal when they have no password at all.
pub(crate) async fn confirm(auth: &Auth, user_id: &str, password: &str) -> Result<(), Error> {
    let stored = accounts::password_of(&auth.store, user_id).await?.ok_or(Code::CredentialAccountNotFound)?;
    if matches(auth, Some(&stored), password).await? { Ok(()) } else { Err(Code::InvalidPassword.into()) }
}

/// JavaScript counts UTF-16 units, so an emoji is two.
fn length(password: &str) -> usize {
    password.encode_utf16().count()
}

/// Whether a password stands among the most common ones, whatever its case.
fn is_common(password: &str) -> bool {
    const COMMON: &str = include_str!("common_passwords.txt");
    let folded = password.to_lowercase();
    COMMON.lines().any(|common| common == folded)
}
