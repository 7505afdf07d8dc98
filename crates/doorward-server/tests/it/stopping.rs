//! SIGTERM: what has begun is finished, nothing new begins, and it is over in five seconds.

use std::{io::Write as _, net::TcpStream, thread::sleep, time::Duration};

use serde_json::json;

use crate::support::{Answer, Server, request};

#[test]
fn a_request_in_flight_is_answered() {
    let mut server = Server::start(&[]);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" }).to_string();
    let text = request("POST", "/api/auth/sign-up/email", &[("Content-Type", "application/json")], &body);
    let (first, second) = text.split_at(text.len() - 10);
    let (mut stream, quiet) = (server.connect(), server.connect());
    stream.write_all(first.as_bytes()).unwrap();
    sleep(Duration::from_millis(300));
    server.terminate();
    sleep(Duration::from_millis(500));
    assert!(TcpStream::connect(server.address).is_err(), "nothing new begins");
    stream.write_all(second.as_bytes()).unwrap();
    let answer = Answer::read(stream);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (status, waited) = server.wait();
    assert!(status == Some(0) && waited < Duration::from_secs(2), "{status:?} after {waited:?}");
    drop(quiet);
}

#[test]
fn who_does_not_finish_is_not_waited_for_longer_than_five_seconds() {
    let mut server = Server::start(&[]);
    let mut stream = server.connect();
    stream.write_all(b"POST /api/auth/signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{").unwrap();
    sleep(Duration::from_millis(300));
    server.terminate();
    let (status, waited) = server.wait();
    assert_eq!(status, Some(0));
    assert!(waited > Duration::from_secs(4) && waited < Duration::from_secs(6), "{waited:?}");
}

#[test]
fn a_second_start_finds_everything() {
    let mut server = Server::start(&[]);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let token = server.call("POST", "/api/auth/signup", "", &body);
    assert_eq!(token.status, 200, "{}", token.body);
    server.terminate();
    assert_eq!(server.wait().0, Some(0));
    let folder = std::mem::replace(&mut server.folder, crate::support::Folder::new());
    let again = Server::start_in(folder, &[]);
    assert_eq!(again.call("POST", "/api/auth/signin", "", &body).status, 200);
}
