use doorward::{
    Auth,
    config::{BaseUrl, Config},
};
use doorward_crypto::secret::{Secret, Secrets};
use http::{StatusCode, header};
use serde_json::json;

use crate::support::{ORIGIN, TestApp, header_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_first_uses_over_two_servers_make_one_key() {
    let app = TestApp::new().await;
    app.sql("DELETE FROM jwks", vec![]).await;
    app.clock.advance(60); // what the servers remember of the keys is old now
    let second = app.second(|_| {}).await;
    app.sql("DELETE FROM jwks", vec![]).await;
    app.clock.advance(60);
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
        assert_eq!(task.await.unwrap(), 1);
    }
    assert_eq!(app.count("SELECT count(*) FROM jwks").await, 1);
}

#[tokio::test]
async fn keys_are_published_without_their_private_half_and_cached() {
    let app = TestApp::new().await;
    let answer = app.browser().get("/jwks").await;
    let key = answer.json["keys"][0].as_object().unwrap();
    assert_eq!(key.keys().collect::<Vec<_>>(), ["alg", "crv", "x", "kty", "kid", "use"]);
    assert!(answer.header("cache-control").contains("max-age"));
    let etag = answer.header("etag").to_owned();
    let known = app.browser().header("if-none-match", &etag).get("/jwks").await;
    assert_eq!((known.status, known.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(known.headers[header::ETAG], etag.as_str());
}

#[tokio::test]
async fn a_token_is_reused_while_two_thirds_of_its_life_remain() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let first = ada.get("/get-session").await.header("set-auth-jwt").to_owned();
    app.clock.advance(299);
    assert_eq!(ada.get("/get-session").await.header("set-auth-jwt"), first);
    app.clock.advance(2);
    assert_ne!(ada.get("/get-session").await.header("set-auth-jwt"), first);
}

#[tokio::test]
async fn keys_rotate_on_schedule_and_old_ones_stay_published_for_the_grace_period() {
    let app = TestApp::with(|config| {
        config.token.rotation_interval = Some(3600);
        config.token.grace_period = 7200;
    })
    .await;
    let kids = |answer: crate::support::Answer| {
        answer.json["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = kids(app.browser().get("/jwks").await);
    app.clock.advance(3601);
    let both = kids(app.browser().get("/jwks").await);
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    app.clock.advance(7201);
    let later = kids(app.browser().get("/jwks").await);
    assert!(!later.contains(&first[0]), "{later:?}");
}

#[tokio::test]
async fn a_rotation_is_learned_before_it_signs_and_refuses_no_token() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let old = ada.get("/token").await.json["token"].as_str().unwrap().to_owned();
    app.clock.advance(1);
    app.auth.rotate_keys(None).await.unwrap();
    assert_eq!(app.browser().get("/jwks").await.json["keys"].as_array().unwrap().len(), 2, "published at once");
    app.clock.advance(80);
    let mut eve = app.member("eve@example.com").await;
    assert_eq!(
        kid_of(eve.get("/token").await.json["token"].as_str().unwrap()),
        kid_of(&old),
        "the old one still signs"
    );
    app.clock.advance(20);
    let mut sam = app.member("sam@example.com").await;
    assert_ne!(kid_of(sam.get("/token").await.json["token"].as_str().unwrap()), kid_of(&old), "now the new one");
    let mut bearer = app.browser().header("authorization", &format!("Bearer {old}"));
    assert_eq!(bearer.get("/me").await.status, StatusCode::OK, "and the old token is still good");

    let first = app.auth.list_keys().await.unwrap().remove(0);
    assert!(app.auth.prune_keys().await.unwrap().is_empty(), "nothing to prune yet");
    app.clock.advance(2_592_000 + 100);
    assert_eq!(app.auth.prune_keys().await.unwrap(), [first.kid]);
}

#[tokio::test]
async fn a_withdrawn_key_verifies_nothing_more() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let token = ada.get("/token").await.json["token"].as_str().unwrap().to_owned();
    assert!(app.auth.retire_key(&kid_of(&token), true).await.unwrap());
    let mut bearer = app.browser().header("authorization", &format!("Bearer {token}"));
    assert_eq!(bearer.get("/me").await.status, StatusCode::UNAUTHORIZED);
    assert_ne!(kid_of(ada.get("/token").await.json["token"].as_str().unwrap()), kid_of(&token));
}

fn kid_of(token: &str) -> String {
    header_of(token)["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn looking_at_the_keys_with_a_wrong_secret_changes_nothing() {
    let app = TestApp::new().await;
    app.browser().get("/jwks").await; // makes the key
    let wrong = Config::new(
        BaseUrl::parse(ORIGIN).unwrap(),
        Secrets::single(Secret::new("another secret, 32 characters and more")),
    );
    let stranger = Auth::open(wrong, app.database.clone(), None).await.unwrap();
    assert_eq!(stranger.list_keys().await.unwrap().len(), 1);
    let refused = stranger.rotate_keys(None).await.unwrap_err().to_string();
    assert!(refused.contains("BETTER_AUTH_SECRET"), "{refused}");
    let keys = app.auth.list_keys().await.unwrap();
    assert_eq!((keys.len(), keys[0].expires_at), (1, None));
}

#[tokio::test]
async fn a_picture_that_is_too_long_for_a_token_stays_out_of_it() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let picture = format!("https://example.com/{}", "x".repeat(4000));
    assert_eq!(ada.post("/update-user", json!({ "image": picture })).await.status, StatusCode::OK);
    let session = ada.get("/get-session").await;
    assert_eq!(session.json["user"]["image"], picture.as_str());
    assert!(session.header("set-auth-jwt").len() < 2000);
}
