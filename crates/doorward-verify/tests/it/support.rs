//! An issuer: keys, tokens, and a server whose answers a test can change.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_crypto::Random;
use doorward_crypto::jwk::SigningKey;
use doorward_verify::{Algorithm, Builder, Clock, Verifier};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const ISSUER: &str = "https://app.example";

/// A clock that a test sets.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NOW)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A key pair with a name.
pub(crate) struct Key {
    pub(crate) signing: SigningKey,
    pub(crate) public: Value,
}

struct Repeated(u8);

impl Random for Repeated {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

impl Key {
    /// The same name makes the same key.
    pub(crate) fn new(kid: &str) -> Self {
        Self::of(Algorithm::EdDsa, kid)
    }

    pub(crate) fn of(algorithm: Algorithm, kid: &str) -> Self {
        let seed = kid.bytes().fold(7, |seed: u8, byte| seed.wrapping_mul(31).wrapping_add(byte));
        let pair = SigningKey::generate(algorithm, &Repeated(seed)).expect("a pair");
        let mut public: Value = serde_json::from_str(&pair.public).expect("JSON");
        public["kid"] = json!(kid);
        public["alg"] = json!(algorithm.as_str());
        Self { signing: SigningKey::from_private_jwk(kid, algorithm, &pair.private).expect("a key"), public }
    }

    pub(crate) fn token(&self) -> String {
        self.token_with(json!({}))
    }

    /// A good token with some claims replaced or added.
    pub(crate) fn token_with(&self, changes: Value) -> String {
        self.signing.sign(&claims(changes).to_string()).expect("signs")
    }
}

pub(crate) fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": "tasks", "sub": "user-1", "iat": NOW - 60, "exp": NOW + 840, "sid": "session-1",
        "email": "ada@example.com", "scope": "tasks:read tasks:write",
    });
    let members = claims.as_object_mut().expect("an object");
    members.extend(changes.as_object().expect("an object").clone());
    claims
}

pub(crate) fn jwks(keys: &[&Key]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public.clone()).collect::<Vec<_>>() })
}

/// Everything but the keys.
pub(crate) fn configured(clock: &TestClock) -> Builder {
    Verifier::builder().issuer(ISSUER).audience("tasks").clock(clock.clone())
}

/// What the issuer's server answers next.
#[derive(Clone)]
pub(crate) enum Answer {
    Body(Vec<u8>),
    Status(u16),
    Redirect(String),
    /// Begins to answer and never ends.
    Endless,
    /// Waits until the test lets it go on.
    Held(Vec<u8>),
}

/// A server on this machine with one document.
pub(crate) struct Issuer {
    pub(crate) url: String,
    state: Arc<Served>,
}

struct Served {
    answer: Mutex<Answer>,
    etag: Mutex<Option<String>>,
    hits: AtomicUsize,
    unchanged: AtomicUsize,
    held: Semaphore,
}

impl Issuer {
    pub(crate) async fn start(answer: Answer) -> Self {
        let state = Arc::new(Served {
            answer: Mutex::new(answer),
            etag: Mutex::new(None),
            hits: AtomicUsize::new(0),
            unchanged: AtomicUsize::new(0),
            held: Semaphore::new(0),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/document", listener.local_addr().expect("an address"));
        let app = Router::new().fallback(serve).with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, state }
    }

    pub(crate) async fn publishing(keys: &[&Key]) -> Self {
        Self::start(Answer::Body(jwks(keys).to_string().into_bytes())).await
    }

    pub(crate) fn answer(&self, answer: Answer) {
        *self.state.answer.lock().expect("not poisoned") = answer;
    }

    pub(crate) fn publish(&self, keys: &[&Key]) {
        self.answer(Answer::Body(jwks(keys).to_string().into_bytes()));
    }

    pub(crate) fn set_etag(&self, etag: &str) {
        *self.state.etag.lock().expect("not poisoned") = Some(etag.to_owned());
    }

    pub(crate) fn let_go(&self) {
        self.state.held.add_permits(1000);
    }

    pub(crate) fn hits(&self) -> usize {
        self.state.hits.load(Ordering::SeqCst)
    }

    /// How often the answer was 304.
    pub(crate) fn unchanged(&self) -> usize {
        self.state.unchanged.load(Ordering::SeqCst)
    }

    pub(crate) async fn wait_for_hits(&self, hits: usize) {
        eventually(|| self.hits() >= hits).await;
    }
}

async fn serve(State(state): State<Arc<Served>>, headers: HeaderMap) -> Response {
    state.hits.fetch_add(1, Ordering::SeqCst);
    let answer = state.answer.lock().expect("not poisoned").clone();
    let etag = state.etag.lock().expect("not poisoned").clone();
    if let Some(etag) = &etag
        && headers.get("if-none-match").is_some_and(|known| known == etag.as_str())
    {
        state.unchanged.fetch_add(1, Ordering::SeqCst);
        return StatusCode::NOT_MODIFIED.into_response();
    }
    match answer {
        Answer::Body(body) => match etag {
            Some(etag) => ([("etag", etag)], body).into_response(),
            None => body.into_response(),
        },
        Answer::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Answer::Redirect(to) => (StatusCode::FOUND, [("location", to)]).into_response(),
        Answer::Endless => Body::new(Endless).into_response(),
        Answer::Held(body) => {
            let _permit = state.held.acquire().await;
            body.into_response()
        }
    }
}

/// White space without end.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(&[b' '; 4096])))))
    }
}

/// Waits for what another task is about to do.
pub(crate) async fn eventually(condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("this did not happen within five seconds");
}
