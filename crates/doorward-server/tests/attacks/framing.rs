//! Requests whose ends two readers see in two places, and requests that never end: ASVS 4.2.1, RFC 9112.

use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

use crate::world::World;

const BODY: &str = r#"{"email":"a@example.com","password":"x"}"#;

/// A sign-in with these header lines in place of a content length, and this after the head.
fn framed(lines: &str, body: &str) -> String {
    format!(
        "POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n{lines}\r\n{body}"
    )
}

#[test]
fn rfc9112_6_3_a_body_has_one_length() {
    let world = World::new();
    let length = BODY.len();
    for lines in [
        format!("Content-Length: {length}\r\nContent-Length: {}\r\n", length + 1),
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: {length}, {}\r\n", length + 1),
        format!("Content-Length: {length}, {length}\r\n"),
        format!("Content-Length: +{length}\r\n"),
        format!("Content-Length: -{length}\r\n"),
        "Content-Length: 0x28\r\n".into(),
        "Content-Length: 4 0\r\n".into(),
        "Content-Length: 1e2\r\n".into(),
        "Content-Length: 99999999999999999999999\r\n".into(),
        "Content-Length: 18446744073709551616\r\n".into(),
        "Content-Length:\r\n".into(),
        format!("Content-Length: {length}\u{b}\r\n"),
        format!("Content-Length : {length}\r\n"),
        format!("Content-Length\t: {length}\r\n"),
        format!(" Content-Length: {length}\r\n"),
        "Transfer-Encoding: identity\r\n".into(),
        "Transfer-Encoding: xchunked\r\n".into(),
        "Transfer-Encoding: chunked, identity\r\n".into(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n".into(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n".into(),
        "Transfer-Encoding: gzip, chunked\r\n".into(),
        "Transfer-Encoding: \u{b}chunked\r\n".into(),
        "Transfer-Encoding : chunked\r\n".into(),
        "Transfer-Encoding:\r\n chunked\r\n".into(),
        "Transfer-Encoding\r\n".into(),
    ] {
        let answer = world.raw(framed(&lines, BODY));
        assert_eq!(answer.status, 400, "{lines:?}: {}", answer.body);
    }
    let old = framed("Transfer-Encoding: chunked\r\n", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(world.raw(old).status, 400, "HTTP/1.0 knows no chunks");
    assert_eq!(world.raw(framed(&format!("Content-Length: {length}\r\n"), BODY)).status, 401, "one length is good");
}

#[test]
fn rfc9112_6_1_a_length_beside_chunks_smuggles_nothing() {
    let world = World::new();
    let second = "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let head = "POST /api/auth/sign-out HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let both = [
        format!("{head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{second}"),
        format!("{head}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n{second}"),
        format!("{head}Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{second}", second.len() + 5),
        format!(
            "{head}Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{second}"
        ),
    ];
    for text in both {
        let mut stream = world.server.connect();
        stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok();
        let answers = String::from_utf8_lossy(&bytes).matches("HTTP/1.1 ").count();
        assert_eq!(answers, 1, "the connection ends with the doubtful request: {text:?}");
    }
}

#[test]
fn rfc9112_7_1_chunks_are_read_to_the_letter() {
    let world = World::new();
    let size = format!("{:x}", BODY.len());
    let chunked = |body: &str| framed("Transfer-Encoding: chunked\r\n", body);
    for body in [
        "-1\r\nx\r\n0\r\n\r\n".into(),
        "+5\r\nhello\r\n0\r\n\r\n".into(),
        "0x5\r\nhello\r\n0\r\n\r\n".into(),
        "5g\r\nhello\r\n0\r\n\r\n".into(),
        "FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n".into(),
        "10000000000000000\r\nx\r\n0\r\n\r\n".into(),
        "\r\n\r\n".into(),
        "g\r\n\r\n".into(),
        format!("{size}\r\n{BODY}0\r\n\r\n"),
        format!("{size}\n{BODY}\r\n0\r\n\r\n"),
        format!("{size}\r{BODY}\r\n0\r\n\r\n"),
        format!("{size};{}\r\n{BODY}\r\n0\r\n\r\n", "x".repeat(40_000)),
        format!("{size}\r\n{BODY}\r\n0\r\n{}\r\n", "X-Trailer: y\r\n".repeat(5000)),
    ] {
        let answer = world.raw(chunked(&body));
        let start: String = body.chars().take(60).collect();
        assert!(matches!(answer.status, 0 | 400 | 413 | 431), "{start:?}: {} {}", answer.status, answer.body);
    }
    assert_eq!(world.raw(chunked(&format!("{size}\r\n{BODY}\r\n0\r\n\r\n"))).status, 401, "good chunks are read");
}

#[test]
fn rfc9112_5_2_heads_are_read_to_the_letter() {
    let world = World::new();
    for head in [
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nX-Folded: a\r\n b\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\n\tX-Folded: a\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nNo colon\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\n: no name\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nA B: c\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nX: a\u{0}b\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nX\u{0}: a\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost : x\r\n",
        "GET /api/auth/ok HTTP/1.1\r\nHost: x\r\nHost: y\r\n",
        "GET /api/auth/ok HTTP/1.1\r\n",
        "GET  /api/auth/ok HTTP/1.1\r\nHost: x\r\n",
        "GET /api/auth/ok  HTTP/1.1\r\nHost: x\r\n",
        "GET /api/auth/ok HTTP/1.1 \r\nHost: x\r\n",
        "GET /api/auth/ok HTTP/1.2\r\nHost: x\r\n",
        "GET /api/auth/ok HTTP/9.9\r\nHost: x\r\n",
        "GET /api/auth/ok http/1.1\r\nHost: x\r\n",
        "GET /api/auth/ok\r\n",
        "GET /api/ auth/ok HTTP/1.1\r\nHost: x\r\n",
        "GET\t/api/auth/ok HTTP/1.1\r\nHost: x\r\n",
        "G\u{e9}T /api/auth/ok HTTP/1.1\r\nHost: x\r\n",
        "GET api/auth/ok HTTP/1.1\r\nHost: x\r\n",
        "\u{0}GET /api/auth/ok HTTP/1.1\r\nHost: x\r\n",
    ] {
        let answer = world.raw(format!("{head}Connection: close\r\n\r\n"));
        assert!(matches!(answer.status, 0 | 400 | 404 | 505), "{head:?}: {}", answer.status);
        assert!(!answer.body.contains("true"), "{head:?} was understood");
    }
    let rubbish: Vec<Vec<u8>> = vec![
        vec![0; 1000],
        vec![0xff; 1000],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"SSH-2.0-OpenSSH\r\n".to_vec(),
        b"\r\n\r\n\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        "GET / HTTP/1.1\r\n".repeat(100).into_bytes(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish that is no frame at all, and goes on".to_vec(),
    ];
    for bytes in rubbish {
        let mut stream = world.server.connect();
        stream.write_all(&bytes).ok();
        stream.shutdown(std::net::Shutdown::Write).ok();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).ok();
        assert!(!String::from_utf8_lossy(&rest).starts_with("HTTP/1.1 2"), "{bytes:?}");
    }
    assert_eq!(world.get("/healthz", &[]).status, 200);
}

#[test]
fn cwe_400_a_body_that_never_ends_is_given_up() {
    let world = World::new();
    let started = Instant::now();
    let beginnings = [
        framed("Content-Length: 1000\r\n", r#"{"email":"#),
        framed("Transfer-Encoding: chunked\r\n", "5\r\nhe"),
        framed("Transfer-Encoding: chunked\r\n", ""),
        framed("Content-Length: 1000\r\n", "").replace("/api/auth/sign-in/email", "/api/tasks"),
    ];
    let mut streams = beginnings.map(|text| {
        let mut stream = world.server.connect();
        stream.set_read_timeout(Some(Duration::from_secs(45))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    });
    for (number, stream) in streams.iter_mut().enumerate() {
        let mut rest = Vec::new();
        // A byte now and then buys no time: the whole body has thirty seconds.
        let dripped = stream.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut dripped = dripped;
            while dripped.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        stream.read_to_end(&mut rest).ok();
        let text = String::from_utf8_lossy(&rest);
        assert!(!text.starts_with("HTTP/1.1 2") && !text.starts_with("HTTP/1.1 5"), "{number}: {text}");
        assert!(started.elapsed() < Duration::from_secs(40), "{number} is still waited for");
    }
    assert_eq!(world.get("/healthz", &[]).status, 200);
}
