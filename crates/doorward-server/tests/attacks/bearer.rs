//! How a token is sent: RFC 6750, RFC 9110 section 11, and the spellings behind published bypasses.

use serde_json::{Value, json};

use crate::world::World;

/// Heads of a request with everything else as it should be.
fn asked(world: &World, path: &str, headers: &str) -> crate::support::Answer {
    let answer = world.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"));
    assert_ne!(answer.status, 0, "{headers:?}");
    answer
}

#[test]
fn rfc6750_3_a_challenge_names_an_error_only_where_a_token_was_sent() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let nothing = asked(&world, "/api/tasks", "");
    assert_eq!(nothing.status, 401);
    let challenge = nothing.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer") && !challenge.contains("error"), "{challenge}");
    let wrong = asked(&world, "/api/tasks", "Authorization: Bearer a.b.c\r\n");
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
    let malformed = asked(&world, "/api/tasks", "Authorization: Bearer a b\r\n");
    assert_eq!(malformed.status, 400);
    assert!(malformed.header("www-authenticate").unwrap().contains("error=\"invalid_request\""));
    for answer in [&nothing, &wrong, &malformed] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let me = asked(&world, "/api/auth/me", "");
    assert!(me.status == 401 && me.header("www-authenticate").unwrap().starts_with("Bearer"));
    assert_eq!(asked(&world, "/api/tasks", &format!("Authorization: Bearer {token}\r\n")).status, 200);
}

#[test]
fn ghsa_gv94_wp4h_vv8p_one_header_one_blank_one_token() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    let spellings = [
        String::new(),
        "Authorization:\r\n".into(),
        "Authorization: Bearer\r\n".into(),
        "Authorization: Bearer \r\n".into(),
        format!("Authorization: Bearer\t{token}\r\n"),
        format!("Authorization: Bearer  {token}\r\n"),
        format!("Authorization: Bearer\u{b}{token}\r\n"),
        format!("Authorization: Bearer\u{a0}{token}\r\n"),
        format!("Authorization: {token}\r\n"),
        format!("Authorization: Bearer:{token}\r\n"),
        format!("Authorization: Bearer={token}\r\n"),
        format!("Authorization: Bearer \"{token}\"\r\n"),
        format!("Authorization: Bearer {token},\r\n"),
        format!("Authorization: Bearer {token}, Bearer {token}\r\n"),
        format!("Authorization: Bearer x {token}\r\n"),
        format!("Authorization: Bearer {token} x\r\n"),
        format!("Authorization: Basic {token}\r\n"),
        format!("Authorization: JWT {token}\r\n"),
        format!("Authorization: DPoP {token}\r\n"),
        format!("Authorization: Token {token}\r\n"),
        format!("Authorization: BearerBearer {token}\r\n"),
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"),
        format!("Authorization: Basic YTpi\r\nAuthorization: Bearer {token}\r\n"),
        format!("Authorization: Bearer {token}\r\nAuthorization: Basic YTpi\r\n"),
        format!("Authorization : Bearer {token}\r\n"),
        format!(" Authorization: Bearer {token}\r\n"),
        format!("Authorization: Bearer\r\n {token}\r\n"),
        format!("Proxy-Authorization: Bearer {token}\r\n"),
        format!("X-Authorization: Bearer {token}\r\n"),
        format!("X-Access-Token: {token}\r\n"),
        format!("Cookie: token={token}\r\n"),
        format!("Cookie: better-auth.session_token={token}\r\n"),
    ];
    for headers in &spellings {
        let answer = asked(&world, "/api/tasks", headers);
        assert!(matches!(answer.status, 400 | 401), "{headers:?}: {}", answer.status);
        let answer = asked(&world, "/api/auth/me", headers);
        assert!(matches!(answer.status, 400 | 401), "/me with {headers:?}: {}", answer.status);
    }
    for path in ["/api/tasks", "/api/auth/me"] {
        assert_eq!(asked(&world, path, &format!("authorization: bEaReR {token}\r\n")).status, 200, "{path}");
    }
    // Two session tokens: whichever a proxy looked at, neither counts.
    let two = format!("Authorization: Bearer {}\r\nAuthorization: Bearer {}\r\n", ada.bearer, ada.bearer);
    assert_eq!(asked(&world, "/api/auth/get-session", &two).json(), Value::Null);
}

#[test]
fn rfc6750_2_3_a_token_in_the_address_opens_nothing() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let token = world.access_token(&ada);
    for name in ["access_token", "token", "jwt", "authorization", "bearer_token", "Authorization"] {
        assert_eq!(asked(&world, &format!("/api/tasks?{name}={token}"), "").status, 401, "{name}");
        for secret in [&token, &ada.session, &ada.bearer] {
            assert_eq!(asked(&world, &format!("/api/auth/list-accounts?{name}={secret}"), "").status, 401, "{name}");
            let session = asked(&world, &format!("/api/auth/get-session?{name}={secret}"), "");
            assert_eq!(session.json(), Value::Null, "{name}");
        }
    }
    for form in [format!("access_token={token}"), json!({ "access_token": token, "title": "x" }).to_string()] {
        for kind in ["application/x-www-form-urlencoded", "application/json"] {
            let answer = world.send("POST", "/api/tasks", &[("Content-Type", kind)], &form);
            assert_eq!(answer.status, 401, "{kind}");
        }
    }
}

#[test]
fn cve_2025_29927_no_header_of_ones_own_makes_somebody() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let ways = [
        "X-Middleware-Subrequest: middleware:middleware:middleware:middleware:middleware",
        &format!("X-User-Id: {}", ada.id),
        &format!("X-Forwarded-User: {}", ada.email),
        &format!("X-Auth-Request-Email: {}", ada.email),
        &format!("Remote-User: {}", ada.email),
        &format!("X-Remote-User: {}", ada.id),
        "X-Original-URL: /api/auth/ok",
        "X-Rewrite-URL: /api/auth/ok",
        "X-Forwarded-For: 127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "X-Custom-IP-Authorization: 127.0.0.1",
        "X-Internal: true",
        "X-Admin: true",
    ];
    for header in ways {
        for path in
            ["/api/tasks", "/api/auth/me", "/api/auth/list-sessions", "/api/auth/list-accounts", "/api/auth/token"]
        {
            assert_eq!(asked(&world, path, &format!("{header}\r\n")).status, 401, "{path} with {header}");
        }
        assert_eq!(asked(&world, "/api/auth/get-session", &format!("{header}\r\n")).json(), Value::Null, "{header}");
    }
}

#[test]
fn cve_2025_61928_an_id_in_the_request_is_nobodys_identity() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let body = json!({ "userId": ada.id, "id": ada.id, "user": { "id": ada.id }, "session": { "userId": ada.id },
        "email": ada.email, "name": "Taken over", "newEmail": "eve@example.com", "newPassword": "another long password",
        "currentPassword": "x", "password": "x", "token": "x", "accountId": "x", "title": "x" });
    for path in [
        "/update-user",
        "/change-email",
        "/change-password",
        "/verify-password",
        "/delete-user",
        "/revoke-session",
        "/revoke-sessions",
        "/revoke-other-sessions",
        "/unlink-account",
        "/update-session",
    ] {
        let answer = world.post(path, &[], &body);
        assert_eq!(answer.status, 401, "{path}: {}", answer.body);
    }
    for path in ["/list-sessions", "/list-accounts", "/token", "/me", "/account-info"] {
        let answer = world.get(&format!("/api/auth{path}?userId={}&id={}", ada.id, ada.id), &[]);
        assert!(matches!(answer.status, 400 | 401), "{path}: {}", answer.status);
    }
    assert_eq!(
        world.send("POST", "/api/tasks", &[("Content-Type", "application/json")], &body.to_string()).status,
        401
    );
    assert!(world.is_signed_in(&ada.bearer) && world.sign_in(&ada.email, crate::world::PASSWORD).status == 200);
}
