//! Keys across a socket: what a flood, an outage, a rotation and a hostile server do to the guarded API.

use crate::support::{Answer, Issuer, Key, NOW, TestClock, configured, eventually, jwks};
use doorward_verify::{JwtError, Refusal, Verifier};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn verifier(issuer: &Issuer, clock: &TestClock) -> Verifier {
    configured(clock).jwks_url(&issuer.url).build().expect("a verifier")
}

async fn refusal(verifier: &Verifier, token: &str) -> Refusal {
    verifier.verify(token).await.map(|_| ()).expect_err("refused")
}

const UNKNOWN: Refusal = Refusal::Token(JwtError::UnknownKey);

#[tokio::test]
async fn the_first_token_fetches_and_the_next_thousand_do_not() {
    let key = Key::new("a");
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = verifier(&issuer, &TestClock::new());
    assert_eq!(issuer.hits(), 0, "building fetches nothing");
    for number in 0..1000 {
        let token = key.token_with(json!({"number": number}));
        assert_eq!(verifier.verify(&token).await.expect("good").subject(), "user-1");
    }
    assert_eq!(issuer.hits(), 1);
}

#[tokio::test]
async fn a_hundred_at_once_share_one_fetch() {
    let key = Key::new("a");
    let issuer = Issuer::start(Answer::Held(jwks(&[&key]).to_string().into_bytes())).await;
    let verifier = verifier(&issuer, &TestClock::new());
    let tasks = (0..100).map(|number| {
        let (verifier, token) = (verifier.clone(), key.token_with(json!({"number": number})));
        tokio::spawn(async move { verifier.verify(&token).await.is_ok() })
    });
    let tasks = tasks.collect::<Vec<_>>();
    issuer.wait_for_hits(1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    issuer.let_go();
    for task in tasks {
        assert!(task.await.expect("ran"));
    }
    assert_eq!(issuer.hits(), 1);
}

/// Two threads that come at the same moment, again and again: one may look between the other's look and its fetch.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_just_before_the_first_fetch_waits_for_it_too() {
    const ROUNDS: usize = 20_000;
    let key = Key::new("a");
    let (token, published) = (key.token(), jwks(&[&key]));
    let fresh = || {
        let keys = published.clone();
        configured(&TestClock::new())
            .fetch_keys(move || std::future::ready(Ok(keys.clone())))
            .build()
            .expect("a verifier")
    };
    let verifiers: Vec<Verifier> = (0..ROUNDS).map(|_| fresh()).collect();
    let (arrived, refused, runtime) = (AtomicUsize::new(0), AtomicUsize::new(0), tokio::runtime::Handle::current());
    let visit = || {
        for (round, verifier) in verifiers.iter().enumerate() {
            arrived.fetch_add(1, Ordering::AcqRel);
            while arrived.load(Ordering::Acquire) < 2 * (round + 1) {
                std::hint::spin_loop();
            }
            if runtime.block_on(verifier.verify(&token)).is_err() {
                refused.fetch_add(1, Ordering::AcqRel);
            }
        }
    };
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            scope.spawn(visit);
            scope.spawn(visit);
        });
    });
    assert_eq!(refused.into_inner(), 0, "of {ROUNDS} times two good tokens");
}

#[tokio::test]
async fn a_flood_of_unknown_names_costs_one_fetch_in_30_seconds() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&key.token()).await.is_ok());
    clock.advance(30);

    let stranger = Key::new("stranger");
    let flood = |count: usize| {
        let tasks = (0..count).map(|number| {
            let (verifier, token) = (verifier.clone(), stranger.token_with(json!({"number": number})));
            tokio::spawn(async move { refusal(&verifier, &token).await })
        });
        tasks.collect::<Vec<_>>()
    };
    for task in flood(2000) {
        assert_eq!(task.await.expect("ran"), UNKNOWN);
    }
    assert_eq!(issuer.hits(), 2, "the first use, and one for the whole flood");

    clock.advance(29);
    for task in flood(200) {
        assert_eq!(task.await.expect("ran"), UNKNOWN);
    }
    assert_eq!(issuer.hits(), 2);
    assert!(verifier.verify(&key.token()).await.is_ok(), "known keys are not disturbed");

    clock.advance(1);
    for task in flood(200) {
        assert_eq!(task.await.expect("ran"), UNKNOWN);
    }
    assert_eq!(issuer.hits(), 3);
}

#[tokio::test]
async fn tokens_that_are_malformed_fetch_nothing() {
    let issuer = Issuer::publishing(&[&Key::new("a")]).await;
    let verifier = verifier(&issuer, &TestClock::new());
    for token in ["", "a.b.c", "a.b.c.d.e", "....", "eyJhbGciOiJub25lIn0.e30."] {
        assert!(matches!(refusal(&verifier, token).await, Refusal::Token(_)));
    }
    assert_eq!(issuer.hits(), 0);
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_break_off_the_fetch() {
    let key = Key::new("a");
    let issuer = Issuer::start(Answer::Held(jwks(&[&key]).to_string().into_bytes())).await;
    let verifier = verifier(&issuer, &TestClock::new());
    let token = key.token();
    let impatient = tokio::time::timeout(Duration::from_millis(100), verifier.verify(&token)).await;
    assert!(impatient.is_err());
    issuer.let_go();
    eventually(|| verifier.verify_in_memory(&key.token()).is_ok()).await;
    assert_eq!(issuer.hits(), 1);
}

#[tokio::test]
async fn a_rotation_refuses_no_good_token() {
    let (old, new, clock) = (Key::new("old"), Key::new("new"), TestClock::new());
    let issuer = Issuer::publishing(&[&old]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&old.token()).await.is_ok());

    clock.advance(31);
    issuer.publish(&[&old, &new]);
    assert!(verifier.verify(&new.token()).await.is_ok(), "an unknown name fetches");
    assert!(verifier.verify(&old.token()).await.is_ok());
    assert_eq!(issuer.hits(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_verifies_nothing_after_the_next_renewal() {
    let (old, new, clock) = (Key::new("old"), Key::new("new"), TestClock::new());
    let issuer = Issuer::publishing(&[&old, &new]).await;
    let verifier = verifier(&issuer, &clock);
    let remembered = old.token();
    assert!(verifier.verify(&remembered).await.is_ok());
    assert!(verifier.verify(&new.token()).await.is_ok());

    issuer.publish(&[&new]);
    clock.advance(299);
    assert!(verifier.verify(&remembered).await.is_ok());
    assert_eq!(issuer.hits(), 1);
    clock.advance(1);
    // This one goes on with the keys at hand, and starts the renewal.
    assert!(verifier.verify(&remembered).await.is_ok());
    issuer.wait_for_hits(2).await;
    eventually(|| verifier.verify_in_memory(&remembered).is_err()).await;
    assert_eq!(refusal(&verifier, &remembered).await, UNKNOWN);
    assert!(verifier.verify(&new.token()).await.is_ok());
}

#[tokio::test]
async fn another_key_under_an_old_name_replaces_it() {
    let (one, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::publishing(&[&one]).await;
    let verifier = verifier(&issuer, &clock);
    let remembered = one.token();
    assert!(verifier.verify(&remembered).await.is_ok());
    let mut other = Key::new("b");
    other.public["kid"] = json!("a");
    issuer.publish(&[&other]);
    clock.advance(300);
    assert!(verifier.verify(&remembered).await.is_ok());
    eventually(|| verifier.verify_in_memory(&remembered).is_err()).await;
    assert_eq!(refusal(&verifier, &remembered).await, Refusal::Token(JwtError::Signature));
}

#[tokio::test]
async fn an_outage_is_bridged_for_a_day() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::publishing(&[&key]).await;
    let verifier = verifier(&issuer, &clock);
    assert!(verifier.verify(&key.token()).await.is_ok());

    issuer.answer(Answer::Status(503));
    let mut hits = issuer.hits();
    for minute in 1..=12 {
        clock.advance(60);
        let now = minute * 60;
        let token = key.token_with(json!({"iat": NOW + now, "exp": NOW + now + 900}));
        assert!(verifier.verify(&token).await.is_ok(), "minute {minute}");
        if minute >= 5 {
            issuer.wait_for_hits(hits + 1).await;
            hits = issuer.hits();
        }
        // The background fetch must be over before the next minute begins.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(issuer.hits() <= 10, "one try a minute, and no more: {}", issuer.hits());

    clock.advance(24 * 60 * 60);
    let token = key.token_with(json!({"iat": NOW + 87_000, "exp": NOW + 88_000}));
    assert_eq!(refusal(&verifier, &token).await, Refusal::KeysUnavailable);

    issuer.publish(&[&key]);
    clock.advance(30);
    for _ in 0..200 {
        if verifier.verify(&token).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came back");
}

#[tokio::test]
async fn an_issuer_that_starts_later_than_the_api() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let issuer = Issuer::start(Answer::Status(502)).await;
    let verifier = verifier(&issuer, &clock);
    for _ in 0..50 {
        assert_eq!(refusal(&verifier, &key.token()).await, Refusal::KeysUnavailable);
    }
    assert_eq!(issuer.hits(), 1, "once a second at most");
    issuer.publish(&[&key]);
    clock.advance(1);
    assert!(verifier.verify(&key.token()).await.is_ok());
}

#[tokio::test]
async fn hostile_answers_leave_no_keys() {
    let key = Key::new("a");
    let elsewhere = Issuer::publishing(&[&key]).await;
    let mut padded = jwks(&[&key]).to_string().into_bytes();
    padded.resize(64 * 1024 + 1, b' ');
    for answer in [
        Answer::Redirect(elsewhere.url.clone()),
        Answer::Body(padded),
        Answer::Body(b"{\"keys\":{}}".to_vec()),
        Answer::Body(b"[]".to_vec()),
        Answer::Body(b"<html>".to_vec()),
        Answer::Body(vec![]),
        Answer::Body(json!({"keys": vec![key.public.clone(); 101]}).to_string().into_bytes()),
        Answer::Status(404),
        Answer::Status(204),
        Answer::Status(304),
        Answer::Endless,
    ] {
        let issuer = Issuer::start(answer).await;
        let verifier = verifier(&issuer, &TestClock::new());
        assert_eq!(refusal(&verifier, &key.token()).await, Refusal::KeysUnavailable);
    }
    assert_eq!(elsewhere.hits(), 0, "redirects are not followed");
}

#[tokio::test]
async fn a_set_of_just_64_kib_is_read() {
    let key = Key::new("a");
    let mut padded = jwks(&[&key]).to_string().into_bytes();
    padded.resize(64 * 1024, b' ');
    let issuer = Issuer::start(Answer::Body(padded)).await;
    assert!(verifier(&issuer, &TestClock::new()).verify(&key.token()).await.is_ok());
}

#[tokio::test]
async fn a_server_that_never_answers_costs_five_seconds() {
    let key = Key::new("a");
    let issuer = Issuer::start(Answer::Held(vec![])).await;
    let verifier = verifier(&issuer, &TestClock::new());
    let begun = Instant::now();
    assert_eq!(refusal(&verifier, &key.token()).await, Refusal::KeysUnavailable);
    assert!((4..=7).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn keys_for_others_are_left_out() {
    let (key, clock) = (Key::new("a"), TestClock::new());
    let mut encrypting = Key::new("b");
    encrypting.public["use"] = json!("enc");
    let mut leaked = Key::new("c");
    leaked.public["d"] = json!("AAAA");
    let one = Key::new("same");
    let mut two = Key::new("d");
    two.public["kid"] = json!("same");
    let mut set = jwks(&[&encrypting, &leaked, &one, &two, &key, &key]);
    let entries = set["keys"].as_array_mut().expect("an array");
    entries
        .push(json!({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "s", "alg": "HS256"}));
    entries.push(json!({"kty": "AKP", "kid": "future"}));
    entries.push(json!(null));
    let verifier = configured(&clock).jwks(set).build().expect("a verifier");
    assert!(verifier.verify(&key.token()).await.is_ok());
    for stranger in [encrypting, leaked, one, two] {
        assert_eq!(refusal(&verifier, &stranger.token()).await, UNKNOWN);
    }
}

#[tokio::test]
async fn a_file_serves_as_well() {
    let key = Key::new("a");
    let path = std::env::temp_dir().join(format!("doorward-verify-{}.json", std::process::id()));
    std::fs::write(&path, jwks(&[&key]).to_string()).expect("written");
    let verifier =
        configured(&TestClock::new()).jwks_url(format!("file://{}", path.display())).build().expect("a verifier");
    let outcome = verifier.verify(&key.token()).await;
    std::fs::remove_file(&path).expect("removed");
    assert!(outcome.is_ok());
}
