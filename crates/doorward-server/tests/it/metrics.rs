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
    for name in [
        "doorward_request_seconds_count 4",
        "doorward_connections ",
        "doorward_connections_limit 4096\n",
        "process_start_time_seconds 1",
        "doorward_hashes_waiting 0",
        "process_open_fds",
    ] {
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

/// Asks from another address of this machine.
async fn figures_from(own: &str, address: std::net::SocketAddr) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(own.parse().unwrap()).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.write_all(request("GET", "/metrics", &[], "").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn one_address_does_not_keep_the_others_from_watching() {
    let address = free_address();
    let _server = Server::start(&[("DOORWARD_METRICS_LISTEN", &address.to_string())]);
    let _silent: Vec<_> = (0..40).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
    let answer = tokio::time::timeout(std::time::Duration::from_secs(5), figures_from("127.0.0.2:0", address)).await;
    assert!(answer.expect("there is no place left").starts_with("HTTP/1.1 200"));
}
