//! What happens around every route, in Better Auth's order, since the order decides which refusal wins.
//!
//! First the rate limit and the methods that are never answered; then the body by its media type, the origin, redirect
//! targets, the credential; then the feature; then cookies and headers. It is one function around each handler and not
//! a stack of layers: every layer would copy the ones below it for each request.

use std::pin::Pin;

use axum::{
    body::to_bytes,
    extract::{Request, State},
    handler::Handler,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use super::{
    client_address::Client,
    cookies,
    exchange::Exchange,
    origin,
    plain_form::PlainForm,
    rate_limit,
    redirect::Target,
    schema::{form_object, query_object},
};
use crate::{
    auth::Auth,
    error::{Code, Error},
};

/// Largest body that is read, in bytes. Better Auth has no limit; a password does not need megabytes.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;
/// Deepest nesting of a body.
const DEPTH_LIMIT: usize = 64;

/// Which bodies a route reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    Json,
    /// `application/x-www-form-urlencoded` too: plain forms without JavaScript.
    JsonAndForms,
    /// None: whatever is sent counts for nothing, be it valid or not.
    Unread,
}

/// What is special about a route.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) bodies: Bodies,
    /// The shape of refusals that never reach the feature.
    pub(crate) refuse: fn(Error) -> Response,
}

/// A handler with the pipeline around it.
#[derive(Clone)]
pub(crate) struct Staged<H> {
    pub(crate) stage: Stage,
    pub(crate) handler: H,
}

impl<H: Handler<T, Auth>, T: 'static> Handler<T, Auth> for Staged<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    /// The request stays in this future until its handler gets it. Every future that is given one by value holds a place
    /// for it, and is copied with all its places when it is boxed.
    fn call(self, mut request: Request, auth: Auth) -> Self::Future {
        Box::pin(async move {
            let mut response = run(self.stage, &auth, &mut request, self.handler).await;
            add_security_headers(&mut response);
            response
        })
    }
}

/// A path or a method that is not there.
pub(crate) async fn unknown(State(auth): State<Auth>, request: Request) -> Response {
    let client = Client::read(request.headers(), request.extensions(), &auth.config.network);
    let counted = rate_limit::count(&auth, &client, rate_limit::counted_unknown(route(&auth, &request)));
    let mut response = counted.map_or_else(Error::into_response, |()| not_found());
    add_security_headers(&mut response);
    response
}

/// Methods that Better Auth does not know, and axum would answer.
fn is_never_answered(method: &Method) -> bool {
    matches!(*method, Method::HEAD | Method::OPTIONS)
}

/// The path below the base path.
fn route<'a>(auth: &Auth, request: &'a Request) -> &'a str {
    let path = request.uri().path();
    auth.config.base_url.below(path).unwrap_or(path)
}

async fn run<H, T>(stage: Stage, auth: &Auth, request: &mut Request, handler: H) -> Response
where
    H: Handler<T, Auth>,
{
    let config = &auth.config;
    let client = Client::read(request.headers(), request.extensions(), &config.network);
    let counted = match rate_limit::count(auth, &client, rate_limit::counted(route(auth, request))) {
        Ok(()) if is_never_answered(request.method()) => return not_found(),
        Ok(()) => rate_limit::count_elsewhere(auth, &client, route(auth, request)).await,
        refused => refused,
    };
    if let Err(error) = counted {
        return refuse_unread(stage, auth, request, error).await;
    }
    let body = match read_body(request, stage.bodies).await {
        Ok(body) => body,
        Err(error) => return (stage.refuse)(error),
    };
    let query = request.uri().query().unwrap_or_default().to_owned();
    if *request.method() != Method::GET
        && let Err(error) =
            origin::check(request.headers(), config).and_then(|()| check_targets(body.as_ref(), &query, auth))
    {
        origin::tell(auth, &client, request.headers(), &error);
        return (stage.refuse)(error);
    }
    let credential = cookies::credential(request.headers(), config);
    let plain_form = PlainForm::read(request.headers(), body.as_ref(), config);
    let exchange = Exchange::new(client, body, query, credential);
    request.extensions_mut().insert(exchange.clone());
    let mut response = handler.call(std::mem::take(request), auth.clone()).await;
    if let Some(form) = plain_form {
        response = Box::pin(form.lead_on(response)).await;
    }
    exchange.finish(response.headers_mut());
    response
}

/// A refusal before the body was read: only a plain form's is looked at, to lead back to its page.
async fn refuse_unread(stage: Stage, auth: &Auth, request: &mut Request, error: Error) -> Response {
    let refused = (stage.refuse)(error);
    if stage.bodies != Bodies::JsonAndForms || !PlainForm::is_posted(request.headers()) {
        return refused;
    }
    let body = read_body(request, stage.bodies).await.ok().flatten();
    match PlainForm::read(request.headers(), body.as_ref(), &auth.config) {
        Some(form) => Box::pin(form.lead_on(refused)).await,
        None => refused,
    }
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// On every answer of the service: nothing here is a page to frame, sniff or lead on from.
fn add_security_headers(response: &mut Response) {
    static HEADERS: [(HeaderName, HeaderValue); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
        ),
    ];
    let headers = response.headers_mut();
    // For these and for what the server adds, so that the table grows once.
    headers.reserve(2 * HEADERS.len());
    for (name, value) in &HEADERS {
        headers.insert(name, value.clone());
    }
}

async fn read_body(request: &mut Request, bodies: Bodies) -> Result<Option<Value>, Error> {
    if *request.method() == Method::GET {
        return Ok(None);
    }
    let body = std::mem::take(request.body_mut());
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) {
        return Err(Error::TooLarge);
    }
    // Without a media type the body is not looked at, as under Better Auth's Node adapter; but it is read off the wire.
    let bytes = Box::pin(to_bytes(body, BODY_LIMIT)).await.map_err(|error| refused_body(&error))?;
    let Some(sent) = headers.get(header::CONTENT_TYPE).filter(|_| bodies != Bodies::Unread) else { return Ok(None) };
    // Nor is a body that is announced as none; one that comes in pieces is a body, even if no piece comes.
    if sent.is_empty() || (bytes.is_empty() && !headers.contains_key(header::TRANSFER_ENCODING)) {
        return Ok(None);
    }
    let sent = String::from_utf8_lossy(sent.as_bytes());
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = String::from_utf8_lossy(&bytes);
    match essence.as_str() {
        "application/json" => {
            // What reads JSON for the web passes over a byte order mark; what reads forms does not.
            let json = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let value = read_json(json).ok_or(Code::InvalidJson)?;
            if depth(&value) > DEPTH_LIMIT { Err(Code::InvalidJson.into()) } else { Ok(Some(value)) }
        }
        "application/x-www-form-urlencoded" if bodies == Bodies::JsonAndForms => Ok(Some(form_object(&text))),
        _ => Err(Error::MediaType { sent: sent.into_owned(), allowed: allowed(bodies) }),
    }
}

/// JSON as JavaScript reads it: half of a surrogate pair, left over where a program cut a text with an emoji in it, is the
/// character that stands for what is no text.
fn read_json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&without_lone_surrogates(text)?).ok())
}

/// With each escape of half a pair replaced; `None` if there is none.
fn without_lone_surrogates(text: &str) -> Option<String> {
    let mut mended = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            // The character after a backslash is part of the escape, a second backslash too.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    (mended != text).then_some(mended)
}

/// The number of an escape like `\ud83d` at the beginning of a text.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

const fn allowed(bodies: Bodies) -> &'static str {
    match bodies {
        Bodies::JsonAndForms => "application/x-www-form-urlencoded, application/json",
        Bodies::Json | Bodies::Unread => "application/json",
    }
}

fn refused_body(error: &axum::Error) -> Error {
    let too_large =
        std::error::Error::source(error).is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
    // Otherwise the client broke off: nobody reads this answer, but it is the client's fault and not ours.
    if too_large { Error::TooLarge } else { Code::InvalidJson.into() }
}

/// Nesting of a value, without recursion: `[[1]]` is 2 deep.
fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut waiting = vec![(value, 1)];
    while let Some((value, level)) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(members) => waiting.extend(members.values().map(|member| (member, level + 1))),
            _ => continue,
        }
        deepest = deepest.max(level);
    }
    deepest
}

/// Redirect targets are checked wherever they stand in a body, also on routes that would not use them.
fn check_targets(body: Option<&Value>, query: &str, auth: &Auth) -> Result<(), Error> {
    let in_body = |name: &str| body.and_then(|body| body.get(name)).filter(|value| !is_falsy(value));
    let query = query_object(query);
    let callback = in_body("callbackURL").or_else(|| query.get("callbackURL").filter(|value| !is_falsy(value)));
    let targets = [
        (callback, Code::InvalidCallbackUrl, "Invalid callbackURL: expected a string"),
        (in_body("redirectTo"), Code::InvalidRedirectUrl, "Invalid redirectURL: expected a string"),
        (in_body("errorCallbackURL"), Code::InvalidErrorCallbackUrl, "Invalid errorCallbackURL: expected a string"),
        (
            in_body("newUserCallbackURL"),
            Code::InvalidNewUserCallbackUrl,
            "Invalid newUserCallbackURL: expected a string",
        ),
    ];
    for (value, code, not_text) in targets {
        let Some(value) = value else { continue };
        let text = value.as_str().ok_or(Error::Message(StatusCode::BAD_REQUEST, not_text))?;
        Target::check(text, &auth.config).ok_or(code)?;
    }
    Ok(())
}

/// What JavaScript takes for absent.
fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_containers() {
        assert_eq!(depth(&serde_json::json!(1)), 0);
        assert_eq!(depth(&serde_json::json!([])), 1);
        assert_eq!(depth(&serde_json::json!({"a": [1]})), 2);
    }

    #[test]
    fn half_a_pair_is_read_as_javascript_reads_it() {
        for (text, expected) in [
            (r#""Ada \ud83d""#, Some("Ada \u{fffd}")),
            (r#""\udc00\ud83d\ude00\uD83D""#, Some("\u{fffd}\u{1f600}\u{fffd}")),
            (r#""\\ud83d \ud83d""#, Some("\\ud83d \u{fffd}")),
            (r#""\ud83d\ud83d\ude00é""#, Some("\u{fffd}\u{1f600}é")),
            (r#""\ud83""#, None),
            (r#""\ud83d"#, None),
            ("\"\\", None),
        ] {
            assert_eq!(read_json(text), expected.map(Value::from), "{text}");
        }
    }
}
