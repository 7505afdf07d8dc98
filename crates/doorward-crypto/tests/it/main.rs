//! Known answers: what the Node library wrote is read here, and what is written here is what it would have written.
//!
//! `tests/vectors/make.mjs` made the files. The way back, Rust to Node, is [`node`], which needs Node and runs on
//! request only.

mod node;
mod vectors;

use doorward_crypto::{Random, Secret, Secrets};
use serde_json::Value;
use std::sync::atomic::{AtomicU8, Ordering};

/// Enough randomness for a test: every byte differs from the one before.
#[derive(Default)]
struct Counting(AtomicU8);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("the vector has a string here")
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("the vector has an integer here")
}

fn entries(vectors: &Value) -> &[Value] {
    vectors.as_array().expect("the vectors are an array")
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect("the vectors are JSON")
}

/// The secrets that a vector names: the same configuration that the Node library had.
fn ring(name: &Value) -> Secrets {
    let configured = &parsed(include_str!("../vectors/rings.json"))[text(name)];
    let secret = |member: &str| configured[member].as_str().map(Secret::new);
    match secret("single") {
        Some(single) => Secrets::single(single),
        None => Secrets::versioned(text(&configured["versioned"]), secret("legacy")).expect("the ring is valid"),
    }
}
