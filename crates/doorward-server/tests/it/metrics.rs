//! Figures: on their own listener, about everything, and about nobody.

use serde_json::json;

use crate::{
    story::enter,
    support::{Answer, Server, free_address, request},
};

fn figures(address: std::net::SocketAddr, path: &str) -> Answer {
    use std::io::Write as _;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(request("GET", path, &[], "").as_bytes()).unwrap();
    Answer::read(stream)
}

#[test]
fn figures_have_a_listener_of_their_own() {
    let address = free_address();
    let server = Server::start(&[("DOORWARD_METRICS_LISTEN", &address.to_string())]);
    enter(&server, "ada@example.com");
    assert_eq!(server.get("/metrics", &[]).status, 404, "not where everybody comes");
    let body = json!({ "email": "eve@example.com", "password": "not her password" });
    assert_eq!(server.call("POST", "/api/auth/sign-in/email", "", &body).status, 401);

    let answer = figures(address, "/metrics");
    assert_eq!(answer.status, 200);
    for line in ["{status=\"200\"} 2", "{status=\"404\"} 1", "{status=\"401\"} 1"] {
        assert!(answer.body.contains(&format!("doorward_requests_total{line}\n")), "{}", answer.body);
    }
    for name in
        ["doorward_request_seconds_count 4", "doorward_connections ", "doorward_hashes_waiting 0", "process_open_fds"]
    {
        assert!(answer.body.contains(name), "{name}: {}", answer.body);
    }
    assert!(!answer.body.contains("example.com") && !answer.body.contains("127.0.0.1"), "{}", answer.body);
    for path in ["/", "/api/auth/ok", "/healthz"] {
        assert_eq!(figures(address, path).status, 404, "{path}: the service is not served there");
    }
}

#[test]
fn without_the_setting_there_are_none() {
    let server = Server::start(&[]);
    assert!(!server.log().contains("figures"), "{}", server.log());
    assert_eq!(server.get("/metrics", &[]).status, 404);
}
