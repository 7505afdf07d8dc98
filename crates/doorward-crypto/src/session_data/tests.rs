use super::*;
use crate::random::testing::Counting;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::json;

const FORMS: [CacheForm; 3] = [CacheForm::Compact, CacheForm::Jwt, CacheForm::Jwe];
const NOW_MS: i64 = 1_700_000_000_500;

fn single(text: &str) -> Secrets {
    Secrets::single(Secret::new(text))
}

fn example(form: CacheForm, secrets: &Secrets) -> String {
    let (session, user) = (json!({"id": "s", "token": "t"}), json!({"id": "u", "name": "\u{2028}<b>\" 🦀"}));
    encode(form, &session, &user, "1", 300, NOW_MS, secrets, &Counting::default())
}

#[test]
fn round_trip_keeps_everything() {
    for form in FORMS {
        let cached = decode(form, &example(form, &single("secret")), NOW_MS, &single("secret")).expect("valid");
        assert_eq!(cached.session.to_string(), r#"{"id":"s","token":"t"}"#);
        assert_eq!(cached.user["name"], "\u{2028}<b>\" 🦀");
        assert_eq!((cached.updated_at_ms, cached.version.as_str()), (NOW_MS, "1"));
        // Only the compact form counts milliseconds.
        let expected = if form == CacheForm::Compact { NOW_MS + 300_000 } else { 1_700_000_300_000 };
        assert_eq!(cached.expires_at_ms, expected, "{form:?}");
    }
}

#[test]
fn each_form_expires_at_its_own_instant() {
    for (form, last_valid_ms) in [
        (CacheForm::Compact, NOW_MS + 300_000),
        (CacheForm::Jwt, 1_700_000_299_999),
        (CacheForm::Jwe, 1_700_000_314_999),
    ] {
        let cookie = example(form, &single("secret"));
        assert!(decode(form, &cookie, last_valid_ms, &single("secret")).is_some(), "{form:?}");
        assert!(decode(form, &cookie, last_valid_ms + 1, &single("secret")).is_none(), "{form:?}");
    }
}

#[test]
fn a_rotated_secret_still_reads_and_a_retired_one_does_not() {
    let rotated = Secrets::versioned("2:new,1:old", None).expect("valid");
    for form in FORMS {
        let cookie = example(form, &single("old"));
        assert!(decode(form, &cookie, NOW_MS, &rotated).is_some(), "{form:?}");
        assert!(decode(form, &cookie, NOW_MS, &single("new")).is_none(), "{form:?}");
    }
}

#[test]
fn one_form_is_not_read_as_another() {
    for written in FORMS {
        for read in FORMS.into_iter().filter(|read| *read != written) {
            assert_eq!(decode(read, &example(written, &single("secret")), NOW_MS, &single("secret")), None);
        }
    }
}

#[test]
fn a_jwt_must_be_hs256_without_critical_extensions() {
    let secrets = single("secret");
    let claims = format!(r#"{{"session":{{}},"user":{{}},"updatedAt":1,"version":"1","exp":{}}}"#, NOW_MS / 1000 + 9);
    let signed_with = |header: &str| {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(&claims));
        let tag = aws_lc_rs::hmac::sign(secrets.current().hmac_key(), signed.as_bytes());
        decode(CacheForm::Jwt, &format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)), NOW_MS, &secrets)
    };
    assert!(signed_with(r#"{"alg":"HS256"}"#).is_some());
    assert!(signed_with(r#"{"alg":"HS256","typ":"JWT"}"#).is_some());
    for refused in [r#"{"alg":"none"}"#, r#"{"alg":"HS512"}"#, r#"{"alg":"HS256","crit":["b64"]}"#, "{}", "[]"] {
        assert!(signed_with(refused).is_none(), "{refused}");
    }
}

#[test]
fn members_that_are_missing_or_of_another_type_are_malformed() {
    let secrets = single("secret");
    let decoded = |members: &str| {
        decode(CacheForm::Compact, &compact::encode(members, NOW_MS, &secrets), NOW_MS, &secrets).map(|it| it.version)
    };
    assert_eq!(decoded(r#""session":{},"user":{},"updatedAt":1,"version":"7""#).as_deref(), Some("7"));
    assert_eq!(decoded(r#""session":{},"user":{},"updatedAt":1"#).as_deref(), Some("1"));
    assert_eq!(decoded(r#""session":{},"user":{},"updatedAt":1,"version":"""#).as_deref(), Some("1"));
    for malformed in [
        r#""user":{},"updatedAt":1,"version":"1""#,
        r#""session":{},"updatedAt":1,"version":"1""#,
        r#""session":{},"user":{},"version":"1""#,
        r#""session":null,"user":{},"updatedAt":1,"version":"1""#,
        r#""session":{},"user":[],"updatedAt":1,"version":"1""#,
        r#""session":{},"user":{},"updatedAt":"1","version":"1""#,
        r#""session":{},"user":{},"updatedAt":1,"version":1"#,
    ] {
        assert_eq!(decoded(malformed), None, "{malformed}");
    }
}

proptest! {
    #[test]
    fn any_text_and_number_round_trips(text in any::<String>(), key in any::<String>(), number in any::<i64>(), float in -1e300..1e300) {
        let secrets = single("secret");
        // Where JavaScript rounds, the rounded number is what comes back.
        let (session, user) = (json!({}), json!({key.clone(): [text, number >> 11, float]}));
        for form in FORMS {
            let cookie = encode(form, &session, &user, "1", 300, NOW_MS, &secrets, &Counting::default());
            let cached = decode(form, &cookie, NOW_MS, &secrets);
            let read = &cached.expect("valid").user[&key];
            prop_assert_eq!(&read[0], &user[&key][0]);
            prop_assert_eq!(&read[1], &user[&key][1]);
        }
    }

    #[test]
    fn a_changed_character_is_noticed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        for form in FORMS {
            let cookie = example(form, &single("secret"));
            let at = at.index(cookie.len());
            let tampered = format!("{}{to}{}", &cookie[..at], &cookie[at + 1..]);
            if tampered != cookie {
                prop_assert_eq!(decode(form, &tampered, NOW_MS, &single("secret")), None, "{:?}", form);
            }
        }
    }

    #[test]
    fn arbitrary_input_never_panics(raw in any::<String>(), parts in "[A-Za-z0-9_-]{0,30}(\\.[A-Za-z0-9_-]{0,30}){0,5}", json in "\\{.{0,60}\\}", now in any::<i64>()) {
        let encoded = URL_SAFE_NO_PAD.encode(json);
        for form in FORMS {
            for text in [&raw, &parts, &encoded, &format!("{encoded}.{parts}")] {
                prop_assert_eq!(decode(form, text, now, &single("secret")), None);
            }
        }
    }

    #[test]
    fn no_clock_or_lifetime_overflows(now in any::<i64>(), lifetime in any::<i64>()) {
        for form in FORMS {
            let cookie = encode(form, &json!({}), &json!({}), "1", lifetime, now, &single("secret"), &Counting::default());
            let _ = decode(form, &cookie, now, &single("secret"));
        }
    }
}
