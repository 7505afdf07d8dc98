//! Nothing that opens a door is ever in the log, whatever is asked of it.

use serde_json::json;

use crate::{story::enter, support::Server};

#[test]
fn a_trace_of_everything_holds_no_secret() {
    const SECRET: &str = "the-one-secret-of-this-very-server";
    for format in ["text", "json"] {
        let server = Server::start(&[
            ("DOORWARD_LOG", "trace"),
            ("DOORWARD_LOG_FORMAT", format),
            ("BETTER_AUTH_SECRET", SECRET),
        ]);
        let entered = enter(&server, "ada@example.com");
        let token = entered["token"].as_str().unwrap();
        server.call("GET", "/api/tasks?title=in-the-query", token, &json!({}));
        let signed_in = server.call(
            "POST",
            "/api/auth/sign-in/email",
            "",
            &json!({ "email": "ada@example.com", "password": "correct horse battery" }),
        );
        let session = signed_in.header("set-auth-token").unwrap().to_owned();
        server.call("GET", "/api/auth/get-session", &session, &json!({}));
        server.call("POST", "/api/auth/refresh", "", &json!({ "refreshToken": entered["refreshToken"] }));
        server.call(
            "POST",
            "/api/auth/signin",
            "",
            &json!({ "email": "ada@example.com", "password": "a wrong password" }),
        );
        let mut log = server.log();
        assert!(log.contains("sign-in-failed"), "no event was logged: {log}");
        // What the audit trail holds is held to the same.
        let events = server.events(SECRET, &["--since", "1h"]);
        assert!(events.iter().any(|event| event["event"] == "sign-in"), "{events:?}");
        events.iter().for_each(|event| log.push_str(&event.to_string()));
        assert_eq!(server.events(SECRET, &["--user", "ADA@example.com", "--event", "sign-up"]).len(), 1);
        assert_eq!(server.events(SECRET, &["--user", "eve@example.com"]).len(), 0);
        assert!(log.contains("answered") && log.contains("/api/auth/signup"), "nothing was logged at all: {log}");
        let bare = session.split('.').next().unwrap();
        let refresh = entered["refreshToken"].as_str().unwrap();
        for secret in [SECRET, "correct horse", "a wrong password", token, bare, refresh, "in-the-query"] {
            let at = log.find(secret);
            assert_eq!(at, None, "{format}: {:?}", at.map(|at| &log[at.saturating_sub(200)..(at + 40).min(log.len())]));
        }
    }
}
