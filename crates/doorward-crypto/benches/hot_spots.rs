//! What a sign-in and a cached request cost on one core: `cargo bench -p doorward-crypto`.
//!
//! Plain timing of the fastest of several rounds. It answers "is this tens of milliseconds or hundreds, microseconds or
//! milliseconds", which is all that a capacity plan needs; it does not detect small regressions.

use doorward_crypto::session_data::{self, CacheForm};
use doorward_crypto::{Random, Secret, Secrets, cookie, password, seal};
use std::hint::black_box;
use std::time::{Duration, Instant};

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn measure<T>(name: &str, repetitions: u32, mut work: impl FnMut() -> T) {
    let mut round = || {
        let start = Instant::now();
        for _ in 0..repetitions {
            black_box(work());
        }
        start.elapsed() / repetitions
    };
    round();
    let fastest = (0..7).map(|_| round()).min().unwrap_or(Duration::ZERO);
    println!("{name:<32} {fastest:>12.2?}");
}

fn main() {
    let stored = password::hash_scrypt("correct horse", &Zeros);
    measure("password: scrypt verify", 3, || password::verify(&stored, "correct horse"));
    let password = password::scrypt::Unhashed::new("correct horse", &Zeros);
    measure("password: scrypt, two at once", 3, || password::scrypt::two_keys([&password, &password]));
    measure("password: scrypt, fresh memory", 3, || {
        password::release_memory();
        password::verify(&stored, "correct horse")
    });
    let stored = password::hash_argon2id("correct horse", &Zeros);
    measure("password: argon2id verify", 3, || password::verify(&stored, "correct horse"));

    let secrets = Secrets::single(Secret::new("bench-only-secret-0123456789abcdef"));
    let signed = cookie::sign("0123456789abcdefABCDEFGHIJKLMNOP", secrets.current());
    measure("cookie: unsign", 10_000, || cookie::unsign(&signed, &secrets));
    let sealed = seal::seal(&"k".repeat(120), &secrets, &Zeros);
    measure("seal: open", 10_000, || seal::open(&sealed, &secrets));

    let session = serde_json::json!({
        "id": "s".repeat(32), "token": "t".repeat(32), "userId": "u".repeat(32), "ipAddress": "203.0.113.7",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
        "expiresAt": "2026-01-08T00:00:00.000Z", "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
    });
    let user = serde_json::json!({
        "id": "u".repeat(32), "name": "Ada Lovelace", "email": "ada@example.com", "emailVerified": true, "image": null,
        "createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z",
    });
    for form in [CacheForm::Compact, CacheForm::Jwt, CacheForm::Jwe] {
        let raw = session_data::encode(form, &session, &user, "1", 300, 0, &secrets, &Zeros);
        measure(&format!("session_data: {form:?} encode"), 10_000, || {
            session_data::encode(form, &session, &user, "1", 300, 0, &secrets, &Zeros)
        });
        measure(&format!("session_data: {form:?} decode"), 10_000, || session_data::decode(form, &raw, 0, &secrets));
    }
}
