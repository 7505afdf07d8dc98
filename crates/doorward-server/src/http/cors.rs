//! Answers that scripts of another origin may read (CORS, Fetch Standard section 3.3): for apps that call Doorward
//! without a rewrite or a reverse proxy of their own.
//!
//! Better Auth answers no cross-origin request and leaves that to the framework it lives in; this server has none around
//! it, so `DOORWARD_CORS=on` asks for it here. Only the trusted origins are answered, only below the APIs: for everybody
//! else, and while it is off, not a byte is different. It protects nothing by itself: what a foreign page must not do is
//! refused by the check of origins, whether its scripts can read the refusal or not.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use doorward::{Auth, origin::is_trusted};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// What our APIs answer to.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// What scripts may read beside the headers that every answer shows (Fetch Standard, CORS-safelisted response headers).
const EXPOSED: HeaderValue =
    HeaderValue::from_static("set-auth-jwt, set-auth-token, retry-after, x-retry-after, x-next-cursor");
/// Seconds for which a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// What it takes to know whom to answer.
#[derive(Clone)]
pub(crate) struct Cors(Auth);

impl Cors {
    pub(crate) const fn new(auth: Auth) -> Self {
        Self(auth)
    }

    /// Whether an API is asked; pages are nobody else's to read.
    fn is_for_api(&self, path: &str) -> bool {
        path.starts_with("/api/") || self.0.config().base_url.below(path).is_some()
    }

    /// The origin that asks, when it is another one than ours and trusted.
    fn guest(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        let text = origin.to_str().ok().filter(|text| *text != self.0.config().base_url.origin())?;
        is_trusted(text, self.0.config()).then(|| origin.clone())
    }
}

/// Around the router.
pub(crate) async fn answer(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    if !cors.is_for_api(request.uri().path()) {
        return next.run(request).await;
    }
    let guest = cors.guest(request.headers());
    let is_preflight =
        *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight && guest.is_some() {
        preflight(request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned())
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // A cache must not give one origin's answer to another.
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = guest {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        if !is_preflight {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
    response
}

/// May it call at all? With any headers it likes: whoever is trusted to read the answer is trusted to word the request.
fn preflight(wished: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(wished) = wished {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wished);
        headers.append(header::VARY, HeaderValue::from_static("access-control-request-headers"));
    }
    response
}
