//! Where the keys come from, and how they stay current.
//!
//! [`KeySet`] is one set of keys, parsed. [`SharedKeys`] holds the present set and can be given a new one at any time.
//! A [`FetchKeys`] gets a set from somewhere (HTTPS, a file, the application itself), and the refresher decides when.
//!
//! Deliberately absent: discovery of the JWKS address from the issuer's metadata. The address is configuration, because
//! a verifier that follows the issuer's word to any address can be led anywhere.

mod download;
mod fetch;
mod refresh;
mod set;
mod shared;

pub use fetch::{FetchError, FetchKeys, Fetching};
pub use set::{KeySet, KeySetError};
pub use shared::SharedKeys;

pub(crate) use download::{Address, Download};
pub(crate) use refresh::{Refresher, Timing};
pub(crate) use shared::Loaded;
