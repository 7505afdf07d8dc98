//! The server's own part of HTTP: accepting connections, and what stands around every answer.

pub(crate) mod acme;
pub(crate) mod answer;
mod certificates;
mod connection;
pub(crate) mod cors;
mod heads;
pub(crate) mod layers;
pub(crate) mod listener;
pub(crate) mod metrics;
pub(crate) mod neighbours;
mod patience;
pub(crate) mod tls;
mod validity;
