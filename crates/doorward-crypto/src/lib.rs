//! The pure cryptography of Doorward: everything Better Auth signs, seals, hashes or derives, in its exact forms.
//!
//! Each module is one kind of value, and each value is byte-compatible with the Node library in both directions:
//! what Better Auth wrote opens here, and what is written here opens there.
//!
//! | module | the value |
//! |---|---|
//! | [`secret`] | the server's secrets, and the ring of older ones that still open what they sealed |
//! | [`password`] | password hashes: scrypt in Better Auth's form, and the forms that imported users bring |
//! | [`cookie`] | signed cookie values |
//! | [`seal`] | encrypted text at rest: JWKS private keys, OAuth tokens |
//! | [`session_data`] | the session cache cookie in its three forms |
//! | [`jwk`], [`jwt`] | signing keys and tokens |
//! | [`digest`], [`random`] | hashes, constant-time comparison, random text |
//!
//! # What this crate deliberately does not do
//!
//! * It reads no clock and owns no randomness: the time is an argument, and randomness comes through
//!   [`random::Random`]. The one exception, RSA and EC key generation, is named where it happens.
//! * It does no I/O and knows no HTTP: percent-encoding of a signed cookie is part of that cookie's form, but
//!   attributes, chunks and headers belong to the server.
//! * It invents no cryptography. The primitives are `aws-lc-rs` wherever it has them; Argon2, bcrypt and
//!   XChaCha20-Poly1305 come from the RustCrypto crates and their neighbours, because `aws-lc-rs` does not offer them.
//!   scrypt is written out here, for its speed; `scrypt.rs` says why.
//! * No error carries a secret, a password or a plaintext, and no type that holds one can be printed.

pub mod cookie;
pub mod digest;
mod hex;
pub mod jwk;
pub mod jwt;
pub mod password;
pub mod random;
mod scrypt;
pub mod seal;
pub mod secret;
pub mod session_data;

pub use random::Random;
pub use secret::{Secret, Secrets};
