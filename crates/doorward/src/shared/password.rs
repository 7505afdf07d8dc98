//! What a new password must be, and comparing one with what is stored.

use crate::{
    auth::{Auth, shared_limits},
    error::{Code, Error},
    http::Exchange,
    model::{Kind, User},
    shared::event::Event,
    store::{accounts, sessions},
};

/// Seconds until a list that cannot be read is worth another try.
const RETRY_AFTER: u64 = 5;

/// Checks a new password against the rules.
pub(crate) async fn check(auth: &Auth, password: &str) -> Result<(), Error> {
    let rules = &auth.config.password;
    let length = length(password);
    if length < rules.minimum {
        return Err(Code::PasswordTooShort.into());
    }
    check_not_too_long(auth, password)?;
    if rules.refuse_common && is_common(password) {
        return Err(Code::PasswordTooCommon.into());
    }
    let Some(breached) = rules.breached.clone() else { return Ok(()) };
    let password = password.to_owned();
    match tokio::task::spawn_blocking(move || breached.contains(&password)).await.map_err(Error::internal)? {
        Ok(false) => Ok(()),
        Ok(true) => Err(Code::PasswordCompromised.into()),
        // Whoever wants leaked passwords refused does not want them accepted while the list cannot be read.
        Err(error) => {
            tracing::error!(%error, "the list of leaked passwords cannot be read");
            Err(Error::Busy(RETRY_AFTER))
        }
    }
}

/// A password that is longer than any accepted one is not worth a hash.
pub(crate) fn check_not_too_long(auth: &Auth, password: &str) -> Result<(), Error> {
    if length(password) > auth.config.password.maximum { Err(Code::PasswordTooLong.into()) } else { Ok(()) }
}

/// Whether this is the password of an account, as a guess that counts.
///
/// `failure` is the event that a wrong one is; `account` is the address that the guesser names, `user_id` the person
/// behind it, if there is one.
pub(crate) async fn guess(
    auth: &Auth,
    exchange: &Exchange,
    failure: Kind,
    account: &str,
    user_id: Option<&str>,
    stored: Option<&str>,
    password: &str,
) -> Result<bool, Error> {
    let attempt = |kind| Event::new(auth, kind, &exchange.client).at(auth.account_digest(account), user_id);
    let refused = || auth.note(attempt(Kind::Refused).because("guesses"));
    let told = |matched: Result<bool, Error>| {
        if matches!(matched, Ok(false)) {
            auth.note(attempt(failure));
        }
        matched
    };
    if !auth.config.network.rate_limit {
        return told(matches(auth, account, stored, password).await);
    }
    let (address, now) = (&*exchange.client.address(), auth.now());
    let known = match user_id {
        Some(user_id) => sessions::is_known_address(&auth.store, user_id, address, now).await?,
        None => false,
    };
    let guess = auth.guesses.begin(address, account, known, now).map_err(|seconds| {
        refused();
        Error::TooMany(seconds)
    })?;
    let allowances = guess.allowances();
    if let Err(seconds) = shared_limits::take(auth, &allowances).await {
        auth.guesses.take_back(&guess);
        refused();
        return Err(Error::TooMany(seconds));
    }
    let matched = matches(auth, account, stored, password).await;
    if !matches!(matched, Ok(false)) {
        auth.guesses.take_back(&guess);
        shared_limits::give_back(auth, &allowances).await;
    }
    told(matched)
}

/// Whether this is the person's password. Without a stored one the work of somebody else's is done, so that time tells
/// nothing.
async fn matches(auth: &Auth, account: &str, stored: Option<&str>, password: &str) -> Result<bool, Error> {
    if let Some(stored) = stored.filter(|stored| auth.hasher.knows(stored)) {
        return auth.hasher.verify(stored, password).await;
    }
    match auth.decoy(account) {
        Some(decoy) => auth.hasher.verify(&decoy, password).await.map(|_| false),
        None => auth.hasher.hash(password).await.map(|_| false),
    }
}

/// The same for a person who is signed in: a refusal when they have no password at all. Gives the hash that was verified.
pub(crate) async fn confirm(auth: &Auth, exchange: &Exchange, user: &User, password: &str) -> Result<String, Error> {
    let stored = accounts::password_of(&auth.store, &user.id).await?.ok_or(Code::CredentialAccountNotFound)?;
    if guess(auth, exchange, Kind::PasswordFailed, &user.email, Some(&user.id), Some(&stored), password).await? {
        Ok(stored)
    } else {
        Err(Code::InvalidPassword.into())
    }
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
