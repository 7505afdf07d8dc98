//! Pages of tasks, and those that can be given again.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use doorward_database::Generations;
use http::{HeaderName, HeaderValue};

use crate::tasks::{JSON, NO_STORE};

const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");

/// Tasks as JSON, and where to go on.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) body: Bytes,
    pub(crate) next: Option<HeaderValue>,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = ([NO_STORE, JSON], self.body).into_response();
        response.headers_mut().extend(self.next.map(|next| (NEXT_CURSOR, next)));
        response
    }
}

/// Bytes in one generation: some thousand people with twenty tasks.
const GENERATION: usize = 3 << 20;
/// What is kept beside a page's tasks.
const AROUND: usize = 256;

/// The first page that each person saw last, for as long as nothing in it can have changed: see [`crate::store::version`].
pub(crate) struct KeptPages(Mutex<Generations<Kept>>);

#[derive(Clone)]
struct Kept {
    limit: i64,
    /// Told before the page was read.
    version: u64,
    page: Page,
}

impl KeptPages {
    pub(crate) fn get(&self, user_id: &str, limit: i64, version: u64) -> Option<Page> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(user_id, |kept| kept.version == version && kept.limit == limit).map(|kept| kept.page)
    }

    pub(crate) fn put(&self, user_id: &str, limit: i64, version: u64, page: &Page) {
        let kept = Kept { limit, version, page: page.clone() };
        let weight = page.body.len() + AROUND;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put_weighing(weight, user_id, kept);
    }
}

impl Default for KeptPages {
    fn default() -> Self {
        Self(Mutex::new(Generations::of(GENERATION)))
    }
}

impl fmt::Debug for KeptPages {
    /// Without anybody's tasks.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeptPages")
    }
}
