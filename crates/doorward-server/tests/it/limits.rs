//! Two server processes and one budget: over a Redis that comes and goes, and over a database.

use std::{
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    story::enter,
    support::{Folder, Server, free_address},
};

/// A Redis of the test's own, which keeps nothing.
struct Redis {
    address: SocketAddr,
    process: Child,
}

impl Redis {
    fn start(address: SocketAddr) -> Option<Self> {
        let port = address.port().to_string();
        let process = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            eprintln!("skipped: there is no redis-server here; `make deps` installs it");
            return None;
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "Redis did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { address, process })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Wrong passwords at one account, at the servers in turn; how each was answered.
fn guess(servers: &[&Server], email: &str, times: usize) -> Vec<u16> {
    let body = json!({ "email": email, "password": "not her password" });
    let turn = |number: usize| servers[number % servers.len()].call("POST", "/api/auth/sign-in/email", "", &body);
    (0..times).map(|number| turn(number).status).collect()
}

/// Until a window of ten seconds, begun anew by every use, is over.
fn let_the_window_pass() {
    std::thread::sleep(Duration::from_millis(10_100));
}

#[test]
fn two_servers_share_a_redis_and_outlive_it() {
    let Some(mut redis) = Redis::start(free_address()) else { return };
    let url = format!("redis://{}", redis.address);
    let settings = [("DOORWARD_REDIS_URL", url.as_str()), ("BETTER_AUTH_SECRET", "a secret of thirty-two characters")];
    let (one, two) = (Server::start(&settings), Server::start(&settings));
    assert_eq!(guess(&[&one, &two], "ada@example.com", 4), [401, 401, 401, 429], "three in ten seconds, together");

    let token = enter(&one, "eve@example.com")["token"].as_str().unwrap().to_owned();
    redis.process.kill().unwrap();
    redis.process.wait().unwrap();
    let_the_window_pass();
    let started = Instant::now();
    assert_eq!(guess(&[&one], "ada@example.com", 4), [401, 401, 401, 429], "alone, and no more than alone");
    assert_eq!(guess(&[&two], "ada@example.com", 4), [401, 401, 401, 429]);
    assert_eq!(one.call("GET", "/api/tasks", &token, &json!({})).status, 200, "tokens need no Redis");
    assert!(started.elapsed() < Duration::from_secs(5), "nobody queues up behind it: {:?}", started.elapsed());
    assert_eq!(one.log().matches("limits cannot be shared").count(), 1, "told once: {}", one.log());

    let _again = Redis::start(redis.address).unwrap();
    let_the_window_pass();
    assert_eq!(guess(&[&two, &one], "ada@example.com", 4), [401, 401, 401, 429], "together again: {}", one.log());
    assert!(one.log().contains("shared with other processes again"), "{}", one.log());
}

#[test]
fn two_servers_share_a_database() {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.0.join("shared.db").display());
    let secret = ("BETTER_AUTH_SECRET", "a secret of thirty-two characters");
    let settings = [("DOORWARD_LIMITS", "database"), ("DATABASE_URL", url.as_str()), secret];
    let (one, two) = (Server::start(&settings), Server::start(&settings));
    assert_eq!(guess(&[&one, &two], "ada@example.com", 4), [401, 401, 401, 429], "three in ten seconds, together");
}
