//! Making a new person: the row, the password account and, where wanted, the first session, in one step.

use doorward_database::Batch;

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::Exchange,
    model::{Account, Kind, Session, User, Verification},
    shared::{
        email,
        event::{self, Event},
        password, session,
    },
    store::{accounts, users, verifications},
};

/// Longest name, in characters.
pub(crate) const NAME_LIMIT: usize = 256;
/// Longest picture address, in characters: enough for a small picture written into the address itself, and short enough for
/// a body.
pub(crate) const IMAGE_LIMIT: usize = 60_000;

/// What a new person says about themselves.
pub(crate) struct Newcomer {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) image: Option<String>,
}

/// How a sign-up ended.
pub(crate) enum SignedUp {
    New(User, Option<Session>),
    /// The address is taken; the same work was done, and nobody is to learn it.
    Known(User),
}

/// Whether sign-up hides if an address is known.
pub(crate) fn is_private(auth: &Auth) -> bool {
    auth.config.account.require_verification || auth.config.account.private_sign_up || !auth.config.account.auto_sign_in
}

/// Stores a new person. `session`: remembered or not, if they are to be signed in at once.
pub(crate) async fn register(
    auth: &Auth,
    exchange: &Exchange,
    newcomer: Newcomer,
    session: Option<bool>,
) -> Result<SignedUp, Error> {
    if !auth.config.account.sign_up {
        return Err(Code::SignUpDisabled.into());
    }
    password::check(auth, &newcomer.password).await?;
    let private = is_private(auth);
    let user = user_of(auth, &newcomer);
    let known = users::find_by_email(&auth.store, &user.email).await?.is_some();
    if known {
        let refused = Event::new(auth, Kind::SignUpFailed, &exchange.client);
        auth.note(refused.at(auth.account_digest(&user.email), None).because("known"));
    }
    if known && !private {
        return Err(Code::UserAlreadyExists.into());
    }
    let hash = auth.hasher.hash(&newcomer.password).await?;
    if known {
        write_for_nobody(auth, &user).await?;
        return Ok(SignedUp::Known(user));
    }
    let mut batch = Batch::new();
    users::insert(&mut batch, &user);
    let credential = Account::with_password(auth.new_id(), &user.id, hash, user.created_at);
    accounts::insert(&auth.store, &mut batch, &credential);
    let session =
        session.filter(|_| !private).map(|remember| session::open(auth, exchange, &user.id, remember, &mut batch));
    let mut signed_up = Event::new(auth, Kind::SignUp, &exchange.client).of(&user.id);
    if let Some(session) = &session {
        signed_up = signed_up.in_session(&session.id);
    }
    match event::commit(auth, batch, &[signed_up]).await {
        Ok(_) => Ok(SignedUp::New(user, session)),
        // Somebody with the same address was faster, between the look and the insertion.
        Err(error) if error.is_constraint("email") && private => Ok(SignedUp::Known(user)),
        Err(error) if error.is_constraint("email") => Err(Code::FailedToCreateUser.into()),
        Err(error) => Err(error.into()),
    }
}

/// What a new person costs beside the hash: one write. Without it an address that is known would be answered sooner.
async fn write_for_nobody(auth: &Auth, made_up: &User) -> Result<(), Error> {
    let verification = Verification {
        id: auth.new_id(),
        identifier: auth.new_id(),
        value: made_up.id.clone(),
        expires_at: made_up.created_at,
    };
    Ok(verifications::insert_for_nobody(&auth.store, &verification, made_up.created_at).await?)
}

fn user_of(auth: &Auth, newcomer: &Newcomer) -> User {
    let now = auth.now();
    User {
        name: newcomer.name.clone(),
        email: email::normalised(&newcomer.email),
        email_verified: false,
        image: newcomer.image.clone(),
        created_at: now,
        updated_at: now,
        id: auth.new_id(),
    }
}
