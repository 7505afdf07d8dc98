//! The handlers. The owner is the token's `sub`, and nothing else is ever asked who that is.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use doorward_database::Stamp;
use doorward_verify::Claims;
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::{
    Tasks,
    body::Fields,
    error::Error,
    id::{TaskId, is_id},
    page::Page,
    store::{self, Added, Stored},
    task::{Owner, Task},
};

/// Tasks in one answer when nobody says otherwise, and at most.
const LIMIT: i64 = 1000;
/// A page ends behind the task that reaches this many bytes: otherwise a thousand long titles are two megabytes, for every
/// request of every connection.
const PAGE: usize = 256 * 1024;
pub(crate) const JSON: (HeaderName, HeaderValue) = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
pub(crate) const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// `GET /api/tasks?limit=&cursor=`: newest first. When there are more, `x-next-cursor` says where to go on;
/// a page of long titles may hold fewer than `limit`.
pub(crate) async fn list(State(api): State<Tasks>, claims: Claims, RawQuery(query): RawQuery) -> Result<Page, Error> {
    let query = query.unwrap_or_default();
    let limit = parameter(&query, "limit").map_or(Ok(LIMIT), limit_of)?;
    match parameter(&query, "cursor").map(cursor_of).transpose()? {
        None => first_page(&api, claims.subject(), limit).await,
        after => page(&api, claims.subject(), limit, after).await,
    }
}

/// Read once, and again only after the person's tasks may have changed.
async fn first_page(api: &Tasks, owner: &str, limit: i64) -> Result<Page, Error> {
    let version = store::version(&api.database, owner);
    if let Some(kept) = version.and_then(|version| api.pages.get(owner, limit, version)) {
        return Ok(kept);
    }
    let page = page(api, owner, limit, None).await?;
    if let Some(version) = version {
        api.pages.put(owner, limit, version, &page);
    }
    Ok(page)
}

async fn page(api: &Tasks, owner: &str, limit: i64, after: Option<(Stamp, &str)>) -> Result<Page, Error> {
    let mut stored = store::list(&api.database, owner, limit + 1, after).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let owner_json = Owner::of(owner)?;
    // A buffer that most lists fit into, and not one that grows with every few rows.
    let mut body = Vec::with_capacity(16 + stored.len() * 160);
    body.push(b'[');
    let mut written = 0;
    for stored in stored.iter().take(most) {
        if written > 0 {
            body.push(b',');
        }
        stored.task()?.write(&owner_json, &mut body)?;
        written += 1;
        if body.len() >= PAGE {
            break;
        }
    }
    body.push(b']');
    // It may be kept for long.
    body.shrink_to_fit();
    let has_more = stored.len() > written;
    stored.truncate(written);
    let next = if has_more { next_cursor(api, owner, &stored).await? } else { None };
    Ok(Page { body: body.into(), next })
}

/// Age and id of the last of these tasks. One that was deleted in this moment is gone from both pages; the one before
/// it will do.
async fn next_cursor(api: &Tasks, owner: &str, page: &[Stored]) -> Result<Option<HeaderValue>, Error> {
    for last in page.iter().rev() {
        let id = last.id()?;
        if let Some(age) = store::age(&api.database, owner, &id).await? {
            return Ok(HeaderValue::try_from(format!("{}-{id}", age.milliseconds())).ok());
        }
    }
    Ok(None)
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn limit_of(text: &str) -> Result<i64, Error> {
    let limit = text.parse().ok().filter(|limit| (1..=LIMIT).contains(limit));
    limit.ok_or_else(|| Error::Invalid(format!("limit: must be a number from 1 to {LIMIT}")))
}

/// The end of the year 9999, in milliseconds: what both databases can hold.
const LATEST: i64 = 253_402_300_799_999;

/// Age and id of the last task of the page before.
fn cursor_of(text: &str) -> Result<(Stamp, &str), Error> {
    let parts = text.split_once('-').and_then(|(age, id)| Some((age.parse().ok()?, id)));
    let valid = parts.filter(|(age, id)| (0..=LATEST).contains(age) && is_id(id));
    let (age, id) = valid.ok_or_else(|| Error::Invalid("cursor: must come from x-next-cursor".into()))?;
    Ok((Stamp::from_milliseconds(age), id))
}

/// `POST /api/tasks {title, completed=false}`: 201 and the task, or 409 when the person has too many.
pub(crate) async fn create(State(api): State<Tasks>, claims: Claims, fields: Fields) -> Result<Response, Error> {
    let title = fields.title()?.ok_or_else(|| Error::Invalid("title: is missing".into()))?;
    let completed = fields.completed()?.unwrap_or(false);
    match store::insert(&api.database, &api.allowances, claims.subject(), title, completed).await? {
        Added::Task(task) => Ok((StatusCode::CREATED, one(&task, claims.subject())?).into_response()),
        Added::Nobody => Err(Error::NotFound),
        Added::TooMany => Err(Error::TooMany),
    }
}

/// `GET /api/tasks/{id}`.
pub(crate) async fn find(State(api): State<Tasks>, claims: Claims, TaskId(id): TaskId) -> Result<Response, Error> {
    answer(store::find(&api.database, claims.subject(), &id).await?, claims.subject())
}

/// `PATCH /api/tasks/{id} {title?, completed?}`: the changed task.
pub(crate) async fn change(
    State(api): State<Tasks>,
    claims: Claims,
    TaskId(id): TaskId,
    fields: Fields,
) -> Result<Response, Error> {
    let (title, completed) = (fields.title()?, fields.completed()?);
    if title.is_none() && completed.is_none() {
        return Err(Error::Invalid("title or completed: one of them must be there".into()));
    }
    answer(store::change(&api.database, claims.subject(), &id, title, completed).await?, claims.subject())
}

/// `DELETE /api/tasks/{id}`: 204.
pub(crate) async fn delete(State(api): State<Tasks>, claims: Claims, TaskId(id): TaskId) -> Result<StatusCode, Error> {
    if store::delete(&api.database, &api.allowances, claims.subject(), &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}

fn answer(stored: Option<Stored>, owner: &str) -> Result<Response, Error> {
    one(&stored.ok_or(Error::NotFound)?.task()?, owner)
}

fn one(task: &Task<'_>, owner: &str) -> Result<Response, Error> {
    let mut body = Vec::with_capacity(256);
    task.write(&Owner::of(owner)?, &mut body)?;
    Ok(([NO_STORE, JSON], body).into_response())
}
