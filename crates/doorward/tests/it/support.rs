//! One `TestApp`: a service on a fresh database, with a clock to turn and a mailbox to read.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use axum::{Router, body::Body, extract::ConnectInfo};
use doorward::{
    Auth, Clock, Mail, Mailer, SystemRandom,
    config::{BaseUrl, Config},
    migrate, router,
};
use doorward_crypto::secret::{Secret, Secrets};
use doorward_database::{Batch, Database, Options, Stamp, Value};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::ServiceExt as _;

pub(crate) const ORIGIN: &str = "http://localhost:3000";
pub(crate) const PASSWORD: &str = "correct horse 9";
pub(crate) const SECRET: &str = "a secret of the tests, 32 characters and more";

static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) auth: Auth,
    pub(crate) database: Database,
    pub(crate) url: String,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) mailbox: Arc<Mailbox>,
    folder: PathBuf,
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A service whose configuration differs from the default.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "doorward-it-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let url = fresh_database(&folder).await;
        let database = Database::open(&url, &Options { durable: false, ..Options::default() }).await.unwrap();
        migrate::run(&database, false).await.unwrap();
        let (clock, mailbox) = (Arc::new(TestClock::default()), Arc::new(Mailbox::default()));
        let auth = service(&database, &clock, &mailbox, change).await;
        Self { router: router(auth.clone()), auth, database, url, clock, mailbox, folder }
    }

    /// A second server on the same database.
    pub(crate) async fn second(&self, change: impl FnOnce(&mut Config)) -> Router {
        let database = Database::open(&self.url, &Options { durable: false, ..Options::default() }).await.unwrap();
        router(service(&database, &self.clock, &self.mailbox, change).await)
    }

    /// The same with a connection of its own kind.
    pub(crate) async fn second_by(&self, options: &Options) -> Router {
        let database = Database::open(&self.url, options).await.unwrap();
        router(service(&database, &self.clock, &self.mailbox, |_| {}).await)
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Vec::new(), headers: HeaderMap::new() }
    }

    /// A browser of somebody who has just signed up.
    pub(crate) async fn member(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let answer =
            browser.post("/sign-up/email", json!({ "name": "Ada", "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        browser
    }

    pub(crate) async fn sql(&self, sql: &'static str, params: Vec<Value>) -> Vec<doorward_database::Row> {
        let mut batch = Batch::new();
        batch.add(sql, params);
        self.database.commit(batch).await.unwrap().pop().unwrap().rows
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.database.query_one(sql, &[]).await.unwrap().unwrap().integer(0).unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

async fn service(
    database: &Database,
    clock: &Arc<TestClock>,
    mailbox: &Arc<Mailbox>,
    change: impl FnOnce(&mut Config),
) -> Auth {
    let mut config = Config::new(BaseUrl::parse(ORIGIN).unwrap(), Secrets::single(Secret::new(SECRET)));
    config.network.rate_limit = false;
    change(&mut config);
    let auth = Auth::with(
        config,
        database.clone(),
        Some(Arc::clone(mailbox) as _),
        Arc::clone(clock) as _,
        Arc::new(SystemRandom),
    );
    auth.await.unwrap()
}

/// A database of this test's own: a file, or a schema of its own on the Postgres that was named.
async fn fresh_database(folder: &std::path::Path) -> String {
    let Ok(server) = std::env::var("DOORWARD_TEST_POSTGRES") else {
        return format!("sqlite://{}", folder.join("auth.db").display());
    };
    let name = format!("it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Database::open(&server, &Options { connections: 1, ..Options::default() }).await.unwrap();
    // A name made of digits and an underscore is safe to leak into a statement; statements must be static.
    let create: &'static str = Box::leak(format!("CREATE SCHEMA {name}").into_boxed_str());
    admin.execute(create, vec![]).await.unwrap();
    format!("{server}{}options=-csearch_path%3D{name}", if server.contains('?') { "&" } else { "?" })
}

/// A clock that stands still until it is turned.
pub(crate) struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_435_200_000))
    }
}

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Stamp {
        Stamp::from_milliseconds(self.0.load(Ordering::Relaxed))
    }
}

/// Keeps every mail.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Vec<Mail>>);

impl Mailer for Mailbox {
    fn send(&self, mail: Mail) {
        self.0.lock().unwrap().push(mail);
    }
}

impl Mailbox {
    /// Takes the link of the newest mail to this address, as a path on our origin.
    pub(crate) fn link(&self, to: &str) -> Option<String> {
        let mut mails = self.0.lock().unwrap();
        let at = mails.iter().rposition(|mail| mail.to == to)?;
        let mail = mails.remove(at);
        let link = mail.text.split_whitespace().find(|word| word.starts_with(ORIGIN))?;
        Some(link.strip_prefix(ORIGIN)?.strip_prefix("/api/auth")?.to_owned())
    }
}

/// A client with a cookie jar.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) router: Router,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(format!("/api/auth{path}")), Body::empty()).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: serde_json::Value) -> Answer {
        let request = Request::post(format!("/api/auth{path}")).header(header::CONTENT_TYPE, "application/json");
        self.send(request.header(header::ORIGIN, ORIGIN), Body::from(body.to_string())).await
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) async fn send(&mut self, request: http::request::Builder, body: Body) -> Answer {
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4711))));
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        if !self.cookies.is_empty() {
            let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, jar.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(other, _)| other != name);
            if !line.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let json = serde_json::from_str(&text).unwrap_or(serde_json::Value::Null);
        Answer { status: parts.status, headers: parts.headers, text, json }
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: serde_json::Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// The header of a token, unverified.
pub(crate) fn header_of(token: &str) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice(&header).unwrap()
}
