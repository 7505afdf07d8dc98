//! The hot paths, each prepared once and then walked as often as wanted: counted by `main.rs` beside this, timed by
//! `bench/micro`.

use std::{error::Error, hint::black_box, path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use doorward::{Auth, Clock, SystemRandom, config::BaseUrl, config::Config};
use doorward_crypto::{
    Secret, Secrets, cookie,
    jwk::{Algorithm, SigningKey, VerifyingKey},
    jwt::{self, Rules},
};
use doorward_database::{Database, Options, Stamp, Value};
use doorward_verify::Verifier;
use serde_json::json;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const SECRET: &str = "counted-only-secret-0123456789abcdef";
const ORIGIN: &str = "http://localhost:3000";
const NOW: i64 = 1_795_435_200;

/// What every request with a cookie asks of the database: the statement of the service, word for word.
const SESSION_BY_TOKEN: &str = r#"SELECT s."expiresAt", s.token, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId", s.id,
u.id, u.name, u.email, u."emailVerified", u.image, u."createdAt", u."updatedAt"
FROM session s JOIN "user" u ON u.id = s."userId" WHERE s.token = $1"#;

/// Every path by name, in the order of what a request goes through.
pub(crate) const NAMES: [&str; 10] = [
    "cookie",
    "session-lookup",
    "get-session",
    "token",
    "jwks",
    "sign",
    "verify",
    "verify-again",
    "tasks",
    "tasks-again",
];

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// One walk of a path.
pub(crate) type Path = Box<dyn FnMut() -> Outcome>;

/// A path with everything made that comes before it; `None` for a name that is not known.
pub(crate) fn prepare(name: &str) -> Outcome<Option<Path>> {
    Ok(Some(match name {
        "cookie" => unsign(),
        "session-lookup" => Service::start()?.look_up(),
        "get-session" => Service::start()?.ask("/api/auth/get-session")?,
        "token" => Service::start()?.ask("/api/auth/token")?,
        "jwks" => Service::start()?.ask("/api/auth/jwks")?,
        "sign" => sign()?,
        "verify" => verify()?,
        "verify-again" => verify_again()?,
        // A page is remembered with its limit, so that one with another is read.
        "tasks" => Service::start()?.list_tasks(["/api/tasks?limit=100", "/api/tasks?limit=101"])?,
        "tasks-again" => Service::start()?.list_tasks(["/api/tasks"; 2])?,
        _ => return Ok(None),
    }))
}

/// A clock that stands still: what is counted does not depend on the moment.
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Stamp {
        Stamp::from_seconds(NOW)
    }
}

impl doorward_verify::Clock for StandingClock {
    fn now(&self) -> i64 {
        NOW
    }
}

fn claims() -> String {
    let origin = ORIGIN;
    json!({ "iat": NOW, "name": "Ada Lovelace", "email": "ada@example.com", "emailVerified": true, "sub": "u".repeat(32),
        "exp": NOW + 900, "iss": origin, "aud": origin, "sid": "s".repeat(32), "jti": "j".repeat(22) })
    .to_string()
}

/// A key of an EdDSA pair, and its public half as a set of keys.
fn key() -> Outcome<(SigningKey, serde_json::Value)> {
    let pair = SigningKey::generate(Algorithm::EdDsa, &SystemRandom)?;
    let signing = SigningKey::from_private_jwk("counted", Algorithm::EdDsa, &pair.private)?;
    let mut public: serde_json::Value = serde_json::from_str(&pair.public)?;
    public["kid"] = "counted".into();
    public["alg"] = "EdDSA".into();
    Ok((signing, public))
}

fn sign() -> Outcome<Path> {
    let (signing, _) = key()?;
    let claims = claims();
    Ok(Box::new(move || {
        black_box(signing.sign(&claims)?);
        Ok(())
    }))
}

fn verify() -> Outcome<Path> {
    let (signing, public) = key()?;
    let token = signing.sign(&claims())?;
    let verifying = VerifyingKey::from_public_jwk(&public)?;
    let rules = Rules::new().issuer(ORIGIN).audience(ORIGIN);
    Ok(Box::new(move || {
        black_box(jwt::verify(&token, |_| Some(&verifying), &rules, NOW)?);
        Ok(())
    }))
}

/// A token that was seen before.
fn verify_again() -> Outcome<Path> {
    let (signing, public) = key()?;
    let token = signing.sign(&claims())?;
    let verifier = verifier(json!({ "keys": [public] }))?;
    verifier.verify_in_memory(&token)?;
    Ok(Box::new(move || {
        black_box(verifier.verify_in_memory(&token)?);
        Ok(())
    }))
}

fn verifier(keys: serde_json::Value) -> Outcome<Verifier> {
    Ok(Verifier::builder().issuer(ORIGIN).audience(ORIGIN).jwks(keys).clock(StandingClock).build()?)
}

fn unsign() -> Path {
    let secrets = Secrets::single(Secret::new(SECRET));
    let signed = cookie::sign("0123456789abcdefABCDEFGHIJKLMNOP", secrets.current());
    Box::new(move || {
        black_box(cookie::unsign(&signed, &secrets).ok_or("the cookie is refused")?);
        Ok(())
    })
}

/// The service on an SQLite file of its own, with one person who has signed up, and one thread.
struct Service {
    runtime: Runtime,
    database: Database,
    router: Router,
    cookie: String,
    _folder: Folder,
}

impl Service {
    fn start() -> Outcome<Self> {
        let folder = Folder::make()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (database, router, cookie) = runtime.block_on(async {
            let mut config = Config::new(BaseUrl::parse(ORIGIN)?, Secrets::single(Secret::new(SECRET)));
            config.network.rate_limit = false;
            let url = format!("sqlite://{}", folder.0.join("counted.db").display());
            let database = Database::open(&url, &Options { durable: false, ..Options::default() }).await?;
            doorward::migrate::run(&database, false).await?;
            tasks_api::migrate(&database).await?;
            let random = Arc::new(SystemRandom);
            let auth = Auth::with(config, database.clone(), None, Arc::new(StandingClock), random).await?;
            let router = doorward::router(auth);
            let cookie = sign_up(&router).await?;
            Outcome::Ok((database, router, cookie))
        })?;
        Ok(Self { runtime, database, router, cookie, _folder: folder })
    }

    /// The row of a session and its person, by the token, without anything around it.
    fn look_up(self) -> Path {
        let token = self.cookie.split_once('=').map_or("", |(_, value)| value);
        let token = Value::text(token.split('.').next().unwrap_or_default());
        Box::new(move || self.look_up_once(&token))
    }

    fn look_up_once(&self, token: &Value) -> Outcome {
        let row = self.database.query_one(SESSION_BY_TOKEN, std::slice::from_ref(token));
        black_box(self.runtime.block_on(row)?.ok_or("the session is not found")?);
        Ok(())
    }

    /// A whole request, from the router's door to the last byte of the answer.
    fn ask(self, path: &'static str) -> Outcome<Path> {
        // What a first request prepares is no part of the path.
        for _ in 0..4 {
            self.ask_once(&self.router, path, (header::COOKIE, &self.cookie))?;
        }
        Ok(Box::new(move || self.ask_once(&self.router, path, (header::COOKIE, &self.cookie))))
    }

    fn ask_once(&self, router: &Router, path: &str, credential: (header::HeaderName, &str)) -> Outcome {
        black_box(self.runtime.block_on(get(router, path, credential))?);
        Ok(())
    }

    /// Pages of 20 tasks in turn, with a token that was seen before.
    fn list_tasks(self, pages: [&'static str; 2]) -> Outcome<Path> {
        let (router, bearer) = self.runtime.block_on(async {
            let token = get(&self.router, "/api/auth/token", (header::COOKIE, &*self.cookie)).await?;
            let token: serde_json::Value = serde_json::from_slice(&token)?;
            let bearer = format!("Bearer {}", token["token"].as_str().ok_or("no token was given")?);
            let keys = get(&self.router, "/api/auth/jwks", (header::COOKIE, &*self.cookie)).await?;
            let router = tasks_api::router(
                self.database.clone(),
                &verifier(serde_json::from_slice(&keys)?)?,
                tasks_api::PER_PERSON,
            );
            for number in 0..20 {
                let task = Request::post("/api/tasks")
                    .header(header::AUTHORIZATION, &bearer)
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(Body::from(json!({ "title": format!("Task number {number}") }).to_string()))?;
                let made = router.clone().oneshot(task).await?.status();
                if made != StatusCode::CREATED {
                    return Err(format!("a new task was answered {made}").into());
                }
            }
            Outcome::Ok((router, bearer))
        })?;
        let mut pages = pages.into_iter().cycle();
        Ok(Box::new(move || {
            let page = pages.next().unwrap_or_default();
            self.ask_once(&router, page, (header::AUTHORIZATION, &bearer))
        }))
    }
}

/// A folder that is gone when nobody needs it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Outcome<Self> {
        let name = doorward_crypto::random::lowercase_alphanumeric(&SystemRandom, 12);
        let folder = std::env::temp_dir().join(format!("doorward-hot-paths-{name}"));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the folder for temporary files.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn sign_up(router: &Router) -> Outcome<String> {
    let person = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let request = Request::post("/api/auth/sign-up/email")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ORIGIN, ORIGIN)
        .body(Body::from(person.to_string()))?;
    let response = router.clone().oneshot(request).await?;
    let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.contains("session_token="));
    Ok(session.ok_or("nobody was signed in")?.to_owned())
}

async fn get(router: &Router, path: &str, credential: (header::HeaderName, &str)) -> Outcome<axum::body::Bytes> {
    let request = Request::get(path).header(credential.0, credential.1).body(Body::empty())?;
    let response = router.clone().oneshot(request).await?;
    if response.status() != StatusCode::OK {
        return Err(format!("{path} answered {}", response.status()).into());
    }
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await?;
    if body.len() < 40 {
        return Err(format!("{path} knows nobody").into());
    }
    Ok(body)
}
