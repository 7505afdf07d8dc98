//! Certificates from an authority: Pebble, the one that Let's Encrypt's makers test clients with.
//!
//! It looks at `localhost`, at the port where our server listens, and knows nothing of an earlier run.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use doorward_verify::{Clock as _, SystemClock};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::json;

use crate::{
    support::{Answer, Folder, Server, doorward, free_address, refused, request},
    tls::{say, shake, write_certificate},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// An authority, not yet started: where it will be, and the certificate of its own API.
struct Authority {
    api: SocketAddr,
    management: SocketAddr,
    folder: Folder,
    certificate: CertificateDer<'static>,
    process: Option<Child>,
}

impl Authority {
    fn new() -> Self {
        let folder = Folder::new();
        let certificate = write_certificate(&folder.0);
        Self { api: free_address(), management: free_address(), folder, certificate, process: None }
    }

    /// Starts it; it will look for names at `port`.
    fn start(&mut self, port: u16) {
        let path = |name: &str| self.folder.0.join(name);
        let config = json!({ "pebble": {
            "listenAddress": self.api.to_string(),
            "managementListenAddress": self.management.to_string(),
            "certificate": path("certificate.pem"),
            "privateKey": path("key.pem"),
            "httpPort": free_address().port(),
            "tlsPort": port,
            "certificateValidityPeriod": 90 * 24 * 60 * 60,
        }});
        fs::write(path("config.json"), config.to_string()).unwrap();
        let log = fs::File::create(path("log")).unwrap();
        let mut command = Command::new("pebble");
        command.arg("-strict").arg("-config").arg(path("config.json")).stdin(Stdio::null());
        // No waits between its looks, and no good nonces refused at random.
        command.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0");
        let started = command.stdout(log.try_clone().unwrap()).stderr(log).spawn();
        self.process = Some(started.expect("these tests need Debian's pebble: `make deps` installs it"));
        let begun = Instant::now();
        while TcpStream::connect(self.api).is_err() || TcpStream::connect(self.management).is_err() {
            assert!(begun.elapsed() < PATIENCE, "pebble does not start: {}", self.log());
            sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.0.join("log")).unwrap_or_default()
    }

    /// What those trust who trust this authority; made anew at each of its starts.
    fn root(&self) -> CertificateDer<'static> {
        let stream = TcpStream::connect(self.management).unwrap();
        let (_, answer) = say(stream, &self.certificate, &["http/1.1"], &request("GET", "/roots/0", &[], "")).unwrap();
        CertificateDer::from_pem_slice(answer.split_once("\r\n\r\n").unwrap().1.as_bytes()).unwrap()
    }

    fn server(&self, folder: Folder, address: SocketAddr, more: &[(&str, &str)]) -> Server {
        let directory = format!("https://localhost:{}/dir", self.api.port());
        let root = self.folder.0.join("certificate.pem").display().to_string();
        let mut command = doorward(&folder, address, more);
        command
            .env("DOORWARD_ACME", "localhost")
            .env("DOORWARD_ACME_EMAIL", "ops@example.com")
            .env("DOORWARD_ACME_DIRECTORY", directory)
            .env("DOORWARD_ACME_ROOT", root)
            .env("BETTER_AUTH_URL", "https://localhost")
            .env("BETTER_AUTH_SECRET", "a secret of thirty-two characters");
        Server::start_as(folder, address, command)
    }

    fn stored(&self, folder: &Folder) -> PathBuf {
        folder.0.join(format!("data/acme/localhost-{}-dir", self.api.port()))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill().ok();
            process.wait().ok();
        }
    }
}

/// Whether all is well, asked over TLS by who trusts this certificate.
fn is_well(server: &Server, trusted: &CertificateDer<'static>) -> bool {
    let asked = say(server.connect(), trusted, &["http/1.1"], &request("GET", "/api/auth/ok", &[], ""));
    asked.is_ok_and(|(_, answer)| answer.starts_with("HTTP/1.1 200"))
}

/// Waits for words in the log.
fn told(server: &Server, words: &str) {
    let begun = Instant::now();
    while !server.log().contains(words) {
        assert!(begun.elapsed() < PATIENCE, "nobody is told {words:?}: {}", server.log());
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_certificate_is_got_served_and_kept() {
    let mut authority = Authority::new();
    let figures = free_address();
    let address = free_address();
    authority.start(address.port());
    let mut server = authority.server(Folder::new(), address, &[("DOORWARD_METRICS_LISTEN", &figures.to_string())]);
    let root = authority.root();
    told(&server, "there is a new certificate for localhost, for 89 days");
    assert!(is_well(&server, &root), "{}", server.log());

    let challenged = say(server.connect(), &root, &["acme-tls/1"], "").unwrap_err();
    assert!(challenged.to_string().contains("alert"), "nobody is challenged any more: {challenged}");

    let mut stream = TcpStream::connect(figures).unwrap();
    stream.write_all(request("GET", "/metrics", &[], "").as_bytes()).unwrap();
    let text = Answer::read(stream).body;
    let ends = text.lines().find_map(|line| line.strip_prefix("doorward_tls_certificate_expires_seconds ")).unwrap();
    let now = SystemClock.now();
    let days = (ends.parse::<i64>().unwrap() - now) / (24 * 60 * 60);
    assert!((88..=90).contains(&days), "{ends}");

    let stored = authority.stored(&server.folder);
    let mut files: Vec<_> = fs::read_dir(&stored).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files, [stored.join("account.json"), stored.join("certificate.pem")]);
    for path in files {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    assert!(!server.log().contains("PRIVATE") && !server.log().contains("pkcs8"), "{}", server.log());

    // Without the authority, what is stored is used, and nobody is called.
    server.terminate();
    assert_eq!(server.wait().0, Some(0));
    let folder = std::mem::replace(&mut server.folder, Folder::new());
    drop(authority.process.take().map(|mut process| (process.kill(), process.wait())));
    let again = authority.server(folder, free_address(), &[]);
    assert!(is_well(&again, &root), "{}", again.log());
    assert!(!again.log().contains("asking"), "{}", again.log());
}

#[test]
fn an_old_certificate_serves_until_the_authority_is_back() {
    let mut authority = Authority::new();
    let folder = Folder::new();
    let stored = authority.stored(&folder);
    fs::create_dir_all(&stored).unwrap();
    let old = ending_soon(&stored.join("certificate.pem"));

    let server = authority.server(folder, free_address(), &[]);
    told(&server, "the authority is not reached");
    assert!(is_well(&server, &old), "{}", server.log());
    let mut open = shake(server.connect(), &old, &["http/1.1"]);
    let mut ask = move || {
        let text = request("GET", "/api/auth/ok", &[], "").replace("Connection: close\r\n", "");
        open.write_all(text.as_bytes()).unwrap();
        let mut answer = [0; 15];
        open.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        // The rest of it is there by now, and is not looked at.
        sleep(Duration::from_millis(100));
        open.sock.set_nonblocking(true).unwrap();
        while open.read(&mut [0; 1024]).is_ok() {}
        open.sock.set_nonblocking(false).unwrap();
    };
    ask();

    authority.start(server.address.port());
    told(&server, "there is a new certificate");
    assert!(is_well(&server, &authority.root()) && !is_well(&server, &old), "{}", server.log());
    ask();
}

/// Writes a certificate of three months that ends in ten days, with its key.
fn ending_soon(path: &std::path::Path) -> CertificateDer<'static> {
    let day = Duration::from_secs(24 * 60 * 60);
    let now = Duration::from_secs(SystemClock.now().unsigned_abs());
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + (now - day * 80);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + (now + day * 10);
    let key = rcgen::KeyPair::generate().unwrap();
    let made = params.self_signed(&key).unwrap();
    fs::write(path, format!("{}{}", key.serialize_pem(), made.pem())).unwrap();
    made.der().clone()
}

#[test]
fn a_name_that_leads_elsewhere_is_told() {
    let mut authority = Authority::new();
    authority.start(free_address().port());
    let server = authority.server(Folder::new(), free_address(), &[]);
    told(&server, "localhost was not proven");
    let log = server.log();
    let line = log.lines().find(|line| line.contains("was not proven")).unwrap();
    assert!(line.contains("port 443 there to the one of DOORWARD_LISTEN; the next try is in "), "{line}");
}

#[test]
fn without_a_certificate_a_handshake_is_refused_and_a_stop_is_not_held_up() {
    let authority = Authority::new();
    // It takes the call and says nothing.
    let silent = TcpListener::bind(authority.api).unwrap();
    let mut server = authority.server(Folder::new(), free_address(), &[]);
    let refusal = say(server.connect(), &authority.certificate, &[], "x").unwrap_err();
    assert!(refusal.to_string().contains("alert"), "{refusal}");
    let _call = silent.accept().unwrap();
    server.terminate();
    let (status, waited) = server.wait();
    assert!(status == Some(0) && waited < Duration::from_secs(4), "{status:?} after {waited:?}");
}

#[test]
fn mistakes_are_told() {
    let told = refused(&[
        ("DOORWARD_ACME", "a.example"),
        ("DOORWARD_TLS_CERT", "certificate.pem"),
        ("DOORWARD_TLS_KEY", "key.pem"),
    ]);
    assert!(told.contains("set one of them"), "{told}");
    let told = refused(&[("DOORWARD_ACME", "192.0.2.1")]);
    assert!(told.contains("is an IP address"), "{told}");
    let told = refused(&[("DOORWARD_ACME", "a.example")]);
    assert!(told.contains("set BETTER_AUTH_URL=https://a.example"), "{told}");
    let told = refused(&[
        ("DOORWARD_ACME", "a.example"),
        ("DOORWARD_ACME_ROOT", "nowhere.pem"),
        ("BETTER_AUTH_URL", "https://a.example"),
        ("BETTER_AUTH_SECRET", "a secret of thirty-two characters"),
    ]);
    assert!(told.contains("DOORWARD_ACME_ROOT: nowhere.pem: "), "{told}");
}
