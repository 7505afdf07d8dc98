//! Somebody's own API behind Doorward, in one file: the ten lines that matter are `verifier` and `me`.
//!
//! | variable | default |
//! |---|---|
//! | `ISSUER` | `http://localhost:3000`: whose tokens are good, letter for letter |
//! | `AUDIENCE` | the issuer |
//! | `SHARED_SECRET` | none; given, tokens are HS256 by this secret and the issuer's public keys are not asked for |
//! | `ENDED_SESSIONS` | `on`: follow the issuer's list of ended sessions; `off` for an issuer without one (Better Auth) |
//! | `LISTEN` | `127.0.0.1:8080` |

use axum::{Json, Router, routing::get};
use doorward_verify::{BuildError, Claims, DenyFeed, Verifier};
use serde::Deserialize;
use serde_json::{Value, json};
use std::env;

/// What this API wants to know of a person, beside the id.
#[derive(Deserialize)]
struct Person {
    email: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = verifier()?;
    let guarded = Router::new().route("/me", get(me)).route_layer(verifier.guard());
    let open = Router::new().route("/", get(|| async { "GET /me with a bearer token\n" }));
    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8080")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, open.merge(guarded)).await?;
    Ok(())
}

fn verifier() -> Result<Verifier, BuildError> {
    let issuer = setting("ISSUER", "http://localhost:3000");
    let verifier = Verifier::builder().issuer(&issuer).audience(setting("AUDIENCE", &issuer));
    let verifier = match env::var("SHARED_SECRET") {
        Ok(secret) => verifier.shared_secret(secret),
        Err(_) => verifier.jwks_url(format!("{issuer}/api/auth/jwks")),
    };
    match setting("ENDED_SESSIONS", "on").as_str() {
        "off" => verifier.build(),
        _ => verifier.deny_feed(DenyFeed::at(format!("{issuer}/api/auth/revoked"))).build(),
    }
}

async fn me(claims: Claims<Person>) -> Json<Value> {
    Json(json!({ "id": claims.subject(), "email": claims.extra.email }))
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}
