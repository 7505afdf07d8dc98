//! Two server processes on one database: what one decides, the other knows, also when one of them is killed.
//!
//! The database is a SQLite file, or on the Postgres that `DOORWARD_TEST_POSTGRES` names. `DOORWARD_ROUNDS` asks for more
//! rounds than a test of every day does.

use std::{
    collections::HashSet,
    io::Write as _,
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
};

use doorward_database::{Database, Options};
use serde_json::json;

use crate::support::{Answer, Folder, Server, doorward, free_address, request};

const SECRET: &str = "a secret of two servers, thirty-two and more";

/// A server of the pair; both sign for the same address.
fn start(database: &str) -> Server {
    Server::start_in(Folder::new(), &settings(database))
}

fn settings(database: &str) -> [(&str, &str); 4] {
    [
        ("DATABASE_URL", database),
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
        ("DOORWARD_RATE_LIMIT", "off"),
    ]
}

/// A database for the pair: a file that is not there yet, or a migrated schema.
fn shared_database(folder: &Folder) -> String {
    let Ok(server) = std::env::var("DOORWARD_TEST_POSTGRES") else {
        return format!("sqlite://{}", folder.0.join("shared.db").display());
    };
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("two_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    // A name made of digits and an underscore is safe to leak into a statement; statements must be static.
    let create: &'static str = Box::leak(format!("CREATE SCHEMA {name}").into_boxed_str());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let admin = Database::open(&server, &Options { connections: 1, ..Options::default() }).await.unwrap();
        admin.execute(create, vec![]).await.unwrap();
    });
    let database = format!("{server}{}options=-csearch_path%3D{name}", if server.contains('?') { "&" } else { "?" });
    let migrated = doorward(folder, free_address(), &settings(&database)).arg("migrate").output().unwrap();
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    database
}

fn rounds(usual: usize) -> usize {
    std::env::var("DOORWARD_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// So many requests at the same time, at the servers in turn.
fn at_once(servers: [&Server; 2], times: usize, ask: impl Fn(&Server) -> Answer + Sync) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let ask = &ask;
        let asked: Vec<_> = (0..times).map(|number| scope.spawn(move || ask(servers[number % 2]))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// Runs `act` while a process is killed, if it is to be.
fn while_killing<T>(process: Option<u32>, act: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        if let Some(process) = process {
            scope.spawn(move || std::process::Command::new("kill").args(["-9", &process.to_string()]).status());
        }
        act()
    })
}

fn successors(answers: &[Answer]) -> HashSet<String> {
    let good = answers.iter().filter(|answer| answer.status == 200);
    good.map(|answer| answer.json()["refreshToken"].as_str().unwrap().to_owned()).collect()
}

/// An answer, or an empty one from a server that is being killed.
fn try_to_post(server: &Server, path: &str, body: &str) -> Answer {
    let text = request("POST", path, &[("Content-Type", "application/json")], body);
    let answered = TcpStream::connect(server.address).and_then(|mut stream| {
        stream.write_all(text.as_bytes())?;
        Ok(Answer::read(stream))
    });
    answered.unwrap_or(Answer { status: 0, head: String::new(), body: String::new() })
}

#[test]
fn a_hundred_first_uses_make_one_key() {
    for _ in 0..rounds(3) {
        let shared = Folder::new();
        let database = shared_database(&shared);
        let [first, second] = std::thread::scope(|scope| {
            let both = [scope.spawn(|| start(&database)), scope.spawn(|| start(&database))];
            both.map(|one| one.join().unwrap())
        });
        let answers = at_once([&first, &second], 100, |server| server.get("/api/auth/jwks", &[]));
        let kids: HashSet<String> = answers.iter().map(|answer| answer.json()["keys"].to_string()).collect();
        assert_eq!(kids.len(), 1, "{kids:?}");
        assert_eq!(answers[0].json()["keys"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn one_token_has_one_successor_also_when_a_server_is_killed() {
    let shared = Folder::new();
    let database = shared_database(&shared);
    let steady = start(&database);
    let mut mortal = start(&database);
    let person = json!({ "email": "ada@example.com", "password": "correct horse 9" });
    assert_eq!(steady.call("POST", "/api/auth/signup", "", &person).status, 200);
    let signed_in = steady.call("POST", "/api/auth/signin", "", &person).json();
    let mut token = signed_in["refreshToken"].as_str().unwrap().to_owned();

    for round in 0..rounds(20) {
        let killed = round % 5 == 4;
        let body = json!({ "refreshToken": token });
        // One that rotates and five that come again: what the window allows.
        let refresh = |server: &Server| try_to_post(server, "/api/auth/refresh", &body.to_string());
        let answers = while_killing(killed.then(|| mortal.id()), || at_once([&steady, &mortal], 6, refresh));
        let successors = successors(&answers);
        assert_eq!(successors.len(), 1, "round {round}: {answers:?}");
        let refused = answers.iter().filter(|answer| answer.status != 200).count();
        assert!(refused == 0 || killed, "round {round}: {answers:?}");
        token = successors.into_iter().next().unwrap();
        if killed {
            mortal = start(&database);
        }
    }
}

/// More than the window allows: whoever came in time got the same successor, and the others ended it for all.
#[test]
fn twenty_at_once_with_one_token_are_one_lineage_and_end_it() {
    let shared = Folder::new();
    let database = shared_database(&shared);
    let steady = start(&database);
    let mut mortal = start(&database);
    let person = json!({ "email": "ada@example.com", "password": "correct horse 9" });
    assert_eq!(steady.call("POST", "/api/auth/signup", "", &person).status, 200);
    for round in 0..rounds(5) {
        let killed = round % 5 == 4;
        let signed_in = steady.call("POST", "/api/auth/signin", "", &person).json();
        let body = json!({ "refreshToken": signed_in["refreshToken"] }).to_string();
        let refresh = |server: &Server| try_to_post(server, "/api/auth/refresh", &body);
        let answers = while_killing(killed.then(|| mortal.id()), || at_once([&steady, &mortal], 20, refresh));
        let (good, successors) = (answers.iter().filter(|answer| answer.status == 200).count(), successors(&answers));
        assert!(successors.len() <= 1 && good <= 6, "round {round}: {answers:?}");
        assert!(killed || good == 6, "round {round}: {answers:?}");
        let known = |answer: &Answer| matches!(answer.status, 200 | 401) || killed && answer.status == 0;
        assert!(answers.iter().all(known), "round {round}: {answers:?}");
        // Ten of the twenty reached the steady one, so the token came back too often in any case.
        for token in successors {
            let body = json!({ "refreshToken": token }).to_string();
            assert_eq!(try_to_post(&steady, "/api/auth/refresh", &body).status, 401, "round {round}");
        }
        let bearer = format!("Bearer {}", signed_in["token"].as_str().unwrap());
        assert_eq!(steady.get("/api/auth/me", &[("Authorization", &bearer)]).status, 401, "round {round}");
        if killed {
            mortal = start(&database);
        }
    }
}
