//! What two or more features need.

pub(crate) mod email;
pub(crate) mod email_token;
pub(crate) mod event;
pub(crate) mod mail;
pub(crate) mod password;
pub(crate) mod provider;
pub(crate) mod refresh;
pub(crate) mod resource;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_up;
pub(crate) mod token;
