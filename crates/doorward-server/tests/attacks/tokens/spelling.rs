//! Every token has one spelling and one meaning: RFC 7515 section 2, RFC 7519 section 4, RFC 8032, ASVS 9.1.1.

use serde_json::{Value, json};

use super::{base64_standard, forged};
use crate::forge::{assert_accepted, assert_refused, base64url, decoded};

#[test]
fn rfc7519_4_each_name_stands_once() {
    let (world, forge) = forged();
    let (header, claims) = (forge.header().to_string(), forge.claims.to_string());
    for (name, value) in [("sub", "\"eve\""), ("exp", "253402300799"), ("aud", "\"x\""), ("iss", "\"x\"")] {
        let first = claims.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        let last = format!("{},\"{name}\":{value}}}", claims.trim_end_matches('}'));
        let escaped = claims.replacen('{', &format!("{{\"\\u{:04x}{}\":{value},", name.as_bytes()[0], &name[1..]), 1);
        for payload in [first, last, escaped] {
            assert_refused(&world, &forge.with_payload(&payload), &payload);
        }
    }
    for (name, value) in [("alg", "\"none\""), ("kid", "\"x\""), ("typ", "\"x\"")] {
        let twice = header.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        assert_refused(&world, &forge.sign(&twice, &claims), &twice);
    }
    let deep = claims.replacen('{', r#"{"x":[{"a":{"b":1,"b":1}}],"#, 1);
    assert_refused(&world, &forge.with_payload(&deep), "a duplicate further down");
}

#[test]
fn rfc7515_2_every_token_has_one_spelling() {
    let (world, forge) = forged();
    let good = forge.with_claims(&json!({}));
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let shapes = [
        format!("{good}."),
        format!(".{good}"),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        "..".into(),
        ".".into(),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}.{signature}"),
        format!("{good}="),
        format!("{good}=="),
        format!("{good}A"),
        format!("{header}=.{payload}.{signature}"),
        format!("{good}%20"),
        format!("{header}%2E{payload}%2E{signature}"),
        format!("{header}.{payload}.{signature}{signature}"),
        format!("{header}.{payload}.{}", &signature[..signature.len() - 2]),
        format!("{header}.{payload}.{}", base64url([0; 64])),
        format!("{header}.{payload}.{}", base64_standard(&decoded(signature))),
    ];
    for token in shapes {
        assert_refused(&world, &token, &token);
    }
    // Well signed, though the parts are spelled in another way than the one.
    let padded = forge.sign_encoded(&format!("{}==", base64url(forge.header().to_string())), payload);
    assert_refused(&world, &padded, "padding");
    for blank in [" ", "\n", "\t", "\r\n"] {
        let text = format!("{}{blank}", forge.header());
        let inside = forge.sign_encoded(&format!("{}{blank}", base64url(forge.header().to_string())), payload);
        let answer = world.raw(format!(
            "GET /api/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {inside}\r\n\r\n"
        ));
        assert!(matches!(answer.status, 400 | 401), "{text:?}: {}", answer.status);
    }
    // The same bits with one spare bit set, which lenient readers ignore.
    let text = (0..3).map(|count| format!("{}{}", forge.claims, " ".repeat(count)));
    let spare = text.map(base64url).find(|part| part.len() % 4 != 0).unwrap();
    assert_accepted(&world, &forge.sign_encoded(header, &spare), "blanks behind the claims");
    let last = spare.len() - 1;
    let respelled = format!("{}{}", &spare[..last], char::from(spare.as_bytes()[last] + 1));
    assert_refused(&world, &forge.sign_encoded(header, &respelled), "spare bits");
    // The signature's own spare bits.
    let last = signature.len() - 1;
    let respelled = format!("{header}.{payload}.{}{}", &signature[..last], char::from(signature.as_bytes()[last] + 1));
    assert_refused(&world, &respelled, "spare bits of the signature");
}

#[test]
fn rfc8032_5_1_7_signatures_cannot_be_reshaped() {
    // The order of the group, little-endian: S and S + L are the same scalar, and only the smaller one is a signature.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let (world, forge) = forged();
    let good = forge.with_claims(&json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let mut signature = decoded(signature);
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_refused(&world, &format!("{signed}.{}", base64url(&signature)), "S + L");
    assert_refused(&world, &format!("{signed}.{}", base64url([0; 64])), "all zeroes");
    assert_refused(&world, &format!("{signed}.{}", base64url([0xff; 64])), "all ones");
    // The identity point as R with S = 0 satisfies careless equations.
    let mut identity = [0; 64];
    identity[0] = 1;
    assert_refused(&world, &format!("{signed}.{}", base64url(identity)), "the identity");
}

#[test]
fn asvs_9_1_1_a_single_flipped_bit_is_noticed_everywhere() {
    let (world, forge) = forged();
    let good = forge.with_claims(&json!({}));
    for at in (0..good.len()).step_by(17) {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let token = String::from_utf8(bytes).unwrap();
        let answer = world.tasks("GET", "", &token, &Value::Null);
        assert!(matches!(answer.status, 400 | 401), "byte {at}: {}", answer.status);
    }
}

#[test]
fn cve_2024_33664_a_token_beyond_8_kib_is_not_looked_at() {
    let (world, forge) = forged();
    let long = |count: usize| forge.with_claims(&json!({ "x": "x".repeat(count) }));
    let fits = long(4000);
    assert!(fits.len() < 8192);
    assert_accepted(&world, &fits, "a long token");
    let too_long = long(6200);
    assert!(too_long.len() > 8192 && too_long.len() < 10_000);
    assert_refused(&world, &too_long, "a token beyond 8 KiB");
    let huge = format!("Bearer {}", "A".repeat(100_000));
    assert_eq!(world.get("/api/tasks", &[("Authorization", &huge)]).status, 431);
    let deep = forge.claims.to_string().replacen('{', &format!("{{\"x\":{}1{},", "[".repeat(500), "]".repeat(500)), 1);
    assert_refused(&world, &forge.with_payload(&deep), "500 levels deep");
}
