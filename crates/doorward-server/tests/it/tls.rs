//! TLS by certificate files: spoken, agreed on as HTTP/2, read again when the files change, and asked by a verifier.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use doorward_verify::{Refusal, Verifier};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

use crate::support::{Folder, Server, request};

/// Writes a fresh certificate and its key; the certificate as clients must know it.
pub(crate) fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    CertificateDer::from_pem_slice(made.cert.pem().as_bytes()).unwrap()
}

/// Asks whether all is well.
fn ask(
    server: &Server,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> Result<(String, String), std::io::Error> {
    say(server.connect(), trusted, protocols, &request("GET", "/api/auth/ok", &[], ""))
}

/// Asks over TLS, trusting this one certificate. The protocol that was agreed on, and the answer over HTTP/1.1.
pub(crate) fn say(
    stream: TcpStream,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
    text: &str,
) -> Result<(String, String), std::io::Error> {
    let mut stream = shake(stream, trusted, protocols);
    stream.write_all(text.as_bytes())?;
    let protocol = String::from_utf8_lossy(stream.conn.alpn_protocol().unwrap_or_default()).into_owned();
    let mut answer = String::new();
    if protocol != "h2" {
        stream.read_to_string(&mut answer)?;
    }
    Ok((protocol, answer))
}

/// A connection over TLS to `localhost`, trusting this one certificate; the handshake comes with the first words.
pub(crate) fn shake(
    stream: TcpStream,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let mut config =
        builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    StreamOwned::new(connection, stream)
}

#[test]
fn certificates_are_followed() {
    let folder = Folder::new();
    let first = write_certificate(&folder.0);
    let path = |name: &str| folder.0.join(name).display().to_string();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    let server = Server::start(&[
        ("DOORWARD_TLS_CERT", certificate.as_str()),
        ("DOORWARD_TLS_KEY", key.as_str()),
        ("BETTER_AUTH_URL", "https://localhost"),
        ("BETTER_AUTH_SECRET", "a secret of thirty-two characters"),
    ]);
    let (protocol, answer) = ask(&server, &first, &["http/1.1"]).unwrap();
    assert_eq!(protocol, "http/1.1");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security: max-age="), "{answer}");
    assert_eq!(ask(&server, &first, &["h2", "http/1.1"]).unwrap().0, "h2");

    let second = write_certificate(&folder.0);
    let started = Instant::now();
    while ask(&server, &second, &[]).is_err() {
        assert!(started.elapsed() < Duration::from_secs(30), "the new certificate is not used: {}", server.log());
        sleep(Duration::from_millis(500));
    }
    assert!(ask(&server, &first, &[]).is_err());

    fs::write(folder.0.join("certificate.pem"), "rubbish").unwrap();
    while !server.log().contains("the old one is kept") {
        assert!(started.elapsed() < Duration::from_secs(60), "nobody is told of the rubbish: {}", server.log());
        sleep(Duration::from_millis(500));
    }
    assert!(ask(&server, &second, &[]).is_ok(), "a bad file must not take the server down");
}

/// Keys come over HTTPS from a server whose certificate is trusted, and from no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verifier_takes_keys_only_from_whom_it_trusts() {
    let folder = Folder::new();
    let trusted = write_certificate(&folder.0);
    let path = |name: &str| folder.0.join(name).display().to_string();
    let server = Server::start(&[
        ("DOORWARD_TLS_CERT", path("certificate.pem").as_str()),
        ("DOORWARD_TLS_KEY", path("key.pem").as_str()),
        ("BETTER_AUTH_URL", "https://localhost"),
        ("BETTER_AUTH_SECRET", "a secret of thirty-two characters"),
    ]);
    let post = |path: &str| {
        let body = r#"{"email": "ada@example.com", "password": "correct horse 9"}"#;
        let text = request("POST", path, &[("Content-Type", "application/json")], body);
        say(server.connect(), &trusted, &["http/1.1"], &text).unwrap().1
    };
    post("/api/auth/signup");
    let answer = post("/api/auth/signin");
    let body: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let token = body["token"].as_str().unwrap();

    let jwks = format!("https://localhost:{}/api/auth/jwks", server.address.port());
    let verifier = || Verifier::builder().issuer("https://localhost").audience("https://localhost").jwks_url(&jwks);
    let authority = fs::read(folder.0.join("certificate.pem")).unwrap();
    assert!(verifier().certificate_authority(authority).build().unwrap().verify(token).await.is_ok());
    assert_eq!(verifier().build().unwrap().verify(token).await.unwrap_err(), Refusal::KeysUnavailable);
}
