//! The edge: what an HTTP request becomes before a feature sees it, and what becomes of the answer.

pub(crate) mod client_address;
pub(crate) mod cookies;
pub(crate) mod etag;
pub(crate) mod exchange;
pub(crate) mod guards;
#[cfg(test)]
mod invariants;
pub(crate) mod origin;
pub(crate) mod path_text;
pub(crate) mod pipeline;
pub(crate) mod plain_form;
pub(crate) mod rate_limit;
pub(crate) mod redirect;
pub(crate) mod schema;

pub(crate) use exchange::Exchange;
pub(crate) use guards::{FreshSession, MaybeSession, SignedIn};
pub(crate) use path_text::PathText;
pub(crate) use schema::{Fields, FromFields, MaybePosted, Posted, Queried};
