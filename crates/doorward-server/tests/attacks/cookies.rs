//! Cookies that were tampered with, borrowed from another purpose, or set by a neighbour: ASVS 7.2 and 3.3.

use base64::Engine as _;
use doorward_crypto::{
    cookie,
    secret::{Secret, Secrets},
    session_data::{self, CacheForm},
};
use serde_json::{Value, json};

use crate::{
    forge::{NoRandomness, base64url},
    world::{PASSWORD, SECRET, World},
};

const NAME: &str = "better-auth.session_token";

#[test]
fn asvs_7_2_1_a_session_cookie_is_checked_to_the_last_bit() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    assert_ne!(world.session_behind(&ada.cookie), Value::Null, "the cookie is good");
    let token = &ada.session;
    let signature = cookie::signature(token, &Secret::new(SECRET));
    let other = |secret: &str| cookie::sign(token, &Secret::new(secret));
    let unpadded = signature.trim_end_matches('=');
    let values = [
        token.clone(),
        format!("{token}."),
        format!(".{signature}"),
        signature.clone(),
        format!("{token}.{}", "A".repeat(44)),
        format!("{token}.{}=", "A".repeat(43)),
        format!("{token}.{unpadded}"),
        format!("{token}.{signature}="),
        format!("{token}.{signature}x"),
        format!("{token}x.{signature}"),
        format!("x{token}.{signature}"),
        format!("{}.{signature}", token.to_uppercase()),
        format!("{}.{signature}", &token[1..]),
        format!("{token} .{signature}"),
        format!("{token}%00.{signature}"),
        format!("{token}.{}", signature.to_lowercase()),
        format!("{token}:{signature}"),
        format!("{token}..{signature}"),
        other("another secret of thirty-two characters"),
        other(&SECRET[1..]),
        other("better-auth-secret-12345678901234567890"),
        "null".into(),
        "undefined".into(),
        "true".into(),
        "*".into(),
        "%".into(),
        "%ZZ".into(),
        "[object Object]".into(),
        "' OR '1'='1".into(),
        String::new(),
        "x".repeat(4000),
    ];
    for value in &values {
        assert_eq!(world.session_behind(&format!("{NAME}={value}")), Value::Null, "{value}");
        let answer = world.get("/api/auth/list-sessions", &[("Cookie", &format!("{NAME}={value}"))]);
        assert_eq!(answer.status, 401, "{value}");
    }
    // Every bit of the signature counts, but for the two that base64 leaves over at the end.
    for at in (0..43).step_by(3) {
        let mut bytes = signature.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let value = format!("{token}.{}", String::from_utf8(bytes).unwrap());
        assert_eq!(world.session_behind(&format!("{NAME}={value}")), Value::Null, "character {at}");
    }
}

#[test]
fn asvs_7_2_2_what_was_signed_for_another_purpose_is_no_session() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    // The mark of a session that is not remembered is signed under the same secret.
    let body = json!({ "email": eve.email, "password": PASSWORD, "rememberMe": false });
    let answer = world.post("/sign-in/email", &[], &body);
    let mark = answer.head.lines().find_map(|line| line.split_once("better-auth.dont_remember=")).unwrap().1;
    let mark = mark.split(';').next().unwrap();
    for value in [mark.to_owned(), mark.replacen("true", &ada.session, 1)] {
        assert_eq!(world.session_behind(&format!("{NAME}={value}")), Value::Null, "{value}");
    }
    // Somebody's signature under somebody else's token.
    let (_, signature) = eve.bearer.split_once('.').unwrap();
    for value in [format!("{}.{signature}", ada.session), format!("{}.{}", ada.id, signature)] {
        assert_eq!(world.session_behind(&format!("{NAME}={value}")), Value::Null, "{value}");
        assert!(!world.is_signed_in(&value));
    }
    // An access token, and the user's or the session's row id, in place of the session token.
    let access = world.access_token(&ada);
    let session = world.session_behind(&ada.cookie);
    for value in [&access, &ada.id, session["session"]["id"].as_str().unwrap()] {
        assert_eq!(world.session_behind(&format!("{NAME}={value}")), Value::Null);
        assert!(*value == access || !world.is_signed_in(value), "{value}");
    }
}

#[test]
fn ghsa_xg6x_h9c9_2m83_a_browsers_copy_of_a_session_proves_nothing_by_itself() {
    let world = World::with(&[("DOORWARD_COOKIE_CACHE", "on")]);
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let genuine = world.session_behind(&ada.cookie);
    let eves = world.session_behind(&eve.cookie);
    let expires = 4_102_444_800_000_i64;
    let inside = json!({ "session": { "session": genuine["session"], "user": genuine["user"], "updatedAt": 1, "version": "1" }, "expiresAt": expires, "signature": "" });
    let encoded = |forms: &str, session: &Value, user: &Value, secret: &str| {
        let form = match forms {
            "compact" => CacheForm::Compact,
            "jwt" => CacheForm::Jwt,
            _ => CacheForm::Jwe,
        };
        let secrets = Secrets::single(Secret::new(secret));
        session_data::encode(form, session, user, "1", 300, expires - 600_000, &secrets, &NoRandomness)
    };
    let foreign = "another secret of thirty-two characters";
    let copies = [
        base64url(inside.to_string()),
        base64::engine::general_purpose::STANDARD.encode(inside.to_string()),
        encoded("compact", &genuine["session"], &genuine["user"], foreign),
        encoded("compact", &genuine["session"], &genuine["user"], SECRET),
        encoded("jwt", &genuine["session"], &genuine["user"], SECRET),
        encoded("jwe", &genuine["session"], &genuine["user"], SECRET),
        "{}".into(),
        "e30".into(),
    ];
    for copy in &copies {
        // Alone, and beside a session of somebody else's: never Ada.
        assert_eq!(world.session_behind(&format!("better-auth.session_data={copy}")), Value::Null, "{copy}");
        let beside = world.session_behind(&format!("{}; better-auth.session_data={copy}", eve.cookie));
        assert_eq!(beside["user"]["id"], eve.id, "{copy}");
        let chunked = format!(
            "{}; better-auth.session_data.0={}; better-auth.session_data.1={}",
            eve.cookie,
            &copy[..copy.len() / 2],
            &copy[copy.len() / 2..]
        );
        assert_eq!(world.session_behind(&chunked)["user"]["id"], eve.id, "{copy}");
    }
    // A copy that somebody improved under the true secret (who can do that can do anything) still changes no row.
    let mut promoted = eves["user"].clone();
    promoted["emailVerified"] = json!(true);
    let copy = encoded("compact", &eves["session"], &promoted, SECRET);
    let seen = world.session_behind(&format!("{}; better-auth.session_data={copy}", eve.cookie));
    assert_eq!(seen["user"]["emailVerified"], false, "the row is the truth");
}

#[test]
fn better_auth_issue_6893_a_copy_keeps_no_revoked_session_alive() {
    let world = World::with(&[("DOORWARD_COOKIE_CACHE", "on")]);
    let ada = world.member("ada@example.com");
    let answer = world.get("/api/auth/get-session", &[("Cookie", &ada.cookie)]);
    let copy = answer.head.lines().find_map(|line| line.split_once("better-auth.session_data=")).unwrap().1;
    let both = format!("{}; better-auth.session_data={}", ada.cookie, copy.split(';').next().unwrap());
    assert_ne!(world.session_behind(&both), Value::Null);
    assert_eq!(world.post("/sign-out", &[("Cookie", &ada.cookie)], &json!({})).status, 200);
    assert_eq!(world.session_behind(&both), Value::Null);
    for path in ["/token", "/list-sessions", "/list-accounts"] {
        assert_eq!(world.get(&format!("/api/auth{path}"), &[("Cookie", &both)]).status, 401, "{path}");
    }
    assert_eq!(world.post("/update-user", &[("Cookie", &both)], &json!({ "name": "x" })).status, 401);
}

#[test]
fn winfunc_2025_forged_multi_session_cookies_sign_nobody_out() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let forged = format!(
        "{}; better-auth.session_token_multi-{}={}; better-auth.session_token_multi-x={}.AAAA; {NAME}_multi={}",
        eve.cookie,
        ada.session.to_lowercase(),
        ada.session,
        ada.session,
        ada.bearer
    );
    assert_eq!(world.post("/sign-out", &[("Cookie", &forged)], &json!({})).status, 200);
    assert!(world.is_signed_in(&ada.bearer), "the other session lives");
    assert!(!world.is_signed_in(&eve.bearer), "one's own does not");
    // Signing out with a token that nobody signed ends nothing either.
    let bare = format!("{NAME}={}", ada.session);
    assert_eq!(world.post("/sign-out", &[("Cookie", &bare)], &json!({})).status, 200);
    assert!(world.is_signed_in(&ada.bearer));
}

#[test]
fn rfc6265_5_4_of_two_cookies_the_first_counts_and_names_are_exact() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let both = format!("{}; {}", ada.cookie, eve.cookie);
    assert_eq!(world.session_behind(&both)["user"]["id"], ada.id, "always the first, so nobody can mix two");
    assert_eq!(world.session_behind(&format!("{NAME}=rubbish; {}", ada.cookie)), Value::Null);
    let value = ada.cookie.split_once('=').unwrap().1;
    for name in [
        "Better-Auth.Session_Token",
        "better-auth.session_token ",
        "better-auth.session-token",
        "__Secure-better-auth.session_token",
        "__Host-better-auth.session_token",
        "xbetter-auth.session_token",
        "session_token",
        "better-auth%2Esession_token",
        "\"better-auth.session_token\"",
    ] {
        let seen = world.session_behind(&format!("{name}={value}"));
        // A blank before `=` is trimmed by every cookie reader; everything else is another cookie.
        assert_eq!(seen != Value::Null, name.ends_with(' '), "{name}");
    }
}

#[test]
fn asvs_3_3_1_on_https_only_cookies_with_the_prefix_count() {
    for (preset, prefix) in [("", "__Secure-"), ("hardened", "__Host-")] {
        let world = World::on_https(&[("DOORWARD_PRESET", preset)]);
        let body = json!({ "name": "A", "email": "ada@example.com", "password": PASSWORD });
        assert_eq!(world.post("/sign-up/email", &[], &body).status, 200);
        let answer = world.sign_in("ada@example.com", PASSWORD);
        let line = answer.header("set-cookie").unwrap().to_owned();
        assert!(line.starts_with(&format!("{prefix}{NAME}=")), "{line}");
        for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
            assert!(line.contains(attribute), "{line}");
        }
        assert!(!line.contains("Domain") && line.len() <= 4096, "{line}");
        let pair = line.split(';').next().unwrap();
        assert_ne!(world.session_behind(pair), Value::Null);
        let value = pair.split_once('=').unwrap().1;
        for name in ["", "__Secure-", "__Host-", "__secure-", "__HOST-", "__Secure", "__Secure-__Host-"] {
            let seen = world.session_behind(&format!("{name}{NAME}={value}"));
            assert_eq!(seen != Value::Null, name == prefix, "{name:?} where {prefix:?} is set");
        }
        // A neighbour on a subdomain can set a cookie without the prefix; it must not shadow ours.
        let shadowed = world.session_behind(&format!("{NAME}=rubbish; {pair}; {NAME}=rubbish"));
        assert_ne!(shadowed, Value::Null);
    }
}

#[test]
fn asvs_3_3_4_plain_http_cookies_are_still_out_of_reach_of_scripts() {
    let world = World::new();
    let body = json!({ "name": "A", "email": "ada@example.com", "password": PASSWORD, "rememberMe": false });
    let answer = world.post("/sign-up/email", &[], &body);
    let lines: Vec<_> = answer.head.lines().filter(|line| line.to_lowercase().starts_with("set-cookie:")).collect();
    assert!(!lines.is_empty());
    for line in lines {
        assert!(line.contains("; HttpOnly") && line.contains("; SameSite=Lax") && line.contains("; Path=/"), "{line}");
    }
}
