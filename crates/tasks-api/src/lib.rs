//! The protected API: `/api/tasks`, each person's own rows.
//!
//! It stands for any API behind Doorward. It knows [`doorward_verify`] and nothing else of authentication: who is asking
//! is the `sub` of a checked token, never anything in a body or a path. Somebody else's task is as unknown as one that
//! never was.
//!
//! | call | answer |
//! |---|---|
//! | `GET /api/tasks?limit=&cursor=` | the person's tasks, newest first; `x-next-cursor` when there are more: after `limit`, or after 256 KiB |
//! | `POST /api/tasks {title, completed=false}` | 201 and the task; 409 when there are too many |
//! | `GET`, `PATCH`, `DELETE /api/tasks/{id}` | the task, the changed task, 204 |
//!
//! Errors are `{"message", "code"}`.

mod allowance;
mod body;
mod error;
mod id;
mod page;
mod store;
mod task;
mod tasks;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use doorward_database::{Database, Error};
use doorward_verify::Verifier;

use allowance::Allowances;
use page::KeptPages;

/// Tasks that one person may have when nobody says otherwise.
pub const PER_PERSON: u32 = 1_000_000;

/// What the handlers share: the database, who may add how much, and what was read before. The clock and randomness of
/// rows are the machine's.
#[derive(Clone, Debug)]
pub struct Tasks {
    pub(crate) database: Database,
    pub(crate) allowances: Arc<Allowances>,
    pub(crate) pages: Arc<KeptPages>,
}

/// Creates the table, if it is missing. The table `user` must be there already: a deleted person's tasks go with them.
pub async fn migrate(database: &Database) -> Result<(), Error> {
    store::migrate(database).await
}

/// The API as a router; every route asks for a token that `verifier` accepts. A person has at most `per_person` tasks;
/// see [`PER_PERSON`].
pub fn router(database: Database, verifier: &Verifier, per_person: u32) -> Router {
    Router::new()
        .route("/api/tasks", get(tasks::list).merge(post(tasks::create)))
        .route("/api/tasks/{id}", get(tasks::find).patch(tasks::change).delete(tasks::delete))
        .method_not_allowed_fallback(error::method_not_allowed)
        .route_layer(verifier.guard())
        .with_state(Tasks { database, allowances: Arc::new(Allowances::new(per_person)), pages: Arc::default() })
}
