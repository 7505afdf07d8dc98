//! The verifier as an application meets it: through its builder, in front of a router, with an issuer across a socket.

mod answers;
mod better_auth;
mod configuration;
mod deny;
mod keys_in_memory;
mod keys_over_http;
mod mutations;
mod remembered;
mod support;
mod testing;
