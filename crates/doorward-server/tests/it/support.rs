//! A server process with a folder of its own, and the smallest HTTP client that shows what goes over the wire.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;

/// A folder that goes when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("doorward-server-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// An address that was free a moment ago.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// `doorward` with these variables and no others.
pub(crate) fn doorward(folder: &Folder, address: SocketAddr, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.env_clear().env("DOORWARD_DATA", folder.0.join("data")).env("DOORWARD_LISTEN", address.to_string());
    command.env("BETTER_AUTH_URL", format!("http://{address}")).envs(variables.iter().copied());
    command
}

/// A start that must fail: its exit and words.
pub(crate) fn refused(variables: &[(&str, &str)]) -> String {
    let folder = Folder::new();
    let output: Output = doorward(&folder, free_address(), variables).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{variables:?} was accepted");
    assert!(output.stdout.is_empty(), "a server that does not start is not ready");
    String::from_utf8(output.stderr).unwrap()
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) folder: Folder,
    pub(crate) ready: String,
    process: Child,
}

impl Server {
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_in(Folder::new(), variables)
    }

    pub(crate) fn start_in(folder: Folder, variables: &[(&str, &str)]) -> Self {
        let address = free_address();
        let command = doorward(&folder, address, variables);
        Self::start_as(folder, address, command)
    }

    /// Starts what `doorward` made, perhaps changed or wrapped by something that ends as the server.
    pub(crate) fn start_as(folder: Folder, address: SocketAddr, mut command: Command) -> Self {
        let log = fs::File::create(folder.0.join("log")).unwrap();
        let mut process = command.arg("serve").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let server = Self { address, folder, ready, process };
        assert!(!server.ready.is_empty(), "the server did not start: {}", server.log());
        server
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.0.join("log")).unwrap()
    }

    /// The audit trail, as its command shows it: one JSON text an event, oldest first.
    pub(crate) fn events(&self, secret: &str, arguments: &[&str]) -> Vec<Value> {
        let mut command = doorward(&self.folder, self.address, &[("BETTER_AUTH_SECRET", secret)]);
        let output = command.args(["events", "--json"]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8(output.stdout).unwrap();
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Sends text as it stands and reads until the server closes.
    pub(crate) fn raw(&self, text: &str) -> Answer {
        let mut stream = self.connect();
        // The server may answer and close before it has read everything.
        stream.write_all(text.as_bytes()).ok();
        Answer::read(stream)
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.raw(&request("GET", path, headers, ""))
    }

    pub(crate) fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Content-Type", "application/json")];
        if !token.is_empty() {
            headers.push(("Authorization", &bearer));
        }
        self.raw(&request(method, path, &headers, &body.to_string()))
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Ends it as a power cut of its own would: nothing is finished.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Waits for the end; the exit status and how long it took.
    pub(crate) fn wait(&mut self) -> (Option<i32>, Duration) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.process.try_wait().unwrap() {
                return (status.code(), started.elapsed());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server did not end: {}", self.log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}{lines}\r\n{body}")
}

/// One answer, taken apart no further than tests need.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn read(mut from: impl Read) -> Self {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).ok();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}
