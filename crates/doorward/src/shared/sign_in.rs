//! Finding out whether somebody is who they say, the same way for every door.

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::Exchange,
    model::User,
    shared::{email, password},
    store::{accounts, users},
};

/// The person with this address and password.
///
/// An unknown person, one without a password, and a wrong password are told apart neither by words nor by time: each
/// costs one hash.
pub(crate) async fn authenticate(auth: &Auth, exchange: &Exchange, address: &str, secret: &str) -> Result<User, Error> {
    if !email::is_valid(address) {
        return Err(Code::InvalidEmail.into());
    }
    password::check_not_too_long(auth, secret)?;
    let address = email::normalised(address);
    let user = users::find_by_email(&auth.store, &address).await?;
    let stored = match &user {
        Some(user) => accounts::password_of(&auth.store, &user.id).await?,
        None => None,
    };
    let user_id = user.as_ref().map(|user| user.id.as_str());
    let matches = password::guess(auth, exchange, &address, user_id, stored.as_deref(), secret).await?;
    let (Some(user), Some(stored), true) = (user, stored, matches) else {
        return Err(Code::InvalidEmailOrPassword.into());
    };
    if auth.hasher.is_outdated(&stored) {
        // Brought along from elsewhere (bcrypt, argon2, PBKDF2): now that the password is known, hash it our way.
        let hash = auth.hasher.hash(secret).await?;
        accounts::rehash(&auth.store, &user.id, &stored, &hash, auth.now()).await?;
    }
    Ok(user)
}
