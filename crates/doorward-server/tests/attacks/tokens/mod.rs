//! Access tokens signed with the server's own key that are nevertheless none.

mod claims;
mod headers;
mod kinds;
mod spelling;

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::{
    forge::{Forge, assert_accepted},
    world::World,
};

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the server's clock is the machine's")]
    let now = SystemTime::now();
    i64::try_from(now.duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A world with one person, and the key of the server.
fn forged() -> (World, Forge) {
    let world = World::new();
    let person = world.member("ada@example.com");
    let forge = Forge::of(&world, &person);
    assert_accepted(&world, &forge.with_claims(&json!({})), "the forge makes good tokens");
    (world, forge)
}

fn base64_standard(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
