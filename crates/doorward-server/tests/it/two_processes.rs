//! Two server processes on one database: what one decides, the other knows, also when one of them is killed.

use std::{collections::HashSet, io::Write as _, net::TcpStream};

use serde_json::json;

use crate::support::{Answer, Folder, Server, request};

const SECRET: &str = "a secret of two servers, thirty-two and more";

/// A server of the pair; both sign for the same address.
fn start(database: &str) -> Server {
    Server::start_in(
        Folder::new(),
        &[
            ("DATABASE_URL", database),
            ("BETTER_AUTH_SECRET", SECRET),
            ("BETTER_AUTH_URL", "http://localhost:3000"),
            ("DOORWARD_RATE_LIMIT", "off"),
        ],
    )
}

/// `DOORWARD_ROUNDS` asks for more.
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
        let database = format!("sqlite://{}", shared.0.join("shared.db").display());
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
    let database = format!("sqlite://{}", shared.0.join("shared.db").display());
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
        let pid = mortal.id();
        let answers = std::thread::scope(|scope| {
            if killed {
                scope.spawn(move || std::process::Command::new("kill").args(["-9", &pid.to_string()]).status());
            }
            at_once([&steady, &mortal], 6, refresh)
        });
        let successors: HashSet<String> = (answers.iter().filter(|answer| answer.status == 200))
            .map(|answer| answer.json()["refreshToken"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(successors.len(), 1, "round {round}: {answers:?}");
        let refused = answers.iter().filter(|answer| answer.status != 200).count();
        assert!(refused == 0 || killed, "round {round}: {answers:?}");
        token = successors.into_iter().next().unwrap();
        if killed {
            mortal = start(&database);
        }
    }
}
