//! Getting a key set from somewhere.

use serde_json::Value;
use std::future::Future;
use std::pin::Pin;

/// What [`FetchKeys::fetch`] returns.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Value, FetchError>> + Send + 'a>>;

/// Gets the present JWKS. Implement it for keys that live in a place of your own; for HTTPS, files and keys in memory
/// the builder has what you need.
///
/// The verifier calls it from a task of its own: when the set has grown old, and when a token names an unknown key, but
/// never twice at once, and at most once per 30 s while there are keys. It waits five seconds at most.
pub trait FetchKeys: Send + Sync + 'static {
    /// The key set as it is now: `{"keys":[…]}` (RFC 7517 section 5), as [`KeySet::parse`](crate::KeySet::parse) reads it.
    ///
    /// # Errors
    /// Why there is none, for the log; [`FetchError::other`] for reasons of your own. The keys at hand go on.
    fn fetch(&self) -> Fetching<'_>;
}

impl<F, T> FetchKeys for F
where
    F: Fn() -> T + Send + Sync + 'static,
    T: Future<Output = Result<Value, FetchError>> + Send + 'static,
{
    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self())
    }
}

/// Why a document could not be fetched. The messages are for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Another status than 200, redirects among them.
    #[error("the server answered {0}; redirects are not followed")]
    Status(u16),
    /// More than this many bytes, which is the most that is read.
    #[error("the document is longer than {0} bytes")]
    TooLong(usize),
    /// Something that is not JSON.
    #[error("the document is not JSON")]
    NotJson,
    /// Nothing within the time that the verifier waits.
    #[error("no answer within five seconds")]
    TimedOut,
    /// No connection, a certificate that is not trusted, a file that cannot be read, or a reason of your own.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl FetchError {
    /// An error of your own.
    pub fn other(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(source.into())
    }

    /// The message with all its causes: "error sending request" alone has cost somebody an afternoon.
    pub(crate) fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
