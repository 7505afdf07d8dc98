//! Events: each change has one, attempts are bounded, nothing secret is in them, and they are their owner's alone.

use axum::body::Body;
use doorward::{AuditEntry, AuditQuery, Clock as _, SystemClock};
use doorward_database::Value;
use http::{Request, StatusCode, header};
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp};

const ADA: &str = "ada@example.com";

/// What is in the trail by now, oldest first; attempts are written behind the answer.
pub(crate) async fn trail(app: &TestApp, person: Option<&str>, at_least: usize) -> Vec<AuditEntry> {
    let query = AuditQuery { person: person.map(str::to_owned), limit: 1000, ..AuditQuery::default() };
    for _ in 0..100 {
        let mut entries = app.auth.audit_trail(&query).await.unwrap();
        if entries.len() >= at_least {
            entries.reverse();
            return entries;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{:?}", app.auth.audit_trail(&query).await);
}

pub(crate) fn names(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.event.as_str()).collect()
}

async fn sign_in(browser: &mut Browser, password: &str) -> StatusCode {
    browser.post("/sign-in/email", json!({ "email": ADA, "password": password })).await.status
}

#[tokio::test]
async fn a_life_leaves_its_trail() {
    let app = TestApp::new().await;
    let mut ada = app.member(ADA).await.header("user-agent", "Firefox\tevent=\"sign-in\"");
    let mut phone = app.browser();
    assert_eq!(sign_in(&mut phone, PASSWORD).await, StatusCode::OK);
    assert_eq!(sign_in(&mut phone.clone(), "wrong").await, StatusCode::UNAUTHORIZED);
    trail(&app, Some(ADA), 3).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "battery staple 7" });
    assert_eq!(ada.post("/change-password", change).await.status, StatusCode::OK);
    let token = ada.get("/list-sessions").await.json[1]["token"].clone();
    assert_eq!(ada.post("/revoke-session", json!({ "token": token })).await.status, StatusCode::OK);
    assert_eq!(ada.post("/revoke-session", json!({ "token": "nobody's" })).await.status, StatusCode::OK);
    assert_eq!(sign_in(&mut app.browser(), "battery staple 7").await, StatusCode::OK);
    ada.post("/revoke-other-sessions", json!({})).await;
    ada.post("/request-password-reset", json!({ "email": ADA, "redirectTo": "/" })).await;
    trail(&app, Some(ADA), 8).await;
    let link = app.mailbox.link(ADA).unwrap();
    let token = link.strip_prefix("/reset-password/").unwrap().split('?').next().unwrap();
    let reset = json!({ "token": token, "newPassword": "battery staple 8" });
    assert_eq!(app.browser().post("/reset-password", reset).await.status, StatusCode::OK);
    ada.post("/send-verification-email", json!({ "email": ADA })).await;
    let link = app.mailbox.link(ADA).unwrap();
    assert_eq!(ada.get(&link).await.status, StatusCode::FOUND);
    assert_eq!(ada.post("/sign-out", json!({})).await.status, StatusCode::OK);
    let entries = trail(&app, Some(ADA), 11).await;
    assert_eq!(
        names(&entries),
        [
            "sign-up",
            "sign-in",
            "sign-in-failed",
            "password-changed",
            "session-revoked",
            "sign-in",
            "sessions-revoked",
            "password-reset-requested",
            "password-reset",
            "email-verified",
            "sign-out"
        ]
    );
    assert!(entries.iter().all(|entry| entry.ip_address.as_deref() == Some("192.0.2.1")), "{entries:?}");
    assert!(entries.iter().all(|entry| entry.user_id == entries[0].user_id));
    assert_eq!(entries[0].session_id, entries[10].session_id, "the session that signed up is the one that signed out");
    assert_eq!(entries[1].session_id, entries[4].session_id, "the session that was revoked is named");
    let user_agent = entries[3].user_agent.as_deref().unwrap();
    assert!(user_agent.starts_with("Firefox") && !user_agent.contains('\t'), "{user_agent:?}");
}

#[tokio::test]
async fn nothing_secret_is_in_it() {
    let app = TestApp::new().await;
    let mut ada = app.member(ADA).await;
    let signed_in = ada.post("/signin", json!({ "email": ADA, "password": PASSWORD })).await;
    let refresh = signed_in.json["refreshToken"].as_str().unwrap().to_owned();
    for _ in 0..7 {
        ada.post("/refresh", json!({ "refreshToken": refresh })).await;
    }
    sign_in(&mut ada, "a wrong password").await;
    app.browser().post("/sign-in/email", json!({ "email": "eve@example.com", "password": "another one" })).await;
    app.auth.rotate_keys(None).await.unwrap();
    let entries = trail(&app, None, 7).await;
    assert!(names(&entries).contains(&"refresh-reuse") && names(&entries).contains(&"key-made"), "{entries:?}");
    let reuse = entries.iter().find(|entry| entry.event == "refresh-reuse").unwrap();
    assert!(reuse.user_id.is_some() && reuse.session_id.is_some());
    let told = format!("{entries:?}");
    let mut secrets =
        vec![ADA.to_owned(), "eve@".into(), "password\"".into(), "correct horse".into(), "another one".into()];
    secrets.extend(["a wrong".to_owned(), refresh, signed_in.json["token"].as_str().unwrap().to_owned()]);
    secrets.extend(
        app.sql("UPDATE session SET token = token RETURNING token", vec![])
            .await
            .iter()
            .map(|row| row.text(0).unwrap()),
    );
    secrets.extend(ada.cookies.iter().map(|(_, value)| value.clone()));
    for secret in secrets {
        assert!(!told.contains(&secret), "{secret} in {told}");
    }
}

#[tokio::test]
async fn known_and_unknown_accounts_leave_the_same() {
    let app = TestApp::new().await;
    app.member(ADA).await;
    for email in [ADA, "nobody@example.com"] {
        app.browser().post("/sign-in/email", json!({ "email": email, "password": "wrong" })).await;
    }
    let entries = trail(&app, None, 3).await;
    let failed: Vec<_> = entries.iter().filter(|entry| entry.event == "sign-in-failed").collect();
    assert_eq!(failed.len(), 2);
    assert_eq!(failed.iter().filter(|entry| entry.user_id.is_some()).count(), 1);
    assert!(failed.iter().all(|entry| entry.account.as_ref().is_some_and(|account| account.len() == 22)));
    assert_ne!(failed[0].account, failed[1].account);
    assert_eq!(names(&trail(&app, Some("nobody@example.com"), 1).await), ["sign-in-failed"]);
}

#[tokio::test]
async fn a_flood_of_attempts_is_a_few_rows() {
    let app = TestApp::with(|config| config.network.rate_limit = true).await;
    app.clock.advance(1);
    let mut browser = app.browser();
    for _ in 0..300 {
        browser.post("/sign-in/email", json!({ "email": ADA, "password": "wrong" })).await;
    }
    app.clock.advance(61);
    app.auth.housekeep().await;
    let entries = trail(&app, None, 4).await;
    let attempts: i64 = entries.iter().filter(|entry| entry.event != "key-made").map(|entry| entry.times).sum();
    assert_eq!(attempts, 300, "every attempt is counted: {entries:?}");
    assert!(entries.len() < 8, "{entries:?}");
    assert!(entries.iter().any(|entry| entry.event == "refused" && entry.reason.as_deref() == Some("requests")));
}

#[tokio::test]
async fn a_server_that_stops_tells_what_it_has_only_counted() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        sign_in(&mut app.browser(), "a wrong password").await;
    }
    app.auth.finish().await;
    let failed =
        app.count("SELECT CAST(sum(times) AS bigint) FROM doorward_audit WHERE event = 'sign-in-failed'").await;
    assert_eq!(failed, 5);
}

#[tokio::test]
async fn many_different_attempts_are_a_number() {
    let app = behind_a_proxy().await;
    for number in 0..70 {
        let email = format!("person{number}@example.com");
        let mut browser = app.browser().header("x-forwarded-for", &format!("203.0.113.{}", number / 10));
        browser.post("/request-password-reset", json!({ "email": email, "redirectTo": "/" })).await;
    }
    app.clock.advance(61);
    app.auth.housekeep().await;
    let entries = trail(&app, None, 61).await;
    assert_eq!(entries.iter().filter(|entry| entry.event == "password-reset-requested").count(), 60);
    let beyond: Vec<_> = entries.iter().filter(|entry| entry.event == "more-attempts").collect();
    assert_eq!((beyond.len(), beyond[0].times), (1, 10));
}

async fn behind_a_proxy() -> TestApp {
    TestApp::with(|config| config.network.trusted_proxies = vec!["192.0.2.1".parse().unwrap()]).await
}

#[tokio::test]
async fn one_address_hides_nobody_elses_attempts() {
    let app = behind_a_proxy().await;
    let mut ada = app.member(ADA).await;
    let mut noise = app.browser().header("x-forwarded-for", "203.0.113.1");
    for number in 0..70 {
        let posted = Request::post("/api/auth/sign-out").header(header::COOKIE, "a=b");
        noise.send(posted.header(header::ORIGIN, format!("https://page{number}.example")), Body::empty()).await;
    }
    let mut guesser = app.browser().header("x-forwarded-for", "203.0.113.2");
    assert_eq!(sign_in(&mut guesser, "a wrong password").await, StatusCode::UNAUTHORIZED);
    app.clock.advance(61);
    app.auth.housekeep().await;
    let entries = trail(&app, None, 14).await;
    assert_eq!(entries.iter().filter(|entry| entry.event == "refused").count(), 12, "{entries:?}");
    assert!(entries.iter().any(|entry| entry.event == "more-attempts" && entry.times == 58), "{entries:?}");
    let seen = ada.get("/activity").await;
    assert!(seen.text.contains("sign-in-failed"), "{}", seen.text);
}

#[tokio::test]
async fn ending_no_sessions_leaves_nothing() {
    let app = TestApp::new().await;
    let mut ada = app.member(ADA).await;
    for _ in 0..3 {
        assert_eq!(ada.post("/revoke-other-sessions", json!({})).await.status, StatusCode::OK);
    }
    assert_eq!(names(&trail(&app, Some(ADA), 1).await), ["sign-up"]);
    sign_in(&mut app.browser(), PASSWORD).await;
    for _ in 0..3 {
        assert_eq!(ada.post("/revoke-other-sessions", json!({})).await.status, StatusCode::OK);
    }
    let entries = trail(&app, Some(ADA), 3).await;
    assert_eq!(names(&entries), ["sign-up", "sign-in", "sessions-revoked"]);
    assert!(entries[2].session_id.is_some() && entries[2].reason.as_deref() == Some("others"), "{entries:?}");
}

#[tokio::test]
async fn everybody_sees_their_own() {
    let app = TestApp::new().await;
    let (mut ada, mut eve) = (app.member(ADA).await, app.member("eve@example.com").await);
    for _ in 0..4 {
        app.clock.advance(1);
        sign_in(&mut app.browser(), PASSWORD).await;
    }
    let all = ada.get("/activity").await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text);
    let all = all.json.as_array().unwrap().clone();
    assert_eq!(all.len(), 5);
    assert_eq!((all[4]["action"].as_str(), all[4]["current"].as_bool()), (Some("sign-up"), Some(true)));
    assert_eq!((all[0]["action"].as_str(), all[0]["current"].as_bool()), (Some("sign-in"), Some(false)));
    assert_eq!(all[0]["ipAddress"], "192.0.2.1");
    assert!(all[0].get("account").is_none() && all[0].get("sessionId").is_none());
    let first = ada.get("/activity?limit=2").await.json;
    let rest = ada.get(&format!("/activity?limit=50&before={}", first[1]["id"].as_str().unwrap())).await.json;
    let paged: Vec<_> = first.as_array().unwrap().iter().chain(rest.as_array().unwrap()).cloned().collect();
    assert_eq!(paged, all, "pages neither lose nor repeat");
    let own = eve.get(&format!("/activity?before={}~", all[0]["id"].as_str().unwrap())).await;
    assert_eq!(own.json.as_array().unwrap().len(), 1, "nobody else's: {}", own.text);
    for limit in ["0", "51", "-1", "many"] {
        assert_eq!(ada.get(&format!("/activity?limit={limit}")).await.status, StatusCode::BAD_REQUEST, "{limit}");
    }
    assert_eq!(app.browser().get("/activity").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_personal_goes_with_the_account() {
    let app = TestApp::new().await;
    let mut ada = app.member(ADA).await.header("user-agent", "Firefox");
    app.member("eve@example.com").await;
    sign_in(&mut ada.clone(), "wrong").await;
    let id = trail(&app, Some(ADA), 2).await[0].user_id.clone().unwrap();
    assert_eq!(ada.post("/delete-user", json!({ "password": PASSWORD })).await.status, StatusCode::OK);
    let left = trail(&app, Some(&id), 3).await;
    assert_eq!(names(&left), ["sign-up", "sign-in-failed", "account-deleted"]);
    for entry in &left {
        assert_eq!((&entry.ip_address, &entry.user_agent, &entry.account), (&None, &None, &None), "{entry:?}");
    }
    assert_eq!(
        app.count(r#"SELECT count(*) FROM doorward_audit WHERE "ipAddress" IS NOT NULL"#).await,
        1,
        "Eve's stays"
    );
}

#[tokio::test]
async fn rows_are_only_added() {
    let app = TestApp::new().await;
    // The triggers go by the database's clock, so this has to happen today by it.
    app.clock.advance((SystemClock.now().seconds() - app.clock.now().seconds()).max(0));
    app.member(ADA).await;
    for tampering in [
        "DELETE FROM doorward_audit",
        "UPDATE doorward_audit SET event = 'nothing'",
        r#"UPDATE doorward_audit SET "ipAddress" = '203.0.113.1'"#,
        r#"UPDATE doorward_audit SET "createdAt" = NULL, "ipAddress" = NULL, "userAgent" = NULL"#,
    ] {
        assert!(app.database.execute(tampering, vec![]).await.is_err(), "{tampering}");
    }
    let entries = trail(&app, Some(ADA), 1).await;
    assert_eq!(names(&entries), ["sign-up"]);
}

#[tokio::test]
async fn old_rows_are_deleted_when_their_time_is_over() {
    for (days, left) in [(90, 0), (0, 1), (10_000, 1)] {
        let app = TestApp::with(|config| config.audit_days = days).await;
        app.auth.rotate_keys(None).await.unwrap();
        let old = "INSERT INTO doorward_audit (id, \"createdAt\", event) VALUES ($1, $2, 'sign-in')";
        let then = doorward_database::Stamp::from_seconds(1_500_000_000);
        let id = format!("{:012x}00000abcdefgh", then.milliseconds());
        app.sql(old, vec![Value::text(id), then.into()]).await;
        app.auth.housekeep().await;
        assert_eq!(app.count("SELECT count(*) FROM doorward_audit WHERE event = 'sign-in'").await, left, "{days}");
        assert_eq!(app.count("SELECT count(*) FROM doorward_audit WHERE event = 'key-made'").await, 1);
    }
}

#[tokio::test]
async fn a_database_without_the_table_works() {
    let app = TestApp::new().await;
    app.sql("DROP TABLE doorward_audit", vec![]).await;
    let mut browser = app.browser();
    browser.router = app.second(|_| {}).await;
    let signed_up = browser.post("/sign-up/email", json!({ "name": "Ada", "email": ADA, "password": PASSWORD })).await;
    assert_eq!(signed_up.status, StatusCode::OK, "{}", signed_up.text);
    assert_eq!(browser.get("/activity").await.text, "[]");
    assert_eq!(sign_in(&mut browser, "wrong").await, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&mut browser, PASSWORD).await, StatusCode::OK);
    assert_eq!(browser.post("/sign-out", json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn reading_writes_nothing() {
    let app = TestApp::new().await;
    let mut ada = app.member(ADA).await;
    ada.get("/token").await; // the first one makes the key
    let before = app.count("SELECT count(*) FROM doorward_audit").await;
    for path in ["/get-session", "/token", "/jwks", "/revoked", "/list-accounts", "/list-sessions", "/activity"] {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(app.count("SELECT count(*) FROM doorward_audit").await, before);
}
