//! Rotating keys under load refuses no valid token.
//!
//! Two servers on one database, people who ask for tokens at both, and APIs that check every token until it expires,
//! with `doorward-verify` as it is: its own fetching, at most once in 30 seconds, and its memory of verified tokens.
//! Time goes in steps that are as long as everybody needs, so a slow machine changes nothing.

use std::sync::{Arc, Mutex};

use axum::Router;
use doorward::config::{Audience, Config};
use doorward_crypto::jwk::Algorithm;
use doorward_verify::{Clock, FetchKeys, Fetching, Verifier};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, Browser, ORIGIN, TestApp, TestClock, header_of};

const PEOPLE: usize = 4;
/// Seconds of one step.
const STEP: i64 = 5;
const STEPS: i64 = 360;
/// Seconds between rotations.
const ROTATION: i64 = 125;
const NOTES: &str = "https://notes.example.com";

/// The test's clock, for verifiers too.
struct Same(Arc<TestClock>);

impl Clock for Same {
    fn now(&self) -> i64 {
        doorward::Clock::now(&*self.0).seconds()
    }
}

/// A cache between verifiers and the issuer that gives everything as old as the issuer's headers allow. Others ask it all
/// the time, so when it asks anew has nothing to do with the verifiers.
#[derive(Clone)]
struct WorstCache {
    browser: Browser,
    clock: Arc<TestClock>,
    kept: Arc<Mutex<Option<(i64, i64, Value)>>>,
}

impl FetchKeys for WorstCache {
    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async {
            let now = Same(Arc::clone(&self.clock)).now();
            let kept = self.kept.lock().unwrap().clone();
            if let Some((_, _, keys)) = kept.filter(|(since, life, _)| now - since <= *life) {
                return Ok(keys);
            }
            let answer = self.browser.clone().get("/jwks").await;
            *self.kept.lock().unwrap() = Some((now, longest_life(&answer), answer.json.clone()));
            Ok(answer.json)
        })
    }
}

/// All seconds that `Cache-Control` allows a copy to be shown.
fn longest_life(answer: &Answer) -> i64 {
    let control = answer.header("cache-control");
    let seconds = |part: &str| part.trim().split_once('=').map_or(0, |(_, number)| number.parse::<i64>().unwrap());
    let life = control.split(',').map(seconds).sum();
    assert!(life > 0, "{control}");
    life
}

/// Somebody who asks for tokens, and the APIs that get them.
struct Person {
    browser: Browser,
    resource: &'static str,
    verifiers: Vec<Verifier>,
    clock: Same,
    tokens: Vec<String>,
    checks: usize,
}

impl Person {
    /// A new token and all that are still valid, at every API; and one with an invented key, which makes them fetch.
    async fn step(mut self, number: i64) -> Self {
        // A changed name makes a token that was not signed before.
        self.browser.post("/update-user", json!({ "name": format!("Ada the {number}th") })).await;
        let answer = self.browser.get(&format!("/token?resource={}", self.resource)).await;
        let token = answer.json["token"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
        self.tokens.push(token);
        let now = self.clock.now();
        self.tokens.retain(|token| claims_of(token)["exp"].as_i64().unwrap() > now);
        let invented = invented(&self.tokens[0], number);
        for verifier in &self.verifiers {
            for token in &self.tokens {
                let outcome = verifier.verify(token).await;
                assert!(outcome.is_ok(), "step {number}, a valid token of {}: {outcome:?}", header_of(token));
                self.checks += 1;
            }
            assert!(verifier.verify(&invented).await.is_err());
        }
        self
    }
}

fn claims_of(token: &str) -> Value {
    header_of(token.split_once('.').unwrap().1)
}

/// A token of a key that nobody has.
fn invented(token: &str, number: i64) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut header = header_of(token);
    header["kid"] = json!(format!("invented-{number}"));
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), token.split_once('.').unwrap().1)
}

/// The router on a real port, for verifiers that fetch over HTTP.
async fn listening(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/api/auth/jwks")
}

struct Case {
    lead: i64,
    through_a_cache: bool,
    by_hand: bool,
}

async fn nothing_valid_is_refused(case: Case) {
    let Case { lead, by_hand, .. } = case;
    let settings = move |config: &mut Config| {
        config.token.audiences = vec![Audience { name: NOTES.into(), algorithm: Algorithm::Es256 }];
        config.token.activation_lead = lead;
        config.token.rotation_interval = (!by_hand).then_some(2 * ROTATION);
        config.token.lifetime = 300;
        // As long as the last token of a key can live, and no longer: keys do go.
        config.token.grace_period = config.token.lifetime + 5;
        config.network.rate_limit = false;
    };
    let app = TestApp::with(settings).await;
    let second = app.second(settings).await;
    let addresses = [listening(app.router.clone()).await, listening(second.clone()).await];
    let mut browser = app.browser();
    browser.router = second.clone();
    let cache = WorstCache { browser, clock: Arc::clone(&app.clock), kept: Arc::default() };
    let verifiers = |audience: &str| {
        let of = || Verifier::builder().issuer(ORIGIN).audience(audience).clock(Same(Arc::clone(&app.clock)));
        let mut verifiers: Vec<_> = addresses.iter().map(|address| of().jwks_url(address).build().unwrap()).collect();
        if case.through_a_cache {
            verifiers.push(of().fetch_keys(cache.clone()).build().unwrap());
        }
        verifiers
    };
    let (usual, notes) = (verifiers(ORIGIN), verifiers(NOTES));
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let mut browser = app.member(&format!("person{number}@example.com")).await;
        if number >= PEOPLE / 2 {
            browser.router = second.clone();
        }
        let (resource, verifiers) = if number % 2 == 0 { (ORIGIN, usual.clone()) } else { (NOTES, notes.clone()) };
        let clock = Same(Arc::clone(&app.clock));
        people.push(Person { browser, resource, verifiers, clock, tokens: Vec::new(), checks: 0 });
    }
    cache.fetch().await.unwrap();
    app.clock.advance(25 - STEP);
    let mut pruned = 0;
    for number in 0..STEPS {
        app.clock.advance(STEP);
        let mut steps: JoinSet<_> = people.drain(..).map(|person| person.step(number)).collect();
        // While they are at it.
        if case.by_hand && number * STEP % ROTATION == 0 {
            assert_eq!(app.auth.rotate_keys(None).await.unwrap().len(), 2);
        }
        cache.fetch().await.unwrap();
        pruned += app.auth.prune_keys().await.unwrap().len();
        while let Some(person) = steps.join_next().await {
            people.push(person.unwrap());
        }
    }
    let checks: usize = people.iter().map(|person| person.checks).sum();
    let made = app.count("SELECT count(*) FROM doorward_audit WHERE event = 'key-made'").await;
    println!("{checks} checks, {made} keys made, {pruned} of them gone");
    assert!(checks > 50_000 && made > 16 && pruned > 8, "{checks} checks, {made} keys made, {pruned} of them gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_the_usual_lead_through_the_worst_cache() {
    nothing_valid_is_refused(Case { lead: 90, through_a_cache: true, by_hand: true }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn by_interval_through_the_worst_cache() {
    nothing_valid_is_refused(Case { lead: 90, through_a_cache: true, by_hand: false }).await;
}

/// Verifiers fetch once in 30 seconds at most, and the other server looks at the table every 5.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_a_short_lead_straight_from_the_issuer() {
    nothing_valid_is_refused(Case { lead: 40, through_a_cache: false, by_hand: true }).await;
}
