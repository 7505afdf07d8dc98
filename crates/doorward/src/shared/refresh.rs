//! Refresh tokens (RFC 9700, section 4.14.2): single use, rotated, bound to a session.
//!
//! A token is 256 random bits, stored as a digest. Using it stores its successor in the same statement that marks it
//! used, so of many at once one wins. Its direct predecessor gets the same successor again for a short while (two tabs,
//! a lost answer); whatever comes later than that is a stolen token, and ends the session with all its tokens.

use doorward_crypto::{digest, random, seal};
use doorward_database::{Batch, Stamp};

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::Exchange,
    model::{Kind, Session},
    shared::{
        event::{self, Event},
        session::Current,
    },
    store::{audit::Only, refresh_tokens, refresh_tokens::Found, sessions, sessions::Ending},
};

/// A first refresh token for a session, stored with the batch that opens it.
pub(crate) fn issue(auth: &Auth, session: &Session, batch: &mut Batch) -> String {
    let token = random::token_256(&*auth.random);
    let now = auth.now();
    let ends = auth.config.refresh.absolute.map(|seconds| now.plus_seconds(seconds));
    refresh_tokens::insert(batch, &digest_of(&token), &session.id, expiry(auth, now, ends), ends, now);
    token
}

/// Exchanges a token for its successor and the session behind it.
pub(crate) async fn rotate(auth: &Auth, exchange: &Exchange, token: &str) -> Result<(Current, String), Error> {
    let refused = || Error::Api(Code::RefreshTokenInvalid);
    let digest = digest_of(token);
    let now = auth.now();
    let found =
        refresh_tokens::find(&auth.store, &digest).await?.filter(|found| found.expires_at > now).ok_or_else(refused)?;
    let (session, user) = living_session(auth, &found, now).await?.ok_or_else(refused)?;
    let successor = match found.used_at {
        Some(used_at) => replay(auth, exchange, &digest, &found, used_at).await?,
        None => match succeed(auth, &digest, &found).await? {
            Some(successor) => successor,
            None => {
                // Lost the race for this token by a moment: the winner's successor is ours too.
                let found = refresh_tokens::find(&auth.store, &digest).await?.ok_or_else(refused)?;
                let used_at = found.used_at.ok_or_else(refused)?;
                replay(auth, exchange, &digest, &found, used_at).await?
            }
        },
    };
    let session = extended(auth, session).await?.ok_or_else(refused)?;
    Ok((Current { session, user }, successor))
}

async fn living_session(
    auth: &Auth,
    found: &Found,
    now: Stamp,
) -> Result<Option<(Session, crate::model::User)>, Error> {
    let session = sessions::find_by_id(&auth.store, &found.session_id).await?;
    Ok(session.filter(|(session, _)| session.expires_at > now))
}

/// Marks the token used and stores its successor; `None` when somebody else was first.
async fn succeed(auth: &Auth, digest: &str, found: &Found) -> Result<Option<String>, Error> {
    let successor = random::token_256(&*auth.random);
    let sealed = seal::seal(&successor, &auth.config.secrets, &*auth.random);
    let now = auth.now();
    let mut batch = Batch::new();
    refresh_tokens::rotate(
        &mut batch,
        digest,
        &sealed,
        &digest_of(&successor),
        expiry(auth, now, found.family_ends_at),
        now,
    );
    match auth.store.commit(batch).await {
        Ok(_) => Ok(Some(successor)),
        Err(doorward_database::Error::NothingChanged(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A used token again: the same successor for the direct predecessor within the window, the end of the session for
/// anybody else.
async fn replay(
    auth: &Auth,
    exchange: &Exchange,
    digest: &str,
    found: &Found,
    used_at: Stamp,
) -> Result<String, Error> {
    let config = &auth.config.refresh;
    let in_time = auth.now() <= used_at.plus_seconds(config.reuse_window);
    let successor = found.successor.as_deref().and_then(|sealed| seal::open(sealed, &auth.config.secrets).ok());
    if let Some(successor) = successor.filter(|_| in_time)
        && is_unused(auth, &successor).await?
        && refresh_tokens::count_replay(&auth.store, digest, config.reuse_count).await?
    {
        return Ok(successor);
    }
    let reuse = Event::new(auth, Kind::RefreshReuse, &exchange.client).in_session(&found.session_id);
    let mut batch = Batch::new();
    let stored = reuse.store(auth, &mut batch, &Only::IfSessionId(&found.session_id));
    super::session::end_with(auth, Ending::Id(&found.session_id), &mut batch);
    event::commit_if(auth, batch, &reuse, stored).await?;
    Err(Code::RefreshTokenInvalid.into())
}

/// Once the successor was used itself, its predecessor is two generations old.
async fn is_unused(auth: &Auth, successor: &str) -> Result<bool, Error> {
    let found = refresh_tokens::find(&auth.store, &digest_of(successor)).await?;
    Ok(found.is_some_and(|found| found.used_at.is_none()))
}

/// A session lives as long as its refresh tokens are used.
async fn extended(auth: &Auth, session: Session) -> Result<Option<Session>, Error> {
    let config = &auth.config.session;
    let due = session.expires_at.plus_seconds(config.update_age - config.expires_in) <= auth.now();
    if !due || config.disable_refresh {
        return Ok(Some(session));
    }
    match super::session::extend(auth, &session).await {
        // The token is used up: its successor must reach the client, and the session is extended next time.
        Err(Error::Busy(_)) => Ok(Some(session)),
        extended => extended,
    }
}

fn expiry(auth: &Auth, now: Stamp, family_ends_at: Option<Stamp>) -> Stamp {
    let sliding = now.plus_seconds(auth.config.refresh.expires_in);
    family_ends_at.map_or(sliding, |ends| ends.min(sliding))
}

fn digest_of(token: &str) -> String {
    digest::sha256_base64url(token.as_bytes())
}
