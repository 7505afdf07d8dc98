//! Limits that count over several servers, and what is left of them when they cannot.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use doorward::config::{Allowance, Config, Counting, Limits, OutOfReach, SharedCounts, Verdict};
use http::StatusCode;
use serde_json::json;

use crate::support::{Browser, PASSWORD, TestApp};

const EMAIL: &str = "ada@example.com";

fn shared(limits: &Limits) -> impl FnOnce(&mut Config) {
    let limits = limits.clone();
    move |config| {
        config.network.rate_limit = true;
        config.network.limits = limits;
        config.network.trusted_proxies = vec!["192.0.2.1".parse().unwrap()];
    }
}

/// Two servers on one database, and somebody to guess at.
async fn two_servers(limits: Limits) -> (TestApp, [Browser; 2]) {
    let app = TestApp::with(shared(&limits)).await;
    app.member(EMAIL).await;
    app.clock.advance(60);
    let mut other = app.browser();
    other.router = app.second(shared(&limits)).await;
    let browsers = [app.browser(), other];
    (app, browsers)
}

async fn try_password(server: &mut Browser, address: &str, password: &str) -> StatusCode {
    let mut from = server.clone().header("x-forwarded-for", address);
    from.post("/sign-in/email", json!({ "email": EMAIL, "password": password })).await.status
}

#[tokio::test]
async fn two_servers_share_the_limit_of_an_address() {
    let (app, mut servers) = two_servers(Limits::Database).await;
    let mut statuses = Vec::new();
    for round in 0..4 {
        statuses.push(try_password(&mut servers[round % 2], "203.0.113.7", "wrong password").await.as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 429]);
    let elsewhere = try_password(&mut servers[0], "203.0.113.8", PASSWORD).await;
    assert_eq!(elsewhere, StatusCode::OK, "another address is another count");
    app.clock.advance(11);
    assert_eq!(try_password(&mut servers[1], "203.0.113.7", PASSWORD).await, StatusCode::OK);
}

#[tokio::test]
async fn two_servers_share_the_guesses_at_an_account_and_a_right_one_is_given_back() {
    let (app, mut servers) = two_servers(Limits::Database).await;
    let mut evaluated = 0;
    for number in 0..60 {
        let address = format!("203.0.113.{number}");
        if try_password(&mut servers[number % 2], &address, "wrong password").await == StatusCode::UNAUTHORIZED {
            evaluated += 1;
        }
    }
    assert_eq!(evaluated, 20, "twenty an hour from everywhere, on both servers together");
    app.clock.advance(3601);
    for number in 0..30 {
        let address = format!("198.51.100.{number}");
        assert_eq!(try_password(&mut servers[number % 2], &address, PASSWORD).await, StatusCode::OK, "{number}");
    }
    app.clock.advance(3601);
    app.auth.housekeep().await;
    assert_eq!(app.count("SELECT count(*) FROM doorward_limit").await, 0, "what has ended is deleted");
}

/// A place that is out of reach, and remembers how often it was asked.
#[derive(Debug, Default)]
struct Gone(AtomicUsize);

impl SharedCounts for Gone {
    fn take<'a>(&'a self, _: &'a [Allowance]) -> Counting<'a, Verdict> {
        self.0.fetch_add(1, Relaxed);
        Box::pin(async { Err(OutOfReach("nobody there".into())) })
    }

    fn give_back<'a>(&'a self, _: &'a [String]) -> Counting<'a, ()> {
        Box::pin(async { Err(OutOfReach("nobody there".into())) })
    }
}

#[tokio::test]
async fn when_the_shared_place_is_gone_each_server_counts_alone() {
    let gone = Arc::new(Gone::default());
    let (app, mut servers) = two_servers(Limits::Elsewhere(Arc::clone(&gone) as _)).await;
    let asked = gone.0.load(Relaxed);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(try_password(&mut servers[0], "203.0.113.7", "wrong password").await.as_u16());
    }
    assert_eq!(statuses, [401, 401, 401, 429], "never more than one server alone would allow");
    assert_eq!(gone.0.load(Relaxed) - asked, 1, "it is not asked again at once");
    app.clock.advance(2);
    assert_eq!(try_password(&mut servers[1], "203.0.113.7", PASSWORD).await, StatusCode::OK, "nobody is kept out");
}
