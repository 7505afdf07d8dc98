use serde_json::{Value, json};

use super::{leave, person, provider::CLIENT, visit, who_is, with_provider};
use crate::support::ORIGIN;

fn refused() -> String {
    format!("{ORIGIN}/api/auth/error?error=unable_to_get_user_info")
}

#[tokio::test]
async fn an_id_token_must_be_this_providers_for_us_now_and_of_this_visit() {
    let (app, provider) = with_provider(|_| {}).await;
    let changes = [
        ("nonce", json!("of another visit")),
        ("nonce", json!(null)),
        ("iss", json!("https://evil.example")),
        ("iss", json!(null)),
        ("aud", json!("somebody else")),
        ("aud", json!(null)),
        ("exp", json!(1_795_435_200 - 31)),
        ("exp", json!(null)),
        ("iat", json!(1_795_435_200 + 60)),
        ("iat", json!(null)),
        ("sub", json!(null)),
        ("sub", json!("")),
    ];
    for (claim, value) in changes {
        let mut who = person("grace@example.com");
        who[claim] = value;
        let mut grace = app.browser();
        let answer = visit(&mut grace, &provider, who.clone()).await;
        assert_eq!(answer.header("location"), refused(), "{claim}: {}", who[claim]);
        assert_eq!(who_is(&mut grace).await, Value::Null);
    }
    let mut generous = person("grace@example.com");
    (generous["exp"], generous["aud"]) = (json!(1_795_435_200 - 29), json!(["other", CLIENT]));
    assert_eq!(
        visit(&mut app.browser(), &provider, generous).await.header("location"),
        "/home",
        "clocks differ a little"
    );
}

#[tokio::test]
async fn a_key_that_is_not_published_signs_nothing() {
    let (app, provider) = with_provider(|_| {}).await;
    visit(&mut app.browser(), &provider, person("grace@example.com")).await;
    provider.forge();
    let mut eve = app.browser();
    assert_eq!(visit(&mut eve, &provider, person("grace@example.com")).await.header("location"), refused());
    assert_eq!(who_is(&mut eve).await, Value::Null);
}

#[tokio::test]
async fn new_keys_are_asked_for_at_most_every_half_minute() {
    let (app, provider) = with_provider(|_| {}).await;
    let who = || person("grace@example.com");
    visit(&mut app.browser(), &provider, who()).await;
    assert_eq!(provider.asked("/keys"), 1);
    provider.rotate("second");
    for _ in 0..3 {
        assert_eq!(visit(&mut app.browser(), &provider, who()).await.header("location"), refused());
    }
    assert_eq!(provider.asked("/keys"), 1, "somebody made up a name of a key, for all we know");
    app.clock.advance(30);
    assert_eq!(visit(&mut app.browser(), &provider, who()).await.header("location"), "/home");
    visit(&mut app.browser(), &provider, who()).await;
    assert_eq!(provider.asked("/keys"), 2);
    app.clock.advance(600);
    visit(&mut app.browser(), &provider, who()).await;
    assert_eq!(provider.asked("/keys"), 3, "withdrawn keys are noticed");
}

#[tokio::test]
async fn an_app_may_hand_in_an_id_token() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut who = person("grace@example.com");
    who["nonce"] = "the app's".into();
    let token = provider.id_token(&who);
    let hand_in = |id_token: Value| json!({ "provider": "local", "idToken": id_token });
    let mut grace = app.browser();
    let answer = grace.post("/sign-in/social", hand_in(json!({ "token": token, "nonce": "the app's" }))).await;
    assert_eq!((answer.status.as_u16(), &answer.json["redirect"]), (200, &json!(false)));
    assert_eq!(answer.json["user"]["email"], "grace@example.com");
    assert_eq!(grace.get("/get-session").await.json["session"]["token"], answer.json["token"]);

    let (head, rest) = token.split_once('.').unwrap();
    let other_head = format!("{}.{rest}", head.replace('e', "f"));
    for bad in [
        json!({ "token": token, "nonce": "another" }),
        json!({ "token": format!("{token}x") }),
        json!({ "token": other_head }),
        json!({ "token": "" }),
        json!({ "token": "opaque" }),
    ] {
        let answer = app.browser().post("/sign-in/social", hand_in(bad.clone())).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "INVALID_TOKEN"), "{bad}");
    }
    who["email"] = Value::Null;
    let silent = hand_in(json!({ "token": provider.id_token(&who) }));
    assert_eq!(app.browser().post("/sign-in/social", silent).await.code(), "FAILED_TO_GET_USER_INFO");
    app.clock.advance(3600 + 31);
    let late = hand_in(json!({ "token": token }));
    assert_eq!(app.browser().post("/sign-in/social", late).await.code(), "INVALID_TOKEN");
}

#[tokio::test]
async fn an_id_token_opens_no_account_that_a_visit_would_not() {
    let (app, provider) = with_provider(|_| {}).await;
    app.member("ada@example.com").await;
    let token = provider.id_token(&person("ada@example.com"));
    let body = json!({ "provider": "local", "idToken": { "token": token } });
    let answer = app.browser().post("/sign-in/social", body).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json, json!({ "message": "account not linked", "code": "OAUTH_LINK_ERROR" }));
}

#[tokio::test]
async fn a_visit_without_the_nonce_it_needs_goes_nowhere() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
    let rows = app.sql("SELECT value FROM verification", vec![]).await;
    let mut value: Value = serde_json::from_str(&rows[0].text(0).unwrap()).unwrap();
    value.as_object_mut().unwrap().remove("idTokenNonce");
    app.sql("UPDATE verification SET value = $1", vec![value.to_string().as_str().into()]).await;
    let location = format!("{ORIGIN}/api/auth/error?error=nonce_binding_missing");
    assert_eq!(grace.get(&back).await.header("location"), location);
}
