//! What stands around every answer: a body that comes in time, https where it is promised, headers, one log line, and
//! a panic that costs one request alone.

use std::{
    any::Any,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use doorward::config::{BaseUrl, Network};
use http::{HeaderName, HeaderValue, StatusCode, Version, header};
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

/// A body that is not complete by then is given up.
const BODY_TIME: Duration = Duration::from_secs(30);

/// How the server is reached.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) base_url: BaseUrl,
    pub(crate) trusted_proxies: Arc<[Network]>,
    /// TLS ends here and not in a proxy.
    pub(crate) own_tls: bool,
}

/// Around everything but the headers: one line in the log, without query, headers or body.
pub(crate) async fn outermost(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let response = if names_one_host(&request) {
        next.run(request.map(|body| Body::new(Timed { inner: body, ends: None }))).await
    } else {
        StatusCode::BAD_REQUEST.into_response()
    };
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    tracing::debug!(%method, path = %path.escape_debug(), status = response.status().as_u16(), milliseconds, "answered");
    response
}

/// A request of HTTP/1.1 names exactly one host (RFC 9112, section 3.2): with two, a proxy in front may have meant
/// the other one.
fn names_one_host(request: &Request) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    hosts == 1 || hosts == 0 && request.version() != Version::HTTP_11
}

/// What belongs to no API of ours, below the prefix where a program and not a person asks.
pub(crate) fn no_such_call() -> Response {
    let body = axum::Json(serde_json::json!({ "message": "There is no such call", "code": "NOT_FOUND" }));
    (StatusCode::NOT_FOUND, body).into_response()
}

/// https is promised by the base URL: pages that were asked for in the clear lead there, calls are refused.
pub(crate) async fn require_https(State(front): State<Front>, request: Request, next: Next) -> Response {
    if !front.base_url.is_secure() || front.own_tls || is_forwarded_securely(&front, &request) {
        return next.run(request).await;
    }
    let path = request.uri().path();
    if path == "/healthz" {
        // Whoever watches over the process asks it directly, and learns nothing worth hiding.
        return next.run(request).await;
    }
    if path.starts_with("/api/") || path.starts_with(front.base_url.path()) {
        let body = axum::Json(
            serde_json::json!({ "message": "This server is to be reached by https", "code": "HTTPS_REQUIRED" }),
        );
        return (StatusCode::FORBIDDEN, body).into_response();
    }
    let path_and_query = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match HeaderValue::try_from(format!("{}{path_and_query}", front.base_url.origin())) {
        Ok(target) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, target)]).into_response(),
        Err(_) => StatusCode::FORBIDDEN.into_response(),
    }
}

/// A trusted proxy that says nothing ends TLS itself; one that says http did not.
fn is_forwarded_securely(front: &Front, request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trusted = peer.is_some_and(|peer| front.trusted_proxies.iter().any(|range| range.contains(peer)));
    let says = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    trusted && says.is_none_or(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// On every answer that has none of its own.
pub(crate) async fn add_headers(State(front): State<Front>, request: Request, next: Next) -> Response {
    const HEADERS: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let policy =
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if front.base_url.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// A body that must be complete within [`BODY_TIME`] of its first look.
struct Timed {
    inner: Body,
    ends: Option<Pin<Box<Sleep>>>,
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
pub(crate) fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let reason = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
    tracing::error!(reason, "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_request_and_tells_nothing() {
        let broken = || async { if true { panic!("a secret reason") } else { "never" } };
        let router = Router::new()
            .route("/broken", get(broken))
            .route("/whole", get(|| async { "whole" }))
            .layer(CatchPanicLayer::custom(after_panic));
        for (path, status, expected) in [("/broken", 500, ""), ("/whole", 200, "whole")] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(axum::body::to_bytes(answer.into_body(), 1000).await.unwrap(), expected);
        }
    }
}
