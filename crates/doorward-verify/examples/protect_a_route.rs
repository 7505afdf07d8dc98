//! An API behind Doorward or Better Auth, in one file.
//!
//! ```text
//! cargo run -p doorward-verify --example protect_a_route
//! curl -i http://127.0.0.1:8080/me -H "Authorization: Bearer $TOKEN"
//! ```
//!
//! | variable | default |
//! |---|---|
//! | `ISSUER` | `http://localhost:3000` |
//! | `AUDIENCE` | the issuer |
//! | `JWKS_URL` | `<issuer>/api/auth/jwks` |
//! | `LISTEN` | `127.0.0.1:8080` |

use axum::routing::get;
use axum::{Json, Router};
use doorward_verify::{Claims, Refused, Verifier};
use serde_json::{Value, json};
use std::env;

/// The claims that this API wants to know beside the registered ones.
#[derive(serde::Deserialize)]
struct Person {
    email: Option<String>,
    name: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter("info,doorward_verify=debug").init();

    let issuer = setting("ISSUER", "http://localhost:3000");
    let verifier = Verifier::builder()
        .audience(setting("AUDIENCE", &issuer))
        .jwks_url(setting("JWKS_URL", &format!("{issuer}/api/auth/jwks")))
        .issuer(issuer)
        .realm("example")
        .build()?;
    verifier.warm_up().await;

    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8080")).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, router(&verifier)).await?;
    Ok(())
}

fn router(verifier: &Verifier) -> Router {
    let guarded = Router::new().route("/me", get(me)).route("/admin", get(admin)).route_layer(verifier.guard());
    Router::new().route("/", get(|| async { "GET /me with a bearer token\n" })).merge(guarded)
}

async fn me(claims: Claims<Person>) -> Json<Value> {
    Json(json!({
        "id": claims.subject(),
        "email": claims.extra.email,
        "name": claims.extra.name,
        "expiresAt": claims.expires_at(),
    }))
}

async fn admin(claims: Claims) -> Result<&'static str, Refused> {
    claims.require_scope("admin")?;
    Ok("welcome\n")
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.to_owned())
}
