//! One issuer, several APIs: each gets tokens of its own, in its own algorithm, and no other's.

use doorward::config::{Audience, Config};
use doorward_crypto::{
    jwk::{Algorithm, SigningKey},
    secret::Secret,
};
use doorward_verify::{Builder, Clock, Verifier};
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, ORIGIN, PASSWORD, SECRET, TestApp, header_of};

const REPORTS: &str = "https://reports.example.com";
const NOTES: &str = "https://notes.example.com/?a=b";
const LEGACY: &str = "legacy";

fn several(config: &mut Config) {
    let audience = |name: &str, algorithm| Audience { name: name.to_owned(), algorithm };
    config.token.audiences = vec![
        audience(REPORTS, Algorithm::Rs256),
        audience(NOTES, Algorithm::Es512),
        audience(LEGACY, Algorithm::Hs256),
        audience("https://reports.example.com/archive", Algorithm::Rs256),
    ];
}

/// The time of the service's clock, for verifiers.
struct Now(i64);

impl Clock for Now {
    fn now(&self) -> i64 {
        self.0
    }
}

fn verifier(app: &TestApp, audience: &str) -> Builder {
    let now = doorward::Clock::now(&*app.clock).seconds();
    Verifier::builder().issuer(ORIGIN).audience(audience).clock(Now(now))
}

async fn by_jwks(app: &TestApp, audience: &str) -> Verifier {
    let keys = app.browser().get("/jwks").await.json;
    verifier(app, audience).jwks(keys).build().unwrap()
}

fn by_secret(app: &TestApp, audience: &str) -> Verifier {
    verifier(app, audience).shared_secret(SECRET).build().unwrap()
}

fn token_of(answer: &Answer) -> String {
    answer.json["token"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
}

async fn token_for(browser: &mut Browser, resource: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    token_of(&browser.get(&format!("/token?resource={query}")).await)
}

async fn algorithms(app: &TestApp) -> Vec<String> {
    let keys = app.browser().get("/jwks").await.json;
    let name = |key: &Value| key["alg"].as_str().unwrap().to_owned();
    let mut names: Vec<_> = keys["keys"].as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_api_takes_its_own_tokens_and_refuses_all_others() {
    let app = TestApp::with(several).await;
    let mut ada = app.member("ada@example.com").await;
    let apis = [(ORIGIN, "EdDSA"), (REPORTS, "RS256"), (NOTES, "ES512"), (LEGACY, "HS256")];
    let mut tokens = Vec::new();
    for (audience, algorithm) in apis {
        let token = token_for(&mut ada, audience).await;
        assert_eq!(header_of(&token)["alg"], algorithm);
        tokens.push(token);
    }
    assert_eq!(algorithms(&app).await, ["ES512", "EdDSA", "RS256"], "one key each, and none for the secret");
    for (meant, (audience, algorithm)) in apis.into_iter().enumerate() {
        let api = if algorithm == "HS256" { by_secret(&app, audience) } else { by_jwks(&app, audience).await };
        for (number, token) in tokens.iter().enumerate() {
            let outcome = api.verify(token).await;
            if number == meant {
                let claims = outcome.unwrap();
                assert_eq!((claims.audiences().collect::<Vec<_>>(), claims.issuer()), (vec![audience], ORIGIN));
            } else {
                // The secret is no key of the others, and their keys are none of its.
                assert!(outcome.is_err(), "{audience} took a token for {}", apis[number].0);
            }
        }
    }
    let foreign = by_jwks(&app, REPORTS).await.verify(&tokens[2]).await.unwrap_err();
    assert!(foreign.to_string().contains("audience"), "{foreign}");

    for (token, (audience, _)) in tokens.iter().zip(apis) {
        let status = app.browser().header("authorization", &format!("Bearer {token}")).get("/me").await.status;
        let expected = if audience == ORIGIN { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(status, expected, "/me, with a token for {audience}");
    }
}

#[tokio::test]
async fn whoever_checks_by_the_secret_makes_no_tokens_for_others() {
    let app = TestApp::with(several).await;
    let mut ada = app.member("ada@example.com").await;
    let genuine = token_for(&mut ada, LEGACY).await;
    let api = by_secret(&app, LEGACY);
    let claims = api.verify(&genuine).await.unwrap();
    let forged = |audience: &str| {
        let mut claims = serde_json::to_value(claims.all()).unwrap();
        claims["aud"] = json!(audience);
        SigningKey::hmac(&Secret::new(SECRET)).sign(&claims.to_string()).unwrap()
    };
    assert!(api.verify(&forged(LEGACY)).await.is_ok(), "it can make its own: that is what HS256 is");
    let forged = forged(ORIGIN);
    assert!(by_jwks(&app, ORIGIN).await.verify(&forged).await.is_err());
    let mut bearer = app.browser().header("authorization", &format!("Bearer {forged}"));
    assert_eq!(bearer.get("/me").await.status, StatusCode::UNAUTHORIZED);

    ada.post("/send-verification-email", json!({ "email": "ada@example.com" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let email_token = link.split("token=").nth(1).unwrap().split('&').next().unwrap();
    assert!(api.verify(email_token).await.is_err(), "a verification token under the same secret");
}

#[tokio::test]
async fn the_secret_signs_for_us_and_a_key_for_the_other() {
    let app = TestApp::with(|config| {
        config.token.algorithm = Algorithm::Hs256;
        config.token.audiences = vec![Audience { name: REPORTS.into(), algorithm: Algorithm::Ps256 }];
    })
    .await;
    let mut ada = app.member("ada@example.com").await;
    let (usual, other) = (token_for(&mut ada, ORIGIN).await, token_for(&mut ada, REPORTS).await);
    assert_eq!((&header_of(&usual)["alg"], &header_of(&other)["alg"]), (&json!("HS256"), &json!("PS256")));
    assert!(by_jwks(&app, REPORTS).await.verify(&other).await.is_ok());
    for (token, status) in [(usual, StatusCode::OK), (other, StatusCode::UNAUTHORIZED)] {
        assert_eq!(app.browser().header("authorization", &format!("Bearer {token}")).get("/me").await.status, status);
    }
}

#[tokio::test]
async fn the_short_contract_asks_in_its_bodies() {
    let app = TestApp::with(several).await;
    app.member("ada@example.com").await;
    let mut api = app.browser();
    let person = json!({ "email": "ada@example.com", "password": PASSWORD, "resource": REPORTS });
    let signed_in = api.post("/signin", person).await;
    let reports = by_jwks(&app, REPORTS).await;
    assert!(reports.verify(&token_of(&signed_in)).await.is_ok());

    let body = |token: &Value, resource: Value| json!({ "refreshToken": token, "resource": resource });
    for wrong in
        [json!("https://elsewhere.example"), json!(""), json!(5), json!(null), json!([REPORTS]), json!("LEGACY")]
    {
        let answer = api.post("/refresh", body(&signed_in.json["refreshToken"], wrong.clone())).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "invalid_target"), "{wrong}");
        assert_eq!(answer.json["success"], false);
    }
    // None of them used the token up.
    let notes = api.post("/refresh", body(&signed_in.json["refreshToken"], json!(NOTES))).await;
    assert!(by_jwks(&app, NOTES).await.verify(&token_of(&notes)).await.is_ok());
    let usual = api.post("/refresh", json!({ "refreshToken": notes.json["refreshToken"] })).await;
    assert!(by_jwks(&app, ORIGIN).await.verify(&token_of(&usual)).await.is_ok());

    let nowhere = json!({ "email": "ada@example.com", "password": PASSWORD, "resource": "nowhere" });
    let before = app.count("SELECT count(*) FROM session").await;
    assert_eq!(api.post("/signin", nowhere).await.code(), "invalid_target");
    assert_eq!(app.count("SELECT count(*) FROM session").await, before, "and no session was opened");
}

#[tokio::test]
async fn only_known_apis_can_be_asked_for_and_one_at_a_time() {
    let app = TestApp::with(several).await;
    let mut ada = app.member("ada@example.com").await;
    for query in [
        "resource=https://elsewhere.example",
        "resource=",
        "resource",
        "resource=https://reports.example.com/",
        "resource=HTTPS://reports.example.com",
        "resource=legacy&resource=legacy",
        "resource=legacy&x=1&resource=https://reports.example.com",
    ] {
        for path in ["/token", "/revoked"] {
            let answer = ada.get(&format!("{path}?{query}")).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "invalid_target"), "{path}?{query}");
        }
    }
    assert_eq!(app.browser().get("/token?resource=legacy").await.status, StatusCode::UNAUTHORIZED);

    let app = TestApp::new().await;
    let mut eve = app.member("eve@example.com").await;
    let usual = token_of(&eve.get("/token").await);
    for query in ["resource=https://elsewhere.example", "resource=a&resource=b"] {
        assert_eq!(token_of(&eve.get(&format!("/token?{query}")).await), usual, "ignored, as Better Auth does");
    }
    let person = json!({ "email": "eve@example.com", "password": PASSWORD, "resource": 5 });
    assert_eq!(eve.post("/signin", person).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_keeps_one_token_for_each_api() {
    let app = TestApp::with(several).await;
    let mut ada = app.member("ada@example.com").await;
    let usual = ada.get("/get-session").await.header("set-auth-jwt").to_owned();
    let archive = token_for(&mut ada, "https://reports.example.com/archive").await;
    let reports = token_for(&mut ada, REPORTS).await;
    assert_ne!(archive, reports, "one key and two audiences");
    app.clock.advance(200);
    assert_eq!(token_for(&mut ada, REPORTS).await, reports);
    assert_eq!(token_for(&mut ada, "https://reports.example.com/archive").await, archive);
    assert_eq!(token_of(&ada.get("/token").await), usual);
    assert_eq!(token_for(&mut ada, ORIGIN).await, usual);
    assert_eq!(ada.get("/get-session").await.header("set-auth-jwt"), usual);
    app.clock.advance(101);
    assert_ne!(token_for(&mut ada, REPORTS).await, reports);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_first_uses_over_two_servers_make_one_key_of_each_algorithm() {
    let app = TestApp::with(several).await;
    let second = app.second(several).await;
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let mut browser = app.browser();
            if number % 2 == 0 {
                browser.router = second.clone();
            }
            tokio::spawn(async move { browser.get("/jwks").await.json["keys"].as_array().unwrap().len() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 3);
    }
    assert_eq!(app.count("SELECT count(*) FROM jwks").await, 3);
    assert_eq!(app.count("SELECT count(*) FROM doorward_audit WHERE event = 'key-made'").await, 3);
}

#[tokio::test]
async fn each_algorithm_rotates_on_schedule() {
    let app = TestApp::with(|config| {
        several(config);
        config.token.rotation_interval = Some(3600);
    })
    .await;
    let mut ada = app.member("ada@example.com").await;
    let old = token_for(&mut ada, REPORTS).await;
    app.clock.advance(3500);
    assert_eq!(algorithms(&app).await.len(), 3);
    app.clock.advance(20);
    assert_eq!(algorithms(&app).await, ["ES512", "ES512", "EdDSA", "EdDSA", "RS256", "RS256"], "within the lead time");
    let before = token_for(&mut ada, REPORTS).await;
    assert_eq!(header_of(&before)["kid"], header_of(&old)["kid"], "the old one still signs");
    app.clock.advance(101);
    let new = token_for(&mut ada, REPORTS).await;
    assert_ne!(header_of(&new)["kid"], header_of(&old)["kid"]);
    let reports = by_jwks(&app, REPORTS).await;
    for token in [before, new] {
        assert!(reports.verify(&token).await.is_ok());
    }
}

#[tokio::test]
async fn keys_rotate_by_hand_all_or_one() {
    let app = TestApp::with(several).await;
    app.browser().get("/jwks").await;
    app.clock.advance(1);
    let all = app.auth.rotate_keys(None).await.unwrap();
    assert_eq!(all.iter().map(|key| key.algorithm.as_str()).collect::<Vec<_>>(), ["EdDSA", "RS256", "ES512"]);
    app.clock.advance(1);
    let one = app.auth.rotate_keys(Some(Algorithm::Rs256)).await.unwrap();
    assert_eq!(one.iter().map(|key| key.algorithm.as_str()).collect::<Vec<_>>(), ["RS256"]);
    let keys = app.auth.list_keys().await.unwrap();
    let lasting = |name: &str| keys.iter().filter(|key| key.algorithm == name && key.expires_at.is_none()).count();
    assert_eq!((keys.len(), lasting("EdDSA"), lasting("RS256"), lasting("ES512")), (7, 1, 1, 1));
    for (algorithm, words) in [(Algorithm::Hs256, "BETTER_AUTH_SECRETS"), (Algorithm::Es256, "DOORWARD_AUDIENCES")] {
        let refused = app.auth.rotate_keys(Some(algorithm)).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }

    assert!(app.auth.retire_key(&one[0].kid, true).await.unwrap());
    // The last of its algorithm gets a successor at once; the others are untouched.
    assert_eq!(algorithms(&app).await, ["ES512", "ES512", "EdDSA", "EdDSA", "RS256", "RS256", "RS256"]);
    assert!(!app.browser().get("/jwks").await.text.contains(&one[0].kid));
    let plain = app.second(|_| {}).await;
    let mut browser = app.browser();
    browser.router = plain;
    assert_eq!(browser.get("/jwks").await.json["keys"].as_array().unwrap().len(), 7, "keys not in use stay published");
}

#[tokio::test]
async fn an_unreadable_key_of_one_algorithm_is_replaced_alone() {
    let app = TestApp::with(several).await;
    app.browser().get("/jwks").await;
    app.sql(r#"UPDATE jwks SET "privateKey" = '"00"' WHERE alg = 'RS256'"#, vec![]).await;
    app.clock.advance(60);
    let mut ada = app.member("ada@example.com").await;
    let token = token_for(&mut ada, REPORTS).await;
    assert!(by_jwks(&app, REPORTS).await.verify(&token).await.is_ok());
    assert_eq!(algorithms(&app).await, ["ES512", "EdDSA", "RS256", "RS256"]);
}

#[tokio::test]
async fn the_list_of_ended_sessions_is_signed_for_whoever_asks() {
    let app = TestApp::with(several).await;
    for (resource, algorithm) in [("", "EdDSA"), (REPORTS, "RS256"), (LEGACY, "HS256")] {
        let query = if resource.is_empty() { String::new() } else { format!("?resource={resource}") };
        let list = app.browser().get(&format!("/revoked{query}")).await.text;
        assert_eq!(
            (&header_of(&list)["alg"], &header_of(&list)["typ"]),
            (&json!(algorithm), &json!("doorward-revoked+jwt"))
        );
        assert!(by_secret(&app, LEGACY).verify(&list).await.is_err(), "and it is no token");
    }
}
