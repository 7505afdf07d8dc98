//! Other people's things: ASVS 8.2.2 and 8.3.1 (every object is asked whose it is, at the server).

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

#[test]
fn asvs_8_2_2_somebody_elses_task_is_as_unknown_as_none() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let (adas, eves) = (world.access_token(&ada), world.access_token(&eve));
    let task = world.tasks("POST", "", &adas, &json!({ "title": "mine" })).json();
    let id = task["id"].as_str().unwrap();
    let unknown = world.tasks("GET", "/00000000000000000000000000000000", &eves, &Value::Null);
    for (method, body) in [
        ("GET", json!({})),
        ("PATCH", json!({ "title": "yours" })),
        ("PATCH", json!({ "completed": true })),
        ("DELETE", json!({})),
    ] {
        let answer = world.tasks(method, &format!("/{id}"), &eves, &body);
        assert_eq!((answer.status, &answer.body), (404, &unknown.body), "{method}: told apart from an unknown task");
    }
    for method in ["PUT", "POST", "HEAD", "OPTIONS", "TRACE", "MERGE"] {
        let answer = world.tasks(method, &format!("/{id}"), &eves, &json!({ "title": "yours" }));
        assert!(matches!(answer.status, 401 | 404 | 405), "{method}: {}", answer.status);
    }
    // Spellings of the address that some router takes for the same, or for the list.
    for path in [
        format!("/{id}/"),
        format!("//{id}"),
        format!("/./{id}"),
        format!("/x/../{id}"),
        format!("/%2e%2e/tasks/{id}"),
        format!("/{id}%00"),
        format!("/{id}%20"),
        format!("/{id};x=1"),
        format!("/{id}?userId={}", ada.id),
        format!("/{id}#x"),
        format!("/{}", id.to_uppercase()),
        format!("/{id},{id}"),
        format!("/*{id}"),
        "/*".into(),
        "/%25".into(),
        "/null".into(),
    ] {
        for method in ["GET", "PATCH", "DELETE"] {
            let answer = world.tasks(method, &path, &eves, &json!({ "title": "yours" }));
            assert!(matches!(answer.status, 400 | 404), "{method} {path}: {}", answer.status);
        }
    }
    for query in [
        format!("?userId={}", ada.id),
        format!("?user_id={}", ada.id),
        format!("?owner={}", ada.id),
        format!("?cursor=253402300799999-{id}"),
        format!("?cursor=253402300799999-{id}&limit=1000"),
        "?all=true".into(),
    ] {
        assert_eq!(world.tasks("GET", &query, &eves, &Value::Null).json(), json!([]), "{query}");
    }
    assert_eq!(world.tasks("GET", "", &adas, &Value::Null).json(), json!([task]), "nothing happened to it");
}

#[test]
fn asvs_8_3_1_every_route_of_the_tasks_asks_who_is_there() {
    let world = World::new();
    let paths = [
        "/api/tasks",
        "/api/tasks/",
        "/api/tasks/x",
        "/api/tasks/x/y",
        "/api/tasks?limit=1",
        "/api//tasks",
        "/api/./tasks",
    ];
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            let answer = world.send(method, path, &[("Content-Type", "application/json")], r#"{"title":"x"}"#);
            assert!(matches!(answer.status, 401 | 404 | 405), "{method} {path}: {}", answer.status);
        }
    }
}

#[test]
fn asvs_8_2_2_somebody_elses_session_stays() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let id = world.session_behind(&ada.cookie)["session"]["id"].as_str().unwrap().to_owned();
    let cookie = [("Cookie", eve.cookie.as_str())];
    let nothing = world.post("/revoke-session", &cookie, &json!({ "token": "unknown" }));
    for token in [&ada.session, &ada.bearer, &id, &ada.id] {
        let answer = world.post("/revoke-session", &cookie, &json!({ "token": token, "id": id, "userId": ada.id }));
        assert_eq!((answer.status, &answer.body), (nothing.status, &nothing.body), "told apart from an unknown one");
    }
    for path in ["/revoke-other-sessions", "/revoke-sessions"] {
        let body = json!({ "userId": ada.id, "token": ada.session, "id": id });
        let eve = world.session_of(&eve);
        assert_eq!(world.post(path, &[("Cookie", &eve.cookie)], &body).status, 200);
        assert!(world.is_signed_in(&ada.bearer), "{path}");
    }
    assert!(
        !world.column("SELECT sid FROM doorward_revoked").contains(&id),
        "nor do the verifiers refuse Ada's tokens"
    );
    let eve = world.session_of(&eve);
    let listed = world.get(&format!("/api/auth/list-sessions?userId={}", ada.id), &[("Cookie", &eve.cookie)]);
    assert!(listed.json().as_array().unwrap().iter().all(|session| session["userId"] == eve.id), "{}", listed.body);
    assert!(!listed.body.contains(&ada.session));
}

#[test]
fn asvs_8_2_2_somebody_elses_account_stays() {
    let world = World::with(&[("DOORWARD_DELETE_USER_MAIL", "on")]);
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let rows = world.with_bearer("GET", "/list-accounts", &ada.bearer, &Value::Null).json();
    let account = rows[0]["id"].as_str().unwrap();
    for id in [account, &ada.id, "credential"] {
        let answer = world.with_bearer(
            "POST",
            "/unlink-account",
            &eve.bearer,
            &json!({ "accountId": id, "providerId": "credential", "userId": ada.id }),
        );
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    let listed = world.with_bearer("GET", &format!("/list-accounts?userId={}", ada.id), &eve.bearer, &Value::Null);
    assert!(!listed.body.contains(&ada.id), "{}", listed.body);
    let body = json!({ "userId": ada.id, "id": ada.id, "email": ada.email, "newEmail": "eve2@example.com" });
    assert_eq!(world.with_bearer("POST", "/change-email", &eve.bearer, &body).status, 200);
    assert!(world.letters(&ada.email).is_empty(), "the change is Eve's own");

    // A deletion link works for the person it was made for, and is used up by the try of another.
    let asked = world.with_bearer("POST", "/delete-user", &ada.bearer, &json!({}));
    assert_eq!(asked.status, 200, "{}", asked.body);
    let link = world.link_to(&ada.email);
    let token = link.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let taken = world.with_bearer("POST", "/delete-user", &eve.bearer, &json!({ "token": token }));
    assert_eq!(taken.status, 404, "{}", taken.body);
    assert_eq!(world.get(&link, &[("Cookie", &eve.cookie)]).status, 404);
    assert_eq!(world.column(r#"SELECT email FROM "user" ORDER BY email"#), ["ada@example.com", "eve@example.com"]);
}

#[test]
fn cve_2026_45337_a_link_is_good_for_the_person_it_was_made_for() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    // Eve asks for her address to become another one, and sends the link to Ada, who is signed in and clicks on it.
    assert_eq!(
        world.with_bearer("POST", "/change-email", &eve.bearer, &json!({ "newEmail": "trap@example.com" })).status,
        200
    );
    let link = world.link_to("trap@example.com");
    world.get(&link, &[("Cookie", &ada.cookie)]);
    assert_eq!(world.session_behind(&ada.cookie)["user"]["email"], "ada@example.com");
    // A verification link of Ada's old address is worth nothing to whoever gets that address later.
    world.post("/send-verification-email", &[("Cookie", &ada.cookie)], &json!({ "email": ada.email }));
    let old = world.link_to(&ada.email);
    assert_eq!(world.with_bearer("POST", "/delete-user", &ada.bearer, &json!({ "password": PASSWORD })).status, 200);
    let heir = world.member("ada@example.com");
    assert_ne!(heir.id, ada.id);
    world.get(&old, &[]);
    assert_eq!(
        world.session_behind(&heir.cookie)["user"]["emailVerified"],
        false,
        "the link proved somebody else's address"
    );
}
