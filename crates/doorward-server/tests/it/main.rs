//! The real binary, started as an operator starts it and asked over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod acme;
mod audiences;
mod cors;
mod edge;
mod ended_sessions;
mod limits;
mod logs;
mod metrics;
mod starting;
mod stopping;
mod storage;
mod story;
mod support;
mod tls;
mod two_processes;
