//! What a client is told, byte for byte.

use crate::support::{Key, NOW, TestClock, configured, jwks};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use doorward_verify::{Claims, Refused, Verifier};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

fn verifier() -> Verifier {
    configured(&TestClock::new()).jwks(jwks(&[&Key::new("a")])).realm("tasks").build().expect("a verifier")
}

#[derive(serde::Deserialize)]
struct Person {
    email: String,
}

fn app() -> Router {
    let verifier = verifier();
    let guarded = Router::new()
        .route("/me", get(|claims: Claims| async move { claims.subject().to_owned() }))
        .route("/email", get(|claims: Claims<Person>| async move { claims.extra.email }))
        .route(
            "/everything",
            get(|claims: Claims<serde_json::Map<String, Value>>| async move { claims.extra["sid"].to_string() }),
        )
        .route("/admin", post(admin))
        .route_layer(verifier.guard());
    let reading =
        Router::new().route("/read", get(|| async { "read" })).route_layer(verifier.guard().scope("tasks:read"));
    let admins = Router::new()
        .route("/both", get(|| async { "both" }))
        .route_layer(verifier.guard().scope("tasks:read").scope("admin"));
    let mixed = Router::new()
        .route("/public", get(|| async { "public" }))
        .route("/private", get(|claims: Claims| async move { claims.subject().to_owned() }))
        .route(
            "/either",
            get(|claims: Option<Claims>| async move {
                claims.map_or("nobody".to_owned(), |claims| claims.subject().to_owned())
            }),
        )
        .route_layer(verifier.guard().per_handler());
    let forgotten = Router::new().route("/forgotten", get(|_: Claims| async { "never" }));
    Router::new().merge(guarded).merge(reading).merge(admins).merge(mixed).merge(forgotten)
}

async fn admin(claims: Claims) -> Result<&'static str, Refused> {
    claims.require_scope("admin")?;
    Ok("welcome")
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    fn challenge(&self) -> &str {
        self.headers.get("www-authenticate").map_or("", |value| value.to_str().expect("text"))
    }

    fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).expect("JSON");
        body["code"].as_str().expect("a code").to_owned()
    }
}

async fn send(method: &str, path: &str, authorization: &[&[u8]]) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for value in authorization {
        request = request.header("authorization", *value);
    }
    let response = app().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    Reply { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).expect("text") }
}

async fn get_with(path: &str, token: &str) -> Reply {
    send("GET", path, &[format!("Bearer {token}").as_bytes()]).await
}

#[tokio::test]
async fn a_good_token_reaches_the_handler() {
    let token = Key::new("a").token();
    for (path, body) in
        [("/me", "user-1"), ("/email", "ada@example.com"), ("/everything", "\"session-1\""), ("/read", "read")]
    {
        let reply = get_with(path, &token).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::OK, body), "{path}");
    }
    assert_eq!(send("GET", "/me", &[format!("bEARER {token}").as_bytes()]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_credential() {
    for authorization in [&[][..], &[b"Basic YTpi".as_slice()]] {
        let reply = send("GET", "/me", authorization).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.challenge(), r#"Bearer realm="tasks""#);
        assert_eq!(reply.body, r#"{"message":"Authentication is required","code":"UNAUTHORIZED"}"#);
        assert_eq!(reply.headers["content-type"], "application/json");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_read() {
    let token = Key::new("a").token();
    let good = format!("Bearer {token}");
    let twice = format!("Bearer {token}, Bearer {token}");
    for authorization in [
        &[b"Bearer".as_slice()][..],
        &[b"Bearer "],
        &[b"Bearer a b"],
        &[b"Bearer \xff\xfe"],
        &[good.as_bytes(), good.as_bytes()],
        &[twice.as_bytes()],
    ] {
        let reply = send("GET", "/me", authorization).await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::BAD_REQUEST, "INVALID_REQUEST"));
        assert!(reply.challenge().starts_with(r#"Bearer realm="tasks", error="invalid_request""#));
    }
}

#[tokio::test]
async fn a_token_that_is_not_good() {
    let key = Key::new("a");
    let tampered = format!("{}A", key.token());
    let long = "a".repeat(9000);
    for token in [
        "a",
        "a.b.c",
        "a.b.c.d.e",
        "=",
        &tampered,
        &long,
        &Key::new("unknown").token(),
        &key.token_with(json!({"aud": "another"})),
        &key.token_with(json!({"exp": "soon"})),
    ] {
        let reply = get_with("/me", token).await;
        let expected = if token == "=" { StatusCode::BAD_REQUEST } else { StatusCode::UNAUTHORIZED };
        assert_eq!(reply.status, expected, "{token}");
        if expected == StatusCode::UNAUTHORIZED {
            assert_eq!(
                reply.challenge(),
                r#"Bearer realm="tasks", error="invalid_token", error_description="The access token is not valid""#
            );
            assert_eq!(reply.code(), "INVALID_TOKEN");
        }
    }
    let reply = get_with("/me", &key.token_with(json!({"exp": NOW}))).await;
    assert_eq!(reply.body, r#"{"message":"The access token has expired","code":"INVALID_TOKEN"}"#);
}

#[tokio::test]
async fn claims_that_do_not_fit_the_handler() {
    let token = Key::new("a").token_with(json!({"email": 7}));
    assert_eq!(get_with("/me", &token).await.status, StatusCode::OK);
    let reply = get_with("/email", &token).await;
    assert_eq!((reply.status, reply.code().as_str()), (StatusCode::UNAUTHORIZED, "INVALID_TOKEN"));
}

#[tokio::test]
async fn scopes() {
    let key = Key::new("a");
    let challenge = |scope: &str| {
        format!(
            r#"Bearer realm="tasks", error="insufficient_scope", error_description="The access token does not reach far enough", scope="{scope}""#
        )
    };
    for scope in [
        json!("tasks:write"),
        json!(["tasks:write"]),
        json!(""),
        json!(7),
        json!("tasks:reader xtasks:read"),
        json!("TASKS:READ"),
    ] {
        let reply = get_with("/read", &key.token_with(json!({"scope": scope}))).await;
        assert_eq!((reply.status, reply.challenge()), (StatusCode::FORBIDDEN, challenge("tasks:read").as_str()));
        assert_eq!(reply.code(), "INSUFFICIENT_SCOPE");
    }
    for scope in [json!("tasks:read"), json!("a tasks:read b"), json!(["a", "tasks:read"])] {
        assert_eq!(get_with("/read", &key.token_with(json!({"scope": scope}))).await.status, StatusCode::OK);
    }
    assert_eq!(get_with("/both", &key.token()).await.challenge(), challenge("tasks:read admin"));
    assert_eq!(get_with("/both", &key.token_with(json!({"scope": "admin tasks:read"}))).await.status, StatusCode::OK);
    let bearer = format!("Bearer {}", key.token());
    assert_eq!(send("POST", "/admin", &[bearer.as_bytes()]).await.challenge(), challenge("admin"));
}

#[tokio::test]
async fn each_handler_decides_behind_a_guard_that_only_provides() {
    let token = Key::new("a").token();
    for (path, authorization, status, body) in [
        ("/public", None, 200, "public"),
        ("/public", Some("rubbish"), 200, "public"),
        ("/private", Some(token.as_str()), 200, "user-1"),
        ("/either", Some(&token), 200, "user-1"),
        ("/either", None, 200, "nobody"),
        ("/private", None, 401, "UNAUTHORIZED"),
        ("/private", Some("rubbish"), 401, "INVALID_TOKEN"),
        ("/either", Some("rubbish"), 401, "INVALID_TOKEN"),
    ] {
        let header = authorization.map(|token| format!("Bearer {token}"));
        let values = header.iter().map(String::as_bytes).collect::<Vec<_>>();
        let reply = send("GET", path, &values).await;
        assert_eq!(reply.status.as_u16(), status, "{path} {authorization:?}");
        assert!(reply.body.contains(body), "{path} {authorization:?}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_route_that_nobody_guards_is_a_mistake_and_not_an_open_door() {
    let reply = get_with("/forgotten", &Key::new("a").token()).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn in_front_of_a_service_that_is_not_axums() {
    use axum::body::Bytes;
    use http_body_util::{Empty, Full};
    use tower::{ServiceBuilder, service_fn};
    let service = ServiceBuilder::new().layer(verifier().guard()).service(service_fn(
        |request: Request<Empty<Bytes>>| async move {
            let subject = request.extensions().get::<Claims>().expect("the guard's").subject().to_owned();
            Ok::<_, std::convert::Infallible>(http::Response::new(Full::<Bytes>::from(subject)))
        },
    ));
    for (authorization, status, expected) in
        [(format!("Bearer {}", Key::new("a").token()), 200, "user-1"), ("Basic YTpi".to_owned(), 401, "UNAUTHORIZED")]
    {
        let request = Request::builder().header("authorization", authorization).body(Empty::new()).expect("a request");
        let response = service.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert!(String::from_utf8_lossy(&body).contains(expected));
    }
}
