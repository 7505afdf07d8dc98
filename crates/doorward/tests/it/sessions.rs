use doorward_database::{Database, Options, Stamp};
use http::{StatusCode, header};
use serde_json::json;

use crate::support::{PASSWORD, TestApp};

const DAY: i64 = 86_400;

#[tokio::test]
async fn a_used_session_slides_and_an_unused_one_ends() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    app.clock.advance(2 * DAY);
    let slid = ada.get("/get-session").await;
    assert!(slid.header("set-cookie").contains("Max-Age=604800"));
    assert!(slid.header("access-control-expose-headers").contains("set-auth-token"));
    app.clock.advance(6 * DAY);
    assert_ne!(ada.get("/get-session").await.text, "null");
    app.clock.advance(8 * DAY);
    let ended = ada.get("/get-session").await;
    assert_eq!(ended.text, "null");
    assert_eq!(ended.headers.get_all(header::SET_COOKIE).iter().count(), 3);
    assert_eq!(app.count("SELECT count(*) FROM session").await, 0);
}

#[tokio::test]
async fn a_session_that_is_not_remembered_stays_short_by_cookie_and_by_bearer() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let mut browser = app.browser();
    let answer = browser
        .post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false }))
        .await;
    let token = answer.json["token"].as_str().unwrap().to_owned();
    assert!(answer.headers.get_all(header::SET_COOKIE).iter().all(|line| !line.to_str().unwrap().contains("Max-Age")));
    let ends = browser.get("/get-session").await.json["session"]["expiresAt"].clone();
    app.clock.advance(DAY / 2);
    assert_eq!(browser.get("/get-session").await.json["session"]["expiresAt"], ends);
    let mut bearer = app.browser().header("authorization", &format!("Bearer {token}"));
    let by_bearer = bearer.get("/get-session").await;
    assert_eq!(by_bearer.json["session"]["expiresAt"], ends);
    assert!(by_bearer.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn a_revoked_session_is_dead_everywhere_at_once_also_with_the_cookie_cache() {
    let app =
        TestApp::with(|config| config.session.cookie_cache = Some(doorward::config::CookieCacheConfig::default()))
            .await;
    let mut ada = app.member("ada@example.com").await;
    assert!(ada.cookies.iter().any(|(name, _)| name == "better-auth.session_data"));
    app.sql("DELETE FROM session", vec![]).await; // an operator, or the Node server beside us
    let mut stale = ada.clone();
    assert_eq!(stale.get("/token").await.status, StatusCode::UNAUTHORIZED);
    let mut stale = ada.clone();
    assert_eq!(stale.post("/update-user", json!({ "name": "Eve" })).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ada.get("/get-session").await.text, "null");
}

#[tokio::test]
async fn rows_changed_by_another_program_count_at_the_next_request() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let token = ada.get("/get-session").await.header("set-auth-jwt").to_owned();
    app.sql(r#"UPDATE "user" SET name = 'Grace'"#, vec![]).await;
    let answer = ada.get("/get-session").await;
    assert_eq!(answer.json["user"]["name"], "Grace");
    assert_ne!(answer.header("set-auth-jwt"), token, "the token names the old person");
}

/// A session that was read stays in memory until somebody writes: whoever that is, and whichever way.
#[tokio::test]
async fn a_session_that_is_remembered_is_what_its_rows_hold() {
    for hash_tokens in [false, true] {
        let app = TestApp::with(|config| config.hash_tokens = hash_tokens).await;
        let program = Database::open(&app.url, &Options::default()).await.unwrap();
        let mut ada = app.member("ada@example.com").await;
        let mut elsewhere = ada.clone();
        elsewhere.router = app.second(|config| config.hash_tokens = hash_tokens).await;
        let mut eve = app.member("eve@example.com").await;

        for change in 0..7 {
            for _ in 0..2 {
                assert_ne!(ada.get("/get-session").await.text, "null", "before change {change}");
            }
            match change {
                0 => drop(program.execute(r#"UPDATE "user" SET name = 'Grace'"#, vec![]).await.unwrap()),
                1 => drop(program.execute(r#"UPDATE session SET "userAgent" = 'other'"#, vec![]).await.unwrap()),
                2 => drop(ada.post("/update-user", json!({ "name": "Augusta" })).await),
                3 => drop(elsewhere.post("/update-user", json!({ "name": "Byron" })).await),
                4 => drop(eve.post("/update-user", json!({ "name": "Eve" })).await),
                5 => drop(eve.post("/sign-out", json!({})).await),
                _ => drop(app.sql(r#"UPDATE session SET "ipAddress" = '2001:db8::1'"#, vec![]).await),
            }
            let answer = ada.get("/get-session").await;
            let id = answer.json["session"]["id"].as_str().unwrap();
            let sql = r#"SELECT u.name, s."userAgent", s."ipAddress" FROM session s JOIN "user" u ON u.id = s."userId" WHERE s.id = $1"#;
            let row = program.query_one(sql, &[id.into()]).await.unwrap().unwrap();
            assert_eq!(answer.json["user"]["name"], row.text(0).unwrap(), "after change {change}");
            assert_eq!(answer.json["session"]["userAgent"], row.text(1).unwrap(), "after change {change}");
            assert_eq!(answer.json["session"]["ipAddress"], row.text(2).unwrap(), "after change {change}");
        }

        let stale = ada.clone();
        assert_eq!(elsewhere.post("/sign-out", json!({})).await.status, StatusCode::OK);
        assert_eq!(ada.get("/get-session").await.text, "null", "signed out at the other server");
        assert_eq!(stale.clone().get("/token").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_session_that_is_remembered_ends_in_time_and_with_its_person() {
    let app = TestApp::new().await;
    let program = Database::open(&app.url, &Options::default()).await.unwrap();
    let (mut ada, mut eve) = (app.member("ada@example.com").await, app.member("eve@example.com").await);
    for _ in 0..2 {
        assert_ne!(eve.get("/get-session").await.text, "null");
    }
    program.execute(r#"DELETE FROM "user" WHERE name = 'Ada' AND email LIKE 'eve%'"#, vec![]).await.unwrap();
    assert_eq!(eve.get("/get-session").await.text, "null");
    for _ in 0..2 {
        assert_ne!(ada.get("/get-session?disableRefresh=true").await.text, "null");
    }
    app.clock.advance(8 * DAY);
    assert_eq!(ada.get("/get-session?disableRefresh=true").await.text, "null");
}

#[tokio::test]
async fn only_own_sessions_can_be_listed_and_ended() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let mut eve = app.member("eve@example.com").await;
    let token = ada.get("/get-session").await.json["session"]["token"].clone();
    let answer = eve.post("/revoke-session", json!({ "token": token })).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, r#"{"status":true}"#));
    assert_ne!(ada.get("/get-session").await.text, "null");
    let listed = eve.get("/list-sessions").await;
    assert_eq!(listed.json.as_array().unwrap().len(), 1);
    app.clock.advance(DAY + 1);
    assert_eq!(eve.get("/list-sessions").await.code(), "SESSION_NOT_FRESH");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let mut thief = ada.clone();
    assert_eq!(ada.post("/sign-out", json!({})).await.text, r#"{"success":true}"#);
    assert!(ada.cookies.is_empty());
    assert_eq!(thief.get("/get-session").await.text, "null");
}

#[tokio::test]
async fn cookies_of_an_older_secret_still_work() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let rotated = app
        .second(|config| {
            let old = doorward_crypto::secret::Secret::new(crate::support::SECRET);
            config.secrets = doorward_crypto::secret::Secrets::versioned(
                "2:another secret of thirty-two characters,1:yet another of thirty-two characters",
                Some(old),
            )
            .unwrap();
        })
        .await;
    ada.router = rotated;
    let answer = ada.get("/get-session").await;
    assert_eq!(answer.json["user"]["email"], "ada@example.com");
    assert!(!answer.header("set-auth-jwt").is_empty(), "the key opens with the legacy secret");
}

#[tokio::test]
async fn a_changed_secret_is_no_server_error() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    assert_eq!(ada.get("/token").await.status, StatusCode::OK);
    let changed = app
        .second(|config| {
            config.secrets = doorward_crypto::secret::Secrets::single(doorward_crypto::secret::Secret::new(
                "some other secret of 32 characters!!",
            ));
        })
        .await;
    ada.router = changed.clone();
    assert_eq!(ada.get("/get-session").await.text, "null");
    let mut again = app.browser();
    again.router = changed;
    let answer = again.post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(again.get("/token").await.status, StatusCode::OK);
    assert_eq!(app.count(r#"SELECT count(*) FROM jwks WHERE "expiresAt" IS NULL"#).await, 1, "the old key is retired");
    assert_eq!(again.get("/jwks").await.json["keys"].as_array().unwrap().len(), 2, "and still published");
}

#[tokio::test]
async fn ended_sessions_are_told_to_verifiers_until_their_tokens_expire() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let sid = ada.get("/get-session").await.json["session"]["id"].as_str().unwrap().to_owned();
    assert_eq!(app.auth.revoked_sessions().await.unwrap(), []);
    ada.post("/sign-out", json!({})).await;
    assert_eq!(app.auth.revoked_sessions().await.unwrap(), [(sid.clone(), 1_795_435_200 + 960)]);

    let feed = app.browser().get("/revoked").await;
    assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, "application/jwt"));
    assert_eq!(feed.text.split('.').count(), 3);
    // A proxy that compresses makes the tag weak, and a client may know several versions.
    let etag = feed.header("etag");
    for known in [etag.to_owned(), format!("W/{etag}"), format!("\"older\", {etag}")] {
        let again = app.browser().header("if-none-match", &known).get("/revoked").await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{known}");
    }
    let mut as_token = app.browser().header("authorization", &format!("Bearer {}", feed.text));
    assert_eq!(as_token.get("/me").await.status, StatusCode::UNAUTHORIZED, "the list is no access token");

    app.clock.advance(961);
    app.auth.housekeep().await;
    assert_eq!(app.count("SELECT count(*) FROM doorward_revoked").await, 0);
}

/// Our own triggers guard the audit trail and write nothing, so that they do not make every commit count.
#[tokio::test]
async fn what_others_do_leaves_a_remembered_session_alone() {
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let version = || app.database.version(&["session", "user"]);
    // Postgres cannot tell, so nothing is remembered there.
    let Some(before) = version() else { return };
    app.member("grace@example.com").await;
    assert_eq!(version(), Some(before), "rows were added");
    ada.post("/sign-out", json!({})).await;
    assert_ne!(version(), Some(before), "one was taken away");
}

fn with_cookie_cache(config: &mut doorward::config::Config) {
    config.session.cookie_cache = Some(doorward::config::CookieCacheConfig::default());
}

fn copies(cookies: &[(String, String)]) -> Vec<&str> {
    let names = cookies.iter().map(|(name, _)| name.as_str());
    names.filter(|name| name.starts_with("better-auth.session_data")).collect()
}

/// A whole image in a cookie would lock the browser out: servers refuse heads of that size.
#[tokio::test]
async fn a_large_picture_stays_out_of_the_cookies() {
    let app = TestApp::with(with_cookie_cache).await;
    let mut ada = app.member("ada@example.com").await;
    let picture = format!("data:image/png;base64,{}", "A".repeat(45_000));
    let answer = ada.post("/update-user", json!({ "image": picture })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(copies(&ada.cookies), ["better-auth.session_data"]);
    assert_eq!(ada.get("/get-session").await.json["user"]["image"], picture);
    let length: usize = ada.cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(length < 4096, "{length}");
}

/// What stays of another form would be read instead of the new copy, or together with it.
#[tokio::test]
async fn a_copy_that_changes_its_form_leaves_nothing_behind() {
    let app = TestApp::with(with_cookie_cache).await;
    let mut ada = app.member("ada@example.com").await;
    assert_eq!(copies(&ada.cookies), ["better-auth.session_data"]);
    // As large as names, addresses and pictures may be: more than one cookie holds.
    ada.headers.insert(header::USER_AGENT, "A".repeat(500).parse().unwrap());
    ada.post("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    let picture = format!("https://example.com/{}", "x".repeat(2000));
    ada.post("/update-user", json!({ "name": "é".repeat(256), "image": picture })).await;
    assert_eq!(copies(&ada.cookies), ["better-auth.session_data.0", "better-auth.session_data.1"]);
    ada.post("/update-user", json!({ "name": "Ada", "image": null })).await;
    assert_eq!(copies(&ada.cookies), ["better-auth.session_data"]);
}

#[tokio::test]
async fn tossed_cookies_make_no_long_answer() {
    let app = TestApp::with(with_cookie_cache).await;
    let ada = app.member("ada@example.com").await;
    for token in [ada.cookies[0].1.as_str(), "ended.signature"] {
        let mut browser = app.browser();
        browser.cookies.push(("better-auth.session_token".to_owned(), token.to_owned()));
        browser.cookies.extend((0..400).map(|number| (format!("better-auth.session_data.{number}"), "x".to_owned())));
        let answer = browser.get("/get-session").await;
        let head: usize = answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        assert!(head < 4096, "{head}");
    }
}

#[tokio::test]
async fn a_bearer_keeps_a_short_session_short() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    let short = json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false });
    let signed_in = app.browser().post("/sign-in/email", short).await;
    let mut bearer = app.browser().header("authorization", &format!("Bearer {}", signed_in.header("set-auth-token")));
    let lines = |answer: &crate::support::Answer| {
        let lines = answer.headers.get_all(header::SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let renamed = bearer.post("/update-user", json!({ "name": "Countess" })).await;
    assert!(lines(&renamed).iter().all(|line| !line.contains("Max-Age=604800")), "{:?}", lines(&renamed));
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "battery staple 7", "revokeOtherSessions": true });
    let changed = bearer.post("/change-password", change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert!(lines(&changed).iter().all(|line| !line.contains("Max-Age=604800")), "{:?}", lines(&changed));
    let token = changed.json["token"].as_str().unwrap();
    let session = app.browser().header("authorization", &format!("Bearer {token}")).get("/get-session").await;
    let life = |name: &str| doorward_database::Stamp::parse(session.json["session"][name].as_str().unwrap()).unwrap();
    assert_eq!(life("expiresAt").seconds() - life("createdAt").seconds(), DAY);
}

#[tokio::test]
async fn sessions_that_ended_together_are_told_in_one_order() {
    let app = TestApp::new().await;
    let until = Stamp::from_seconds(1_795_435_200 + 900);
    for sid in ["b", "c", "a"] {
        app.sql(r#"INSERT INTO doorward_revoked (sid, "until") VALUES ($1, $2)"#, vec![sid.into(), until.into()]).await;
    }
    let told = app.auth.revoked_sessions().await.unwrap();
    assert_eq!(told.iter().map(|(sid, _)| sid.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}
