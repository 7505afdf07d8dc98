//! Open redirects, on every parameter that can lead somewhere: ASVS 3.7.2, RFC 9700 section 4.11.

use serde_json::{Value, json};

use crate::{
    support::Answer,
    world::{PASSWORD, Person, World},
};

/// Targets that some reader somewhere takes for another host.
fn hostile(world: &World) -> Vec<String> {
    let origin = &world.origin;
    let texts = [
        "https://evil.example",
        "http://evil.example/",
        "HTTPS://EVIL.EXAMPLE",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "/%2f/evil.example",
        "/%2Fevil.example",
        "/%5Cevil.example",
        "/%5cevil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/a/..//evil.example",
        "/a/../..//evil.example",
        "/%2e//evil.example",
        "/%2e%2e//evil.example",
        "/./\\evil.example",
        "/\tevil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "/\u{0}/evil.example",
        "/\r\nLocation: https://evil.example",
        "/\r\nSet-Cookie: a=b",
        "\t//evil.example",
        " //evil.example",
        " https://evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://evil.example/x",
        "http:evil.example",
        "https:evil.example",
        "http:/evil.example",
        "https:/\\evil.example",
        "https:\\\\evil.example",
        "evil.example",
        "?x=//evil.example",
        "#//evil.example",
        "..//evil.example",
        ".evil.example",
        "@evil.example",
        "//evil.example@localhost",
        "http://[::1]",
        "http://[::1",
        "http://0x7f.1",
        "ftp://evil.example",
        "mailto:a@evil.example",
        "/;@evil.example",
        "//%65vil.example",
        "/\u{2028}/evil.example",
        "https://evil\u{3002}example",
        "//evil\u{3002}example",
        "\u{ff0f}\u{ff0f}evil.example",
        "null",
        "undefined",
    ];
    let mut all: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    all.extend([
        format!("{origin}@evil.example"),
        format!("{origin}:x@evil.example"),
        format!("{origin}.evil.example"),
        format!("{origin}\\@evil.example"),
        format!("https://evil.example#{origin}"),
        format!("https://evil.example?{origin}"),
        format!("https://evil.example\\{origin}"),
        origin.replacen("http:", "https:", 1),
        origin.replacen("http://", "http://user@", 1),
        origin.replacen("http://", "http://user:pass@", 1),
    ]);
    all
}

/// Not every odd text is refused: a path on our own host may look as strange as it likes, if it stays one.
fn assert_stays_home(world: &World, address: &str, about: &str) {
    let rest = address.strip_prefix(&world.origin).unwrap_or(address);
    let leads_home = rest.starts_with('/') && !rest.starts_with("//") && !rest.starts_with("/\\");
    let is_plain = address.bytes().all(|byte| (0x21..0x7f).contains(&byte) || byte == b' ') && !address.contains('\\');
    let path = rest.split(['?', '#']).next().unwrap().to_ascii_lowercase();
    assert!(leads_home && is_plain && !path.contains("//") && !path.contains("%2f"), "{about} leads to {address:?}");
}

fn assert_no_way_out(world: &World, answer: &Answer, about: &str) {
    assert!(answer.status < 500 && answer.status != 0, "{about}: {}", answer.status);
    if let Some(location) = answer.header("location") {
        assert_stays_home(world, location, about);
    }
    if let Some(url) = answer.json()["url"].as_str() {
        assert_stays_home(world, url, about);
    }
    assert!(!answer.head.contains("a=b"), "{about}: a header was injected");
}

fn encoded(text: &str) -> String {
    doorward_crypto::cookie::percent_encode(text)
}

#[test]
fn asvs_3_7_2_targets_in_bodies_stay_home() {
    let world = World::with(&[
        ("DOORWARD_OAUTH_PROVIDERS", "github"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_ID", "x"),
        ("DOORWARD_OAUTH_GITHUB_CLIENT_SECRET", "x"),
    ]);
    let ada = world.member("ada@example.com");
    let signed_in = [("Cookie", ada.cookie.as_str())];
    let cookies: [&[(&str, &str)]; 2] = [&[], &signed_in];
    for target in hostile(&world) {
        for (path, names, mut body, who) in [
            ("/sign-up/email", vec!["callbackURL"], json!({ "name": "x", "email": "x", "password": "" }), 0),
            ("/request-password-reset", vec!["redirectTo"], json!({ "email": "nobody@example.com" }), 0),
            ("/send-verification-email", vec!["callbackURL"], json!({ "email": ada.email }), 1),
            ("/change-email", vec!["callbackURL"], json!({ "newEmail": "ada2@example.com" }), 1),
            ("/delete-user", vec!["callbackURL"], json!({ "password": "wrong password" }), 1),
            (
                "/sign-in/social",
                vec!["callbackURL", "errorCallbackURL", "newUserCallbackURL"],
                json!({ "provider": "github" }),
                0,
            ),
            ("/link-social", vec!["callbackURL", "errorCallbackURL"], json!({ "provider": "github" }), 1),
            ("/update-user", vec!["callbackURL"], json!({ "name": "A Person" }), 1),
        ] {
            for name in names {
                body[name] = json!(target);
                let answer = world.post(path, cookies[who], &body);
                let refused = answer.status == 403;
                let own_path = target.starts_with('/') && !target.starts_with("//");
                assert!(refused || own_path, "{path} took {name} {target:?}: {}", answer.status);
                if path != "/sign-in/social" && path != "/link-social" {
                    assert_no_way_out(&world, &answer, &format!("{path} {name} {target:?}"));
                }
                body[name] = Value::Null;
            }
        }
    }
}

#[test]
fn rfc9700_4_11_a_sign_in_leads_home_or_is_refused() {
    let world = World::new();
    world.member("ada@example.com");
    // Hashing takes its time, so that a good password is tried on the trickiest ones alone.
    let tricky = hostile(&world).into_iter().filter(|target| target.starts_with('/') && target != "/");
    let odd = ["/\u{ff0f}evil.example", "/\u{ff3c}evil.example", "/;@evil.example", "/a b", "/%252f/evil.example"];
    for target in tricky.chain(odd.map(str::to_owned)) {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, "callbackURL": target });
        let answer = world.post("/sign-in/email", &[], &body);
        assert!(matches!(answer.status, 200 | 403), "{target:?}: {}", answer.status);
        assert_no_way_out(&world, &answer, &target);
        let form = format!("email=ada%40example.com&password=wrong&callbackURL={}", encoded(&target));
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", world.origin.as_str()),
            ("Sec-Fetch-Mode", "navigate"),
        ];
        assert_no_way_out(&world, &world.send("POST", "/api/auth/sign-in/email", &headers, &form), &target);
    }
}

#[test]
fn asvs_3_7_2_targets_in_links_stay_home() {
    let world = World::with(&[("DOORWARD_DELETE_USER_MAIL", "on")]);
    let ada = world.member("ada@example.com");
    world.post("/request-password-reset", &[], &json!({ "email": ada.email, "redirectTo": "/reset" }));
    let reset = world.link_to(&ada.email);
    let reset = reset.split('?').next().unwrap().to_owned();
    world.post("/send-verification-email", &[("Cookie", &ada.cookie)], &json!({ "email": ada.email }));
    let verify = world.link_to(&ada.email);
    let verify = verify.split("&callbackURL").next().unwrap().to_owned();
    let good = world.get(&format!("{reset}?callbackURL=%2Freset"), &[]);
    assert_eq!(good.status, 302, "the link is good");
    for target in hostile(&world) {
        for link in [
            format!("{reset}?callbackURL={}", encoded(&target)),
            format!("/api/auth/reset-password/unknown?callbackURL={}", encoded(&target)),
            format!("{verify}&callbackURL={}", encoded(&target)),
            format!("/api/auth/verify-email?token=bad&callbackURL={}", encoded(&target)),
            format!("/api/auth/delete-user/callback?token=bad&callbackURL={}", encoded(&target)),
            format!("/api/auth/error?error=x&callbackURL={}", encoded(&target)),
            format!("/api/auth/callback/github?code=x&state=x&callbackURL={}", encoded(&target)),
            format!("{reset}?callbackURL=/&callbackURL={}", encoded(&target)),
            format!("{reset}?callbackURL={}&callbackURL=/", encoded(&target)),
        ] {
            let answer = world.get(&link, &[("Cookie", &ada.cookie)]);
            assert_no_way_out(&world, &answer, &link);
        }
        let in_query = format!("/sign-out?callbackURL={}", encoded(&target));
        let answer = world.post(&in_query, &[], &json!({ "callbackURL": target }));
        assert_no_way_out(&world, &answer, &in_query);
    }
    let person: &Person = &ada;
    assert!(world.is_signed_in(&person.bearer));
}

#[test]
fn cve_2021_32786_pages_lead_nowhere_else_either() {
    let world = World::on_https(&[]);
    let paths = [
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "/signin//",
        "/signin/?next=//evil.example",
        "/.well-known/change-password?next=//evil.example",
        "//evil.example/..;/",
        "/@evil.example",
        "/;@evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "/%E5%98%8A%E5%98%8Dx",
    ];
    for path in paths {
        for forwarded in ["https", "http"] {
            let answer = world.get(path, &[("X-Forwarded-Proto", forwarded), ("Host", "evil.example")]);
            let answer =
                if answer.status == 400 { world.get(path, &[("X-Forwarded-Proto", forwarded)]) } else { answer };
            if let Some(location) = answer.header("location") {
                let home = location.starts_with("https://auth.example.com/") || location == "/account";
                assert!(home, "{path} leads to {location}");
            }
        }
    }
}
