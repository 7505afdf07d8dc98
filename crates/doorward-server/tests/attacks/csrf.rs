//! Requests that a foreign page makes a browser send: OWASP's CSRF cheat sheet, ASVS 3.5.

use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World};

/// Every route that changes something and takes a cookie.
const CHANGING: [(&str, &str); 14] = [
    ("/sign-out", "{}"),
    ("/update-user", r#"{"name":"Taken over"}"#),
    ("/change-password", r#"{"newPassword":"a new long password","currentPassword":"correct horse battery"}"#),
    ("/change-email", r#"{"newEmail":"eve@example.com"}"#),
    ("/delete-user", r#"{"password":"correct horse battery"}"#),
    ("/revoke-sessions", "{}"),
    ("/revoke-other-sessions", "{}"),
    ("/revoke-session", r#"{"token":"x"}"#),
    ("/unlink-account", r#"{"accountId":"x"}"#),
    ("/verify-password", r#"{"password":"correct horse battery"}"#),
    ("/send-verification-email", r#"{"email":"ada@example.com"}"#),
    ("/sign-in/email", r#"{"email":"ada@example.com","password":"correct horse battery"}"#),
    ("/sign-up/email", r#"{"name":"x","email":"new@example.com","password":"correct horse battery"}"#),
    ("/link-social", r#"{"provider":"github"}"#),
];

fn send(world: &World, path: &str, headers: &[(&str, &str)], kind: &str, body: &str) -> crate::support::Answer {
    let mut all = vec![("Content-Type", kind)];
    all.extend_from_slice(headers);
    world.send("POST", &format!("/api/auth{path}"), &all, body)
}

fn assert_unchanged(world: &World, ada: &Person) {
    let session = world.session_behind(&ada.cookie);
    assert_eq!((&session["user"]["name"], &session["user"]["email"]), (&json!("A Person"), &json!(ada.email)));
    assert_eq!(world.column(r#"SELECT email FROM "user""#), std::slice::from_ref(&ada.email));
}

/// Origins that look like ours.
fn foreign(world: &World) -> Vec<String> {
    let origin = &world.origin;
    let address = world.server.address;
    vec![
        "https://evil.example".into(),
        "null".into(),
        "NULL".into(),
        format!("{origin}.evil.example"),
        format!("{origin}@evil.example"),
        format!("http://evil.example/{address}"),
        format!("http://evil.example?{origin}"),
        format!("http://evil.example#{origin}"),
        format!("https://{address}"),
        format!("http://{}:{}", address.ip(), address.port().wrapping_add(1)),
        format!("http://localhost:{}", address.port()),
        format!("http://x{address}"),
        format!("http://{}", address.ip()),
        format!("//{address}"),
        address.to_string(),
        format!("{origin} https://evil.example"),
        format!("https://evil.example {origin}"),
        format!("{origin}, https://evil.example"),
        format!("https://evil.example\\@{address}"),
        format!("javascript:{origin}"),
        format!("file://{address}"),
        format!("http://%61.evil.example/{address}"),
        "http://".into(),
        "*".into(),
        "undefined".into(),
    ]
}

#[test]
fn asvs_3_5_1_a_cookie_counts_only_from_a_trusted_origin() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let cookie = ("Cookie", ada.cookie.as_str());
    for origin in foreign(&world) {
        for name in ["Origin", "Referer"] {
            let answer = send(&world, "/update-user", &[cookie, (name, &origin)], "application/json", CHANGING[1].1);
            assert_eq!(answer.status, 403, "{name}: {origin}: {}", answer.body);
        }
    }
    for (path, body) in CHANGING {
        for headers in
            [vec![cookie], vec![cookie, ("Origin", "https://evil.example")], vec![cookie, ("Origin", "null")]]
        {
            let answer = send(&world, path, &headers, "application/json", body);
            assert_eq!(answer.status, 403, "{path} with {headers:?}: {}", answer.body);
        }
    }
    // A cookie of any name will do to be treated as a browser.
    let other = send(&world, CHANGING[11].0, &[("Cookie", "x=1")], "application/json", CHANGING[11].1);
    assert_eq!(other.status, 403);
    assert_unchanged(&world, &ada);
    assert_eq!(world.post("/update-user", &[cookie], &json!({ "name": "Countess" })).status, 200, "ours may");
}

#[test]
fn w3c_fetch_metadata_cross_site_posts_are_refused_without_a_cookie_too() {
    let world = World::new();
    world.member("ada@example.com");
    let (_, body) = CHANGING[11];
    let form = format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+"));
    let cases: [&[(&str, &str)]; 8] = [
        &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "cors"), ("Origin", "https://other.example")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "null")],
        &[("Origin", "https://evil.example")],
        &[("Referer", "https://evil.example/page")],
    ];
    for headers in cases {
        for path in ["/sign-in/email", "/signin"] {
            let answer = send(&world, path, headers, "application/json", body);
            assert_eq!(answer.status, 403, "{path} with {headers:?}: {}", answer.body);
            assert!(answer.header("set-cookie").is_none());
        }
        let answer = send(&world, "/sign-in/email", headers, "application/x-www-form-urlencoded", &form);
        assert_eq!(answer.status, 403, "a form with {headers:?}: {}", answer.body);
    }
    let own = world.origin.clone();
    let same = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Origin", own.as_str())];
    assert_eq!(send(&world, "/sign-in/email", &same, "application/json", body).status, 200, "our own page may");
}

#[test]
fn asvs_3_5_2_bodies_a_form_can_send_change_nothing() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let headers = [("Cookie", ada.cookie.as_str()), ("Origin", world.origin.as_str())];
    for (path, body) in CHANGING {
        if matches!(path, "/sign-in/email" | "/sign-up/email") {
            continue; // these take forms, and check where they come from
        }
        for kind in [
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "text/plain; application/json",
        ] {
            let answer = send(&world, path, &headers, kind, body);
            assert_eq!(answer.status, 415, "{path} as {kind}: {}", answer.body);
        }
    }
    assert_unchanged(&world, &ada);
}

#[test]
fn asvs_3_5_3_nothing_changes_by_get() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    for (path, body) in CHANGING {
        let members: Value = serde_json::from_str(body).unwrap();
        let pairs = members.as_object().unwrap().iter();
        let query: Vec<_> =
            pairs.map(|(name, value)| format!("{name}={}", value.as_str().unwrap().replace(' ', "+"))).collect();
        let target = format!("/api/auth{path}?{}", query.join("&"));
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"] {
            let answer = world.send(method, &target, &[("Cookie", &ada.cookie)], "");
            assert!(matches!(answer.status, 404 | 405), "{method} {path}: {}", answer.status);
        }
        for (name, method) in
            [("X-HTTP-Method-Override", "POST"), ("X-HTTP-Method", "POST"), ("X-Method-Override", "POST")]
        {
            let answer = world.get(&format!("{target}&_method=POST"), &[("Cookie", &ada.cookie), (name, method)]);
            assert_eq!(answer.status, 404, "{path} with {name}");
        }
    }
    assert_unchanged(&world, &ada);
}

#[test]
fn asvs_3_4_2_no_foreign_page_may_read_an_answer() {
    let trusted = ("BETTER_AUTH_TRUSTED_ORIGINS", "https://app.example.test,https://*.branch.example.test");
    for settings in [vec![], vec![("DOORWARD_CORS", "on"), trusted]] {
        let world = World::with(&settings);
        let ada = world.member("ada@example.com");
        let near = ["https://app.example.test.evil.example", "https://branch.example.test", "http://app.example.test"];
        let origins = foreign(&world).into_iter().chain(near.map(str::to_owned));
        for origin in origins.filter(|origin| origin != "http://") {
            for path in ["/api/auth/get-session", "/api/auth/token", "/api/auth/list-sessions", "/api/tasks"] {
                let headers = [("Origin", origin.as_str()), ("Cookie", ada.cookie.as_str())];
                let read = world.get(path, &headers);
                let preflight = [
                    ("Origin", origin.as_str()),
                    ("Access-Control-Request-Method", "POST"),
                    ("Access-Control-Request-Headers", "content-type"),
                ];
                let asked = world.send("OPTIONS", path, &preflight, "");
                for answer in [read, asked] {
                    let allowed = answer.head.to_lowercase().contains("access-control-allow");
                    assert!(!allowed, "{path} for {origin}: {}", answer.head);
                }
            }
        }
    }
}
