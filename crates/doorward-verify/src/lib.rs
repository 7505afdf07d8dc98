#![doc = include_str!("guide.md")]
#![warn(missing_docs)]

mod answer;
mod bearer;
mod builder;
mod cache;
mod claims;
mod clock;
pub mod deny;
mod guard;
mod keys;
mod refusal;
#[cfg(feature = "testing")]
pub mod testing;
mod verifier;

pub use answer::Refused;
pub use bearer::bearer_token;
pub use builder::{BuildError, Builder};
pub use claims::Claims;
pub use clock::{Clock, SystemClock};
pub use deny::{DenyFeed, DenyList};
pub use guard::{Guard, Guarded};
pub use keys::{FetchError, FetchKeys, Fetching, KeySet, KeySetError, SharedKeys};
pub use refusal::Refusal;
pub use verifier::Verifier;

#[doc(no_inline)]
pub use doorward_crypto::jwk::{Algorithm, VerifyingKey};
#[doc(no_inline)]
pub use doorward_crypto::jwt::JwtError;

/// The snippets that people copy first, compiled with the doc tests.
#[cfg(doctest)]
mod readmes {
    #[doc = include_str!("../README.md")]
    struct OfTheCrate;
    #[doc = include_str!("../../../README.md")]
    struct OfTheRepository;
}
