//! Finding out whether somebody is who they say, the same way for every door.

use doorward_database::Batch;

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::Exchange,
    model::{Kind, Session, User},
    shared::{
        email,
        event::{self, Event},
        password,
    },
    store::{accounts, users},
};

/// Somebody who proved to know their password.
pub(crate) struct Authenticated {
    pub(crate) user: User,
    /// The hash that was verified, as it is stored now.
    hash: String,
}

impl Authenticated {
    /// Stores what signing in makes, unless the password was changed since it was verified: a guess that waited in the
    /// queue must not outlive the change that was made because of it.
    pub(crate) async fn store(
        &self,
        auth: &Auth,
        exchange: &Exchange,
        session: &Session,
        mut batch: Batch,
    ) -> Result<(), Error> {
        accounts::hold_password(&mut batch, &self.user.id, &self.hash);
        match event::commit(auth, batch, &[signed_in(auth, exchange, session)]).await {
            Ok(_) => Ok(()),
            Err(doorward_database::Error::NothingChanged(_)) => Err(Code::InvalidEmailOrPassword.into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The event of a session that is opened.
pub(crate) fn signed_in(auth: &Auth, exchange: &Exchange, session: &Session) -> Event {
    Event::new(auth, Kind::SignIn, &exchange.client).of(&session.user_id).in_session(&session.id)
}

/// The person with this address and password, who may come in.
///
/// An unknown person, one without a password, and a wrong password are told apart neither by words nor by time: each
/// costs one hash.
pub(crate) async fn authenticate(
    auth: &Auth,
    exchange: &Exchange,
    address: &str,
    secret: &str,
) -> Result<Authenticated, Error> {
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
    let matches =
        password::guess(auth, exchange, Kind::SignInFailed, &address, user_id, stored.as_deref(), secret).await?;
    let (Some(user), Some(mut hash), true) = (user, stored, matches) else {
        return Err(Code::InvalidEmailOrPassword.into());
    };
    // Brought along from elsewhere (bcrypt, argon2, PBKDF2): now that the password is known, hash it our way; another time,
    // when too many others wait for their hashes.
    if auth.hasher.is_outdated(&hash)
        && let Some(ours) = unless_busy(auth.hasher.hash(secret).await)?
    {
        if accounts::rehash(&auth.store, &user.id, &hash, &ours, auth.now()).await? {
            hash = ours;
        } else {
            // Somebody was faster: another sign-in with the same password, or a change of it.
            let now_stored = accounts::password_of(&auth.store, &user.id).await?.unwrap_or_default();
            if !auth.hasher.verify(&now_stored, secret).await? {
                return Err(Code::InvalidEmailOrPassword.into());
            }
            hash = now_stored;
        }
    }
    if auth.config.account.require_verification && !user.email_verified {
        let refused = Event::new(auth, Kind::SignInFailed, &exchange.client);
        auth.note(refused.at(auth.account_digest(&address), Some(&user.id)).because("unverified"));
        return Err(Code::EmailNotVerified.into());
    }
    Ok(Authenticated { user, hash })
}

fn unless_busy<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Error::Busy(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
