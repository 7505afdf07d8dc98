//! How much somebody may send: ASVS 13.1, CWE-770.

use std::{fs, time::Instant};

use serde_json::{Value, json};

use crate::{
    support::request,
    world::{PASSWORD, World},
};

/// Every route below `/api/auth` that reads a body.
const READING: [&str; 20] = [
    "/sign-up/email",
    "/sign-in/email",
    "/sign-out",
    "/change-password",
    "/verify-password",
    "/request-password-reset",
    "/reset-password",
    "/update-session",
    "/revoke-session",
    "/revoke-sessions",
    "/update-user",
    "/change-email",
    "/send-verification-email",
    "/delete-user",
    "/unlink-account",
    "/sign-in/social",
    "/link-social",
    "/signup",
    "/signin",
    "/refresh",
];

#[test]
fn cwe_770_bodies_end_at_64_kib_on_every_route() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let large = format!(r#"{{"email":"a@example.com","x":"{}"}}"#, "x".repeat(64 * 1024));
    let json = ("Content-Type", "application/json");
    let session = format!("Bearer {}", ada.bearer);
    for path in READING {
        let path = format!("/api/auth{path}");
        let started = Instant::now();
        let told = world.send("POST", &path, &[json, ("Authorization", &session)], &large);
        assert_eq!(told.status, 413, "{path}: {}", told.body);
        // The same without saying how long it is.
        let chunk = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
        let untold = world.raw(format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
        ));
        assert!(matches!(untold.status, 0 | 413), "{path}: {}", untold.status);
        assert!(started.elapsed().as_secs() < 5, "{path}");
    }
    let access = format!("Bearer {token}");
    for (method, path) in [("POST", "/api/tasks"), ("PATCH", "/api/tasks/x")] {
        assert_eq!(
            world.send(method, path, &[json, ("Authorization", &access)], &large).status,
            413,
            "{method} {path}"
        );
    }
    // A length alone is believed at once: nothing is read, and nothing is set aside for it.
    let promised = request("POST", "/api/auth/sign-in/email", &[json, ("Content-Length", "999999999999")], "");
    assert_eq!(world.raw(promised).status, 413);
}

#[test]
fn cwe_674_nesting_ends_at_64_levels() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let access = format!("Bearer {}", world.access_token(&ada));
    let json = ("Content-Type", "application/json");
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        for depth in [65, 200, 5_000, 10_000] {
            let body = format!(
                r#"{{"email":"a@example.com","password":"x","title":"x","x":{}1{}}}"#,
                open.repeat(depth),
                close.repeat(depth)
            );
            let signed_in = world.send("POST", "/api/auth/sign-in/email", &[json], &body);
            assert_eq!(signed_in.status, 400, "{depth} of {open}: {}", signed_in.body);
            let task = world.send("POST", "/api/tasks", &[json, ("Authorization", &access)], &body);
            assert!(matches!(task.status, 400 | 413) || depth <= 100 && task.status == 201, "{depth}: {}", task.status);
            // Never closed at all.
            let open = world.send("POST", "/api/auth/sign-in/email", &[json], &open.repeat(depth));
            assert_eq!(open.status, 400);
        }
    }
}

#[test]
fn asvs_2_2_1_every_field_has_its_longest() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let long = |count: usize| "x".repeat(count);
    for body in [
        json!({ "name": long(257), "email": "new@example.com", "password": PASSWORD }),
        json!({ "name": "x", "email": format!("{}@example.com", long(65)), "password": PASSWORD }),
        json!({ "name": "x", "email": format!("x@{}.example", "y.".repeat(130)), "password": PASSWORD }),
        json!({ "name": "x", "email": "new@example.com", "password": long(129) }),
        json!({ "name": "x", "email": "new@example.com", "password": PASSWORD, "image": long(60_001) }),
    ] {
        for path in ["/sign-up/email", "/signup"] {
            if path == "/signup" && body.get("image").is_some() {
                continue; // not a field of that contract
            }
            let answer = world.post(path, &[], &body);
            assert_eq!(answer.status, 400, "{path}: {}", answer.body);
        }
    }
    assert_eq!(world.with_bearer("POST", "/update-user", &ada.bearer, &json!({ "name": long(257) })).status, 400);
    assert_eq!(world.with_bearer("POST", "/update-user", &ada.bearer, &json!({ "image": long(60_001) })).status, 400);
    let task = world.tasks("POST", "", &world.access_token(&ada), &json!({ "title": long(501) }));
    assert_eq!(task.status, 400);
    // A wrong password that is longer than any right one costs no hash.
    let started = Instant::now();
    for _ in 0..20 {
        assert!(matches!(world.sign_in("ada@example.com", &long(60_000)).status, 400 | 401));
    }
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
    let agent = world.get("/api/auth/get-session", &[("User-Agent", &long(8_000)), ("Cookie", &ada.cookie)]);
    assert_eq!(agent.status, 200);
    assert!(matches!(world.get(&format!("/{}", long(70_000)), &[]).status, 404 | 414 | 431));
    let query: String = (0..10_000).map(|number| format!("a{number}=1&")).collect();
    assert!(world.get(&format!("/api/auth/get-session?{query}"), &[]).status < 500);
    let cookies: String = (0..2_000).map(|number| format!("better-auth.session_data.{number}=x; ")).collect();
    assert!(matches!(world.get("/api/auth/get-session", &[("Cookie", &cookies)]).status, 200 | 431));
}

/// Common proxies read heads of 8 KiB from a server behind them and answer 502 to a longer one.
#[test]
fn cwe_770_no_answer_has_a_longer_head_than_proxies_pass_on() {
    let world = World::with(&[
        ("DOORWARD_OAUTH_PROVIDERS", "github"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_ID", "x"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_SECRET", "y"),
    ]);
    world.member("ada@example.com");
    let long = format!("/{}", "é".repeat(4000));
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Mode", "navigate")];
    let social =
        |name: &str, value: Value| world.post("/sign-in/social", &[], &json!({ "provider": "github", name: value }));
    let answers = [
        world.post(
            "/sign-in/email",
            &[],
            &json!({ "email": "ada@example.com", "password": PASSWORD, "callbackURL": long }),
        ),
        world.send("POST", "/api/auth/sign-in/email", &form, &format!("email=x&password=y&errorCallbackURL={long}")),
        world.send("POST", "/api/auth/callback/github", &form[..1], &format!("state=x&code={}", "y".repeat(50_000))),
        world.get(&format!("/api/auth/verify-email?token=x&callbackURL={}", "/x".repeat(4000)), &[]),
        world.get(&format!("/api/auth/reset-password/x?callbackURL={}", "/x".repeat(4000)), &[]),
        social("loginHint", json!("x".repeat(30_000))),
        social("scopes", json!(["x".repeat(30_000)])),
        social("additionalParams", json!({ "x": "y".repeat(30_000) })),
        social("callbackURL", json!(long)),
    ];
    for (number, answer) in answers.iter().enumerate() {
        assert!(answer.head.len() < 8 * 1024, "{number}: {} bytes of head", answer.head.len());
        assert!(matches!(answer.status, 302 | 400 | 403), "{number}: {}", answer.status);
    }
}

#[test]
fn cve_2020_10735_numbers_are_not_worked_out() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let digits = "9".repeat(50_000);
    let json = ("Content-Type", "application/json");
    for number in [digits.as_str(), "1e999999999", "-1e999999999", "0.1e-999999999"] {
        let started = Instant::now();
        let body = format!(r#"{{"email":"a@example.com","password":"x","n":{number}}}"#);
        let answer = world.send("POST", "/api/auth/sign-in/email", &[json], &body);
        assert!(matches!(answer.status, 400 | 401), "{}", answer.status);
        for query in [format!("?limit={number}"), format!("?cursor={number}-x")] {
            let query = query.chars().take(5_000).collect::<String>();
            assert_eq!(world.tasks("GET", &query, &token, &Value::Null).status, 400);
        }
        assert!(started.elapsed().as_secs() < 2);
    }
    for limit in ["0", "-1", "1001", "9223372036854775808", "1.5", "NaN", "%31", ""] {
        let answer = world.tasks("GET", &format!("?limit={limit}"), &token, &Value::Null);
        assert_eq!(answer.status, 400, "{limit:?}");
    }
}

#[test]
fn cwe_789_a_hundred_large_posts_take_no_memory() {
    let world = World::new();
    let before = resident_megabytes(&world);
    let large = format!(r#"{{"email":"{}"}}"#, "x".repeat(12 * 1024 * 1024));
    let head =
        "POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let told = format!("{head}Content-Length: {}\r\n\r\n{large}", large.len());
    let untold = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    let answers = world.at_once(100, |number| world.raw(if number % 2 == 0 { &told } else { &untold }));
    assert!(answers.iter().all(|answer| matches!(answer.status, 0 | 413)));
    let grown = resident_megabytes(&world).saturating_sub(before);
    assert!(grown < 64, "{grown} MB more than before");
}

fn resident_megabytes(world: &World) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", world.server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}
