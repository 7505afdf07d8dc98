//! Every path of the service, on one page.
//!
//! What is not here is 404 with an empty body, whatever the method: Better Auth knows no 405.

use axum::{
    Router,
    handler::Handler,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, any, on},
};

use crate::{
    auth::Auth,
    error::Error,
    features::{
        account, activity, change_email, delete_user, email_verification, jwt, meta, password, password_reset, revoked,
        session, sessions, sign_in, sign_out, sign_up, simple_api, social, update_user,
    },
    http::pipeline::{self, Bodies, Stage, Staged},
};

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// The service as a router, mounted at the base URL's path.
///
/// Requests should carry `ConnectInfo<SocketAddr>` as an extension; without it the client's address is unknown and all
/// clients share one rate limit.
pub fn router(auth: Auth) -> Router {
    let at = Mount;
    Routes::below(auth.config().base_url.path())
        .route("/ok", at.get(meta::ok))
        .route("/error", at.get(meta::error))
        // Email and password
        .route("/sign-up/email", at.post_form(sign_up::email))
        .route("/sign-in/email", at.post_form(sign_in::email))
        .route("/sign-out", at.post(sign_out::sign_out))
        .route("/change-password", at.post(password::change))
        .route("/verify-password", at.post(password::verify))
        .route("/request-password-reset", at.post(password_reset::request))
        .route("/reset-password", at.post(password_reset::reset))
        .route("/reset-password/{token}", at.get(password_reset::follow))
        // Sessions
        .route("/get-session", at.get_and_post(session::get))
        .route("/update-session", at.post(session::update))
        .route("/list-sessions", at.get(sessions::list))
        .route("/revoke-session", at.post(sessions::revoke))
        .route("/revoke-sessions", at.post(sessions::revoke_all))
        .route("/revoke-other-sessions", at.post(sessions::revoke_others))
        .route("/activity", at.get(activity::list))
        // The person
        .route("/update-user", at.post(update_user::update))
        .route("/change-email", at.post(change_email::change))
        .route("/send-verification-email", at.post(email_verification::send))
        .route("/verify-email", at.get(email_verification::verify))
        .route("/delete-user", at.post(delete_user::delete))
        .route("/delete-user/callback", at.get(delete_user::callback))
        .route("/list-accounts", at.get(account::list))
        .route("/unlink-account", at.post(account::unlink))
        // Social sign-in
        .route("/sign-in/social", at.post(social::sign_in::sign_in))
        .route("/link-social", at.post(social::link::link))
        .route("/callback/{id}", at.get_or_post_form(social::callback::callback, social::callback::posted))
        .route("/get-access-token", at.post(social::tokens::get_access_token))
        .route("/refresh-token", at.post(social::tokens::refresh))
        .route("/account-info", at.get(social::account_info::account_info))
        // Tokens for APIs
        .route("/token", at.get(jwt::get_token))
        .route("/jwks", at.get(jwt::get_keys))
        .route("/revoked", at.get(revoked::list))
        // The short contract
        .route("/signup", at.short(POST, simple_api::sign_up))
        .route("/signin", at.short(POST, simple_api::sign_in))
        .route("/refresh", at.short(POST, simple_api::refresh))
        .route("/me", at.short(GET, simple_api::me))
        .and_nothing_else()
        .with_state(auth)
}

/// Routes below the base path, registered whole: a nested router would copy itself for every request.
struct Routes<'a> {
    base: &'a str,
    router: Router<Auth>,
}

impl<'a> Routes<'a> {
    fn below(base: &'a str) -> Self {
        Self { base, router: Router::new() }
    }

    fn route(self, path: &str, methods: MethodRouter<Auth>) -> Self {
        Self { router: self.router.route(&format!("{}{path}", self.base), methods), ..self }
    }

    /// Whatever else is asked for below the base path is counted and not found.
    fn and_nothing_else(self) -> Router<Auth> {
        let rest = ["", "/", "/{*rest}"];
        rest.into_iter().fold(self, |routes, path| routes.route(path, any(pipeline::unknown))).router
    }
}

/// Puts a handler into the pipeline.
struct Mount;

impl Mount {
    fn get<H: Handler<T, Auth>, T: 'static>(&self, handler: H) -> MethodRouter<Auth> {
        self.mount(GET, handler, Bodies::Json, Error::into_response)
    }

    fn post<H: Handler<T, Auth>, T: 'static>(&self, handler: H) -> MethodRouter<Auth> {
        self.mount(POST, handler, Bodies::Json, Error::into_response)
    }

    /// Also takes `application/x-www-form-urlencoded`, for forms without JavaScript.
    fn post_form<H: Handler<T, Auth>, T: 'static>(&self, handler: H) -> MethodRouter<Auth> {
        self.mount(POST, handler, Bodies::JsonAndForms, Error::into_response)
    }

    /// One handler that reads no body.
    fn get_and_post<H: Handler<T, Auth>, T: 'static>(&self, handler: H) -> MethodRouter<Auth> {
        self.mount(GET.or(POST), handler, Bodies::Unread, Error::into_response)
    }

    /// Two handlers on one path; the second also takes forms.
    fn get_or_post_form<G, S, P, T>(&self, get: G, post: P) -> MethodRouter<Auth>
    where
        G: Handler<S, Auth>,
        S: 'static,
        P: Handler<T, Auth>,
        T: 'static,
    {
        let posted = staged(POST, post, Bodies::JsonAndForms, Error::into_response);
        self.mount(GET, get, Bodies::JsonAndForms, Error::into_response).merge(posted)
    }

    /// A route of the short contract, whose refusals have a shape of their own.
    fn short<H: Handler<T, Auth>, T: 'static>(&self, methods: MethodFilter, handler: H) -> MethodRouter<Auth> {
        self.mount(methods, handler, Bodies::Json, |error| simple_api::Refusal::from(error).into_response())
    }

    /// Other methods of a path are as unknown as other paths, and the answer names none.
    fn mount<H: Handler<T, Auth>, T: 'static>(
        &self,
        methods: MethodFilter,
        handler: H,
        bodies: Bodies,
        refuse: fn(Error) -> Response,
    ) -> MethodRouter<Auth> {
        any(pipeline::unknown).merge(staged(methods, handler, bodies, refuse))
    }
}

/// A handler with the pipeline around it.
fn staged<H: Handler<T, Auth>, T: 'static>(
    methods: MethodFilter,
    handler: H,
    bodies: Bodies,
    refuse: fn(Error) -> Response,
) -> MethodRouter<Auth> {
    on(methods, Staged { stage: Stage { bodies, refuse }, handler })
}
