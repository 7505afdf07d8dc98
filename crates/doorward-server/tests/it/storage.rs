//! A disk that is full, a file that may not grow, a folder that may not be written: 503 for what must be stored, an
//! answer for what is only read, nothing lost that was acknowledged, and recovery without a restart.
//!
//! The full disk is a real one: a small file system mounted in a namespace of the server's own, reached from outside
//! through `/proc/<id>/root`. Where a machine allows no such mount, that case is skipped and says so; the case with a
//! limit on the file size needs no privilege and always runs.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    story::enter,
    support::{Folder, Server, doorward, free_address},
};

/// The address is a fixed one, because tokens name it and outlive a server here.
const SETTINGS: [(&str, &str); 2] = [("DOORWARD_RATE_LIMIT", "off"), ("BETTER_AUTH_URL", "http://localhost:3000")];
/// A refusal that comes later than this is as bad as none.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server behind a shell that prepares its surroundings, and then becomes it.
fn start_after(folder: Folder, wrapper: &[&str], preparation: &str) -> Server {
    let address = free_address();
    let inner = doorward(&folder, address, &SETTINGS);
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).args(["sh", "-c", &format!("{preparation} && exec \"$0\" \"$@\"")]);
    command.arg(inner.get_program());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Server::start_as(folder, address, command)
}

const OWN_MOUNTS: [&str; 3] = ["unshare", "--map-root-user", "--mount"];

fn may_mount() -> bool {
    let tried = Command::new(OWN_MOUNTS[0])
        .args(&OWN_MOUNTS[1..])
        .args(["sh", "-c", "mount -t tmpfs -o size=1m none /tmp"])
        .output();
    let may = tried.is_ok_and(|output| output.status.success());
    if !may {
        eprintln!("skipped: this machine allows no mounts");
    }
    may
}

/// Somebody with a session and an access token, and the tasks that were acknowledged.
struct Person {
    session: String,
    token: String,
    tasks: Vec<String>,
}

impl Person {
    fn new(server: &Server) -> Self {
        let token = enter(server, "ada@example.com")["token"].as_str().unwrap().to_owned();
        let body = json!({ "email": "ada@example.com", "password": "correct horse battery" });
        let answer = server.call("POST", "/api/auth/sign-in/email", "", &body);
        Self { session: answer.header("set-auth-token").unwrap().to_owned(), token, tasks: Vec::new() }
    }

    /// Writes a task; the status.
    fn write(&mut self, server: &Server) -> u16 {
        let title = "x".repeat(200);
        let answer = server.call("POST", "/api/tasks", &self.token, &json!({ "title": title }));
        if answer.status == 201 {
            self.tasks.push(answer.json()["id"].as_str().unwrap().to_owned());
        }
        answer.status
    }

    /// Writes until the storage takes no more.
    fn fill(&mut self, server: &Server) {
        let full = (0..5000).any(|_| self.write(server) == 503);
        assert!(full, "the storage never filled: {}", server.log());
    }

    fn check_that_writes_are_refused(&self, server: &Server) {
        let person = json!({ "name": "Eve", "email": "eve@example.com", "password": "correct horse battery" });
        let ada = json!({ "email": "ada@example.com", "password": "correct horse battery" });
        let writes: [(&str, &str, &Value); 5] = [
            ("/api/auth/sign-up/email", "", &person),
            ("/api/auth/sign-in/email", "", &ada),
            ("/api/auth/signin", "", &ada),
            ("/api/auth/sign-out", &self.session, &json!({})),
            ("/api/tasks", &self.token, &json!({ "title": "y" })),
        ];
        for (path, token, body) in writes {
            let started = Instant::now();
            let answer = server.call("POST", path, token, body);
            assert_eq!(answer.status, 503, "{path}: {} {}", answer.body, server.log());
            assert!(answer.header("retry-after").is_some(), "{path}: {}", answer.head);
            assert!(started.elapsed() < PATIENCE, "{path} took {:?}", started.elapsed());
            assert!(!answer.body.contains("full") && !answer.body.contains("disk"), "for the log: {}", answer.body);
        }
    }

    fn check_that_reads_are_answered(&self, server: &Server) {
        let session = server.call("GET", "/api/auth/get-session", &self.session, &json!({}));
        assert_eq!((session.status, &session.json()["user"]["email"]), (200, &json!("ada@example.com")));
        assert_eq!(server.call("GET", "/api/auth/token", &self.session, &json!({})).status, 200);
        let tasks = server.call("GET", "/api/tasks", &self.token, &json!({}));
        assert!(self.tasks.iter().all(|id| tasks.body.contains(id.as_str())), "an acknowledged task is gone");
        for path in ["/api/auth/jwks", "/healthz", "/signin"] {
            assert_eq!(server.get(path, &[]).status, 200, "{path}");
        }
    }

    fn check_that_all_is_well_again(&mut self, server: &Server) {
        let started = Instant::now();
        while self.write(server) != 201 {
            assert!(started.elapsed() < PATIENCE, "no recovery: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        let eve = enter(server, "eve@example.com");
        assert!(eve["token"].is_string(), "who was refused comes in at last");
        self.check_that_reads_are_answered(server);
        assert_eq!(server.call("POST", "/api/auth/sign-out", &self.session, &json!({})).status, 200);
        let session = server.call("GET", "/api/auth/get-session", &self.session, &json!({}));
        assert_eq!(session.body, "null");
    }
}

#[test]
fn a_full_disk_refuses_writes_and_nothing_else() {
    if !may_mount() {
        return;
    }
    let folder = Folder::new();
    let data = folder.0.join("data");
    fs::create_dir(&data).unwrap();
    let server = start_after(folder, &OWN_MOUNTS, &format!("mount -t tmpfs -o size=4m none {}", data.display()));
    let mut ada = Person::new(&server);
    let ballast = PathBuf::from(format!("/proc/{}/root{}", server.id(), data.join("ballast").display()));
    let mut file = fs::File::create(&ballast).unwrap();
    let wrote = (0..10_000).take_while(|_| file.write_all(&[1; 4096]).is_ok()).count();
    assert!(wrote > 100, "the disk was full before it was filled");
    ada.fill(&server);
    ada.check_that_writes_are_refused(&server);
    ada.check_that_reads_are_answered(&server);
    fs::remove_file(&ballast).unwrap();
    drop(file);
    ada.check_that_all_is_well_again(&server);
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
fn a_file_that_may_not_grow_is_a_full_disk_too() {
    // The signal that comes with this limit ends a process unless it is ignored, which a shell can pass on.
    let server = start_after(Folder::new(), &["env"], "trap '' XFSZ");
    let mut ada = Person::new(&server);
    let limit = |size: &str| {
        let mut set = Command::new("prlimit");
        set.args(["--pid", &server.id().to_string(), &format!("--fsize={size}:")]);
        assert!(set.status().unwrap().success());
    };
    limit("4096");
    ada.fill(&server);
    ada.check_that_writes_are_refused(&server);
    ada.check_that_reads_are_answered(&server);
    limit("unlimited");
    ada.check_that_all_is_well_again(&server);
}

#[test]
fn a_folder_that_may_not_be_written_is_served_for_reading() {
    if !may_mount() {
        return;
    }
    let mut before = Server::start(&SETTINGS);
    let mut ada = Person::new(&before);
    assert_eq!(ada.write(&before), 201);
    before.kill();
    let folder = std::mem::replace(&mut before.folder, Folder::new());
    let data = folder.0.join("data").display().to_string();
    let preparation = format!("mount --bind {data} {data} && mount -o remount,bind,ro {data}");
    let server = start_after(folder, &OWN_MOUNTS, &preparation);
    ada.check_that_writes_are_refused(&server);
    ada.check_that_reads_are_answered(&server);
    let inside = ["--user", "--preserve-credentials", "--mount", "--target", &server.id().to_string()];
    let mut remount = Command::new("nsenter");
    remount.args(inside).args(["mount", "-o", "remount,bind,rw", &data]);
    assert!(remount.status().unwrap().success());
    ada.check_that_all_is_well_again(&server);
}
