//! A task's id as it stands in a path.
//!
//! Everything that cannot be an id is a task that does not exist: it never reaches the database, which may have
//! opinions of its own about NUL or broken text.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::error::Error;

/// Longest id, in characters. Ours have 32.
const LONGEST: usize = 64;

/// Letters and digits.
pub(crate) struct TaskId(pub(crate) String);

pub(crate) fn is_id(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl<S: Send + Sync> FromRequestParts<S> for TaskId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok().filter(|Path(id)| is_id(id));
        id.map(|Path(id)| Self(id)).ok_or(Error::NotFound)
    }
}
