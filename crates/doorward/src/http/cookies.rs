//! Cookie names, attributes, reading and writing. Signing itself is `doorward-crypto`'s.

use doorward_crypto::{
    cookie,
    session_data::{self, CacheForm},
};
use doorward_database::Stamp;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use super::exchange::{Credential, Exchange};
use crate::{
    auth::Auth,
    config::Config,
    model::{Session, User},
};

pub(crate) const SESSION_TOKEN: &str = "better-auth.session_token";
/// Where clients that keep no cookies read the session token.
const SET_AUTH_TOKEN: &str = "set-auth-token";
const SESSION_DATA: &str = "better-auth.session_data";
const DONT_REMEMBER: &str = "better-auth.dont_remember";
const STATE: &str = "better-auth.state";

/// Seconds in which somebody must be back from a provider; the row of the same visit lives for twice as long.
const STATE_LIFETIME: i64 = 300;

/// Chunks of a copy that are looked at: far more than any server writes. Each is cleared by a line of the answer, and whoever
/// tosses hundreds of cookies at a browser must not make answers too long for the proxies in between.
const MOST_CHUNKS: usize = 10;

/// A cookie whose line would be longer is split, since browsers drop what exceeds 4096 bytes.
const CHUNK: usize = 4050;

/// The prefix browsers enforce: `__Secure-` asks for https, `__Host-` also for one host and the whole path.
pub(crate) fn prefix(config: &Config) -> &'static str {
    match (config.base_url.is_secure(), config.session.host_prefix) {
        (false, _) => "",
        (true, false) => "__Secure-",
        (true, true) => "__Host-",
    }
}

/// The full name of one of our cookies.
pub(crate) fn name(config: &Config, base: &str) -> String {
    format!("{}{base}", prefix(config))
}

/// The cookies of a request, in order. Other programs on the same host set cookies too, in any encoding: one that is no
/// text is passed over, and the rest of the line still counts.
pub(crate) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// The first cookie of this name.
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers).find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// Reads what proves a session: a bearer token wins over the cookie, an invalid one is as good as none.
pub(crate) fn credential(headers: &HeaderMap, config: &Config) -> Credential {
    let mut credential = Credential::default();
    let mut chunks: Vec<(u32, &str)> = Vec::new();
    // Of two cookies of one name the first counts, whatever it is worth.
    let (mut token_seen, mut mark_seen) = (false, false);
    for (cookie_name, value) in pairs(headers) {
        let Some(base) = cookie_name.strip_prefix(prefix(config)) else { continue };
        match base {
            SESSION_TOKEN => {
                if !std::mem::replace(&mut token_seen, true) {
                    credential.token = cookie::unsign(value, &config.secrets);
                }
            }
            DONT_REMEMBER => {
                if !std::mem::replace(&mut mark_seen, true) {
                    credential.dont_remember = cookie::unsign(value, &config.secrets).is_some();
                }
            }
            SESSION_DATA if credential.session_data.is_none() => credential.session_data = Some(value.to_owned()),
            _ => {
                let index = base.strip_prefix(SESSION_DATA).and_then(|rest| chunk_index(rest.strip_prefix('.')?));
                if let Some(index) = index.filter(|index| !chunks.iter().any(|(other, _)| other == index))
                    && chunks.len() < MOST_CHUNKS
                {
                    chunks.push((index, value));
                    credential.session_data_chunks.push(cookie_name.to_owned());
                }
            }
        }
    }
    if credential.session_data.is_some() {
        credential.session_data_chunks.push(name(config, SESSION_DATA));
    } else if !chunks.is_empty() {
        chunks.sort_unstable_by_key(|(index, _)| *index);
        credential.session_data = Some(chunks.iter().map(|(_, value)| *value).collect());
    }
    if let Some(token) = bearer(headers, config) {
        credential.token = Some(token);
        credential.by_bearer = true;
    }
    credential
}

/// The number of a chunk as it is written, and not `+1` or `01`.
fn chunk_index(text: &str) -> Option<u32> {
    let is_written = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| is_written)
}

/// The one `Authorization` header. Of two, a proxy in front may have looked at the other one; then neither counts.
pub(crate) fn authorization(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

/// The session token of an `Authorization` header: `token.signature`, or the bare token where that is allowed.
fn bearer(headers: &HeaderMap, config: &Config) -> Option<String> {
    let value = authorization(headers)?;
    let (scheme, token) = value.split_at_checked(7)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer ") || token.is_empty() {
        return None;
    }
    if token.matches('.').count() == 1 {
        return cookie::unsign(token, &config.secrets);
    }
    (!token.contains('.') && !config.session.bearer_requires_signature).then(|| token.to_owned())
}

/// Sets the cookies of a session that was just opened or extended.
pub(crate) fn set_session(exchange: &Exchange, auth: &Auth, session: &Session, user: &User, dont_remember: bool) {
    let config = &auth.config;
    let token = name(config, SESSION_TOKEN);
    let max_age = (!dont_remember).then_some(config.session.expires_in);
    let credential = session.credential();
    let signed = format!("{credential}.{}", cookie::signature(credential, config.secrets.current()));
    exchange.set_cookie(&token, line(config, &token, &cookie::percent_encode(&signed), max_age));
    let mark = name(config, DONT_REMEMBER);
    if dont_remember {
        let signed = cookie::sign("true", config.secrets.current());
        exchange.set_cookie(&mark, line(config, &mark, &signed, None));
    } else if exchange.credential.dont_remember {
        expire(exchange, config, &mark);
    }
    set_cache(exchange, auth, session, user, dont_remember);
    if let Ok(value) = HeaderValue::from_str(&signed) {
        exchange.expose_header(SET_AUTH_TOKEN, value);
    }
}

/// Renews the browser's signed copy of the session, where the cookie cache is on.
pub(crate) fn set_cache(exchange: &Exchange, auth: &Auth, session: &Session, user: &User, dont_remember: bool) {
    let config = &auth.config;
    let Some(cache) = &config.session.cookie_cache else { return };
    // Better Auth's own figures for a session that is not remembered.
    let lifetime = match (dont_remember, cache.form) {
        (false, _) => cache.max_age,
        (true, CacheForm::Compact) => 60,
        (true, CacheForm::Jwt | CacheForm::Jwe) => 300,
    };
    let (session, user) = (plain(session), plain(&*user.carried()));
    let now = auth.now().milliseconds();
    let data = session_data::encode(
        cache.form,
        &session,
        &user,
        &cache.version,
        lifetime,
        now,
        &config.secrets,
        &*auth.random,
    );
    let cookie_name = name(config, SESSION_DATA);
    let max_age = (!dont_remember).then_some(cache.max_age);
    let whole = line(config, &cookie_name, &data, max_age);
    let lines = if whole.len() <= CHUNK {
        vec![(cookie_name, whole)]
    } else {
        let room = CHUNK - (whole.len() - data.len()) - ".00".len();
        let parts = data.as_bytes().chunks(room).enumerate();
        let in_chunk = |(index, part): (usize, &[u8])| {
            let chunk_name = format!("{cookie_name}.{index}");
            let part = String::from_utf8_lossy(part); // the encodings are ASCII
            let line = line(config, &chunk_name, &part, max_age);
            (chunk_name, line)
        };
        parts.map(in_chunk).collect()
    };
    // What stays of a copy that had another form would be read together with this one, or instead of it.
    for sent in &exchange.credential.session_data_chunks {
        if !lines.iter().any(|(name, _)| name == sent) {
            expire(exchange, config, sent);
        }
    }
    for (name, line) in lines {
        exchange.set_cookie(&name, line);
    }
}

/// The cached session of this request, if its copy is genuine, current, and of the presented token.
pub(crate) fn cached(exchange: &Exchange, auth: &Auth) -> bool {
    let Some(cache) = &auth.config.session.cookie_cache else { return false };
    let Some(raw) = &exchange.credential.session_data else { return false };
    let found = session_data::decode(cache.form, raw, auth.now().milliseconds(), &auth.config.secrets);
    let presented = exchange.credential.token.as_deref().map(|token| auth.store.at_rest(token));
    found.is_some_and(|found| {
        found.version == cache.version
            && found.session.get("token").and_then(Value::as_str) == presented.as_deref()
            && (found.session.get("expiresAt").and_then(Value::as_str).and_then(Stamp::parse))
                .is_some_and(|at| at >= auth.now())
    })
}

/// Clears the session cookies: the token, the copy with its chunks, and the mark of a session that is not remembered.
pub(crate) fn clear_session(exchange: &Exchange, config: &Config) {
    for base in [SESSION_TOKEN, SESSION_DATA] {
        expire(exchange, config, &name(config, base));
    }
    clear_chunks(exchange, config);
    expire(exchange, config, &name(config, DONT_REMEMBER));
    // The session may have slid before it was ended, in this same answer.
    exchange.withhold_header(SET_AUTH_TOKEN);
}

/// Clears the copy alone, because it is stale or nobody asked for one.
pub(crate) fn clear_cache(exchange: &Exchange, config: &Config) {
    if config.session.cookie_cache.is_some() {
        expire(exchange, config, &name(config, SESSION_DATA));
    } else {
        clear_chunks(exchange, config);
    }
}

/// Better Auth clears what the browser sent once more by name, so `session_data` is cleared twice.
fn clear_chunks(exchange: &Exchange, config: &Config) {
    for chunk in &exchange.credential.session_data_chunks {
        exchange.set_cookie(chunk, line(config, chunk, "", Some(0)));
    }
}

/// Marks the browser that leaves for a provider, so that only it can come back.
pub(crate) fn set_state(exchange: &Exchange, config: &Config, state: &str) {
    let cookie_name = name(config, STATE);
    let signed = cookie::sign(state, config.secrets.current());
    exchange.set_cookie(&cookie_name, line(config, &cookie_name, &signed, Some(STATE_LIFETIME)));
}

/// The mark of the browser that comes back; its signature is verified.
pub(crate) fn state(headers: &HeaderMap, config: &Config) -> Option<String> {
    cookie::unsign(find(headers, &name(config, STATE))?, &config.secrets)
}

pub(crate) fn clear_state(exchange: &Exchange, config: &Config) {
    expire(exchange, config, &name(config, STATE));
}

pub(crate) fn expire(exchange: &Exchange, config: &Config, cookie_name: &str) {
    exchange.take_back_cookie(cookie_name);
    exchange.set_cookie(cookie_name, line(config, cookie_name, "", Some(0)));
}

/// One `Set-Cookie` line. Without `max_age` the cookie ends with the browser.
pub(crate) fn line(config: &Config, cookie_name: &str, value: &str, max_age: Option<i64>) -> HeaderValue {
    let max_age = max_age.map(|seconds| format!("Max-Age={seconds}; ")).unwrap_or_default();
    let secure = if config.base_url.is_secure() { "; Secure" } else { "" };
    let text = format!("{cookie_name}={value}; {max_age}Path=/; HttpOnly{secure}; SameSite=Lax");
    // Names are ours and values are percent-encoded or base64url, so this always fits a header.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn plain(row: &impl serde::Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_else(|_| json!({}))
}
