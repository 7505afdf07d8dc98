//! Sessions: opening, finding, extending and ending them.
//!
//! The row is the truth. Whoever revoked a session, here or in another program, the next request is refused: what a row
//! held is used again only while nobody has written (`store/kept_sessions.rs`). The cookie cache spares us nothing and
//! can keep nothing alive.

use std::borrow::Cow;

use doorward_crypto::random;
use doorward_database::Batch;

use crate::{
    auth::Auth,
    error::{Code, Error},
    http::{
        Exchange, cookies,
        schema::{is_on, query_object},
    },
    model::{Session, User},
    store::{sessions, sessions::Ending},
};

/// A living session with its person.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub(crate) session: Session,
    pub(crate) user: User,
}

/// What looking for a session found.
pub(crate) struct Look {
    pub(crate) current: Current,
    /// Refreshing is deferred, and due.
    pub(crate) needs_refresh: bool,
}

/// How a request wants its session looked at.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wishes {
    /// Read past the browser's copy.
    pub(crate) disable_cookie_cache: bool,
    /// Do not extend.
    pub(crate) disable_refresh: bool,
    /// `POST /get-session` under deferred refresh: extend now.
    pub(crate) refresh_now: bool,
}

/// A new session, not yet stored: add it to the batch that stores what it belongs to.
pub(crate) fn open(auth: &Auth, exchange: &Exchange, user_id: &str, remember: bool, batch: &mut Batch) -> Session {
    let now = auth.now();
    let token = random::alphanumeric(&*auth.random, 32);
    let (stored, secret) = match auth.store.at_rest(&token) {
        Cow::Owned(digest) => (digest, Some(token)),
        Cow::Borrowed(_) => (token, None),
    };
    let lifetime = if remember { auth.config.session.expires_in } else { auth.config.session.short_expires_in };
    let session = Session {
        expires_at: now.plus_seconds(lifetime),
        token: stored,
        secret,
        created_at: now,
        updated_at: now,
        ip_address: Some(exchange.client.address()),
        user_agent: Some(exchange.client.user_agent()),
        user_id: user_id.to_owned(),
        id: auth.new_id(),
    };
    sessions::insert(batch, &session);
    session
}

/// The living session of a request, for guards.
pub(crate) async fn current(auth: &Auth, exchange: &Exchange) -> Result<Option<Current>, Error> {
    let flags = query_object(&exchange.query);
    let on = |name: &str| flags.get(name).is_some_and(is_on);
    let wishes = Wishes {
        disable_cookie_cache: on("disableCookieCache"),
        disable_refresh: on("disableRefresh"),
        refresh_now: false,
    };
    match look(auth, exchange, wishes).await {
        Ok(found) => Ok(found.map(|look| look.current)),
        Err(Error::Api(Code::FailedToGetSession)) => Ok(None), // revoked while we extended it
        Err(error) => Err(error),
    }
}

/// Finds the session of a request, extends it when that is due, and keeps the browser's cookies in step.
pub(crate) async fn look(auth: &Auth, exchange: &Exchange, wishes: Wishes) -> Result<Option<Look>, Error> {
    let config = &auth.config.session;
    let credential = &exchange.credential;
    let caching = config.cookie_cache.is_some();
    if credential.session_data.is_some() && !caching {
        cookies::clear_cache(exchange, &auth.config);
    }
    let Some(token) = &credential.token else { return Ok(None) };
    let cached = caching && !wishes.disable_cookie_cache && cookies::cached(exchange, auth);
    if caching && !wishes.disable_cookie_cache && !cached && credential.session_data.is_some() {
        cookies::clear_cache(exchange, &auth.config);
    }

    let now = auth.now();
    let found = sessions::find(&auth.store, token).await?;
    let (session, user) = match found {
        Some((session, user)) if session.expires_at >= now => (session, user),
        ended => {
            cookies::clear_session(exchange, &auth.config);
            if let Some((session, _)) = ended
                && (!config.defer_refresh || wishes.refresh_now)
            {
                // It is nobody's, whether or not its row can be deleted now.
                match end(auth, Ending::Token(&session.token)).await {
                    Ok(()) | Err(Error::Busy(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            return Ok(None);
        }
    };
    let as_it_is = |session, user| Ok(Some(Look { current: Current { session, user }, needs_refresh: false }));
    let dont_remember = is_forgotten(auth, exchange, &session);
    if cached || dont_remember || wishes.disable_refresh {
        return as_it_is(session, user);
    }
    let due = session.expires_at.plus_seconds(config.update_age - config.expires_in) <= now && !config.disable_refresh;
    if config.defer_refresh && !wishes.refresh_now {
        cookies::set_cache(exchange, auth, &session, &user, false);
        return Ok(Some(Look { current: Current { session, user }, needs_refresh: due }));
    }
    if !due {
        cookies::set_cache(exchange, auth, &session, &user, false);
        return as_it_is(session, user);
    }
    let session = match extend(auth, &session).await {
        Ok(Some(session)) => session,
        Ok(None) => {
            cookies::clear_session(exchange, &auth.config);
            return Err(Code::FailedToGetSession.into());
        }
        // A disk that takes no more writes signs nobody out: the session is extended next time.
        Err(Error::Busy(_)) => return as_it_is(session, user),
        Err(error) => return Err(error),
    };
    cookies::set_session(exchange, auth, &session, &user, false);
    as_it_is(session, user)
}

/// Ends sessions now, for every request and, by the list of ended sessions, for verifiers elsewhere.
pub(crate) async fn end(auth: &Auth, ending: Ending<'_>) -> Result<(), Error> {
    let mut batch = Batch::new();
    end_with(auth, ending, &mut batch);
    auth.store.commit(batch).await?;
    Ok(())
}

/// Seconds beyond the life of a token for which an ended session is told of: a token that was signed while the end waited
/// to be stored is younger, and verifiers may take tokens for up to a minute longer.
const TOLD_LONGER: i64 = 60;

/// The same as part of a batch.
pub(crate) fn end_with(auth: &Auth, ending: Ending<'_>, batch: &mut Batch) {
    sessions::end(batch, ending, auth.now().plus_seconds(auth.config.token.lifetime + TOLD_LONGER));
}

/// Gives a session its whole life again; `None` when it was revoked in the meantime.
pub(crate) async fn extend(auth: &Auth, session: &Session) -> Result<Option<Session>, Error> {
    let now = auth.now();
    Ok(sessions::extend(&auth.store, session, now.plus_seconds(auth.config.session.expires_in), now).await?)
}

/// Whether a session was opened without "remember me". A cookie says so; bearer requests carry none, but the whole life of
/// such a session is the short one. Better Auth then extends it to a week.
pub(crate) fn is_forgotten(auth: &Auth, exchange: &Exchange, session: &Session) -> bool {
    exchange.credential.dont_remember || (exchange.credential.by_bearer && is_short(auth, session))
}

fn is_short(auth: &Auth, session: &Session) -> bool {
    session.expires_at <= session.updated_at.plus_seconds(auth.config.session.short_expires_in)
        && auth.config.session.short_expires_in < auth.config.session.expires_in
}

/// Whether the sign-in is recent enough for what a thief of an open browser must not do.
pub(crate) fn is_fresh(auth: &Auth, session: &Session) -> bool {
    let age = auth.config.session.fresh_age;
    age == 0 || auth.now() < session.created_at.plus_seconds(age)
}
