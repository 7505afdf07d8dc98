//! The server's own part of HTTP: accepting connections, and what stands around every answer.

pub(crate) mod layers;
pub(crate) mod listener;
pub(crate) mod tls;
