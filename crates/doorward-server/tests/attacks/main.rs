//! Attacks on the real binary over real sockets, each named after the standard or the published mistake behind it.
//!
//! What an attack must not get is asserted by the attack. What no request at all may get is asserted by [`world`]: every
//! single answer is below 500, and a server that panicked fails the test that owned it. `docs/security.md` names these
//! tests beside the requirements that they show; `page` holds that list to the sources.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod at_rest;
mod bearer;
mod bounds;
mod cookies;
mod csrf;
mod enumeration;
mod fields;
mod forge;
mod framing;
mod headers;
mod http2;
mod injection;
mod limits;
mod mails;
mod noise;
mod ownership;
mod page;
mod passwords;
mod races;
mod redirects;
mod sessions;
#[path = "../it/support.rs"]
#[expect(dead_code, reason = "shared with the other test binary, which uses the rest")]
mod support;
mod timing;
mod tokens;
mod world;
