//! What every answer carries, and what is refused before any handler sees it.

use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{Server, request};

#[test]
fn security_headers_are_on_every_answer() {
    let server = Server::start(&[]);
    let paths = [
        "/",
        "/signin",
        "/no/such/page",
        "/api/auth/ok",
        "/api/auth/none",
        "/api/tasks",
        "/api/none",
        "/healthz",
        "/theme.css",
    ];
    let mut answers: Vec<_> = paths.iter().map(|path| server.get(path, &[])).collect();
    answers.push(server.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));
    answers.push(server.raw(&request("POST", "/signin", &[], "")));
    for answer in answers {
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "permissions-policy",
        ] {
            assert!(answer.header(name).is_some(), "{name} is missing: {}", answer.head);
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!((answer.header("server"), answer.header("strict-transport-security")), (None, None));
    }
}

#[test]
fn the_pages_are_told_what_their_forms_have_to_know() {
    let told = |variables: &[(&str, &str)]| Server::start(variables).get("/theme.json", &[]).json();
    let usual = told(&[]);
    assert_eq!(
        usual,
        json!({ "name": "Doorward", "signUp": true, "passwordMin": 8, "passwordMax": 128, "providers": [] })
    );
    let set = told(&[
        ("DOORWARD_SIGN_UP", "off"),
        ("DOORWARD_PASSWORD_MIN", "12"),
        ("DOORWARD_PASSWORD_MAX", "64"),
        ("DOORWARD_OAUTH_PROVIDERS", "github,google"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_ID", "id"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_SECRET", "kept to ourselves"),
        ("DOORWARD_OAUTH_GOOGLE_CLIENT_ID", "id"),
        ("DOORWARD_OAUTH_GOOGLE_CLIENT_SECRET", "kept to ourselves"),
    ]);
    assert_eq!((&set["signUp"], &set["providers"]), (&json!(false), &json!(["github", "google"])));
    assert_eq!((&set["passwordMin"], &set["passwordMax"]), (&json!(12), &json!(64)));
    assert!(!set.to_string().contains("kept"), "{set}");
}

#[test]
fn what_no_api_knows_is_json_and_methods_are_named() {
    let server = Server::start(&[]);
    for method in ["GET", "POST", "DELETE"] {
        let answer = server.raw(&request(method, "/api/none", &[], ""));
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("NOT_FOUND")), "{method}");
    }
    let put = server.raw(&request("PUT", "/signin", &[], ""));
    assert_eq!((put.status, put.header("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn a_request_names_exactly_one_host() {
    let server = Server::start(&[]);
    for hosts in ["", "Host: a\r\nHost: b\r\n"] {
        let answer = server.raw(&format!("GET /api/auth/ok HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"));
        assert_eq!(answer.status, 400, "{hosts:?}");
    }
    assert_eq!(server.raw("GET /api/auth/ok HTTP/1.0\r\n\r\n").status, 200);
}

#[test]
fn heads_and_bodies_are_bounded() {
    let server = Server::start(&[]);
    let long = "x".repeat(70_000);
    for length in [70_000, 40_000, 17_000] {
        assert_eq!(server.get("/", &[("X-Long", &long[..length])]).status, 431, "{length}");
        assert_eq!(server.get(&format!("/{}", &long[..length]), &[]).status, 431, "{length} in the target");
    }
    assert_eq!(server.get("/", &[("X-Long", &long[..15_000])]).status, 200);
    let many: String = (0..200).map(|number| format!("X-{number}: x\r\n")).collect();
    assert_eq!(server.raw(&format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")).status, 431);
    for path in ["/api/auth/sign-in/email", "/api/auth/signin"] {
        let answer = server.call("POST", path, "", &json!({ "email": long, "password": "x" }));
        assert_eq!(answer.status, 413, "{path}: {}", answer.body);
    }
}

#[test]
fn who_does_not_ask_loses_the_connection() {
    let server = Server::start(&[]);
    let cases = ["", "PRI * HTT", "GET / HTTP/1.1\r\nHost: x\r\nX-Unfinis"];
    let mut streams = cases.map(|text| {
        let mut stream = server.connect();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    });
    let mut quiet = server.connect();
    quiet.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let started = Instant::now();
    for (text, stream) in cases.iter().zip(&mut streams) {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap_or_else(|error| panic!("{text:?} is still waited for: {error}"));
    }
    let waited = started.elapsed();
    assert!(waited > Duration::from_secs(9) && waited < Duration::from_secs(20), "{waited:?}");
    // A connection that has been used may be quiet for longer than that.
    quiet.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut both = String::new();
    quiet.read_to_string(&mut both).unwrap();
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2, "{both}");
}

#[test]
fn a_proxy_that_nobody_trusts_is_told_of_once() {
    for (trusted, told) in [("", 1), ("127.0.0.0/8", 0)] {
        let server = Server::start(&[("DOORWARD_TRUSTED_PROXIES", trusted)]);
        for _ in 0..3 {
            server.get("/api/auth/ok", &[("X-Forwarded-For", "203.0.113.7")]);
        }
        assert_eq!(server.log().matches("name it in DOORWARD_TRUSTED_PROXIES").count(), told, "{}", server.log());
    }
}

#[test]
fn https_is_kept_where_it_is_promised() {
    let secure =
        [("BETTER_AUTH_URL", "https://auth.example.com"), ("BETTER_AUTH_SECRET", "a secret of thirty-two characters")];
    let server = Server::start(&secure);
    let page = server.get("/signin?next=%2Ftasks", &[("X-Forwarded-Proto", "https")]);
    let target = page.header("location");
    assert_eq!((page.status, target), (308, Some("https://auth.example.com/signin?next=%2Ftasks")));
    let call = server.get("/api/auth/get-session", &[("X-Forwarded-Proto", "https")]);
    assert_eq!((call.status, &call.json()["code"]), (403, &json!("HTTPS_REQUIRED")), "nobody trusts this header");
    assert!(call.header("strict-transport-security").is_some());
    assert_eq!(server.get("/healthz", &[]).status, 200);
    for target in ["*", "http://evil.example?.evil.example"] {
        let odd = server.raw(&format!("OPTIONS {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert_eq!(odd.header("location"), Some("https://auth.example.com/"), "{target} is no path");
    }

    let behind_proxy = Server::start(&[secure[0], secure[1], ("DOORWARD_TRUSTED_PROXIES", "127.0.0.1/32")]);
    for (said, status) in [("https", 200), ("http", 403), ("https, http", 403)] {
        assert_eq!(behind_proxy.get("/api/auth/ok", &[("X-Forwarded-Proto", said)]).status, status, "{said}");
    }
    assert_eq!(behind_proxy.get("/api/auth/ok", &[]).status, 200, "a proxy that says nothing ends TLS itself");
}

#[test]
fn a_page_that_begins_like_the_base_path_is_still_a_page() {
    const GUEST: &str = "https://app.example.com";
    let (secret, origins) =
        (("BETTER_AUTH_SECRET", "a secret of thirty-two characters"), ("BETTER_AUTH_TRUSTED_ORIGINS", GUEST));
    let in_the_clear = [("BETTER_AUTH_URL", "http://localhost/s"), ("DOORWARD_CORS", "on"), secret, origins];
    let server = Server::start(&in_the_clear);
    let page = server.raw(&request("POST", "/signup", &[("Origin", GUEST)], ""));
    assert_eq!((page.status, page.header("allow")), (405, Some("GET, HEAD")));
    assert_eq!(page.header("access-control-allow-origin"), None, "pages are nobody else's to read");
    let call = server.get("/s/ok", &[("Origin", GUEST)]);
    assert_eq!((call.status, call.header("access-control-allow-origin")), (200, Some(GUEST)));

    let promised = Server::start(&[("BETTER_AUTH_URL", "https://auth.example.com/s"), secret]);
    let page = promised.get("/signin", &[]);
    assert_eq!((page.status, page.header("location")), (308, Some("https://auth.example.com/signin")));
    assert_eq!(promised.get("/s/ok", &[]).status, 403);
}
