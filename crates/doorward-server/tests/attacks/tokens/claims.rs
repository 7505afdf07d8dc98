//! Claims that are missing, mistyped, out of their time, or about somebody else: RFC 7519, RFC 9068, ASVS 9.2.

use serde_json::{Value, json};

use super::{forged, now};
use crate::forge::{assert_accepted, assert_refused};

#[test]
fn cve_2026_25537_moments_of_the_wrong_type_are_not_absent() {
    let (world, forge) = forged();
    let exp = forge.claims["exp"].as_i64().unwrap();
    for name in ["exp", "iat", "nbf"] {
        for value in [
            json!(exp.to_string()),
            json!(1e300),
            json!(-1),
            json!(0.5),
            json!(u64::MAX),
            json!(i64::MAX),
            json!(true),
            json!([exp]),
            json!({ "value": exp }),
            json!(""),
        ] {
            assert_refused(&world, &forge.with_claims(&json!({ name: value })), &format!("{name}: {value}"));
        }
        let null = changed_text(&forge.claims, name, "null");
        assert_refused(&world, &forge.with_payload(&null), &format!("{name}: null"));
    }
    for text in ["1e400", "-0", "NaN", "Infinity", "0x7fffffff", "01", "1_000", "99999999999999999999999999999999"] {
        let payload = changed_text(&forge.claims, "exp", text);
        assert_refused(&world, &forge.with_payload(&payload), &format!("exp: {text}"));
    }
}

/// The claims as text, with one of them spelled as it stands.
fn changed_text(claims: &Value, name: &str, spelled: &str) -> String {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().remove(name);
    format!("{},\"{name}\":{spelled}}}", claims.to_string().trim_end_matches('}'))
}

#[test]
fn asvs_9_2_1_a_token_is_valid_in_its_time_only() {
    let (world, forge) = forged();
    let now = now();
    let (hour, day) = (3600, 86_400);
    for claims in [
        json!({ "exp": null }),
        json!({ "exp": now - 1, "iat": now - hour }),
        json!({ "exp": now, "iat": now - hour }),
        json!({ "exp": 0 }),
        json!({ "exp": now + 365 * day }),
        json!({ "exp": 253_402_300_799_i64 }),
        json!({ "iat": null }),
        json!({ "iat": 0 }),
        json!({ "iat": now + hour, "exp": now + 2 * hour }),
        json!({ "nbf": now + hour }),
        json!({ "nbf": 253_402_300_799_i64 }),
    ] {
        assert_refused(&world, &forge.with_claims(&claims), &claims.to_string());
    }
    assert_accepted(&world, &forge.with_claims(&json!({ "nbf": now - hour })), "a token whose time has come");
}

#[test]
fn asvs_9_2_3_issuer_and_audience_are_compared_letter_for_letter() {
    let (world, forge) = forged();
    let origin = &world.origin;
    let near = [
        format!("{origin}/"),
        origin.to_uppercase(),
        format!("{origin} "),
        format!(" {origin}"),
        format!("{origin}.evil.example"),
        format!("{origin}@evil.example"),
        origin.replacen("http", "https", 1),
        origin.chars().take(origin.len() - 1).collect(),
        "*".into(),
        String::new(),
        "null".into(),
    ];
    for name in ["iss", "aud"] {
        for value in &near {
            assert_refused(&world, &forge.with_claims(&json!({ name: value })), &format!("{name}: {value}"));
        }
        for value in [Value::Null, json!(1), json!({}), json!(true), json!([]), json!([[origin]]), json!([1])] {
            assert_refused(&world, &forge.with_claims(&json!({ name: value })), &format!("{name}: {value}"));
        }
    }
    assert_refused(&world, &forge.with_claims(&json!({ "iss": [origin] })), "iss as a list");
    assert_refused(&world, &forge.with_claims(&json!({ "aud": ["https://other.example"] })), "somebody else's token");
    assert_accepted(&world, &forge.with_claims(&json!({ "aud": ["https://other.example", origin] })), "two audiences");
}

#[test]
fn rfc9068_2_2_a_token_is_about_somebody() {
    let (world, forge) = forged();
    for value in [Value::Null, json!(""), json!(0), json!(["ada"]), json!({ "$ne": null }), json!(true)] {
        assert_refused(&world, &forge.with_claims(&json!({ "sub": value })), &value.to_string());
    }
    // Somebody who never was owns nothing, and cannot come to own something.
    let nobody = forge.with_claims(&json!({ "sub": "nobody", "sid": "none" }));
    assert_eq!(world.tasks("GET", "", &nobody, &Value::Null).json(), json!([]));
    assert_eq!(world.tasks("POST", "", &nobody, &json!({ "title": "x" })).status, 404);
    assert_eq!(world.with_bearer("GET", "/me", &nobody, &Value::Null).status, 401, "the session is not there");
}
