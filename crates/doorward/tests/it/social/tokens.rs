use serde_json::json;

use super::{account_of, person, visit, with_provider};

#[tokio::test]
async fn an_access_token_is_renewed_shortly_before_its_end_and_once() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    visit(&mut grace, &provider, person("grace@example.com")).await;
    let selection = json!({ "accountId": account_of(&mut grace).await });
    let first = grace.post("/get-access-token", selection.clone()).await.json;
    assert_eq!(first["accessToken"], "access 2");
    assert_eq!(first["scopes"], json!(["openid", "profile", "email"]));
    assert_eq!(first["accessTokenExpiresAt"], "2026-11-23T12:10:00.000Z");
    app.clock.advance(600 - 5);
    assert_eq!(grace.post("/get-access-token", selection.clone()).await.json, first, "five seconds are enough");

    app.clock.advance(1);
    let asked = provider.asked("/token");
    let mut waiting = Vec::new();
    for _ in 0..5 {
        let (mut tab, selection) = (grace.clone(), selection.clone());
        waiting.push(tokio::spawn(async move { tab.post("/get-access-token", selection).await.json }));
    }
    for answer in waiting {
        assert_eq!(answer.await.unwrap()["accessToken"], "access 3", "a refresh token works once");
    }
    assert_eq!(provider.asked("/token"), asked + 1);
}

#[tokio::test]
async fn tokens_are_refreshed_on_demand() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    visit(&mut grace, &provider, person("grace@example.com")).await;
    let selection = json!({ "accountId": account_of(&mut grace).await });
    for number in [3, 4] {
        let answer = grace.post("/refresh-token", selection.clone()).await;
        assert_eq!(answer.json["refreshToken"], format!("refresh {number}"), "{}", answer.text);
        assert_eq!(answer.json["scope"], "openid,profile,email");
        assert_eq!(answer.json["accountId"], selection["accountId"]);
        assert_eq!(answer.json["refreshTokenExpiresAt"], json!(null));
    }
    provider.answer_token_with(503, "");
    let refused = grace.post("/refresh-token", selection.clone()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "FAILED_TO_REFRESH_ACCESS_TOKEN"));
    app.clock.advance(600);
    provider.answer_token_with(200, "{}");
    let refused = grace.post("/get-access-token", selection.clone()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "FAILED_TO_GET_ACCESS_TOKEN"));
    app.sql(r#"UPDATE account SET "refreshToken" = NULL"#, vec![]).await;
    assert_eq!(grace.post("/refresh-token", selection).await.code(), "REFRESH_TOKEN_NOT_FOUND");
}

#[tokio::test]
async fn tokens_are_their_owners_alone() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    visit(&mut grace, &provider, person("grace@example.com")).await;
    let id = account_of(&mut grace).await;
    let mut eve = app.member("eve@example.com").await;
    let user_id = grace.get("/get-session").await.json["user"]["id"].clone();
    for path in ["/get-access-token", "/refresh-token"] {
        let named = json!({ "accountId": id, "userId": user_id });
        assert_eq!(eve.post(path, named).await.code(), "ACCOUNT_NOT_FOUND");
        let anonymous = app.browser().post(path, json!({ "accountId": id })).await;
        assert_eq!((anonymous.status.as_u16(), anonymous.text.as_str()), (401, ""));
        for bad in
            [json!({}), json!({ "accountId": id, "useAccountCookie": true }), json!({ "accountId": 5 }), json!([])]
        {
            let answer = grace.post(path, bad).await;
            assert_eq!(answer.json, json!({ "message": "[body] Invalid input", "code": "VALIDATION_ERROR" }));
        }
        let more = grace.post(path, json!({ "accountId": id, "more": 1 })).await;
        assert_eq!(more.json, json!({ "message": "[body] Unrecognized key: \"more\"", "code": "VALIDATION_ERROR" }));
        assert_eq!(grace.post(path, json!({ "useAccountCookie": true })).await.code(), "ACCOUNT_NOT_FOUND");
    }
    assert_eq!(eve.get(&format!("/account-info?accountId={id}")).await.code(), "ACCOUNT_NOT_FOUND");

    let password = eve.get("/list-accounts").await.json[0]["id"].clone();
    let refused = eve.post("/get-access-token", json!({ "accountId": password })).await;
    assert_eq!(
        refused.json,
        json!({ "message": "Provider credential is not supported.", "code": "PROVIDER_NOT_SUPPORTED" })
    );
}

#[tokio::test]
async fn account_info_is_what_the_provider_says() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    visit(&mut grace, &provider, person("grace@example.com")).await;
    let id = account_of(&mut grace).await;
    let answer = grace.get(&format!("/account-info?accountId={id}")).await;
    assert_eq!(
        answer.json["user"],
        json!({ "email": "grace@example.com", "emailVerified": true, "name": "Grace Hopper" })
    );
    assert_eq!(answer.json["data"]["sub"], "sub of grace@example.com");
    let account = json!({ "id": id, "providerId": "local", "accountId": "sub of grace@example.com" });
    assert_eq!(answer.json["account"], account);
}

#[tokio::test]
async fn tokens_can_be_sealed_in_the_database() {
    let (app, provider) = with_provider(|config| config.account.encrypt_provider_tokens = true).await;
    let mut grace = app.browser();
    visit(&mut grace, &provider, person("grace@example.com")).await;
    let rows = app.sql(r#"SELECT "accessToken", "refreshToken" FROM account"#, vec![]).await;
    for column in [0, 1] {
        let stored = rows[0].text(column).unwrap();
        assert!(stored.len() > 80 && stored.bytes().all(|byte| byte.is_ascii_hexdigit()), "{stored}");
    }
    let selection = json!({ "accountId": account_of(&mut grace).await });
    assert_eq!(grace.post("/get-access-token", selection.clone()).await.json["accessToken"], "access 2");
    assert_eq!(grace.post("/refresh-token", selection.clone()).await.json["refreshToken"], "refresh 3");
    // Stored before sealing was turned on.
    app.sql(r#"UPDATE account SET "accessToken" = 'plain text'"#, vec![]).await;
    assert_eq!(grace.post("/get-access-token", selection).await.json["accessToken"], "plain text");
}
