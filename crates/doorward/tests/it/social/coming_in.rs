use doorward::config::{BaseUrl, OAuthProvider};
use doorward_crypto::secret::Secret;
use serde_json::{Value, json};

use super::{
    leave, person,
    provider::{CLIENT, SECRET},
    visit, who_is, with_provider,
};
use crate::support::{ORIGIN, PASSWORD};

/// Where a failed visit ends by default.
fn error_page(code: &str) -> String {
    format!("{ORIGIN}/api/auth/error?error={code}")
}

#[tokio::test]
async fn a_stranger_becomes_a_person() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let mut who = person("Grace@Example.com");
    who["picture"] = "https://example.com/grace.png".into();
    let wishes = json!({ "newUserCallbackURL": "/welcome" });
    let back = leave(&mut grace, &provider, who.clone(), "/sign-in/social", wishes.clone()).await;
    let answer = grace.get(&back).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, "/welcome"));
    let mut lines = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    assert!(lines.any(|line| line == "better-auth.state=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"));

    let session = grace.get("/get-session").await.json;
    assert_eq!(session["user"]["email"], "grace@example.com");
    assert_eq!(session["user"]["emailVerified"], true);
    assert_eq!(session["user"]["image"], "https://example.com/grace.png");
    let accounts = grace.get("/list-accounts").await.json;
    assert_eq!(accounts[0]["accountId"], "sub of Grace@Example.com");
    assert_eq!(accounts[0]["scopes"], json!(["openid", "profile", "email"]));

    // The second time they are known, by the account and not by the address.
    who["email"] = "moved@example.com".into();
    let mut again = app.browser();
    let back = leave(&mut again, &provider, who, "/sign-in/social", wishes).await;
    assert_eq!(again.get(&back).await.header("location"), "/home");
    assert_eq!(who_is(&mut again).await, "grace@example.com");
    assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM verification").await, 0);
}

#[tokio::test]
async fn a_way_back_works_once_and_only_in_the_browser_that_left() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let wishes = json!({ "errorCallbackURL": "/oops?x=1" });
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", wishes).await;
    let mut eve = app.browser();
    assert_eq!(eve.get(&back).await.header("location"), "/oops?x=1&error=state_mismatch", "no cookie");
    leave(&mut eve, &provider, person("eve@example.com"), "/sign-in/social", json!({})).await;
    assert_eq!(
        eve.get(&back).await.header("location"),
        "/oops?x=1&error=state_mismatch",
        "the cookie of another visit"
    );
    assert_eq!(who_is(&mut eve).await, Value::Null);

    // Whoever tried it has not used it up.
    let mut replayed = grace.clone();
    assert_eq!(grace.get(&back).await.header("location"), "/home");
    assert_eq!(replayed.get(&back).await.header("location"), error_page("state_mismatch"));
    assert_eq!(who_is(&mut replayed).await, Value::Null);
}

#[tokio::test]
async fn a_visit_ends_after_its_time() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
    app.clock.advance(601);
    assert_eq!(grace.get(&back).await.header("location"), error_page("state_mismatch"));
    assert_eq!(who_is(&mut grace).await, Value::Null);
}

#[tokio::test]
async fn what_the_provider_says_instead_is_told() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let said = |back: &str, rest: &str| {
        let state = back.split('&').find(|part| part.starts_with("state=")).unwrap();
        format!("/callback/local?{state}{rest}")
    };
    for (rest, expected) in [
        ("&error=access_denied&error_description=No%20%26%20no", "access_denied&error_description=No+%26+no"),
        ("", "no_code"),
        ("&code=made-up", "invalid_code"),
        ("&code=x&iss=https%3A%2F%2Fevil.example", "issuer_mismatch"),
    ] {
        let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
        assert_eq!(grace.get(&said(&back, rest)).await.header("location"), error_page(expected));
    }
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
    let elsewhere = back.replace("/callback/local", "/callback/nobody");
    assert_eq!(grace.get(&elsewhere).await.header("location"), error_page("oauth_provider_not_found"));
    assert_eq!(grace.get("/callback/local?code=x").await.header("location"), error_page("state_not_found"));
    assert_eq!(app.count(r#"SELECT count(*) FROM "user""#).await, 0);
}

#[tokio::test]
async fn a_token_endpoint_that_fails_is_not_a_failure_of_ours() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    let answers: [(u16, String); 7] = [
        (500, "oh no".into()),
        (302, String::new()),
        (200, "not JSON".into()),
        (200, "[]".into()),
        (200, json!({ "error": "bad_verification_code" }).to_string()),
        (200, "x".repeat(300 * 1024)),
        (400, json!({ "error": ["\u{0}"] }).to_string()),
    ];
    for (status, body) in answers {
        let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
        provider.answer_token_with(status, body);
        assert_eq!(grace.get(&back).await.header("location"), error_page("invalid_code"));
    }
    // Tokens that say nothing.
    for body in
        ["{}", r#"{"access_token":5,"id_token":{"a":1}}"#, r#"{"id_token":"a.b.c"}"#, r#"{"access_token":"\u0000"}"#]
    {
        let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", json!({})).await;
        provider.answer_token_with(200, body);
        assert_eq!(grace.get(&back).await.header("location"), error_page("unable_to_get_user_info"), "{body}");
    }
}

#[tokio::test]
async fn a_profile_may_hold_anything() {
    let (app, provider) = with_provider(|_| {}).await;
    let odd = json!({
        "sub": "odd", "email": "odd@example.com", "email_verified": "true", "name": "N\u{0}\u{7}".repeat(300), "picture": 5,
    });
    let mut somebody = app.browser();
    assert_eq!(visit(&mut somebody, &provider, odd).await.header("location"), "/home");
    let user = somebody.get("/get-session").await.json["user"].clone();
    assert_eq!((user["name"].as_str().unwrap().len(), &user["image"]), (256, &Value::Null));
    assert_eq!(user["emailVerified"], true, "some providers send texts");

    for (email, expected) in [
        (json!("no address"), "email_not_found"),
        (json!("a\u{0}@b.example"), "email_not_found"),
        (json!(null), "email_not_found"),
    ] {
        let answer = visit(&mut app.browser(), &provider, json!({ "sub": "x", "email": email })).await;
        assert_eq!(answer.header("location"), error_page(expected), "{email}");
    }
    for subject in ["nul\u{0}".to_owned(), "x".repeat(2000), "null".to_owned()] {
        let answer = visit(&mut app.browser(), &provider, json!({ "sub": subject, "email": "x@b.example" })).await;
        assert_eq!(answer.header("location"), error_page("unable_to_get_user_info"));
    }
}

#[tokio::test]
async fn sign_up_may_be_closed_or_asked_for() {
    let (app, provider) = with_provider(|config| config.providers[0].disable_implicit_sign_up = true).await;
    let mut grace = app.browser();
    let answer = visit(&mut grace, &provider, person("grace@example.com")).await;
    assert_eq!(answer.header("location"), error_page("signup_disabled"));
    let asked = json!({ "requestSignUp": true });
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", asked.clone()).await;
    assert_eq!(grace.get(&back).await.header("location"), "/home");

    let (app, provider) = with_provider(|config| config.providers[0].disable_sign_up = true).await;
    let mut grace = app.browser();
    let back = leave(&mut grace, &provider, person("grace@example.com"), "/sign-in/social", asked).await;
    assert_eq!(grace.get(&back).await.header("location"), error_page("signup_disabled"));
}

#[tokio::test]
async fn an_address_may_have_to_be_verified_first() {
    let (app, provider) = with_provider(|config| config.providers[0].require_email_verification = true).await;
    let mut who = person("grace@example.com");
    who["email_verified"] = false.into();
    let mut grace = app.browser();
    let answer = visit(&mut grace, &provider, who.clone()).await;
    assert_eq!(answer.header("location"), error_page("email_not_verified"));
    assert_eq!(who_is(&mut grace).await, Value::Null);
    let link = app.mailbox.link("grace@example.com").unwrap();
    grace.get(&link).await;
    assert_eq!(visit(&mut grace, &provider, who).await.header("location"), "/home");
}

#[tokio::test]
async fn a_provider_that_is_down_is_unknown_until_it_is_not() {
    let (app, provider) = with_provider(|_| {}).await;
    provider.be_down(true);
    let mut grace = app.browser();
    let body = json!({ "provider": "local", "callbackURL": "/home" });
    for _ in 0..3 {
        assert_eq!(grace.post("/sign-in/social", body.clone()).await.code(), "PROVIDER_NOT_FOUND");
    }
    assert_eq!(provider.asked("/.well-known/openid-configuration"), 1, "not asked on and on");
    provider.be_down(false);
    app.clock.advance(5);
    assert_eq!(visit(&mut grace, &provider, person("grace@example.com")).await.header("location"), "/home");
    provider.be_down(true);
    app.clock.advance(3600);
    assert_eq!(grace.post("/sign-in/social", body).await.status, 200, "what was read is remembered");
}

#[tokio::test]
async fn github_has_a_profile_and_a_list_of_addresses() {
    let (app, provider) = with_provider(|_| {}).await;
    let github = OAuthProvider {
        authorization_url: Some(provider.address("/auth")),
        token_url: Some(provider.address("/token")),
        userinfo_url: Some(provider.address("/user")),
        ..OAuthProvider::github(CLIENT, Secret::new(SECRET))
    };
    let (app, provider) = {
        drop(app);
        (crate::support::TestApp::with(|config| config.providers = vec![github]).await, provider)
    };
    let mut octocat = app.browser();
    let body = json!({ "provider": "github", "callbackURL": "/home" });
    let url = octocat.post("/sign-in/social", body).await.json["url"].as_str().unwrap().to_owned();
    assert!(url.contains("scope=read%3Auser+user%3Aemail") && !url.contains("nonce="), "{url}");
    let back = provider.authorize(&url, person("octocat@example.com"));
    assert_eq!(octocat.get(&back).await.header("location"), "/home");
    let user = octocat.get("/get-session").await.json["user"].clone();
    assert_eq!((&user["name"], &user["email"]), (&json!("octocat"), &json!("octocat@example.com")));
    assert_eq!(user["emailVerified"], true);
    assert_eq!(octocat.get("/list-accounts").await.json[0]["accountId"], "583231");
    let id_token = json!({ "provider": "github", "idToken": { "token": "x.y.z" } });
    assert_eq!(app.browser().post("/sign-in/social", id_token).await.code(), "ID_TOKEN_NOT_SUPPORTED");
}

#[tokio::test]
async fn the_state_cookie_is_marked_for_https() {
    let (app, _provider) =
        with_provider(|config| config.base_url = BaseUrl::parse("https://auth.example.com").unwrap()).await;
    let mut grace = app.browser().header("origin", "https://auth.example.com");
    let answer = grace.post("/sign-in/social", json!({ "provider": "local" })).await;
    let line = answer.header("set-cookie");
    assert!(line.starts_with("__Secure-better-auth.state="), "{line}");
    assert!(line.ends_with("; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Lax"), "{line}");
}

#[tokio::test]
async fn signing_out_can_go_on_at_the_provider() {
    let (app, provider) = with_provider(|_| {}).await;
    let mut grace = app.browser();
    visit(&mut grace, &provider, person("grace@example.com")).await;
    let answer = grace.post("/sign-out", json!({ "callbackURL": "/bye", "state": "s" })).await;
    let url = answer.header("location");
    assert_eq!((&answer.json["url"], &answer.json["redirect"]), (&json!(url), &json!(true)));
    assert!(url.starts_with(&provider.address("/end?id_token_hint=")), "{url}");
    assert!(
        url.ends_with(
            "&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fbye&client_id=client+of+the+tests&state=s"
        ),
        "{url}"
    );
    assert_eq!(who_is(&mut grace).await, Value::Null);
    let mut ada = app.member("ada@example.com").await;
    assert_eq!(ada.post("/sign-out", json!({})).await.text, r#"{"success":true}"#);
    let signed_in = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(ada.post("/sign-in/email", signed_in).await.status, 200);
}
