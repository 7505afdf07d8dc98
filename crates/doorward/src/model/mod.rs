//! Rows and their JSON faces. Key order is Better Auth's; `id` comes last.

mod account;
mod event;
mod jwk;
mod session;
mod user;
mod verification;

pub(crate) use account::{Account, CREDENTIAL};
pub use event::AuditEntry;
pub(crate) use event::Kind;
pub(crate) use jwk::JwkRow;
pub(crate) use session::Session;
pub(crate) use user::User;
pub(crate) use verification::Verification;
