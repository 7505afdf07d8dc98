//! Other people's APIs follow the list of ended sessions: within five seconds they refuse what they accepted before.
//!
//! Two servers on one database; the APIs follow one, and the sessions end at the other.

use std::time::{Duration, Instant};

use doorward_database::{Database, Options};
use doorward_verify::{Algorithm, DenyFeed, Refusal, Verifier};
use serde_json::{Value, json};

use crate::support::{Folder, Server};

const SECRET: &str = "a secret of thirty-two characters";
const REPORTS: &str = "https://reports.example.com";
const LEGACY: &str = "https://legacy.example.com";
const ISSUER: &str = "http://localhost:3000";
const PROMISED: Duration = Duration::from_secs(5);

/// Somebody who is signed in at every API.
struct Person {
    email: String,
    session: String,
    refresh_token: String,
    /// In the order of the APIs.
    tokens: Vec<String>,
}

impl Person {
    fn enter(server: &Server, name: &str) -> Self {
        let email = format!("{name}@example.com");
        let body = json!({ "name": name, "email": email, "password": "correct horse 9" });
        assert_eq!(server.call("POST", "/api/auth/signup", "", &body).status, 200);
        let signed_in = server.call("POST", "/api/auth/signin", "", &body).json();
        let mut person = Self { email, session: String::new(), refresh_token: String::new(), tokens: Vec::new() };
        person.take(&signed_in);
        for resource in [REPORTS, LEGACY] {
            let body = json!({ "refreshToken": person.refresh_token, "resource": resource });
            person.take(&server.call("POST", "/api/auth/refresh", "", &body).json());
        }
        person
    }

    /// The same by a session whose token is known.
    fn enter_by_cookie(server: &Server, name: &str) -> Self {
        let email = format!("{name}@example.com");
        let body = json!({ "name": name, "email": email, "password": "correct horse 9" });
        let signed_up = server.call("POST", "/api/auth/sign-up/email", "", &body);
        let session = signed_up.header("set-auth-token").unwrap_or_else(|| panic!("{signed_up:?}")).to_owned();
        let token = |query: &str| {
            let path = format!("/api/auth/token{query}");
            server.call("GET", &path, &session, &json!({})).json()["token"].as_str().unwrap().to_owned()
        };
        let tokens = vec![token(""), token(&format!("?resource={REPORTS}")), token(&format!("?resource={LEGACY}"))];
        Self { email, session, refresh_token: String::new(), tokens }
    }

    fn take(&mut self, answer: &Value) {
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        self.tokens.push(text("token"));
        self.refresh_token = text("refreshToken");
    }
}

fn start(database: &str) -> Server {
    let audiences = format!("{REPORTS}=ES256,{LEGACY}=HS256");
    let settings = [
        ("DATABASE_URL", database),
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", ISSUER),
        ("DOORWARD_AUDIENCES", audiences.as_str()),
        ("DOORWARD_RATE_LIMIT", "off"),
    ];
    Server::start_in(Folder::new(), &settings)
}

/// Three APIs that follow a server: by any key, by keys of one algorithm, and by the secret.
fn apis(server: &Server) -> [Verifier; 3] {
    let at = |path: &str| format!("http://{}/api/auth/{path}", server.address);
    let follow = |query: &str| DenyFeed::at(at(&format!("revoked{query}")));
    let api = |audience: &str| Verifier::builder().issuer(ISSUER).audience(audience);
    [
        api(ISSUER).jwks_url(at("jwks")).deny_feed(follow("")),
        api(REPORTS)
            .jwks_url(at("jwks"))
            .algorithms([Algorithm::Es256])
            .deny_feed(follow(&format!("?resource={REPORTS}"))),
        api(LEGACY).shared_secret(SECRET).deny_feed(follow(&format!("?resource={LEGACY}"))),
    ]
    .map(|builder| builder.build().unwrap())
}

/// Until every API refuses the person's token as one of an ended session.
async fn refused_everywhere(apis: &[Verifier], person: &Person, since: Instant) -> Duration {
    for (api, token) in apis.iter().zip(&person.tokens) {
        loop {
            match api.verify(token).await {
                Err(Refusal::Revoked) => break,
                Err(other) => panic!("{}: {other}", person.email),
                Ok(_) => assert!(since.elapsed() < PROMISED, "{} is still in at {api:?}", person.email),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    since.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_session_is_out_everywhere_within_five_seconds() {
    let shared = Folder::new();
    let database = format!("sqlite://{}", shared.0.join("shared.db").display());
    let (followed, other) = (start(&database), start(&database));
    let apis = apis(&followed);
    let by_cookie = ["signs-out", "revokes", "changes-password", "stays"];
    let mut people: Vec<_> = by_cookie.iter().map(|name| Person::enter_by_cookie(&followed, name)).collect();
    people.extend(["replays", "stays-too"].map(|name| Person::enter(&followed, name)));
    for person in &people {
        for (api, token) in apis.iter().zip(&person.tokens) {
            // Twice: the second time it is remembered.
            assert!(api.verify(token).await.is_ok() && api.verify(token).await.is_ok(), "{}", person.email);
        }
    }

    let end = |person: &Person, path: &str, body: Value| {
        let answer = other.call("POST", path, &person.session, &body);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    };
    let since = Instant::now();
    end(&people[0], "/api/auth/sign-out", json!({}));
    end(&people[1], "/api/auth/revoke-sessions", json!({}));
    let change =
        json!({ "currentPassword": "correct horse 9", "newPassword": "battery staple 7", "revokeOtherSessions": true });
    end(&people[2], "/api/auth/change-password", change);
    // A refresh token of the grandparents' generation: stolen.
    let refresh = |token: &str| other.call("POST", "/api/auth/refresh", "", &json!({ "refreshToken": token }));
    let stolen = people[4].refresh_token.clone();
    let next = refresh(&stolen).json()["refreshToken"].as_str().unwrap().to_owned();
    assert_eq!(refresh(&next).status, 200);
    assert_eq!(refresh(&stolen).status, 401);

    for number in [0, 1, 2, 4] {
        let took = refused_everywhere(&apis, &people[number], since).await;
        println!("{}: {} ms", people[number].email, took.as_millis());
    }
    for number in [3, 5] {
        for (api, token) in apis.iter().zip(&people[number].tokens) {
            assert!(api.verify(token).await.is_ok(), "{}", people[number].email);
        }
    }
}

/// More than the list tells of.
const MANY: i64 = 17_000;

/// Somebody who has signed in many times, which takes a day at the limits and is done by hand here.
const SIGN_IN_OFTEN: &str = r#"WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $2)
INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
SELECT hex(randomblob(16)), own."expiresAt", hex(randomblob(16)), own."createdAt", own."updatedAt", own."userId"
FROM number, (SELECT session.* FROM session JOIN "user" ON "user".id = session."userId" WHERE email = $1) own"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_revives_a_session_by_ending_thousands_of_their_own() {
    let shared = Folder::new();
    let database = format!("sqlite://{}", shared.0.join("shared.db").display());
    let server = start(&database);
    let apis = apis(&server);
    let [early, late, eve] = ["early", "late", "eve"].map(|name| Person::enter_by_cookie(&server, name));
    let end = |person: &Person, path: &str| {
        assert_eq!(server.call("POST", path, &person.session, &json!({})).status, 200, "{path}");
    };
    let at_tasks = |person: &Person| server.call("GET", "/api/tasks", &person.tokens[0], &json!({})).status;
    assert_eq!(at_tasks(&early), 200);
    end(&early, "/api/auth/sign-out");
    refused_everywhere(&apis, &early, Instant::now()).await;
    while at_tasks(&early) == 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let by_hand = Database::open(&database, &Options::default()).await.unwrap();
    by_hand.execute(SIGN_IN_OFTEN, vec![eve.email.as_str().into(), MANY.into()]).await.unwrap();
    end(&eve, "/api/auth/revoke-sessions");
    // The list can still be read: who leaves now is heard of.
    end(&late, "/api/auth/sign-out");
    refused_everywhere(&apis, &late, Instant::now()).await;
    refused_everywhere(&apis, &early, Instant::now()).await;
    assert_eq!(at_tasks(&early), 401, "whoever is out stays out");
}
