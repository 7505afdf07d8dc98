//! A server under attack, the people on it, and the one rule that holds for every answer: never a 5xx.

use std::{
    fs,
    io::Write as _,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{Answer, Folder, Server, request};

pub(crate) const SECRET: &str = "the one secret of the server under attack";
pub(crate) const PASSWORD: &str = "correct horse battery";
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A server of this test's own. Limits on requests are off unless a test is about them.
pub(crate) struct World {
    pub(crate) server: Server,
    /// The origin of the base URL: what browsers see.
    pub(crate) origin: String,
}

/// Somebody with an account.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    /// The bare session token.
    pub(crate) session: String,
    /// The session cookie as a browser sends it, `name=value`.
    pub(crate) cookie: String,
    /// `token.signature`, as the header `set-auth-token` gave it.
    pub(crate) bearer: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A server with these variables besides a secret, mail into files, and no limits.
    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let mail = format!("file:{}", folder.0.join("mail").display());
        let mut all =
            vec![("BETTER_AUTH_SECRET", SECRET), ("DOORWARD_MAIL", mail.as_str()), ("DOORWARD_RATE_LIMIT", "off")];
        all.retain(|(name, _)| variables.iter().all(|(other, _)| other != name));
        all.extend_from_slice(variables);
        let server = Server::start_in(folder, &all);
        let public = variables.iter().find(|(name, _)| *name == "BETTER_AUTH_URL").map(|(_, url)| (*url).to_owned());
        Self { origin: public.unwrap_or_else(|| format!("http://{}", server.address)), server }
    }

    /// A server that people reach by https, through a proxy on this machine.
    pub(crate) fn on_https(variables: &[(&str, &str)]) -> Self {
        let mut all =
            vec![("BETTER_AUTH_URL", "https://auth.example.com"), ("DOORWARD_TRUSTED_PROXIES", "127.0.0.1/32")];
        all.extend_from_slice(variables);
        Self::with(&all)
    }

    /// Bytes as they stand, on a connection of their own. The server may also just close it.
    pub(crate) fn raw(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.server.connect();
        // The server may answer and close before it has read everything.
        stream.write_all(bytes.as_ref()).ok();
        let answer = Answer::read(stream);
        let sent = String::from_utf8_lossy(bytes.as_ref()).chars().take(300).collect::<String>();
        assert!(answer.status < 500, "{} after {sent:?}: {}", answer.status, answer.body);
        assert!(answer.head.matches("HTTP/1.1 ").count() <= 1, "two answers after {sent:?}: {}", answer.head);
        answer
    }

    /// The same from another address of this machine, such as 127.0.0.9.
    pub(crate) fn raw_from(&self, source: [u8; 4], bytes: impl AsRef<[u8]>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind((source, 0).into()).unwrap();
            socket.connect(self.server.address).await.unwrap().into_std().unwrap()
        });
        stream.set_nonblocking(false).unwrap();
        stream.write_all(bytes.as_ref()).ok();
        let answer = Answer::read(stream);
        assert!((1..500).contains(&answer.status), "{} from {source:?}: {}", answer.status, answer.body);
        answer
    }

    /// A sign-in from an address.
    pub(crate) fn sign_in_from(&self, source: [u8; 4], email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password }).to_string();
        let headers = [JSON, ("Origin", self.origin.as_str())];
        self.raw_from(source, request("POST", "/api/auth/sign-in/email", &headers, &body))
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let answer = self.raw(request(method, path, headers, body));
        assert_ne!(answer.status, 0, "no answer to {method} {path}");
        answer
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "")
    }

    /// A post as the server's own pages make it, below `/api/auth`.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![JSON];
        if headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("origin")) {
            all.push(("Origin", self.origin.as_str()));
        }
        all.extend_from_slice(headers);
        self.send("POST", &format!("/api/auth{path}"), &all, &body.to_string())
    }

    /// A call with a bearer token, below `/api/auth`.
    pub(crate) fn with_bearer(&self, method: &str, path: &str, bearer: &str, body: &Value) -> Answer {
        let value = format!("Bearer {bearer}");
        let body = if method == "GET" { String::new() } else { body.to_string() };
        self.send(method, &format!("/api/auth{path}"), &[JSON, ("Authorization", &value)], &body)
    }

    /// A call of the tasks API with an access token.
    pub(crate) fn tasks(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        let value = format!("Bearer {token}");
        let body = if matches!(method, "GET" | "DELETE") { String::new() } else { body.to_string() };
        self.send(method, &format!("/api/tasks{path}"), &[JSON, ("Authorization", &value)], &body)
    }

    /// Signs somebody up.
    pub(crate) fn member(&self, email: &str) -> Person {
        let body = json!({ "name": "A Person", "email": email, "password": PASSWORD });
        let answer = self.post("/sign-up/email", &[], &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        Person::of(&answer)
    }

    /// Signs somebody in.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/sign-in/email", &[], &json!({ "email": email, "password": password }))
    }

    /// One more session of somebody.
    pub(crate) fn session_of(&self, person: &Person) -> Person {
        let answer = self.sign_in(&person.email, PASSWORD);
        assert_eq!(answer.status, 200, "{}", answer.body);
        Person::of(&answer)
    }

    /// An access token of somebody.
    pub(crate) fn access_token(&self, person: &Person) -> String {
        let answer = self.with_bearer("GET", "/token", &person.bearer, &Value::Null);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// A sign-in by the short contract: `(access token, refresh token)`.
    pub(crate) fn short_sign_in(&self, email: &str) -> (String, String) {
        let answer = self.post("/signin", &[], &json!({ "email": email, "password": PASSWORD }));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        (text("token"), text("refreshToken"))
    }

    /// Whether this bearer token (bare or signed) opens a session.
    pub(crate) fn is_signed_in(&self, bearer: &str) -> bool {
        let answer = self.with_bearer("GET", "/get-session", bearer, &Value::Null);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json() != Value::Null
    }

    /// The link of the newest mail to somebody, as a path; waits for the mail, and takes it out.
    pub(crate) fn link_to(&self, email: &str) -> String {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(10) {
            if let Some(letter) = self.letters(email).pop() {
                fs::remove_file(letter.0).unwrap();
                let link = letter.1.split_whitespace().find(|word| word.starts_with("http")).unwrap();
                return link.strip_prefix(&self.origin).unwrap_or_else(|| panic!("a foreign link: {link}")).to_owned();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("no mail to {email}");
    }

    /// Every mail to somebody, oldest first, with its file.
    pub(crate) fn letters(&self, email: &str) -> Vec<(std::path::PathBuf, String)> {
        let Ok(entries) = fs::read_dir(self.server.folder.0.join("mail")) else { return Vec::new() };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml") && !is_hidden(path));
        paths.sort();
        let letters = paths.into_iter().filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?)));
        letters.filter(|(_, text)| text.to_lowercase().contains(&format!("to: {email}"))).collect()
    }

    /// So many requests at the same moment; their answers.
    pub(crate) fn at_once(&self, count: usize, attack: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
        let start = Barrier::new(count);
        thread::scope(|scope| {
            let (start, attack) = (&start, &attack);
            let attackers = (0..count).map(|number| {
                scope.spawn(move || {
                    start.wait();
                    attack(number)
                })
            });
            let attackers: Vec<_> = attackers.collect();
            attackers.into_iter().map(|attacker| attacker.join().unwrap()).collect()
        })
    }

    /// What the session of a cookie is, or null.
    pub(crate) fn session_behind(&self, cookies: &str) -> Value {
        let answer = self.get("/api/auth/get-session", &[("Cookie", cookies)]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Changes the server's database behind its back.
    pub(crate) fn change_rows(&self, sql: &'static str) {
        let url = format!("sqlite://{}", self.server.folder.0.join("data/doorward.db").display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let database =
                doorward_database::Database::open(&url, &doorward_database::Options::default()).await.unwrap();
            database.execute(sql, vec![]).await.unwrap();
        });
    }

    /// The first column of a query on the server's database.
    pub(crate) fn column(&self, sql: &'static str) -> Vec<String> {
        let url = format!("sqlite://{}", self.server.folder.0.join("data/doorward.db").display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let database =
                doorward_database::Database::open(&url, &doorward_database::Options::default()).await.unwrap();
            database.query(sql, &[]).await.unwrap().iter().map(|row| row.text(0).unwrap()).collect()
        })
    }
}

fn is_hidden(path: &std::path::Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

impl Drop for World {
    fn drop(&mut self) {
        if !thread::panicking() {
            let log = self.server.log();
            assert!(!log.contains("panicked"), "a request panicked: {log}");
        }
    }
}

impl Person {
    fn of(answer: &Answer) -> Self {
        let body = answer.json();
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap();
        Self {
            id: body["user"]["id"].as_str().unwrap().to_owned(),
            email: body["user"]["email"].as_str().unwrap().to_owned(),
            session: body["token"].as_str().unwrap().to_owned(),
            cookie: cookie.to_owned(),
            bearer: answer.header("set-auth-token").unwrap().to_owned(),
        }
    }
}
