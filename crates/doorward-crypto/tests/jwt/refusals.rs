//! Every refusal by name, each with a token that is perfect but for the one thing under test.

use crate::base64url;
use crate::forge::{Forge, HEADER, NOW, claims, rules, sign_hmac};
use doorward_crypto::Secret;
use doorward_crypto::jwk::{Algorithm, SigningKey, VerifyingKey};
use doorward_crypto::jwt::{JwtError, Part, verify};
use serde_json::{Value, json};

#[test]
fn a_good_token_is_good() {
    let forge = Forge::new();
    let claims = forge.check(&forge.with_header(HEADER)).expect("good");
    assert_eq!((claims.subject(), claims.issuer()), (Some("user-1"), Some("https://app.example")));
    assert_eq!(claims.audiences().collect::<Vec<_>>(), ["tasks"]);
    assert_eq!(
        (claims.session_id(), claims.issued_at(), claims.expires_at()),
        (Some("session-1"), Some(NOW - 60), NOW + 840)
    );
    for header in [
        r#"{"alg":"Ed25519","kid":"one"}"#,
        r#"{"alg":"EdDSA","kid":"one","typ":"at+jwt"}"#,
        r#"{"alg":"EdDSA","kid":"one","typ":"application/AT+JWT"}"#,
        r#"{"alg":"EdDSA","kid":"one","cty":"x","x5t":"abc","unknown":{"deep":[1]}}"#,
    ] {
        assert!(forge.check(&forge.with_header(header)).is_ok(), "{header}");
    }
    assert!(forge.check(&forge.with_claim("aud", json!(["other", "tasks"]))).is_ok());
    assert!(forge.check(&forge.with_claim("nbf", json!(NOW))).is_ok());
    assert!(forge.check(&forge.with_claim("iat", json!(NOW + 5))).is_ok());
}

#[test]
fn headers() {
    let forge = Forge::new();
    for (header, refusal) in [
        (r#"{"alg":"none","kid":"one"}"#, JwtError::Unsigned),
        (r#"{"alg":"NoNe","kid":"one"}"#, JwtError::Unsigned),
        (r#"{"alg":"HS256","kid":"one"}"#, JwtError::HmacWithPublicKey(Algorithm::EdDsa)),
        (r#"{"alg":"ES256","kid":"one"}"#, JwtError::AlgorithmMismatch(Algorithm::EdDsa)),
        (r#"{"alg":"RS256","kid":"one"}"#, JwtError::AlgorithmMismatch(Algorithm::EdDsa)),
        (r#"{"alg":"eddsa","kid":"one"}"#, JwtError::UnknownAlgorithm),
        (r#"{"alg":"HS512","kid":"one"}"#, JwtError::UnknownAlgorithm),
        (r#"{"alg":"","kid":"one"}"#, JwtError::UnknownAlgorithm),
        (r#"{"kid":"one"}"#, JwtError::HeaderMissing("alg")),
        (r#"{"alg":["EdDSA"],"kid":"one"}"#, JwtError::HeaderType("alg")),
        (r#"{"alg":null,"kid":"one"}"#, JwtError::HeaderType("alg")),
        (r#"{"alg":"EdDSA","kid":1}"#, JwtError::HeaderType("kid")),
        (r#"{"alg":"EdDSA","kid":"one","typ":7}"#, JwtError::HeaderType("typ")),
        (r#"{"alg":"EdDSA","kid":"two"}"#, JwtError::UnknownKey),
        (r#"{"alg":"EdDSA","kid":"../one"}"#, JwtError::UnknownKey),
        (r#"{"alg":"EdDSA"}"#, JwtError::UnknownKey),
        (r#"{"alg":"EdDSA","kid":"one","crit":["exp"],"exp":1}"#, JwtError::CriticalExtension),
        (r#"{"alg":"EdDSA","kid":"one","crit":[]}"#, JwtError::CriticalExtension),
        (r#"{"alg":"EdDSA","kid":"one","crit":null}"#, JwtError::CriticalExtension),
        (r#"{"alg":"EdDSA","kid":"one","b64":false,"crit":["b64"]}"#, JwtError::CriticalExtension),
        (r#"{"alg":"EdDSA","kid":"one","b64":false}"#, JwtError::UnencodedPayload),
        (r#"{"alg":"EdDSA","kid":"one","b64":true}"#, JwtError::UnencodedPayload),
        (r#"{"alg":"EdDSA","kid":"one","jwk":{"kty":"OKP"}}"#, JwtError::EmbeddedKey("jwk")),
        (r#"{"alg":"EdDSA","kid":"one","jku":"https://evil.example"}"#, JwtError::EmbeddedKey("jku")),
        (r#"{"alg":"EdDSA","kid":"one","x5u":"https://evil.example"}"#, JwtError::EmbeddedKey("x5u")),
        (r#"{"alg":"EdDSA","kid":"one","x5c":[]}"#, JwtError::EmbeddedKey("x5c")),
        (r#"{"alg":"EdDSA","kid":"one","typ":"better-auth.session-cache+jwt"}"#, JwtError::UnacceptedType),
        (r#"{"alg":"EdDSA","kid":"one","typ":"doorward-revoked+jwt"}"#, JwtError::UnacceptedType),
        (r#"{"alg":"EdDSA","kid":"one","typ":"dpop+jwt"}"#, JwtError::UnacceptedType),
        (r#"{"alg":"EdDSA","kid":"one","typ":""}"#, JwtError::UnacceptedType),
        (r#"{"alg":"EdDSA","kid":"one","kid":"one"}"#, JwtError::DuplicateName(Part::Header)),
        (r#"{"alg":"none","alg":"EdDSA","kid":"one"}"#, JwtError::DuplicateName(Part::Header)),
        (r#"{"alg":"EdDSA","kid":"one","x":{"a":1,"a":2}}"#, JwtError::DuplicateName(Part::Header)),
        (r#"{"alg":"EdDSA","kid":"one""#, JwtError::Json(Part::Header)),
        (r#"["EdDSA"]"#, JwtError::Json(Part::Header)),
        ("", JwtError::Json(Part::Header)),
    ] {
        assert_eq!(forge.refusal(&forge.with_header(header)), refusal, "{header}");
    }
}

#[test]
fn payloads() {
    let forge = Forge::new();
    let duplicate = claims().to_string().replacen('{', r#"{"sub":"somebody-else","#, 1);
    let nested = claims().to_string().replacen('{', r#"{"x":[{"a":{"b":1,"b":1}}],"#, 1);
    let deep = format!(r#"{{"x":{}1{},{}"#, "[".repeat(40), "]".repeat(40), &claims().to_string()[1..]);
    for (payload, refusal) in [
        (duplicate.as_str(), JwtError::DuplicateName(Part::Payload)),
        (&nested, JwtError::DuplicateName(Part::Payload)),
        (&deep, JwtError::TooDeep(Part::Payload)),
        ("", JwtError::Json(Part::Payload)),
        ("null", JwtError::Json(Part::Payload)),
        ("\"text\"", JwtError::Json(Part::Payload)),
        (&format!("{}x", claims()), JwtError::Json(Part::Payload)),
        (&format!("{0}{0}", claims()), JwtError::Json(Part::Payload)),
    ] {
        assert_eq!(forge.refusal(&forge.with_payload(payload)), refusal, "{payload}");
    }
}

#[test]
fn claims_that_are_missing() {
    let forge = Forge::new();
    for name in ["iss", "aud", "sub", "iat", "exp"] {
        assert_eq!(forge.refusal(&forge.with_claim(name, Value::Null)), JwtError::ClaimMissing(name));
    }
}

#[test]
fn claims_of_the_wrong_type() {
    let forge = Forge::new();
    let moments = [
        json!("1767229200"),
        json!(1e300),
        json!(-1),
        json!(NOW as f64 + 0.5),
        json!(1.7e9),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(253_402_300_800_i64),
        json!(true),
        json!([NOW]),
        json!({}),
    ];
    for name in ["exp", "iat", "nbf"] {
        for value in &moments {
            assert_eq!(
                forge.refusal(&forge.with_claim(name, value.clone())),
                JwtError::ClaimType(name),
                "{name}: {value}"
            );
        }
        // A null is not the same as nothing.
        let text = claims().to_string().replacen('{', &format!(r#"{{"{name}":null,"#), 1);
        let refusal = forge.refusal(&forge.with_payload(&text));
        assert!(matches!(refusal, JwtError::ClaimType(_) | JwtError::DuplicateName(_)), "{name}");
    }
    for name in ["iss", "sub"] {
        for value in [json!(1), json!(""), json!(["user-1"]), json!({}), json!(false)] {
            assert_eq!(forge.refusal(&forge.with_claim(name, value)), JwtError::ClaimType(name));
        }
    }
    for value in [
        json!(1),
        json!(""),
        json!([]),
        json!([1]),
        json!(["tasks", 1]),
        json!(["tasks", ""]),
        json!([["tasks"]]),
        json!({}),
    ] {
        assert_eq!(forge.refusal(&forge.with_claim("aud", value)), JwtError::ClaimType("aud"));
    }
}

#[test]
fn claims_of_the_wrong_value() {
    let forge = Forge::new();
    let day = 24 * 60 * 60;
    for (name, value, refusal) in [
        ("exp", json!(NOW), JwtError::Expired),
        ("exp", json!(0), JwtError::Expired),
        ("iat", json!(NOW + 6), JwtError::IssuedInFuture),
        ("nbf", json!(NOW + 1), JwtError::NotYetValid),
        ("exp", json!(NOW - 60 + day + 1), JwtError::LivesTooLong),
        ("exp", json!(253_402_300_799_i64), JwtError::LivesTooLong),
        ("iat", json!(0), JwtError::LivesTooLong),
        ("iss", json!("https://app.example/"), JwtError::WrongIssuer),
        ("iss", json!("https://APP.example"), JwtError::WrongIssuer),
        ("aud", json!("task"), JwtError::WrongAudience),
        ("aud", json!("tasks "), JwtError::WrongAudience),
        ("aud", json!(["a", "b"]), JwtError::WrongAudience),
    ] {
        assert_eq!(forge.refusal(&forge.with_claim(name, value.clone())), refusal, "{name}: {value}");
    }
}

#[test]
fn leeway_applies_to_all_three_moments_and_no_further() {
    let forge = Forge::new();
    let lenient = rules().leeway_seconds(30);
    let check = |token: &str| verify(token, |_| Some(&forge.key), &lenient, NOW).map(|_| ());
    assert_eq!(check(&forge.with_claim("exp", json!(NOW - 29))), Ok(()));
    assert_eq!(check(&forge.with_claim("exp", json!(NOW - 30))), Err(JwtError::Expired));
    assert_eq!(check(&forge.with_claim("iat", json!(NOW + 30))), Ok(()));
    assert_eq!(check(&forge.with_claim("iat", json!(NOW + 31))), Err(JwtError::IssuedInFuture));
    assert_eq!(check(&forge.with_claim("nbf", json!(NOW + 30))), Ok(()));
    assert_eq!(check(&forge.with_claim("nbf", json!(NOW + 31))), Err(JwtError::NotYetValid));
}

#[test]
fn absurd_clocks_do_not_overflow() {
    let forge = Forge::new();
    let token = forge.with_header(HEADER);
    for now in [i64::MIN, i64::MAX, 0, -1] {
        for leeway in [0, i64::MAX] {
            let _ = verify(&token, |_| Some(&forge.key), &rules().leeway_seconds(leeway), now);
        }
    }
}

#[test]
fn shapes() {
    let forge = Forge::new();
    let good = forge.with_header(HEADER);
    let parts = good.split('.').collect::<Vec<_>>();
    let [header, payload, signature] = parts[..] else { panic!("three parts") };
    for (token, refusal) in [
        (String::new(), JwtError::NotThreeParts),
        ("a".to_owned(), JwtError::NotThreeParts),
        (format!("{header}.{payload}"), JwtError::NotThreeParts),
        (format!("{good}."), JwtError::NotThreeParts),
        (format!("{header}.x.{payload}.y.{signature}"), JwtError::Encrypted),
        (format!("{header}..{payload}..{signature}"), JwtError::Encrypted),
        (format!("{header}.{payload}."), JwtError::Signature),
        (format!("{header}..{signature}"), JwtError::Signature),
        (format!(".{payload}.{signature}"), JwtError::Json(Part::Header)),
        ("..".to_owned(), JwtError::Json(Part::Header)),
        (format!(" {good}"), JwtError::Base64(Part::Header)),
        (format!("{good} "), JwtError::Base64(Part::Signature)),
        (format!("{good}="), JwtError::Base64(Part::Signature)),
        (format!("{good}\n"), JwtError::Base64(Part::Signature)),
        (format!("{good}A"), JwtError::Signature),
        (format!("{good}AA"), JwtError::Signature),
        (format!("{good}AAA"), JwtError::Base64(Part::Signature)),
        (format!("{header}=.{payload}.{signature}"), JwtError::Base64(Part::Header)),
        (format!("{header}.{payload}.{signature}{signature}"), JwtError::Signature),
        (format!("{}\u{e9}.{payload}.{signature}", &header[1..]), JwtError::Base64(Part::Header)),
        ("A".repeat(8193), JwtError::TooLong),
    ] {
        assert_eq!(forge.refusal(&token), refusal, "{token}");
    }
    // Well signed, though the parts are not canonical.
    let padded = forge.sign_encoded(&format!("{}==", base64url("{}")), payload);
    assert_eq!(forge.refusal(&padded), JwtError::Base64(Part::Header));
    let spare_bits = base64url(format!("{}  ", claims()));
    let last = spare_bits.len() - 1;
    assert_ne!(spare_bits.len() % 4, 0, "the text must end with spare bits");
    let respelled = format!("{}{}", &spare_bits[..last], char::from(spare_bits.as_bytes()[last] + 1));
    assert!(forge.check(&forge.sign_encoded(header, &spare_bits)).is_ok());
    assert_eq!(forge.refusal(&forge.sign_encoded(header, &respelled)), JwtError::Base64(Part::Payload));
}

#[test]
fn a_token_of_8_kib_is_read_and_one_byte_more_is_not() {
    let forge = Forge::new();
    let with_padding = |count: usize| forge.with_claim("x", json!("x".repeat(count)));
    let base = with_padding(0).len();
    let fits = (0..8192).rev().find(|count| base + count * 4 / 3 + 4 < 8192).expect("some length fits");
    let mut token = with_padding(fits);
    let mut count = fits;
    while token.len() <= 8192 {
        assert!(forge.check(&token).is_ok());
        count += 1;
        token = with_padding(count);
    }
    assert_eq!(forge.refusal(&token), JwtError::TooLong);
}

#[test]
fn another_key_under_the_same_name() {
    let forge = Forge::new();
    let other = SigningKey::generate(Algorithm::EdDsa, &Zeros).expect("a pair");
    let signing = SigningKey::from_private_jwk("one", Algorithm::EdDsa, &other.private).expect("a key");
    let token = signing.sign(&claims().to_string()).expect("signs");
    assert_eq!(forge.refusal(&token), JwtError::Signature);
}

struct Zeros;
impl doorward_crypto::Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

#[test]
fn a_public_key_is_no_secret() {
    // The classic: sign with HMAC, keyed with the text of the public key in any spelling.
    let forge = Forge::new();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519"}).to_string();
    for secret in [jwk.as_bytes(), b"", b"-----BEGIN PUBLIC KEY-----"] {
        let token = sign_hmac(r#"{"alg":"HS256","kid":"one"}"#, &claims().to_string(), secret);
        assert_eq!(forge.refusal(&token), JwtError::HmacWithPublicKey(Algorithm::EdDsa));
    }
}

#[test]
fn a_secret_is_no_public_key() {
    let forge = Forge::new();
    let secret = VerifyingKey::hmac(&Secret::new("a secret of at least thirty-two bytes"));
    let outcome = verify(&forge.with_header(HEADER), |_| Some(&secret), &rules(), NOW);
    assert_eq!(outcome.map(|_| ()), Err(JwtError::AlgorithmMismatch(Algorithm::Hs256)));
}

#[test]
fn required_types_leave_out_everything_else() {
    let forge = Forge::new();
    let only_access = rules().types(["at+jwt"]);
    let check = |header: &str| verify(&forge.with_header(header), |_| Some(&forge.key), &only_access, NOW).map(|_| ());
    assert_eq!(check(r#"{"alg":"EdDSA","typ":"AT+jwt"}"#), Ok(()));
    assert_eq!(check(r#"{"alg":"EdDSA","typ":"application/at+jwt"}"#), Ok(()));
    assert_eq!(check(r#"{"alg":"EdDSA","typ":"JWT"}"#), Err(JwtError::UnacceptedType));
    assert_eq!(check(r#"{"alg":"EdDSA"}"#), Err(JwtError::UnacceptedType));
}
