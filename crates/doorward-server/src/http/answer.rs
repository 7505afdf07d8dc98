//! What a connection asks for answers.

use axum::{Router, extract::Request, response::Response};
use tower::Service as _;

/// Answers every request. A [`tower::Service`] that is always ready and cannot fail, without the box that its futures
/// would have to be put in.
pub(crate) trait Answer: Clone + Send + Sync + 'static {
    fn answer(self, request: Request) -> impl Future<Output = Response> + Send;
}

impl Answer for Router {
    async fn answer(mut self, request: Request) -> Response {
        let Ok(response) = self.call(request).await;
        response
    }
}
