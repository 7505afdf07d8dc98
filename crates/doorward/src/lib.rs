//! Doorward's authentication service: Better Auth's wire protocol as an axum router.

pub mod config;
