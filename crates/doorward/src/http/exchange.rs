//! One request and what will be added to its answer.
//!
//! The pipeline reads the request once into an [`Exchange`]; features and guards ask it and leave cookies and headers
//! in it; the pipeline puts those on the answer, whether that is a success or a refusal. So every `Set-Cookie` of a
//! request survives, whoever set it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};
use serde_json::Value;

use super::client_address::Client;
use crate::{auth::Auth, error::Error};

/// A cheap-to-clone handle on the request at hand.
#[derive(Clone)]
pub(crate) struct Exchange(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) client: Client,
    /// The parsed body; forms are objects of texts. `None`: there was none.
    pub(crate) body: Option<Value>,
    /// The raw query, without `?`.
    pub(crate) query: String,
    pub(crate) credential: Credential,
    outbox: Mutex<Outbox>,
}

/// What the request presents as proof of a session; signatures are verified already.
#[derive(Default)]
pub(crate) struct Credential {
    /// The session token, from `Authorization: Bearer` or the cookie.
    pub(crate) token: Option<String>,
    /// The token came as a bearer token, so no cookie speaks for the session's kind.
    pub(crate) by_bearer: bool,
    /// The browser holds the mark of a session that is not remembered.
    pub(crate) dont_remember: bool,
    /// The cookie-cache value, chunks joined.
    pub(crate) session_data: Option<String>,
    /// Names of the chunks that carried it.
    pub(crate) session_data_chunks: Vec<String>,
}

/// What the answer will carry besides its body.
#[derive(Default)]
pub(crate) struct Outbox {
    cookies: Vec<(String, HeaderValue)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    exposed: Vec<&'static str>,
}

impl Exchange {
    pub(crate) fn new(client: Client, body: Option<Value>, query: String, credential: Credential) -> Self {
        Self(Arc::new(Inner { client, body, query, credential, outbox: Mutex::default() }))
    }

    /// Sets a cookie. Browsers keep the last line of a name.
    pub(crate) fn set_cookie(&self, name: &str, line: HeaderValue) {
        self.outbox().cookies.push((name.to_owned(), line));
    }

    /// Takes back what was set under this name in this answer, so that a value that was cleared is not on the wire.
    pub(crate) fn take_back_cookie(&self, name: &str) {
        self.outbox().cookies.retain(|(other, _)| other != name);
    }

    /// Sets a header that browsers of other origins may read.
    pub(crate) fn expose_header(&self, name: &'static str, value: HeaderValue) {
        let mut outbox = self.outbox();
        outbox.headers.retain(|(other, _)| other.as_str() != name);
        outbox.headers.push((HeaderName::from_static(name), value));
        if !outbox.exposed.contains(&name) {
            outbox.exposed.push(name);
        }
    }

    /// Takes back a header that was to be read by others, because it no longer holds.
    pub(crate) fn withhold_header(&self, name: &str) {
        let mut outbox = self.outbox();
        outbox.headers.retain(|(other, _)| other.as_str() != name);
        outbox.exposed.retain(|other| *other != name);
    }

    /// Puts everything collected onto an answer.
    pub(crate) fn finish(&self, headers: &mut HeaderMap) {
        let outbox = std::mem::take(&mut *self.outbox());
        if !outbox.cookies.is_empty() || self.credential.token.is_some() {
            // An answer that changes a browser's session, or was given because of one, is nobody else's to keep.
            headers.entry(http::header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        }
        for (_, line) in outbox.cookies {
            headers.append(http::header::SET_COOKIE, line);
        }
        headers.extend(outbox.headers);
        // `set-auth-jwt` comes before `set-auth-token`, as Better Auth's plugins run.
        let mut exposed = outbox.exposed;
        exposed.sort_unstable();
        if let Ok(value) = HeaderValue::from_str(&exposed.join(", "))
            && !exposed.is_empty()
        {
            headers.insert(http::header::ACCESS_CONTROL_EXPOSE_HEADERS, value);
        }
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::ops::Deref for Exchange {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRequestParts<Auth> for Exchange {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Auth) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::internal("a route was mounted outside the pipeline"))
    }
}
