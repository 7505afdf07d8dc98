//! `hot_paths NAME REPETITIONS`: one hot path, so many times, and nothing else; for counting instructions.
//!
//! The same code as in the binary, in the same profile. What a path costs is the count of some repetitions minus the
//! count of none, so that the preparation falls out; `bench/instructions.py` does that. Nothing is timed here, except
//! by `hot_paths hash SECONDS`: how many of Better Auth's password hashes a second the core can do.

use std::{error::Error, hint::black_box, path::Path, sync::Arc, time::Duration, time::Instant};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use doorward::{Auth, Clock, SystemRandom, config::BaseUrl, config::Config};
use doorward_crypto::{
    Secret, Secrets, cookie,
    jwk::{Algorithm, SigningKey, VerifyingKey},
    jwt::{self, Rules},
    password,
};
use doorward_database::{Database, Options, Stamp};
use doorward_verify::Verifier;
use serde_json::json;
use tower::ServiceExt as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SECRET: &str = "counted-only-secret-0123456789abcdef";
const ORIGIN: &str = "http://localhost:3000";
const NOW: i64 = 1_795_435_200;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A clock that stands still: what is counted does not depend on the moment.
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Stamp {
        Stamp::from_seconds(NOW)
    }
}

impl doorward_verify::Clock for StandingClock {
    fn now(&self) -> i64 {
        NOW
    }
}

fn main() -> Outcome {
    let usage =
        "usage: hot_paths sign|verify|verify-again|cookie|get-session|jwks REPETITIONS, or hot_paths hash SECONDS";
    let mut arguments = std::env::args().skip(1);
    let (name, number) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    if name == "hash" {
        return hash(number.parse()?);
    }
    let repetitions: u32 = number.parse()?;
    match name.as_str() {
        "sign" => sign(repetitions),
        "verify" => verify(repetitions),
        "verify-again" => verify_again(repetitions),
        "cookie" => unsign(repetitions),
        "get-session" => on_the_router("/api/auth/get-session", repetitions),
        "jwks" => on_the_router("/api/auth/jwks", repetitions),
        _ => Err(usage.into()),
    }
}

fn claims() -> String {
    let origin = ORIGIN;
    json!({ "iat": NOW, "name": "Ada Lovelace", "email": "ada@example.com", "emailVerified": true, "sub": "u".repeat(32),
        "exp": NOW + 900, "iss": origin, "aud": origin, "sid": "s".repeat(32), "jti": "j".repeat(22) })
    .to_string()
}

/// A key of an EdDSA pair, and its public half as a set of keys.
fn key() -> Outcome<(SigningKey, serde_json::Value)> {
    let pair = SigningKey::generate(Algorithm::EdDsa, &SystemRandom)?;
    let signing = SigningKey::from_private_jwk("counted", Algorithm::EdDsa, &pair.private)?;
    let mut public: serde_json::Value = serde_json::from_str(&pair.public)?;
    public["kid"] = "counted".into();
    public["alg"] = "EdDSA".into();
    Ok((signing, public))
}

fn sign(repetitions: u32) -> Outcome {
    let (signing, _) = key()?;
    let claims = claims();
    for _ in 0..repetitions {
        black_box(signing.sign(&claims)?);
    }
    Ok(())
}

fn verify(repetitions: u32) -> Outcome {
    let (signing, public) = key()?;
    let token = signing.sign(&claims())?;
    let verifying = VerifyingKey::from_public_jwk(&public)?;
    let rules = Rules::new().issuer(ORIGIN).audience(ORIGIN);
    for _ in 0..repetitions {
        black_box(jwt::verify(&token, |_| Some(&verifying), &rules, NOW)?);
    }
    Ok(())
}

/// A token that was seen before.
fn verify_again(repetitions: u32) -> Outcome {
    let (signing, public) = key()?;
    let token = signing.sign(&claims())?;
    let set = json!({ "keys": [public] });
    let verifier = Verifier::builder().issuer(ORIGIN).audience(ORIGIN).jwks(set).clock(StandingClock).build()?;
    verifier.verify_in_memory(&token)?;
    for _ in 0..repetitions {
        black_box(verifier.verify_in_memory(&token)?);
    }
    Ok(())
}

fn unsign(repetitions: u32) -> Outcome {
    let secrets = Secrets::single(Secret::new(SECRET));
    let signed = cookie::sign("0123456789abcdefABCDEFGHIJKLMNOP", secrets.current());
    for _ in 0..repetitions {
        black_box(cookie::unsign(&signed, &secrets).ok_or("the cookie is refused")?);
    }
    Ok(())
}

/// A whole request by somebody who has signed up, from the router's door to the last byte of the answer.
fn on_the_router(path: &str, repetitions: u32) -> Outcome {
    let folder = std::env::temp_dir().join(format!("doorward-hot-paths-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let router = service(&folder).await?;
        let cookie = sign_up(&router).await?;
        // What a first request prepares is no part of the path.
        for _ in 0..4 {
            ask(&router, path, &cookie).await?;
        }
        for _ in 0..repetitions {
            black_box(ask(&router, path, &cookie).await?);
        }
        Ok(())
    });
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn service(folder: &Path) -> Outcome<Router> {
    let mut config = Config::new(BaseUrl::parse(ORIGIN)?, Secrets::single(Secret::new(SECRET)));
    config.network.rate_limit = false;
    let url = format!("sqlite://{}", folder.join("counted.db").display());
    let database = Database::open(&url, &Options { durable: false, ..Options::default() }).await?;
    doorward::migrate::run(&database, false).await?;
    let auth = Auth::with(config, database, None, Arc::new(StandingClock), Arc::new(SystemRandom)).await?;
    Ok(doorward::router(auth))
}

async fn sign_up(router: &Router) -> Outcome<String> {
    let person = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let request = Request::post("/api/auth/sign-up/email")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ORIGIN, ORIGIN)
        .body(Body::from(person.to_string()))?;
    let response = router.clone().oneshot(request).await?;
    let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.contains("session_token="));
    Ok(session.ok_or("nobody was signed in")?.to_owned())
}

async fn ask(router: &Router, path: &str, cookie: &str) -> Outcome<usize> {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty())?;
    let response = router.clone().oneshot(request).await?;
    if response.status() != StatusCode::OK {
        return Err(format!("{path} answered {}", response.status()).into());
    }
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await?;
    if body.len() < 40 {
        return Err(format!("{path} knows nobody").into());
    }
    Ok(body.len())
}

fn hash(seconds: f64) -> Outcome {
    let stored = password::hash_scrypt("correct horse", &SystemRandom);
    let limit = Duration::try_from_secs_f64(seconds)?;
    let (started, mut hashes) = (Instant::now(), 0_u32);
    while started.elapsed() < limit {
        black_box(password::verify(&stored, "correct horse"))?;
        hashes += 1;
    }
    println!("{:.3}", f64::from(hashes) / started.elapsed().as_secs_f64());
    Ok(())
}
