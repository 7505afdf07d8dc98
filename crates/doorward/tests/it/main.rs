//! Behaviour of the service over its own router, on real databases.
//!
//! Every test starts the service the way `main` does, on a fresh SQLite file, or on Postgres when
//! `DOORWARD_TEST_POSTGRES` names one; only the clock and the mailbox are the test's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod support;

mod architecture;
mod at_rest;
mod audiences;
mod concurrency;
mod database_trouble;
mod events;
mod every_event;
mod keys;
mod mail_flows;
mod navigations;
mod refresh;
mod requests;
mod rotation;
mod sessions;
mod shared_limits;
mod short_contract;
mod sign_up_and_in;
mod social;
