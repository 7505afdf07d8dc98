//! A database that is locked or read-only: 503 with Retry-After, and recovery by itself.

use std::time::Duration;

use doorward::{
    Auth,
    config::{BaseUrl, Config},
    migrate, router,
};
use doorward_crypto::secret::{Secret, Secrets};
use doorward_database::{Database, Options};
use http::StatusCode;
use serde_json::json;

use crate::support::{Browser, ORIGIN, PASSWORD, SECRET, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_is_waited_for_and_then_answered_503() {
    if std::env::var("DOORWARD_TEST_POSTGRES").is_ok() {
        return; // SQLite's own trouble
    }
    let app = TestApp::new().await;
    let path = app.url.strip_prefix("sqlite://").unwrap().to_owned();
    let impatient = Options { busy_timeout: Duration::from_millis(200), ..Options::default() };
    let database = Database::open(&app.url, &impatient).await.unwrap();
    let config = Config::new(BaseUrl::parse(ORIGIN).unwrap(), Secrets::single(Secret::new(SECRET)));
    let mut browser = Browser {
        router: router(Auth::open(config, database, None).await.unwrap()),
        cookies: Vec::new(),
        headers: Default::default(),
    };

    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
    let refused = browser.post("/sign-up/email", body.clone()).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    assert!(!refused.text.contains("locked"), "the reason is for the log: {}", refused.text);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(browser.post("/sign-up/email", body).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_cannot_be_extended_now_is_alive_and_one_that_cannot_be_deleted_is_not() {
    if std::env::var("DOORWARD_TEST_POSTGRES").is_ok() {
        return; // SQLite's own trouble
    }
    let app = TestApp::new().await;
    let mut ada = app.member("ada@example.com").await;
    let path = app.url.strip_prefix("sqlite://").unwrap();
    ada.router = app.second_by(&Options { busy_timeout: Duration::from_millis(100), ..Options::default() }).await;
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    app.clock.advance(2 * 24 * 3600);
    let due = ada.get("/get-session").await;
    assert_eq!((due.status, &due.json["user"]["email"]), (StatusCode::OK, &json!("ada@example.com")), "{}", due.text);
    app.clock.advance(30 * 24 * 3600);
    let expired = ada.get("/get-session").await;
    assert_eq!((expired.status, expired.text.as_str()), (StatusCode::OK, "null"));
    other.execute_batch("ROLLBACK").unwrap();
}

#[tokio::test]
async fn an_unmigrated_database_is_told_what_to_do() {
    let app = TestApp::new().await;
    let folder = std::env::temp_dir().join(format!("doorward-empty-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database =
        Database::open(&format!("sqlite://{}", folder.join("empty.db").display()), &Options::default()).await.unwrap();
    let config = Config::new(BaseUrl::parse(ORIGIN).unwrap(), Secrets::single(Secret::new(SECRET)));
    let error = Auth::open(config, database.clone(), None).await.unwrap_err().to_string();
    assert!(error.contains("doorward migrate"), "{error}");
    assert_eq!(migrate::run(&database, true).await.unwrap().steps.len(), 9, "a dry run tells");
    assert_eq!(migrate::run(&database, false).await.unwrap().steps.len(), 9, "and changed nothing");
    assert_eq!(migrate::run(&database, false).await.unwrap().steps, Vec::<String>::new(), "twice is once");
    std::fs::remove_dir_all(&folder).unwrap();
    drop(app);
}

/// As Prisma keeps them. Opening such a database would end living sessions and links.
#[tokio::test]
async fn a_database_with_dates_as_numbers_is_left_alone() {
    let app = TestApp::new().await;
    if app.url.starts_with("postgres") {
        return; // its columns have types
    }
    app.member("ada@example.com").await;
    app.sql(r#"UPDATE session SET "expiresAt" = 1796040000000"#, vec![]).await;
    let config = Config::new(BaseUrl::parse(ORIGIN).unwrap(), Secrets::single(Secret::new(SECRET)));
    let error = Auth::open(config.clone(), app.database.clone(), None).await.unwrap_err().to_string();
    assert!(error.contains("ISO 8601"), "{error}");
    let findings = doorward::check::run(&app.database, &config).await.unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding.level == doorward::check::Level::Stop && finding.words.contains("ISO 8601"))
    );
}

fn stops(findings: &[doorward::check::Finding], words: &str) -> bool {
    findings.iter().any(|finding| finding.level == doorward::check::Level::Stop && finding.words.contains(words))
}

/// A plugin's second factor, or its ban, would be void here: on a password alone they would all be let in.
#[tokio::test]
async fn people_whom_a_plugin_holds_back_are_not_let_in() {
    for (column, hold, words) in [
        (
            "ALTER TABLE \"user\" ADD COLUMN \"twoFactorEnabled\" boolean",
            "UPDATE \"user\" SET \"twoFactorEnabled\" = true",
            "second factor",
        ),
        ("ALTER TABLE \"user\" ADD COLUMN banned boolean", "UPDATE \"user\" SET banned = true", "banned"),
    ] {
        let app = TestApp::new().await;
        app.member("ada@example.com").await;
        app.sql(column, vec![]).await;
        let config = Config::new(BaseUrl::parse(ORIGIN).unwrap(), Secrets::single(Secret::new(SECRET)));
        assert!(Auth::open(config.clone(), app.database.clone(), None).await.is_ok(), "nobody is held back");
        app.sql(hold, vec![]).await;
        let error = Auth::open(config.clone(), app.database.clone(), None).await.unwrap_err().to_string();
        assert!(error.starts_with("1 people") && error.contains(words), "{error}");
        assert!(stops(&doorward::check::run(&app.database, &config).await.unwrap(), words));
    }
}

#[tokio::test]
async fn a_check_looks_at_the_tables_that_are_there() {
    let app = TestApp::new().await;
    app.member("ada@example.com").await;
    app.sql("UPDATE account SET password = 'md5$abc'", vec![]).await;
    app.sql("DROP TABLE jwks", vec![]).await;
    let config = Config::new(BaseUrl::parse(ORIGIN).unwrap(), Secrets::single(Secret::new(SECRET)));
    let findings = doorward::check::run(&app.database, &config).await.unwrap();
    assert!(stops(&findings, "passwords have an unknown form"), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.words.contains("no signing key")), "{findings:?}");
    // The database of something else altogether.
    for table in [
        "ALTER TABLE session RENAME TO other_session",
        "ALTER TABLE account RENAME TO other_account",
        "ALTER TABLE \"user\" RENAME TO other_user",
    ] {
        app.sql(table, vec![]).await;
    }
    let findings = doorward::check::run(&app.database, &config).await.unwrap();
    assert!(stops(&findings, "is DATABASE_URL right"), "{findings:?}");
}
