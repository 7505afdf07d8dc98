//! What stands around every answer: a body that comes in time, https where it is promised, headers, one log line, and
//! a panic that costs one request alone.
//!
//! It is one service around the whole router and not a stack of layers: every layer would copy the ones below it for
//! each request.

use std::{
    any::Any,
    future::poll_fn,
    net::{IpAddr, SocketAddr},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use doorward::config::{BaseUrl, Network};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use super::answer::Answer;

/// A body that is not complete by then is given up.
const BODY_TIME: Duration = Duration::from_secs(30);

/// How the server is reached.
#[derive(Clone)]
pub(crate) struct Reach {
    pub(crate) base_url: BaseUrl,
    pub(crate) trusted_proxies: Arc<[Network]>,
    /// TLS ends here and not in a proxy.
    pub(crate) own_tls: bool,
}

/// The router with everything around it.
#[derive(Clone)]
pub(crate) struct Front(Arc<Inner>);

struct Inner {
    reach: Reach,
    /// Whether a proxy that nobody trusts was told of.
    told_of_proxy: AtomicBool,
    router: Router,
}

impl Front {
    pub(crate) fn new(reach: Reach, router: Router) -> Self {
        Self(Arc::new(Inner { reach, told_of_proxy: AtomicBool::new(false), router }))
    }
}

impl Answer for Front {
    /// Answers, and writes one line into the log, without query, headers or body.
    async fn answer(self, request: Request) -> Response {
        let Inner { reach, router, .. } = &*self.0;
        let noted = tracing::enabled!(tracing::Level::DEBUG)
            .then(|| (request.method().clone(), request.uri().clone(), Instant::now()));
        self.0.tell_of_proxy(&request);
        let mut response = if !names_one_host(&request) {
            StatusCode::BAD_REQUEST.into_response()
        } else if let Some(refused) = reach.lead_to_https(&request) {
            refused
        } else {
            ask(router.clone(), request.map(Timed::around)).await
        };
        reach.add_headers(response.headers_mut());
        if let Some((method, uri, started)) = noted {
            let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
            let (path, status) = (loggable(uri.path()).escape_debug(), response.status().as_u16());
            tracing::debug!(%method, %path, status, milliseconds, "answered");
        }
        response
    }
}

impl Inner {
    /// Everybody behind a proxy that is not trusted is one client: one limit, one lock-out. Said once, and only of an
    /// address that the internet cannot have: nobody talks an operator into trusting theirs.
    fn tell_of_proxy(&self, request: &Request) {
        if !request.headers().contains_key("x-forwarded-for") || self.told_of_proxy.load(Relaxed) {
            return;
        }
        let Some(peer) = Reach::peer(request).filter(|peer| is_ours(*peer) && !self.reach.trusts(*peer)) else {
            return;
        };
        if !self.told_of_proxy.swap(true, Relaxed) {
            tracing::warn!(
                %peer,
                "this address forwards for others and is not trusted: limits count everybody behind it as one; if it is a proxy of yours, name it in DOORWARD_TRUSTED_PROXIES"
            );
        }
    }
}

/// The router's answer; a panic on the way is caught.
async fn ask(router: Router, request: Request) -> Response {
    let mut answer = pin!(router.answer(request));
    let answered = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    });
    answered.await.unwrap_or_else(|panic| after_panic(panic.as_ref()))
}

/// Loopback and private networks.
fn is_ours(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// A path as the log may hold it: a link from a mail carries its token in the path.
fn loggable(path: &str) -> &str {
    const CARRIES_TOKEN: &str = "/reset-password/";
    path.find(CARRIES_TOKEN).map_or(path, |at| &path[..at + CARRIES_TOKEN.len()])
}

/// A request of HTTP/1.1 names exactly one host (RFC 9112, section 3.2), and one of HTTP/2 names none beside its authority
/// (RFC 9113, section 8.3.1): with two, a proxy in front may have meant the other one.
fn names_one_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    match (request.version(), first, second) {
        (_, _, Some(_)) | (Version::HTTP_11, None, None) => false,
        (Version::HTTP_2, Some(host), None) => {
            request.uri().authority().is_none_or(|authority| authority.as_str().as_bytes() == host.as_bytes())
        }
        _ => true,
    }
}

/// What belongs to no API of ours, below the prefix where a program and not a person asks.
pub(crate) fn no_such_call() -> Response {
    let body = axum::Json(serde_json::json!({ "message": "There is no such call", "code": "NOT_FOUND" }));
    (StatusCode::NOT_FOUND, body).into_response()
}

impl Reach {
    /// https is promised by the base URL: pages that were asked for in the clear lead there, calls are refused.
    fn lead_to_https(&self, request: &Request) -> Option<Response> {
        if !self.base_url.is_secure() || self.own_tls || self.is_forwarded_securely(request) {
            return None;
        }
        let path = request.uri().path();
        if path == "/healthz" {
            // Whoever watches over the process asks it directly, and learns nothing worth hiding.
            return None;
        }
        if path.starts_with("/api/") || self.base_url.below(path).is_some() {
            let body = axum::Json(
                serde_json::json!({ "message": "This server is to be reached by https", "code": "HTTPS_REQUIRED" }),
            );
            return Some((StatusCode::FORBIDDEN, body).into_response());
        }
        // `OPTIONS *` has a target that is no path.
        let path_and_query = request.uri().path_and_query().map(|path| path.as_str());
        let path_and_query = path_and_query.filter(|path| path.starts_with('/')).unwrap_or("/");
        Some(match HeaderValue::try_from(format!("{}{path_and_query}", self.base_url.origin())) {
            Ok(target) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response(),
            Err(_) => StatusCode::FORBIDDEN.into_response(),
        })
    }

    /// A trusted proxy that says nothing ends TLS itself; one that says http did not.
    fn is_forwarded_securely(&self, request: &Request) -> bool {
        let trusted = Self::peer(request).is_some_and(|peer| self.trusts(peer));
        let says = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
        trusted && says.is_none_or(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    fn peer(request: &Request) -> Option<IpAddr> {
        request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|range| range.contains(peer))
    }

    /// On every answer that has none of its own.
    fn add_headers(&self, headers: &mut HeaderMap) {
        static HEADERS: [(HeaderName, HeaderValue); 6] = [
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
            ),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(
                    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
                ),
            ),
        ];
        for (name, value) in &HEADERS {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        if self.base_url.is_secure() {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
    }
}

/// A body that must be complete within [`BODY_TIME`] of its first look.
struct Timed {
    inner: Body,
    ends: Option<Pin<Box<Sleep>>>,
}

impl Timed {
    /// A body that is there already needs no clock.
    fn around(body: Body) -> Body {
        if body.is_end_stream() { body } else { Body::new(Self { inner: body, ends: None }) }
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(frame),
            Poll::Pending => {
                let ends = self.ends.get_or_insert_with(|| Box::pin(tokio::time::sleep(BODY_TIME)));
                match ends.as_mut().poll(context) {
                    Poll::Ready(()) => Poll::Ready(Some(Err(axum::Error::new("the body took too long")))),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The answer to a request whose handler panicked; the process goes on.
fn after_panic(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let reason = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
    tracing::error!(reason, "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;

    #[test]
    fn the_log_holds_no_token_of_a_link() {
        assert_eq!(loggable("/api/auth/reset-password/secret"), "/api/auth/reset-password/");
        assert_eq!(loggable("/api/auth/reset-password"), "/api/auth/reset-password");
    }

    #[tokio::test]
    async fn a_panic_costs_one_request_and_tells_nothing() {
        let broken = || async { if true { panic!("a secret reason") } else { "never" } };
        let router = Router::new().route("/broken", get(broken)).route("/whole", get(|| async { "whole" }));
        let base_url = BaseUrl::parse("http://localhost:3000").unwrap();
        let front = Front::new(Reach { base_url, trusted_proxies: Arc::new([]), own_tls: false }, router);
        for (path, status, expected) in [("/broken", 500, ""), ("/whole", 200, "whole")] {
            let request = Request::builder().uri(path).header("host", "x").body(Body::empty()).unwrap();
            let answer = front.clone().answer(request).await;
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            assert_eq!(axum::body::to_bytes(answer.into_body(), 1000).await.unwrap(), expected);
        }
    }
}
