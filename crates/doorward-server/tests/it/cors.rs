//! Scripts of other origins: who may call, who may read, and that nothing is said to anybody else.

use serde_json::json;

use crate::support::{Answer, Server, refused, request};

const GUEST: &str = "http://app.example.test:4000";
const TRUSTED: (&str, &str) =
    ("BETTER_AUTH_TRUSTED_ORIGINS", "http://app.example.test:4000,https://*.branch.example.test");
const HEADERS: [&str; 6] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
    "access-control-expose-headers",
];

fn ask(server: &Server, method: &str, path: &str, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-type"),
    ];
    server.raw(&request(method, path, &headers, ""))
}

fn told(answer: &Answer) -> Vec<Option<&str>> {
    HEADERS.iter().map(|name| answer.header(name)).collect()
}

#[test]
fn a_trusted_origin_may_call_and_read() {
    let server = Server::start(&[("DOORWARD_CORS", "on"), TRUSTED]);
    for origin in [GUEST, "https://preview-7.branch.example.test"] {
        for path in ["/api/auth/sign-in/email", "/api/tasks", "/api/tasks/some-id"] {
            let answer = ask(&server, "OPTIONS", path, origin);
            assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path}");
            let methods = Some("GET, POST, PUT, PATCH, DELETE");
            let expected = [Some(origin), Some("true"), methods, Some("authorization,content-type"), Some("600"), None];
            assert_eq!(told(&answer), expected, "{path}");
            assert!(answer.head.to_lowercase().contains("vary: origin"), "{}", answer.head);
        }
    }
    let body = json!({ "email": "ada@example.com", "password": "correct horse 9", "name": "Ada" }).to_string();
    let headers = [("Origin", GUEST), ("Content-Type", "application/json")];
    let signed_up = server.raw(&request("POST", "/api/auth/sign-up/email", &headers, &body));
    assert_eq!((signed_up.status, signed_up.header(HEADERS[0])), (200, Some(GUEST)));
    let exposed = signed_up.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("set-auth-token") && exposed.contains("set-auth-jwt"), "{exposed}");
    assert!(signed_up.head.contains("SameSite=Lax"), "the cookie stays as it was: {}", signed_up.head);
    // A refusal is there to be read, too.
    let refused = server.raw(&request("GET", "/api/tasks", &[("Origin", GUEST)], ""));
    assert_eq!((refused.status, refused.header(HEADERS[0])), (401, Some(GUEST)));
}

#[test]
fn nobody_else_may_and_pages_stay_ours() {
    let server = Server::start(&[("DOORWARD_CORS", "on"), TRUSTED]);
    for origin in [
        "https://evil.example",
        "http://app.example.test:4001",
        "null",
        "",
        "http://app.example.test:4000.evil.example",
    ] {
        for (method, path) in
            [("OPTIONS", "/api/auth/sign-in/email"), ("OPTIONS", "/api/tasks"), ("GET", "/api/auth/get-session")]
        {
            let answer = ask(&server, method, path, origin);
            assert_eq!(told(&answer), [None; 6], "{method} {path} from {origin:?}");
            assert_ne!(answer.status, 204);
        }
    }
    for path in ["/", "/signin", "/theme.json", "/healthz"] {
        assert_eq!(told(&ask(&server, "GET", path, GUEST)), [None; 6], "{path}");
    }
}

#[test]
fn without_the_setting_nothing_is_said() {
    let server = Server::start(&[TRUSTED]);
    let preflight = ask(&server, "OPTIONS", "/api/auth/sign-in/email", GUEST);
    assert_eq!((preflight.status, told(&preflight)), (404, vec![None; 6]));
    let session = ask(&server, "GET", "/api/auth/get-session", GUEST);
    assert_eq!((session.status, told(&session), session.header("vary")), (200, vec![None; 6], None));
}

#[test]
fn everybody_cannot_be_let_in() {
    assert!(refused(&[("DOORWARD_CORS", "on")]).contains("needs BETTER_AUTH_TRUSTED_ORIGINS"));
    for pattern in ["*", "https://*", "http://*:3000", "https://**.*"] {
        let words = refused(&[("DOORWARD_CORS", "on"), ("BETTER_AUTH_TRUSTED_ORIGINS", pattern)]);
        assert!(words.contains("would let every site read"), "{pattern}: {words}");
    }
    Server::start(&[("DOORWARD_CORS", "on"), ("BETTER_AUTH_TRUSTED_ORIGINS", "myapp://,http://localhost:*")]);
}
