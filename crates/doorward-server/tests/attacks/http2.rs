//! HTTP/2, which is spoken over TLS only: floods of frames, each named after where it was first seen (RFC 9113, section
//! 10.5).

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
};

use crate::{
    support::{Folder, request},
    world::World,
};

const HEADERS: u8 = 1;
const RESET: u8 = 3;

/// A server with a certificate of its own, and who trusts it.
struct Site {
    world: World,
    trusted: CertificateDer<'static>,
    _certificate: Folder,
}

/// What came of a flood.
struct Flood {
    /// Frames that the server took. Its last words are lost where it closes under what is still being written.
    taken: usize,
    /// Kinds of the frames it sent.
    answers: Vec<u8>,
    /// The first byte of its first answer: the status, in the words of HPACK.
    first: Option<u8>,
}

impl Site {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = Folder::new();
        let path = |name: &str| folder.0.join(name).to_str().unwrap().to_owned();
        let (certificate, key) = (path("certificate.pem"), path("key.pem"));
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let tls = [("DOORWARD_TLS_CERT", certificate.as_str()), ("DOORWARD_TLS_KEY", key.as_str())];
        let world = World::with(&[tls[0], tls[1], ("BETTER_AUTH_URL", "https://localhost")]);
        Self { world, trusted: made.cert.der().clone(), _certificate: folder }
    }

    fn connect(&self, protocol: &str) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusted.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let mut config =
            builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
        let stream = self.world.server.connect();
        stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        stream.flush().unwrap();
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        assert_eq!(stream.conn.alpn_protocol(), Some(protocol.as_bytes()));
        stream
    }

    /// Writes everything before anything is read.
    fn flood(&self, frames: impl IntoIterator<Item = Vec<u8>>) -> Flood {
        let started = Instant::now();
        let mut stream = self.connect("h2");
        stream.write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(4, 0, 0, &[])].concat()).unwrap();
        // When the server has had enough it closes, which is the point.
        let taken = frames.into_iter().take_while(|frame| stream.write_all(frame).is_ok()).count();
        let (mut bytes, mut answers, mut first) = (Vec::new(), Vec::new(), None);
        stream.flush().ok();
        stream.read_to_end(&mut bytes).ok();
        let mut rest = bytes.as_slice();
        while let Some((head, after)) = rest.split_at_checked(9) {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let Some((payload, after)) = after.split_at_checked(length) else { break };
            answers.push(head[3]);
            first = first.or_else(|| payload.first().copied().filter(|_| head[3] == HEADERS));
            rest = after;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
        let mut others = self.connect("http/1.1");
        others.write_all(request("GET", "/api/auth/ok", &[], "").as_bytes()).unwrap();
        let mut answer = String::new();
        others.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "others are answered: {answer}");
        Flood { taken, answers, first }
    }
}

/// RFC 9113, section 4.1.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// `GET /api/auth/ok` with an authority.
fn head() -> Vec<u8> {
    [b"\x82\x87\x41\x09localhost\x04\x0c".as_slice(), b"/api/auth/ok"].concat()
}

fn requests(count: u32) -> impl Iterator<Item = (u32, Vec<u8>)> {
    (0..count).map(|number| (number * 2 + 1, frame(HEADERS, 5, number * 2 + 1, &head())))
}

#[test]
fn rfc9113_5_1_2_a_hundred_requests_at_a_time_are_answered() {
    let site = Site::new();
    let one = site.flood(requests(1).map(|(_, request)| request));
    assert!(one.answers.contains(&HEADERS), "HTTP/2 is spoken: {:?}", one.answers);
    // No window: no answer can end.
    let mut many = vec![frame(4, 0, 0, &[0, 4, 0, 0, 0, 0])];
    many.extend(requests(300).map(|(_, request)| request));
    let answers = site.flood(many).answers;
    let count = |kind| answers.iter().filter(|answer| **answer == kind).count();
    assert_eq!((count(HEADERS), count(RESET)), (100, 200));
}

#[test]
fn rfc9113_8_3_1_a_request_names_one_host() {
    let site = Site::new();
    // 200 and 400 stand whole in the static table.
    for (host, status) in [("localhost", 0x88), ("evil.example", 0x8c)] {
        let named = [b"\x00\x04host".as_slice(), &[u8::try_from(host.len()).unwrap()], host.as_bytes()].concat();
        let answered = site.flood([frame(HEADERS, 5, 1, &[head(), named].concat())]);
        assert_eq!(answered.first, Some(status), "{host}");
    }
}

#[test]
fn cve_2023_44487_and_cve_2025_8671_requests_that_are_reset_at_once_end_the_connection() {
    let site = Site::new();
    let reset =
        requests(20_000).map(|(stream, request)| [request, frame(RESET, 0, stream, &8_u32.to_be_bytes())].concat());
    let rapid = site.flood(reset);
    assert!(rapid.taken < 20_000, "the server takes them all");
    // The same, but the server is made to reset: by a window beyond its bounds.
    let window = 0x7fff_ffff_u32.to_be_bytes();
    let made = site.flood(requests(20_000).map(|(stream, request)| [request, frame(8, 0, stream, &window)].concat()));
    assert!(made.taken < 20_000, "the server takes them all");
}

#[test]
fn cve_2024_27316_heads_that_never_end_end_the_connection() {
    let site = Site::new();
    let begun = || std::iter::once(frame(HEADERS, 1, 1, &head()));
    let filled = frame(9, 0, 1, &[0x40, 1, b'a', 1, b'b']);
    for continuation in [filled, frame(9, 0, 1, &[])] {
        let flood = site.flood(begun().chain(std::iter::repeat_n(continuation, 100_000)));
        assert!(flood.taken < 100_000, "the server takes them all");
    }
}

#[test]
fn cve_2016_1544_a_small_block_unpacks_into_no_large_head() {
    let site = Site::new();
    // One long value in the table, named a thousand times.
    let named = [b"\x40\x01a\x7f\xa1\x1e".as_slice(), &[b'x'; 4000], &[0xbe; 5000]].concat();
    let bomb = [head(), named].concat();
    let flood = site.flood((0..200).map(|number| frame(HEADERS, 5, number * 2 + 1, &bomb)));
    assert!(!flood.answers.contains(&0), "none of them reaches a handler");
}

#[test]
fn cve_2019_9512_and_cve_2019_9515_frames_that_ask_for_nothing_hold_up_nobody() {
    let site = Site::new();
    site.flood(std::iter::repeat_n(frame(6, 0, 0, &[0; 8]), 20_000));
    site.flood(std::iter::repeat_n(frame(4, 0, 0, &[]), 20_000));
    let post = [b"\x83\x87\x41\x09localhost\x04\x17".as_slice(), b"/api/auth/sign-in/email"].concat();
    let empty = std::iter::once(frame(HEADERS, 4, 1, &post)).chain(std::iter::repeat_n(frame(0, 0, 1, &[]), 100_000));
    let empty = site.flood(empty);
    assert!(empty.taken < 100_000, "the server takes them all");
}
