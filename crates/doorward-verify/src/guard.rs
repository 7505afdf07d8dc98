//! The layer in front of a router, and the extractor behind it.

use crate::answer::Refused;
use crate::claims::Claims;
use crate::refusal::Refusal;
use crate::verifier::Verifier;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{Request, Response};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// A [`Layer`] that lets a request through only with a good token, and with the scopes asked for.
///
/// Put a CORS layer outside of it: the browser's preflight request carries no token.
///
/// It fits in front of every HTTP service of tower whose body can be made of a `String`, such as axum's `Body` and
/// `Full<Bytes>` of `http-body-util`; the claims are in the request's extensions, as `Claims`.
#[derive(Clone, Debug)]
pub struct Guard {
    verifier: Verifier,
    scopes: Arc<[String]>,
    only_provides: bool,
}

impl Guard {
    pub(crate) fn new(verifier: Verifier) -> Self {
        Self { verifier, scopes: Arc::new([]), only_provides: false }
    }

    /// Asks for a scope as well; several calls ask for all of them.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes = self.scopes.iter().cloned().chain([scope.into()]).collect();
        self
    }

    /// Lets every request through, and leaves the decision to the handlers: one that takes `Claims` needs a token, one
    /// that takes `Option<Claims>` is glad of one, any other is public.
    #[must_use]
    pub fn per_handler(mut self) -> Self {
        self.only_provides = true;
        self
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { guard: self.clone(), inner }
    }
}

/// What [`Guard`] makes of a service.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let guard = self.guard.clone();
        // The inner service that was polled ready is the one to call; its clone waits for the next request.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            if guard.only_provides {
                request.extensions_mut().insert(guard.verifier);
                return inner.call(request).await;
            }
            match guard.claims(request.headers()).await {
                Ok(claims) => {
                    request.extensions_mut().insert(claims);
                    inner.call(request).await
                }
                Err(refused) => Ok(refused.into_http().map(R::from)),
            }
        })
    }
}

impl Guard {
    async fn claims(&self, headers: &http::HeaderMap) -> Result<Claims, Refused> {
        let claims = self.verifier.verify_headers(headers).await?;
        claims.require_scopes(self.scopes.iter().map(String::as_str))?;
        Ok(claims)
    }
}

impl<S, T> FromRequestParts<S> for Claims<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Refused;

    /// Takes what the [`Guard`] found, or, behind [`Guard::per_handler`], checks the token now.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        if let Some(claims) = parts.extensions.get::<Claims>() {
            return claims.clone().typed();
        }
        let Some(verifier) = parts.extensions.get::<Verifier>().cloned() else {
            tracing::error!("a handler takes Claims, but its route is not behind Verifier::guard()");
            return Err(Refused::new(Refusal::NotGuarded, None));
        };
        let claims = verifier.verify_headers(&parts.headers).await?;
        parts.extensions.insert(claims.clone());
        claims.typed()
    }
}

impl<S, T> OptionalFromRequestParts<S> for Claims<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Refused;

    /// `None` without a credential. A credential that is no good is refused all the same: whoever shows one means to be
    /// somebody.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Refused> {
        match <Self as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(claims) => Ok(Some(claims)),
            Err(refused) if *refused.refusal() == Refusal::NoCredential => Ok(None),
            Err(refused) => Err(refused),
        }
    }
}
