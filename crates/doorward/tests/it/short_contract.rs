use doorward::config::{Config, Limits};
use doorward_crypto::jwk::Algorithm;
use http::{Request, StatusCode, header};
use serde_json::json;

use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn the_whole_contract() {
    for algorithm in Algorithm::ALL {
        let app = TestApp::with(|config| config.token.algorithm = algorithm).await;
        let mut api = app.browser();
        let signed_up = api.post("/signup", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
        assert_eq!((signed_up.status, &signed_up.json["success"]), (StatusCode::OK, &json!(true)));
        let signed_in = api.post("/signin", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
        assert_eq!(signed_in.status, StatusCode::OK, "{}", signed_in.text);
        assert_eq!(signed_in.json["expiresIn"], 900);
        assert_eq!(signed_in.json["user"].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "email"]);
        assert!(signed_in.headers.get(header::SET_COOKIE).is_none());
        assert_eq!(signed_in.header("cache-control"), "no-store");

        let token = signed_in.json["token"].as_str().unwrap();
        let mut bearer = app.browser().header("authorization", &format!("Bearer {token}"));
        assert_eq!(bearer.get("/me").await.json, json!({ "user": signed_in.json["user"] }));
        app.clock.advance(901);
        let expired = bearer.get("/me").await;
        assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
        assert!(expired.header("www-authenticate").starts_with("Bearer"));

        let refreshed = api.post("/refresh", json!({ "refreshToken": signed_in.json["refreshToken"] })).await;
        assert_eq!((refreshed.status, &refreshed.json["expiresIn"]), (StatusCode::OK, &json!(900)));
        let mut bearer =
            app.browser().header("authorization", &format!("Bearer {}", refreshed.json["token"].as_str().unwrap()));
        assert_eq!(bearer.get("/me").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn refusals_speak_the_contracts_shape() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let cases = [
        (json!({ "email": "ada@example.com", "password": PASSWORD }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "email": "ada", "password": PASSWORD }), StatusCode::BAD_REQUEST),
        (json!({ "email": "eve@example.com", "password": "short" }), StatusCode::BAD_REQUEST),
        (json!({ "email": "eve@example.com" }), StatusCode::BAD_REQUEST),
        (json!({ "email": 5, "password": PASSWORD }), StatusCode::BAD_REQUEST),
        (json!([]), StatusCode::BAD_REQUEST),
    ];
    for (body, status) in cases {
        let answer = app.browser().post("/signup", body.clone()).await;
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(answer.json["success"], false, "{body}");
        assert!(answer.json["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    }
    for path in ["/signup", "/signin", "/refresh"] {
        let not_json = app
            .browser()
            .send(
                Request::post(format!("/api/auth{path}")).header(header::CONTENT_TYPE, "application/json"),
                "{".into(),
            )
            .await;
        assert_eq!(not_json.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(not_json.json["success"], false, "{path}: {}", not_json.text);
        let not_typed = app
            .browser()
            .send(Request::post(format!("/api/auth{path}")).header(header::CONTENT_TYPE, "text/plain"), "{}".into())
            .await;
        assert_eq!(not_typed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
    }
}

#[tokio::test]
async fn who_asks_too_often_is_refused_in_the_contracts_shape() {
    let app = TestApp::with(|config| config.network.rate_limit = true).await;
    let together = |config: &mut Config| {
        (config.network.rate_limit, config.network.limits) = (true, Limits::Database);
    };
    let (one, other) = (app.second(together).await, app.second(together).await);
    for (first, last) in [(app.router.clone(), app.router.clone()), (one, other)] {
        let mut api = app.browser();
        api.router = first;
        for _ in 0..3 {
            assert_eq!(api.post("/signin", json!({})).await.status, StatusCode::BAD_REQUEST);
        }
        api.router = last;
        let refused = api.post("/signin", json!({})).await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "10"));
        let message = "Too many requests. Please try again later.";
        assert_eq!(refused.json, json!({ "success": false, "message": message, "code": null }));
    }
}

#[tokio::test]
async fn signing_in_tells_unknown_wrong_and_malformed_apart_by_nothing() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let mut texts = Vec::new();
    for (email, password) in
        [("ada@example.com", "wrong horse 9"), ("eve@example.com", "wrong horse 9"), ("nobody", "x")]
    {
        let answer = app.browser().post("/signin", json!({ "email": email, "password": password })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        texts.push(answer.text);
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
}

#[tokio::test]
async fn other_tokens_are_not_access_tokens() {
    let app = TestApp::with(|config| config.token.algorithm = Algorithm::Hs256).await;
    let mut ada = app.member("ada@example.com").await;
    ada.post("/send-verification-email", json!({ "email": "ada@example.com" })).await;
    let link = app.mailbox.link("ada@example.com").unwrap();
    let email_token = link.split("token=").nth(1).unwrap().split('&').next().unwrap();
    let mut bearer = app.browser().header("authorization", &format!("Bearer {email_token}"));
    assert_eq!(bearer.get("/me").await.status, StatusCode::UNAUTHORIZED, "a verification token under the same secret");
}

#[tokio::test]
async fn a_token_of_a_dead_session_is_refused_here() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let token = ada.get("/token").await.json["token"].as_str().unwrap().to_owned();
    let mut bearer = app.browser().header("authorization", &format!("Bearer {token}"));
    assert_eq!(bearer.get("/me").await.status, StatusCode::OK);
    ada.post("/sign-out", json!({})).await;
    assert_eq!(bearer.get("/me").await.status, StatusCode::UNAUTHORIZED);
}
