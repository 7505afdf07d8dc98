//! The short contract and the tasks behind it, in every algorithm, for two people.

use serde_json::{Value, json};

use crate::support::Server;

/// Signs a person up and in; the answer of the sign-in.
pub(crate) fn enter(server: &Server, email: &str) -> Value {
    let body = json!({ "name": "A Person", "email": email, "password": "correct horse battery" });
    assert_eq!(server.call("POST", "/api/auth/signup", "", &body).status, 200);
    let answer = server.call("POST", "/api/auth/signin", "", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn two_people_keep_their_own_tasks_in_every_algorithm() {
    for algorithm in ["EdDSA", "ES256", "RS256", "PS256", "HS256"] {
        let server = Server::start(&[("DOORWARD_JWT_ALG", algorithm)]);
        let [ada, eve] = ["ada@example.com", "eve@example.com"].map(|email| enter(&server, email));
        let [ada, eve] = [&ada["token"], &eve["token"]].map(|token| token.as_str().unwrap().to_owned());
        let task = server.call("POST", "/api/tasks", &ada, &json!({ "title": "water the plants" }));
        assert_eq!(task.status, 201, "{algorithm}: {} {}", task.head, task.body);
        let path = format!("/api/tasks/{}", task.json()["id"].as_str().unwrap());
        for (method, body) in [("GET", json!({})), ("PATCH", json!({ "completed": true })), ("DELETE", json!({}))] {
            assert_eq!(server.call(method, &path, &eve, &body).status, 404, "{algorithm} {method}");
        }
        assert_eq!(server.call("GET", "/api/tasks", &eve, &json!({})).json(), json!([]));
        assert_eq!(server.call("GET", "/api/tasks", &ada, &json!({})).json(), json!([task.json()]));
        let keys = server.get("/api/auth/jwks", &[]).json()["keys"].as_array().map_or(0, Vec::len);
        assert_eq!(keys, usize::from(algorithm != "HS256"), "{algorithm}");
    }
}

#[test]
fn a_token_ends_with_its_session_and_tasks_with_their_person() {
    let server = Server::start(&[]);
    let ada = enter(&server, "ada@example.com");
    let token = ada["token"].as_str().unwrap();
    server.call("POST", "/api/tasks", token, &json!({ "title": "x" }));
    let session = server.call(
        "POST",
        "/api/auth/sign-in/email",
        "",
        &json!({ "email": "ada@example.com", "password": "correct horse battery" }),
    );
    let bearer = session.header("set-auth-token").unwrap();
    let gone = server.call("POST", "/api/auth/delete-user", bearer, &json!({ "password": "correct horse battery" }));
    assert_eq!(gone.status, 200, "{}", gone.body);
    let refused = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        server.call("GET", "/api/tasks", token, &json!({})).status == 401
    });
    assert!(refused, "a token of a deleted person is still accepted");
}
