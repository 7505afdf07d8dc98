//! One file per feature: bodies, handlers, replies, read downward. A feature uses everything above it and never
//! another feature; what two need lives in `shared`.

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod change_email;
pub(crate) mod delete_user;
pub(crate) mod email_verification;
pub(crate) mod jwt;
pub(crate) mod meta;
pub(crate) mod password;
pub(crate) mod password_reset;
pub(crate) mod revoked;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
pub(crate) mod simple_api;
pub(crate) mod social;
pub(crate) mod update_user;
