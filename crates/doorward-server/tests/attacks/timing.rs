//! How long answers take for somebody who is known and for somebody who is not: ASVS 6.3.8.
//!
//! `make timing` prints the figures that stand in `docs/security.md`. Nothing is asserted about time: on a machine that
//! does other things as well, such a test would fail for no reason, or be so lenient that it shows nothing.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    support::{Answer, request},
    world::{PASSWORD, World},
};

/// The time from the last byte of the question to the last byte of the answer.
fn time_of(world: &World, path: &str, body: &Value) -> Duration {
    let headers = [("Content-Type", "application/json"), ("Origin", world.origin.as_str())];
    let text = request("POST", &format!("/api/auth{path}"), &headers, &body.to_string());
    let mut stream = world.server.connect();
    let started = Instant::now();
    stream.write_all(text.as_bytes()).unwrap();
    let answer = Answer::read(stream);
    let took = started.elapsed();
    assert!((200..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
    took
}

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Interleaved pairs, the first of each pair in turn; prints the medians, and the median of the differences.
fn report(
    about: &str,
    pairs: usize,
    mut known: impl FnMut(usize) -> Duration,
    mut unknown: impl FnMut(usize) -> Duration,
) {
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..pairs {
        for turn in 0..2 {
            let which = (number + turn) % 2;
            let took = if which == 0 { known(number) } else { unknown(number) };
            times[which].push(took.as_secs_f64() * 1000.0);
        }
    }
    let differences: Vec<f64> = times[0].iter().zip(&times[1]).map(|(known, unknown)| known - unknown).collect();
    let [known, unknown] = times.map(middle);
    let (between, paired) = (known - unknown, middle(differences));
    let share = between / unknown * 100.0;
    println!("| {about} | {pairs} | {known:.2} | {unknown:.2} | {between:+.2} ({share:+.1} %) | {paired:+.2} |");
}

#[test]
#[ignore = "prints figures and asserts none: run `make timing`"]
fn asvs_6_3_8_times_of_the_known_and_the_unknown() {
    println!("| door | pairs | known, ms | unknown, ms | difference of medians | median of differences, ms |");
    println!("|---|---|---|---|---|---|");
    let world = World::new();
    world.member("ada@example.com");
    let body = |email: &str| json!({ "email": email, "password": "a wrong password", "redirectTo": "/reset" });
    let stranger = |number: usize| body(&format!("nobody{number}@example.com"));
    for (about, path, pairs) in [
        ("sign-in, wrong password", "/sign-in/email", 200),
        ("short sign-in, wrong password", "/signin", 200),
        ("asking for a reset", "/request-password-reset", 200),
        ("asking for a verification", "/send-verification-email", 20),
    ] {
        let ada = body("ada@example.com");
        report(about, pairs, |_| time_of(&world, path, &ada), |number| time_of(&world, path, &stranger(number)));
    }
    for (about, path) in [("private sign-up", "/sign-up/email"), ("private short sign-up", "/signup")] {
        let world = World::with(&[("DOORWARD_PRIVATE_SIGN_UP", "on")]);
        let body = |email: String| json!({ "name": "x", "email": email, "password": PASSWORD });
        time_of(&world, path, &body("ada@example.com".into()));
        let ada = body("ada@example.com".into());
        let new = |number: usize| time_of(&world, path, &body(format!("new{number}@example.com")));
        report(about, 200, |_| time_of(&world, path, &ada), new);
    }
}
