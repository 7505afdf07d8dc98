//! The API over its own router, on a real SQLite file, with tokens signed by a key of the test's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{Router, body::Body};
use doorward_crypto::{jwk::SigningKey, secret::Secret};
use doorward_database::{Database, Options};
use doorward_verify::Verifier;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const SECRET: &str = "a secret of the tests, 32 characters and more";

struct Api {
    router: Router,
    database: Database,
    address: String,
    folder: std::path::PathBuf,
}

impl Api {
    async fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tasks-api-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let address = fresh_database(&folder, name).await;
        let database = Database::open(&address, &Options::default()).await.unwrap();
        database.execute(r#"CREATE TABLE "user" (id text PRIMARY KEY)"#, vec![]).await.unwrap();
        for id in ["ada", "eve"] {
            database.execute(r#"INSERT INTO "user" VALUES ($1)"#, vec![id.into()]).await.unwrap();
        }
        tasks_api::migrate(&database).await.unwrap();
        tasks_api::migrate(&database).await.unwrap();
        Self::over(database, address, folder)
    }

    /// The same API, where a person may have so many, by another server.
    fn with_at_most(&self, per_person: u32) -> Router {
        tasks_api::router(self.database.clone(), &verifier(), per_person)
    }

    fn over(database: Database, address: String, folder: std::path::PathBuf) -> Self {
        let router = tasks_api::router(database.clone(), &verifier(), tasks_api::PER_PERSON);
        Self { router, database, address, folder }
    }

    async fn reopened_read_only(&self) -> Self {
        let is_postgres = self.address.starts_with("postgres");
        let switch = if is_postgres { "%20-cdefault_transaction_read_only%3Don" } else { "" };
        let options = Options { read_only: true, ..Options::default() };
        let database = Database::open(&format!("{}{switch}", self.address), &options).await.unwrap();
        Self::over(database, self.address.clone(), self.folder.clone())
    }

    async fn call(&self, who: &str, method: Method, path: &str, body: Value) -> Answer {
        ask(&self.router, who, method, path, body).await
    }
}

type Answer = (StatusCode, Value, http::HeaderMap);

async fn ask(router: &Router, who: &str, method: Method, path: &str, body: Value) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if !who.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", token(who)));
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, serde_json::from_slice(&bytes).unwrap_or(Value::Null), parts.headers)
}

/// A file of this test's own, or a schema of its own on the Postgres that was named.
async fn fresh_database(folder: &std::path::Path, name: &str) -> String {
    let Ok(server) = std::env::var("DOORWARD_TEST_POSTGRES") else {
        return format!("sqlite://{}", folder.join("tasks.db").display());
    };
    let schema = format!("tasks_{name}_{}", std::process::id());
    let admin = Database::open(&server, &Options { connections: 1, ..Options::default() }).await.unwrap();
    // Statements must be static; a name of letters and digits is safe to leak into one.
    let create: &'static str = Box::leak(format!("CREATE SCHEMA {schema}").into_boxed_str());
    admin.execute(create, vec![]).await.unwrap();
    format!("{server}{}options=-csearch_path%3D{schema}", if server.contains('?') { "&" } else { "?" })
}

impl Drop for Api {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn verifier() -> Verifier {
    Verifier::builder().issuer("issuer").audience("tasks").shared_secret(SECRET).build().unwrap()
}

fn token(subject: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the verifier under test reads the real clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "iss": "issuer", "aud": "tasks", "sub": subject, "iat": now, "exp": now + 900 });
    SigningKey::hmac(&Secret::new(SECRET)).sign(&claims.to_string()).unwrap()
}

#[tokio::test]
async fn a_task_lives_and_goes() {
    let api = Api::new("life").await;
    let (status, task, headers) = api
        .call(
            "ada",
            Method::POST,
            "/api/tasks",
            json!({ "title": "  water the plants ", "userId": "eve", "id": "mine" }),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(task, json!({ "id": task["id"], "title": "water the plants", "completed": false, "userId": "ada" }));
    assert_eq!(task["id"].as_str().unwrap().len(), 32);
    let (_, changed, _) = api.call("ada", Method::PATCH, &path, json!({ "completed": true })).await;
    assert_eq!((&changed["completed"], &changed["title"]), (&json!(true), &task["title"]));
    assert_eq!(api.call("ada", Method::GET, &path, Value::Null).await.1, changed);
    assert_eq!(api.call("ada", Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(api.call("ada", Method::DELETE, &path, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_sees_or_touches_anothers_tasks() {
    let api = Api::new("isolation").await;
    let (_, task, _) = api.call("ada", Method::POST, "/api/tasks", json!({ "title": "secret" })).await;
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(api.call("eve", Method::GET, "/api/tasks", Value::Null).await.1, json!([]));
    for (method, body) in
        [(Method::GET, Value::Null), (Method::PATCH, json!({ "title": "x" })), (Method::DELETE, Value::Null)]
    {
        let (status, body, _) = api.call("eve", method.clone(), &path, body).await;
        assert_eq!((status, body["code"].as_str()), (StatusCode::NOT_FOUND, Some("NOT_FOUND")), "{method}");
    }
    assert_eq!(api.call("ada", Method::GET, "/api/tasks", Value::Null).await.1, json!([task]));
}

#[tokio::test]
async fn without_a_good_token_there_is_nothing() {
    let api = Api::new("token").await;
    for (method, path) in [
        (Method::GET, "/api/tasks"),
        (Method::POST, "/api/tasks"),
        (Method::PATCH, "/api/tasks/x"),
        (Method::DELETE, "/api/tasks/x"),
    ] {
        let (status, _, headers) = api.call("", method, path, json!({ "title": "x" })).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
    }
}

#[tokio::test]
async fn long_lists_come_in_pages_newest_first() {
    let api = Api::new("pages").await;
    for number in 0..25 {
        api.call("ada", Method::POST, "/api/tasks", json!({ "title": format!("task {number}") })).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/api/tasks?limit=10".to_owned());
    loop {
        let (status, page, headers) = api.call("ada", Method::GET, &path, Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        seen.extend(page.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()));
        let Some(next) = headers.get("x-next-cursor") else { break };
        path = format!("/api/tasks?limit=10&cursor={}", next.to_str().unwrap());
    }
    let (_, all, _) = api.call("ada", Method::GET, "/api/tasks", Value::Null).await;
    let all: Vec<String> = all.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((seen.len(), &seen), (25, &all));
}

#[tokio::test]
async fn a_page_that_was_given_before_shows_all_that_happened_since() {
    let api = Api::new("kept").await;
    // Another program on the same database.
    let other = Database::open(&api.address, &Options::default()).await.unwrap();
    let elsewhere = Api::over(other, api.address.clone(), api.folder.clone());
    let titles = async |server: &Api, who: &str, query: &str| {
        let (_, page, headers) = server.call(who, Method::GET, &format!("/api/tasks{query}"), Value::Null).await;
        let titles: Vec<_> = page.as_array().unwrap().iter().map(|task| task["title"].clone()).collect();
        (Value::from(titles), headers.contains_key("x-next-cursor"))
    };
    let both = async |who: &str| {
        let (here, there) = (titles(&api, who, "").await, titles(&elsewhere, who, "").await);
        assert_eq!((here.1, there.1), (false, false));
        assert_eq!(titles(&api, who, "").await, here, "again");
        assert_eq!(here.0, there.0);
        here.0
    };
    for server in [&api, &elsewhere] {
        assert_eq!(both("ada").await, json!([]));
        let (_, one, _) = server.call("ada", Method::POST, "/api/tasks", json!({ "title": "one" })).await;
        assert_eq!(both("ada").await, json!(["one"]));
        let path = format!("/api/tasks/{}", one["id"].as_str().unwrap());
        server.call("eve", Method::POST, "/api/tasks", json!({ "title": "hers" })).await;
        server.call("ada", Method::PATCH, &path, json!({ "title": "two" })).await;
        assert_eq!(both("ada").await, json!(["two"]));
        server.call("ada", Method::POST, "/api/tasks", json!({ "title": "three" })).await;
        assert_eq!(titles(&api, "ada", "?limit=1").await, (json!(["three"]), true));
        assert_eq!(titles(&api, "ada", "?limit=1").await, (json!(["three"]), true), "again");
        assert_eq!(titles(&api, "ada", "?limit=2").await, (json!(["three", "two"]), false));
        assert_eq!(both("ada").await, json!(["three", "two"]));
        server.call("ada", Method::DELETE, &path, Value::Null).await;
        assert_eq!(both("ada").await, json!(["three"]));
        assert_eq!(titles(&api, "ada", "?limit=1").await, (json!(["three"]), false));
        server.database.execute("UPDATE task SET title = 'by hand'", vec![]).await.unwrap();
        server.database.execute(r#"DELETE FROM "user" WHERE id = 'ada'"#, vec![]).await.unwrap();
        assert_eq!(both("ada").await, json!([]), "nobody, and none of their tasks");
        server.database.execute(r#"INSERT INTO "user" VALUES ('ada')"#, vec![]).await.unwrap();
    }
    assert_eq!(both("eve").await, json!(["by hand", "by hand"]));
}

/// Two people add, tick and delete at once; each looks after each step, and so does a bystander with the same token.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_misses_their_own_change_while_others_write() {
    let api = Api::new("own_changes").await;
    let mut people = tokio::task::JoinSet::new();
    for who in ["ada", "eve"] {
        let router = api.router.clone();
        people.spawn(async move {
            let list = async || ask(&router, who, Method::GET, "/api/tasks", Value::Null).await.1;
            for number in 0..100 {
                let title = json!({ "title": format!("{who} {number}") });
                let (add, _) = tokio::join!(ask(&router, who, Method::POST, "/api/tasks", title), list());
                assert_eq!(list().await, json!([add.1]), "{who} {number}");
                let path = format!("/api/tasks/{}", add.1["id"].as_str().unwrap());
                let tick = ask(&router, who, Method::PATCH, &path, json!({ "completed": true }));
                let (ticked, _) = tokio::join!(tick, list());
                assert_eq!(list().await, json!([ticked.1]), "{who} {number}");
                tokio::join!(ask(&router, who, Method::DELETE, &path, Value::Null), list());
                assert_eq!(list().await, json!([]), "{who} {number}");
            }
        });
    }
    people.join_all().await;
}

#[tokio::test]
async fn a_page_of_long_titles_ends_early_and_the_cursor_goes_on() {
    let api = Api::new("bytes").await;
    let title = "😀".repeat(500);
    for _ in 0..300 {
        api.call("ada", Method::POST, "/api/tasks", json!({ "title": title })).await;
    }
    let (mut seen, mut pages, mut path) = (std::collections::HashSet::new(), 0, "/api/tasks".to_owned());
    loop {
        let (status, page, headers) = api.call("ada", Method::GET, &path, Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.to_string().len() < 260 * 1024, "{} bytes", page.to_string().len());
        seen.extend(page.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(next) = headers.get("x-next-cursor") else { break };
        path = format!("/api/tasks?cursor={}", next.to_str().unwrap());
    }
    assert_eq!((seen.len(), pages), (300, 3));
}

#[tokio::test]
async fn bad_input_is_told_by_field() {
    let api = Api::new("input").await;
    let cases = [
        (json!({}), "title: is missing"),
        (json!({ "title": "" }), "title: must not be empty"),
        (json!({ "title": 5 }), "title: must be a text"),
        (json!({ "title": "a\u{0}b" }), "title: must not hold control characters"),
        (json!({ "title": "x".repeat(501) }), "title: must have at most 500 characters"),
        (json!({ "title": "x", "completed": "yes" }), "completed: must be true or false"),
    ];
    for (body, message) in cases {
        let (status, answer, _) = api.call("ada", Method::POST, "/api/tasks", body).await;
        assert_eq!((status, answer["message"].as_str()), (StatusCode::BAD_REQUEST, Some(message)));
    }
    assert_eq!(api.call("ada", Method::POST, "/api/tasks", json!([1])).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(
        api.call("ada", Method::POST, "/api/tasks", json!({ "title": "x".repeat(70_000) })).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    for path in ["/api/tasks?limit=0", "/api/tasks?limit=x", "/api/tasks?cursor=rubbish"] {
        assert_eq!(api.call("ada", Method::GET, path, Value::Null).await.0, StatusCode::BAD_REQUEST, "{path}");
    }
    let (status, _, headers) = api.call("ada", Method::PUT, "/api/tasks", Value::Null).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(headers[header::ALLOW].to_str().unwrap().contains("POST"));
    assert_eq!(
        api.call("deleted person", Method::POST, "/api/tasks", json!({ "title": "x" })).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn names_and_cursors_from_nowhere_are_no_failure() {
    let api = Api::new("hostile").await;
    api.call("ada", Method::POST, "/api/tasks", json!({ "title": "x" })).await;
    for id in ["%00", "%ff", "..%2F..", "%27%20OR%201%3D1--", &"a".repeat(5000)] {
        let path = format!("/api/tasks/{id}");
        for (method, body) in
            [(Method::GET, Value::Null), (Method::PATCH, json!({ "title": "y" })), (Method::DELETE, Value::Null)]
        {
            let (status, answer, _) = api.call("ada", method.clone(), &path, body).await;
            assert_eq!((status, answer["code"].as_str()), (StatusCode::NOT_FOUND, Some("NOT_FOUND")), "{method} {id}");
        }
    }
    for age in ["9223372036854775807", "8210298412799999999", "253402300800000", "-9223372036854775807", "-1", "x", ""]
    {
        let (status, answer, _) =
            api.call("ada", Method::GET, &format!("/api/tasks?cursor={age}-a"), Value::Null).await;
        assert_eq!((status, answer["code"].as_str()), (StatusCode::BAD_REQUEST, Some("VALIDATION_ERROR")), "{age}");
    }
    assert_eq!(
        api.call("ada", Method::GET, "/api/tasks?cursor=253402300799999-a", Value::Null).await.0,
        StatusCode::OK
    );
    for title in ["\u{202e}gnp.exe", "😀", "'; DROP TABLE task; --", "<script>"] {
        let (status, task, _) = api.call("ada", Method::POST, "/api/tasks", json!({ "title": title })).await;
        assert_eq!((status, task["title"].as_str()), (StatusCode::CREATED, Some(title)));
    }
}

#[tokio::test]
async fn a_deleted_persons_tasks_go_too() {
    let api = Api::new("cascade").await;
    api.call("ada", Method::POST, "/api/tasks", json!({ "title": "x" })).await;
    api.database.execute(r#"DELETE FROM "user" WHERE id = 'ada'"#, vec![]).await.unwrap();
    let left = api.database.query("SELECT count(*) FROM task", &[]).await.unwrap();
    assert_eq!(left[0].integer(0).unwrap(), 0);
}

/// Ada adds so many at once, at each of the servers in turn: how many were stored, and how many refused.
async fn added_at_once(servers: &[Router], number: usize) -> (usize, usize) {
    let mut adding = tokio::task::JoinSet::new();
    for router in servers.iter().cycle().take(number) {
        let router = router.clone();
        adding.spawn(async move { ask(&router, "ada", Method::POST, "/api/tasks", json!({ "title": "x" })).await });
    }
    let answers = adding.join_all().await;
    let refused =
        |answer: &&Answer| (answer.0, answer.1["code"].as_str()) == (StatusCode::CONFLICT, Some("TOO_MANY_TASKS"));
    let stored = answers.iter().filter(|answer| answer.0 == StatusCode::CREATED).count();
    (stored, answers.iter().filter(refused).count())
}

#[tokio::test]
async fn nobody_fills_the_disk_and_nobody_else_is_kept_out() {
    let api = Api::new("quota").await;
    let router = api.with_at_most(200);
    assert_eq!(added_at_once(std::slice::from_ref(&router), 300).await, (200, 100));
    let add = json!({ "title": "x" });
    assert_eq!(
        ask(&router, "eve", Method::POST, "/api/tasks", add).await.0,
        StatusCode::CREATED,
        "others are not concerned"
    );

    let (_, tasks, _) = ask(&router, "ada", Method::GET, "/api/tasks", Value::Null).await;
    let path = format!("/api/tasks/{}", tasks[0]["id"].as_str().unwrap());
    assert_eq!(ask(&router, "ada", Method::PATCH, &path, json!({ "title": "y" })).await.0, StatusCode::OK);
    assert_eq!(ask(&router, "ada", Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(added_at_once(&[router], 2).await, (1, 1), "room that was made is used");
}

#[tokio::test]
async fn two_servers_on_one_database_hold_the_limit_together() {
    let api = Api::new("quota_of_two").await;
    let (stored, refused) = added_at_once(&[api.with_at_most(60), api.with_at_most(60)], 100).await;
    assert!((60..=61).contains(&stored) && stored + refused == 100, "each may have had one on its way: {stored}");
}

#[tokio::test]
async fn a_database_that_takes_nothing_is_told_as_such() {
    let writable = Api::new("readonly").await;
    let (_, task, _) = writable.call("ada", Method::POST, "/api/tasks", json!({ "title": "x" })).await;
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    let api = writable.reopened_read_only().await;
    for (method, path, body) in [
        (Method::POST, "/api/tasks", json!({ "title": "y" })),
        (Method::PATCH, path.as_str(), json!({ "title": "y" })),
        (Method::DELETE, path.as_str(), Value::Null),
    ] {
        let (status, answer, headers) = api.call("ada", method.clone(), path, body).await;
        assert_eq!((status, answer["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("SERVICE_UNAVAILABLE")));
        assert_eq!(headers[header::RETRY_AFTER], "2", "{method}");
    }
    assert_eq!(
        api.call("ada", Method::GET, "/api/tasks", Value::Null).await.1,
        json!([task]),
        "what is there can be read"
    );
}
