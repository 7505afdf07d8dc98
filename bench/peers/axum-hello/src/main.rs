//! `axum-hello ADDRESS`: one JSON answer on every path, with no database and no checks.
//!
//! It is a ceiling and not a server: nothing that Doorward answers can be faster on the same libraries.

use axum::{Json, Router};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("usage: axum-hello ADDRESS")?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, Router::new().fallback(hello)).await?;
    Ok(())
}

async fn hello() -> Json<Value> {
    Json(json!({ "message": "hello, world" }))
}
