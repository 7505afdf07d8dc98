//! Settings from the environment: what they do, and how a mistake is told.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, net::UnixDatagram},
    time::Duration,
};

use serde_json::json;

use crate::support::{Folder, Server, doorward, free_address, refused};

const SECRET: (&str, &str) = ("BETTER_AUTH_SECRET", "a secret of thirty-two characters");

#[test]
fn the_one_line_on_standard_output_says_where() {
    let server = Server::start(&[]);
    assert_eq!(server.ready, format!("Doorward is ready at http://{}\n", server.address));
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

#[test]
fn what_is_made_in_the_data_folder_is_for_nobody_else_to_read() {
    let server = Server::start(&[]);
    let mode = |name: &str| fs::metadata(server.folder.0.join("data").join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("secret"), mode("doorward.db")), (0o700, 0o600, 0o600));
    assert_eq!((mode("doorward.db-wal"), mode("doorward.db-shm")), (0o600, 0o600));
}

#[test]
fn a_public_address_needs_a_secret_of_its_own() {
    let words = refused(&[("BETTER_AUTH_URL", "https://auth.example.com")]);
    assert!(words.contains("BETTER_AUTH_SECRET is not set") && words.contains("doorward secret"), "{words}");
}

/// Cookies would come over https without Secure, and tokens with an issuer that nobody reaches.
#[test]
fn who_speaks_https_needs_a_base_url_of_https() {
    let words = refused(&[("DOORWARD_TLS_CERT", "c.pem"), ("DOORWARD_TLS_KEY", "k.pem"), SECRET]);
    assert!(words.contains("set BETTER_AUTH_URL=https://"), "{words}");
}

#[test]
fn a_mistake_stops_the_start_in_words_and_repeats_no_secret() {
    let cases = [
        ("BETTER_AUTH_SECRET", "hunter2", "at least 32 characters"),
        ("BETTER_AUTH_SECRETS", "hunter2", "BETTER_AUTH_SECRETS"),
        ("BETTER_AUTH_URL", "auth.example.com", "BETTER_AUTH_URL"),
        ("DOORWARD_JWT_ALG", "none", "EdDSA, ES256"),
        ("DOORWARD_AUDIENCES", "https://reports.example.com", "write audience=algorithm"),
        ("DOORWARD_AUDIENCES", "a=RS256,a=ES256", "a stands there twice"),
        ("DOORWARD_TRUSTED_PROXIES", "10.0.0.0/99", "DOORWARD_TRUSTED_PROXIES"),
        ("DOORWARD_MAIL", "smtp://user:hunter2@[", "DOORWARD_MAIL"),
        ("DOORWARD_MAIL", "file:", "DOORWARD_MAIL"),
        ("DOORWARD_LOG", "doorward=loud", "DOORWARD_LOG"),
        ("DOORWARD_OAUTH_PROVIDERS", "github", "DOORWARD_OAUTH_GITHUB_CLIENT_ID is missing"),
        ("DATABASE_URL", "postgres://user:hunter2@127.0.0.1:1/none", "nothing answered at 127.0.0.1:1"),
        ("DOORWARD_REDIS_URL", "http://user:hunter2@127.0.0.1", "DOORWARD_REDIS_URL"),
        ("DOORWARD_BREACHED_PASSWORDS", "/proc/none", "DOORWARD_BREACHED_PASSWORDS"),
        ("DOORWARD_LIMITS", "redis", "needs DOORWARD_REDIS_URL"),
        ("DATABASE_URL", "mysql://user:hunter2@127.0.0.1/none", "sqlite:// or postgres://"),
        ("DATABASE_URL", "sqlite:///proc/none/auth.db", "DATABASE_URL"),
        (
            "DOORWARD_SESSION_LIFETIME",
            "7d",
            "doorward: DOORWARD_SESSION_LIFETIME: 7d cannot be used; write a whole number",
        ),
        ("DOORWARD_LISTEN", "3000", "DOORWARD_LISTEN: 3000 cannot be used; write address and port, such as 127.0.0.1:"),
        ("DOORWARD_METRICS_LISTEN", "9100", "DOORWARD_METRICS_LISTEN: 9100 cannot be used; write address and port"),
        ("PORT", "abc", "PORT: abc cannot be used; write a whole number, such as 3000"),
        ("DOORWARD_CONNECTIONS", "0", "DOORWARD_CONNECTIONS: 0 cannot be used; 0 is not in 1..=65536"),
        ("DOORWARD_PRESET", "hard", "DOORWARD_PRESET: hard cannot be used; write hardened"),
        ("DOORWARD_CORS", "maybe", "DOORWARD_CORS: maybe cannot be used; write on or off"),
        ("DOORWARD_TLS_CERT", "c.pem", "DOORWARD_TLS_CERT and DOORWARD_TLS_KEY belong together"),
    ];
    for (name, value, expected) in cases {
        let words = refused(&[SECRET, (name, value)]);
        assert!(words.contains(expected) && !words.contains("hunter2"), "{name}={value}: {words}");
        assert!(!words.contains("panicked"), "{name}={value}: {words}");
    }
}

/// Better Auth takes short secrets; whoever comes from there with one must not sign everybody out.
#[test]
fn a_short_secret_lives_on_behind_a_new_one() {
    let words = refused(&[("BETTER_AUTH_SECRET", "only-twenty-chars-xx")]);
    assert!(words.contains("BETTER_AUTH_SECRETS=2:<the new one>,1:<the short one>"), "{words}");
    let server =
        Server::start(&[("BETTER_AUTH_SECRETS", "2:a secret of thirty-two characters,1:only-twenty-chars-xx")]);
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

/// A mistyped path must not leave an empty database behind, which the next command would take for the real one.
#[test]
fn what_looks_into_a_database_makes_none() {
    let folder = Folder::new();
    let path = folder.0.join("absent.db");
    let url = format!("sqlite://{}", path.display());
    for line in [&["check"][..], &["events"], &["keys", "list"], &["keys", "prune"], &["keys", "rotate"]] {
        let output = doorward(&folder, free_address(), &[SECRET, ("DATABASE_URL", &url)]).args(line).output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line:?}: {words}");
        assert!(words.contains("there is no file") && words.contains("absent.db"), "{line:?}: {words}");
        assert!(!path.exists(), "{line:?}");
    }
}

/// A secret that is made by a look could open nothing, and would be taken for the server's by the next start.
#[test]
fn what_looks_makes_no_secret() {
    let folder = Folder::new();
    for line in [&["check"][..], &["events"], &["keys", "list"]] {
        let output = doorward(&folder, free_address(), &[]).args(line).output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{line:?}: {words}");
        assert!(words.contains("BETTER_AUTH_SECRET is not set, and there is no secret in"), "{line:?}: {words}");
        assert!(!folder.0.join("data").exists(), "{line:?}");
    }
}

#[test]
fn an_address_in_use_is_told_with_what_to_do() {
    let (server, folder) = (Server::start(&[]), Folder::new());
    let output = doorward(&folder, server.address, &[]).arg("serve").output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains(&server.address.to_string()) && words.contains("DOORWARD_LISTEN"), "{words}");
}

/// A start where only a port is given, as hosts of containers do.
#[test]
fn a_port_alone_is_listened_on_by_this_machine_only() {
    let (folder, address) = (Folder::new(), free_address());
    let mut command = doorward(&folder, address, &[("PORT", &address.port().to_string())]);
    command.env_remove("DOORWARD_LISTEN").env_remove("BETTER_AUTH_URL");
    let server = Server::start_as(folder, address, command);
    assert_eq!(server.ready, format!("Doorward is ready at http://localhost:{}\n", address.port()));
    assert_eq!(server.get("/healthz", &[]).status, 200);
    assert!(!server.log().contains("but the server listens on"), "{}", server.log());
}

#[test]
fn an_address_of_ipv6_is_listened_on() {
    let Ok(free) = TcpListener::bind("[::1]:0") else { return eprintln!("skipped: no IPv6 here") };
    let address = free.local_addr().unwrap();
    drop(free);
    let folder = Folder::new();
    let command = doorward(&folder, address, &[]);
    let server = Server::start_as(folder, address, command);
    assert_eq!(server.ready, format!("Doorward is ready at http://[::1]:{}\n", address.port()));
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

#[test]
fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let folder = Folder::new();
    let path = folder.0.join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let server = Server::start(&[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    let mut buffer = [0; 64];
    let mut told = || {
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    assert_eq!(told(), "READY=1");
    server.terminate();
    assert_eq!(told(), "STOPPING=1");
}

#[test]
fn a_variable_that_holds_nothing_is_not_set() {
    let empty =
        [("BETTER_AUTH_SECRET", ""), ("DOORWARD_RATE_LIMIT", ""), ("DOORWARD_JWT_ALG", ""), ("DATABASE_URL", "")];
    let server = Server::start(&empty);
    let body = json!({ "email": "ada@example.com", "password": "not her password" });
    let statuses: Vec<u16> = (0..4).map(|_| server.call("POST", "/api/auth/sign-in/email", "", &body).status).collect();
    assert_eq!(statuses, [401, 401, 401, 429], "the limits are on, as they are by default");
}

#[test]
fn a_password_that_leaked_is_refused() {
    let folder = Folder::new();
    let list = folder.0.join("leaked");
    fs::write(&list, "0000000000000000000000000000000000000000:1\r\n3D9E3FD11F02A1A3CC9F3F5F4CE5EF8E1D1A8D9C:2\r\nE38AD214943DAAD1D64C102FAEC29DE4AFE9DA3D:3\r\n").unwrap();
    let server = Server::start(&[("DOORWARD_BREACHED_PASSWORDS", list.to_str().unwrap())]);
    let sign_up = |password: &str| {
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": password });
        server.call("POST", "/api/auth/sign-up/email", "", &body)
    };
    let refused = sign_up("password1");
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("PASSWORD_COMPROMISED")));
    assert_eq!(sign_up("correct horse battery").status, 200);
}

#[test]
fn what_was_probably_meant_otherwise_is_told() {
    let server = Server::start(&[
        ("DOORWARD_RATELIMIT", "off"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_ID", "x"),
        ("BETTER_AUTH_SECERT", "a secret that nobody reads"),
        ("BETTER_AUTH_TELEMETRY", "0"),
        ("BETTER_AUTH_TRUSTED_ORIGINS", "app.example.com,https://a.example;https://b.example,*.c.example,myapp://"),
    ]);
    for words in [
        "DOORWARD_RATELIMIT is set",
        "DOORWARD_OAUTH_GITHUB_CLIENT_ID is set, but no such provider is in use: add github to",
        "BETTER_AUTH_SECERT is set, but there is no such setting",
        "app.example.com matches no origin",
        "https://a.example;https://b.example matches no origin",
    ] {
        assert!(server.log().contains(words), "{words}: {}", server.log());
    }
    for words in ["TELEMETRY", "c.example matches", "myapp", "that nobody reads"] {
        assert!(!server.log().contains(words), "{words}: {}", server.log());
    }
}

#[test]
fn every_command_explains_itself_and_the_secret_is_not_shown() {
    let folder = Folder::new();
    let secret = "a secret that must not be shown, ever";
    for arguments in
        [&["serve", "--help"][..], &["migrate", "--help"], &["check", "--help"], &["keys", "list", "--help"]]
    {
        let mut command =
            doorward(&folder, free_address(), &[("BETTER_AUTH_SECRET", secret), ("DATABASE_URL", secret)]);
        let output = command.args(arguments).output().unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        assert!(words.contains("BETTER_AUTH_SECRET") && !words.contains(secret), "{arguments:?}: {words}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_a_second_migration_has_nothing_to_do() {
    let folder = Folder::new();
    let run = |arguments: &[&str]| {
        let output = doorward(&folder, free_address(), &[]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["migrate", "--dry-run"]).contains("would create table user"));
    assert!(run(&["migrate", "--dry-run"]).contains("would create table task"), "the dry run made tables");
    assert!(!folder.0.join("data").exists(), "the dry run made something");
    assert!(run(&["migrate"]).contains("create table task"));
    assert!(run(&["migrate"]).contains("nothing to do"));
    assert!(run(&["check"]).contains("Ready to serve."));
}
