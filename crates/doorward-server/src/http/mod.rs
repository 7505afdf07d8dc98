//! The server's own part of HTTP: accepting connections, and what stands around every answer.

mod connection;
pub(crate) mod layers;
pub(crate) mod listener;
mod patience;
pub(crate) mod tls;
