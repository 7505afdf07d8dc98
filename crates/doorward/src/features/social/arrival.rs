//! Coming in with an account at a provider.
//!
//! Whoever has the account here comes in. Otherwise the address decides: nobody has it, then it is a new person;
//! somebody has it, then the account becomes theirs only if the provider says that the address is verified *and* it is
//! verified here. Without the first, anybody could write any address at the provider and come in; without the second,
//! whoever signed up with somebody else's address first would share the account with its owner later.

use doorward_database::{Batch, Error as DatabaseError, Stamp};

use super::failure;
use crate::{
    auth::Auth,
    error::{Detour, Error},
    http::Exchange,
    model::{Account, Kind, Session, User},
    shared::{
        email_token,
        event::{self, Event},
        mail::{self, Letter},
        provider::{Profile, Provider, Tokens},
        session,
    },
    store::{accounts, users},
};

/// Somebody who came from a provider.
pub(super) struct Arrival<'a> {
    pub(super) profile: &'a Profile,
    pub(super) tokens: &'a Tokens,
    /// The page asked for a new account, if there is none.
    pub(super) request_sign_up: bool,
    pub(super) callback_url: Option<&'a str>,
}

/// Somebody who is in.
pub(super) struct Welcome {
    pub(super) user: User,
    pub(super) session: Session,
    pub(super) is_new: bool,
}

/// Who they are here, after everything was stored in one step; who does not come in leaves an event.
pub(super) async fn welcome(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    arrival: Arrival<'_>,
) -> Result<Result<Welcome, Detour>, Error> {
    let profile = arrival.profile;
    let welcomed = let_in(auth, exchange, provider, arrival).await?;
    if let Err(detour) = welcomed {
        failure::tell_of_address(auth, exchange, provider, detour, profile.email.as_deref()).await?;
    }
    Ok(welcomed)
}

async fn let_in(
    auth: &Auth,
    exchange: &Exchange,
    provider: &Provider<'_>,
    arrival: Arrival<'_>,
) -> Result<Result<Welcome, Detour>, Error> {
    let (Some(email), Some(account_id)) = (&arrival.profile.email, &arrival.profile.account_id) else {
        let has_id = arrival.profile.account_id.is_some();
        return Ok(Err(if has_id { Detour::EmailNotFound } else { Detour::UnableToGetUserInfo }));
    };
    let now = auth.now();
    let mut account = Account {
        id: auth.new_id(),
        account_id: account_id.clone(),
        provider_id: provider.id().to_owned(),
        created_at: now,
        updated_at: now,
        ..arrival.tokens.account(auth)
    };
    let known = accounts::find_remote(&auth.store, provider.id(), account_id).await?;
    let happened =
        |kind, user: &User| Event::new(auth, kind, &exchange.client).of(&user.id).because(provider.id().to_owned());
    let mut events = Vec::new();
    let mut batch = Batch::new();
    let (mut user, is_new) = match known.as_slice() {
        [own] => {
            let Some(user) = users::find(&auth.store, &own.user_id).await? else {
                tracing::error!(account = own.id, "an account belongs to nobody; repair it before its owner signs in");
                return Ok(Err(Detour::UnableToLinkAccount));
            };
            account.id.clone_from(&own.id);
            account.scope = None; // what was granted is widened by linking only
            accounts::set_tokens(&mut batch, &account, now);
            (user, false)
        }
        [] => match users::find_by_email(&auth.store, email).await? {
            Some(user) if may_join(auth, provider, arrival.profile, &user) => {
                account.user_id.clone_from(&user.id);
                accounts::insert_remote(&auth.store, &mut batch, &account, provider.issuer.as_deref());
                events.push(happened(Kind::AccountLinked, &user));
                (user, false)
            }
            Some(_) => return Ok(Err(Detour::AccountNotLinked)),
            None => {
                if !may_sign_up(provider, arrival.request_sign_up) {
                    return Ok(Err(Detour::SignUpDisabled));
                }
                let user = newcomer(auth, arrival.profile, email, now);
                account.user_id.clone_from(&user.id);
                users::insert(&mut batch, &user);
                accounts::insert_remote(&auth.store, &mut batch, &account, provider.issuer.as_deref());
                events.push(happened(Kind::SignUp, &user));
                (user, true)
            }
        },
        _ => {
            tracing::error!(provider = provider.id(), "several people have one account; repair the rows first");
            return Ok(Err(Detour::InternalServerError));
        }
    };
    if arrival.profile.email_verified && !user.email_verified && user.email == *email {
        users::verify_email_if_needed(&mut batch, &user, now);
        events.push(happened(Kind::EmailVerified, &user));
        (user.email_verified, user.updated_at) = (true, now);
    }
    let refused = provider.config.require_email_verification && !user.email_verified;
    let session = (!refused).then(|| session::open(auth, exchange, &user.id, true, &mut batch));
    events.extend(session.iter().map(|session| happened(Kind::SignIn, &user).in_session(&session.id)));
    match event::commit(auth, batch, &events).await {
        Ok(_) => {}
        // Somebody was faster: the same person in another window, or whoever removed the account.
        Err(DatabaseError::NothingChanged(_) | DatabaseError::Constraint(_)) => {
            return Ok(Err(failed(is_new, known.is_empty())));
        }
        Err(error) => return Err(error.into()),
    }
    let Some(session) = session else {
        if is_new {
            let link = email_token::verification_link(auth, &user, arrival.callback_url);
            mail::send(auth, &user, &user.email, Letter::VerifyEmail, &link);
        }
        return Ok(Err(Detour::EmailNotVerified));
    };
    Ok(Ok(Welcome { user, session, is_new }))
}

fn may_join(auth: &Auth, provider: &Provider<'_>, profile: &Profile, user: &User) -> bool {
    let known_there = provider.config.trusted || profile.email_verified;
    let known_here = user.email_verified || !auth.config.account.require_local_verification;
    known_there && known_here
}

fn may_sign_up(provider: &Provider<'_>, requested: bool) -> bool {
    !provider.config.disable_sign_up && (requested || !provider.config.disable_implicit_sign_up)
}

fn newcomer(auth: &Auth, profile: &Profile, email: &str, now: Stamp) -> User {
    User {
        name: profile.name.clone(),
        email: email.to_owned(),
        email_verified: profile.email_verified,
        image: profile.image.clone(),
        created_at: now,
        updated_at: now,
        id: auth.new_id(),
    }
}

const fn failed(is_new: bool, is_unknown: bool) -> Detour {
    match (is_new, is_unknown) {
        (true, _) => Detour::UnableToCreateUser,
        (false, true) => Detour::UnableToLinkAccount,
        (false, false) => Detour::UnableToUpdateAccount,
    }
}
