//! Why a statement failed, sorted by what the caller can do about it.

use std::time::Duration;

/// A failed query or batch. Nothing of a failed batch was stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique or foreign key was violated; the text names the constraint or column (`user.email`, `user_email_key`).
    #[error("constraint violated: {0}")]
    Constraint(String),
    /// A statement of [`Batch::require`](crate::Batch::require) changed nothing, so the batch was rolled back.
    #[error("statement {0} of the batch changed nothing")]
    NothingChanged(usize),
    /// The database cannot do it now: locked, read-only, full, or out of reach. Trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value is not what its column promises.
    #[error("column {column} does not hold {expected}")]
    Column { column: usize, expected: &'static str },
    /// The address is not one this crate understands.
    #[error("{0}")]
    Address(String),
    /// Anything else: a missing table, a wrong statement.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// What a client should be told to wait after [`Error::Unavailable`].
    pub const RETRY_AFTER: Duration = Duration::from_secs(2);

    pub(crate) const fn column(column: usize, expected: &'static str) -> Self {
        Self::Column { column, expected }
    }

    /// Whether a constraint whose name contains `part` was violated.
    pub fn is_constraint(&self, part: &str) -> bool {
        matches!(self, Self::Constraint(name) if name.contains(part))
    }
}
