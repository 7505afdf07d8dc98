//! A provider on loopback: discovery, keys, tokens, userinfo, and GitHub's two routes. Nobody types a password there:
//! [`TestProvider::authorize`] is what its page would have done.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use doorward::{Clock as _, SystemRandom};
use doorward_crypto::{
    digest,
    jwk::{Algorithm, SigningKey},
};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use url::Url;

use crate::support::TestClock;

pub(super) const CLIENT: &str = "client of the tests";
pub(super) const SECRET: &str = "secret: of & the tests";

#[derive(Clone)]
pub(super) struct TestProvider {
    origin: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    key: (SigningKey, Value),
    published: Vec<Value>,
    clock: Option<Arc<TestClock>>,
    codes: HashMap<String, Code>,
    /// Access token, and of whom.
    access: HashMap<String, Value>,
    refresh: HashSet<String>,
    next: u32,
    /// Answers the token endpoint with this instead.
    token_answer: Option<Response>,
    down: bool,
    /// Who asks the token endpoint waits here for the others.
    together: Option<Arc<Barrier>>,
    /// How often each path was asked.
    asked: HashMap<&'static str, u32>,
}

struct Code {
    person: Value,
    nonce: Option<String>,
    challenge: Option<String>,
}

fn new_key(kid: &str) -> (SigningKey, Value) {
    let pair = SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let mut public: Value = serde_json::from_str(&pair.public).unwrap();
    (public["kid"], public["alg"]) = (kid.into(), "ES256".into());
    (SigningKey::from_private_jwk(kid, Algorithm::Es256, &pair.private).unwrap(), public)
}

impl TestProvider {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let key = new_key("first");
        let inner = Inner {
            published: vec![key.1.clone()],
            key,
            clock: None,
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashSet::new(),
            next: 0,
            token_answer: None,
            down: false,
            together: None,
            asked: HashMap::new(),
        };
        let provider =
            Self { origin: format!("http://{}", listener.local_addr().unwrap()), inner: Arc::new(Mutex::new(inner)) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(userinfo))
            .route("/user", get(github_user))
            .route("/user/emails", get(github_emails))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        provider
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(super) fn set_clock(&self, clock: &Arc<TestClock>) {
        self.inner.lock().unwrap().clock = Some(Arc::clone(clock));
    }

    pub(super) fn be_down(&self, down: bool) {
        self.inner.lock().unwrap().down = down;
    }

    /// From now on so many codes are answered at the same moment.
    pub(super) fn answer_together(&self, visits: usize) {
        self.inner.lock().unwrap().together = Some(Arc::new(Barrier::new(visits)));
    }

    /// The next answer of the token endpoint.
    pub(super) fn answer_token_with(&self, status: u16, body: impl Into<Body>) {
        let mut response = Response::new(body.into());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        response.headers_mut().insert(http::header::LOCATION, "/keys".parse().unwrap());
        self.inner.lock().unwrap().token_answer = Some(response);
    }

    /// Signs with a new key; the old one is published no more.
    pub(super) fn rotate(&self, kid: &str) {
        let mut inner = self.inner.lock().unwrap();
        inner.key = new_key(kid);
        inner.published = vec![inner.key.1.clone()];
    }

    /// Signs with a key of the same name that is not published.
    pub(super) fn forge(&self) {
        self.inner.lock().unwrap().key = new_key("first");
    }

    pub(super) fn asked(&self, path: &str) -> u32 {
        self.inner.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// Whoever stands in `person` agrees; members besides `sub` become claims. Returns the path back.
    pub(super) fn authorize(&self, url: &str, person: Value) -> String {
        let url = Url::parse(url).unwrap();
        let parameters: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let redirect = Url::parse(&parameters["redirect_uri"]).unwrap();
        let mut inner = self.inner.lock().unwrap();
        let code = format!("code {}", inner.unique());
        let (nonce, challenge) = (parameters.get("nonce").cloned(), parameters.get("code_challenge").cloned());
        inner.codes.insert(code.clone(), Code { person, nonce, challenge });
        let back = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &parameters["state"])
            .append_pair("iss", &self.origin)
            .finish();
        format!("{}?{back}", redirect.path().strip_prefix("/api/auth").unwrap())
    }

    /// An id token for an app that spoke with the provider by itself.
    pub(super) fn id_token(&self, person: &Value) -> String {
        self.inner.lock().unwrap().id_token(&self.origin, person, None)
    }
}

impl Inner {
    fn unique(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn id_token(&self, origin: &str, person: &Value, nonce: Option<&str>) -> String {
        let now = self.clock.as_ref().unwrap().now().seconds();
        let mut claims = json!({ "iss": origin, "aud": CLIENT, "iat": now, "exp": now + 3600, "nonce": nonce });
        claims.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
        claims.as_object_mut().unwrap().retain(|_, claim| !claim.is_null());
        self.key.0.sign(&claims.to_string()).unwrap()
    }

    fn count(&mut self, path: &'static str) {
        *self.asked.entry(path).or_default() += 1;
    }

    fn person_of(&self, headers: &HeaderMap) -> Option<Value> {
        let token = headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.access.get(token).cloned()
    }
}

async fn discovery(State(provider): State<TestProvider>) -> Response {
    let mut inner = provider.inner.lock().unwrap();
    inner.count("/.well-known/openid-configuration");
    if inner.down {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    Json(json!({
        "issuer": provider.origin,
        "authorization_endpoint": provider.address("/auth"),
        "token_endpoint": provider.address("/token"),
        "userinfo_endpoint": provider.address("/me"),
        "jwks_uri": provider.address("/keys"),
        "end_session_endpoint": provider.address("/end"),
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
    .into_response()
}

async fn keys(State(provider): State<TestProvider>) -> Json<Value> {
    let mut inner = provider.inner.lock().unwrap();
    inner.count("/keys");
    Json(json!({ "keys": inner.published }))
}

async fn token(State(provider): State<TestProvider>, body: String) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let together = provider.inner.lock().unwrap().together.clone();
    if let Some(others) = together {
        others.wait().await;
    }
    let mut inner = provider.inner.lock().unwrap();
    inner.count("/token");
    if let Some(answer) = inner.token_answer.take() {
        return answer;
    }
    let given = |name: &str| form.get(name).cloned().unwrap_or_default();
    let refused = (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    if (given("client_id"), given("client_secret")) != (CLIENT.to_owned(), SECRET.to_owned()) {
        return refused;
    }
    let (person, nonce) = match given("grant_type").as_str() {
        "authorization_code" => match inner.codes.remove(&given("code")) {
            Some(code)
                if code
                    .challenge
                    .as_ref()
                    .is_none_or(|own| *own == digest::pkce_challenge(&given("code_verifier")))
                    && given("redirect_uri").starts_with("http://localhost:3000/api/auth/callback/") =>
            {
                (code.person, code.nonce)
            }
            _ => return refused,
        },
        // Each works once.
        "refresh_token" if inner.refresh.remove(&given("refresh_token")) => (json!({ "sub": "somebody" }), None),
        _ => return refused,
    };
    let number = inner.unique();
    let (access, refresh) = (format!("access {number}"), format!("refresh {number}"));
    let id_token = inner.id_token(&provider.origin, &person, nonce.as_deref());
    inner.access.insert(access.clone(), person);
    inner.refresh.insert(refresh.clone());
    Json(json!({
        "access_token": access,
        "refresh_token": refresh,
        "id_token": id_token,
        "expires_in": 600,
        "scope": "openid profile email",
        "token_type": "Bearer",
    }))
    .into_response()
}

async fn userinfo(State(provider): State<TestProvider>, headers: HeaderMap) -> Response {
    let mut inner = provider.inner.lock().unwrap();
    inner.count("/me");
    inner.person_of(&headers).map_or_else(|| StatusCode::UNAUTHORIZED.into_response(), |who| Json(who).into_response())
}

async fn github_user(State(provider): State<TestProvider>, headers: HeaderMap) -> Response {
    let person = provider.inner.lock().unwrap().person_of(&headers);
    let Some(person) = person else { return StatusCode::UNAUTHORIZED.into_response() };
    Json(json!({ "id": 583_231, "login": "octocat", "name": null, "email": null, "avatar_url": person["picture"] }))
        .into_response()
}

async fn github_emails(State(provider): State<TestProvider>, headers: HeaderMap) -> Response {
    let person = provider.inner.lock().unwrap().person_of(&headers);
    let Some(person) = person else { return StatusCode::UNAUTHORIZED.into_response() };
    Json(json!([
        { "email": "other@example.com", "primary": false, "verified": false },
        { "email": person["email"], "primary": true, "verified": person["email_verified"] },
    ]))
    .into_response()
}
