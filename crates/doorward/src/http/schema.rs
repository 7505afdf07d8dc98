//! Checking bodies and queries, in the words of Better Auth's validation.
//!
//! A feature describes its body as a struct with [`FromFields`]; an endpoint that takes [`Posted`] or [`Queried`] never
//! runs with anything else. All issues are collected and told at once, in the order the fields are read.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::{Map, Value};

use super::Exchange;
use crate::{auth::Auth, error::Error, shared::email};

/// Longest text of any field, in bytes; passwords are bounded by their own rule first.
const FIELD_LIMIT: usize = 60 * 1024;

/// A body or query that can be read field by field.
pub(crate) trait FromFields: Sized {
    /// What zod calls the shapes that the body must have; sign-up asks for two. None: one of several, as in
    /// [`Fields::refuse_all`].
    const SHAPES: &'static [&'static str] = &["object"];

    fn read(fields: &mut Fields<'_>) -> Self;
}

/// The fields of one body or query, with the issues found so far.
pub(crate) struct Fields<'a> {
    place: Cow<'static, str>,
    object: Option<&'a Map<String, Value>>,
    issues: Vec<String>,
}

impl<'a> Fields<'a> {
    /// A text that must be there.
    pub(crate) fn text(&mut self, name: &str) -> String {
        match self.value(name) {
            Some(Value::String(text)) => self.bounded(name, text),
            other => self.refuse(name, "string", other),
        }
    }

    /// A text that must be there and hold something.
    pub(crate) fn filled_text(&mut self, name: &str) -> String {
        let before = self.issues.len();
        let text = self.text(name);
        if text.is_empty() && self.issues.len() == before {
            self.issue(name, "Too small: expected string to have >=1 characters");
        }
        text
    }

    /// A text that may be left out; null is not leaving out.
    pub(crate) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.value(name) {
            None => None,
            Some(Value::String(text)) => Some(self.bounded(name, text)),
            other => self.refuse(name, "string", other),
        }
    }

    /// A text for people to read: no control characters, at most `limit` characters.
    pub(crate) fn plain_text(&mut self, name: &str, limit: usize) -> String {
        let before = self.issues.len();
        let text = self.text(name);
        if self.issues.len() == before {
            self.check_plain(name, &text, limit);
        }
        text
    }

    /// The same where it may be left out.
    pub(crate) fn optional_plain_text(&mut self, name: &str, limit: usize) -> Option<String> {
        let before = self.issues.len();
        let text = self.optional_text(name)?;
        if self.issues.len() == before {
            self.check_plain(name, &text, limit);
        }
        Some(text)
    }

    /// A text, null to remove it, or left out to keep it.
    pub(crate) fn nullable_plain_text(&mut self, name: &str, limit: usize) -> Option<Option<String>> {
        match self.value(name) {
            Some(Value::Null) => Some(None),
            _ => self.optional_plain_text(name, limit).map(Some),
        }
    }

    /// An email address, as written.
    pub(crate) fn email(&mut self, name: &str) -> String {
        let before = self.issues.len();
        let text = self.text(name);
        if self.issues.len() == before && !email::is_valid(&text) {
            self.issue(name, "Invalid email address");
        }
        text
    }

    pub(crate) fn optional_boolean(&mut self, name: &str) -> Option<bool> {
        match self.value(name) {
            None => None,
            Some(Value::Bool(truth)) => Some(*truth),
            other => self.refuse(name, "boolean", other),
        }
    }

    pub(crate) fn optional_number(&mut self, name: &str) -> Option<f64> {
        match self.value(name) {
            None => None,
            Some(Value::Number(number)) => number.as_f64(),
            other => self.refuse(name, "number", other),
        }
    }

    /// An array of texts.
    pub(crate) fn optional_texts(&mut self, name: &str) -> Option<Vec<String>> {
        let items = match self.value(name) {
            None => return None,
            Some(Value::Array(items)) => items,
            other => return self.refuse(name, "array", other),
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let name = format!("{name}.{index}");
            match item {
                Value::String(text) => texts.push(self.bounded(&name, text)),
                other => self.refuse(&name, "string", Some(other)),
            }
        }
        Some(texts)
    }

    /// An object with any members.
    pub(crate) fn optional_record(&mut self, name: &str) -> Option<&'a Map<String, Value>> {
        match self.value(name) {
            None => None,
            Some(Value::Object(members)) => Some(members),
            other => self.refuse(name, "record", other),
        }
    }

    /// An object whose members are texts.
    pub(crate) fn optional_text_record(&mut self, name: &str) -> Option<Vec<(String, String)>> {
        let members = self.optional_record(name)?;
        let mut texts = Vec::with_capacity(members.len());
        for (key, value) in members {
            match value {
                Value::String(text) => texts.push((key.clone(), text.clone())),
                other => self.refuse(&format!("{name}.{key}"), "string", Some(other)),
            }
        }
        Some(texts)
    }

    /// An object with fields of its own.
    pub(crate) fn optional_object<T: FromFields>(&mut self, name: &str) -> Option<T> {
        let object = match self.value(name) {
            None => return None,
            Some(Value::Object(object)) => object,
            other => return self.refuse(name, "object", other),
        };
        let place = format!("{}.{name}", self.place).into();
        let mut inner = Fields { place, object: Some(object), issues: Vec::new() };
        let read = T::read(&mut inner);
        self.issues.append(&mut inner.issues);
        Some(read)
    }

    pub(crate) fn flag(&mut self, name: &str) -> bool {
        self.value(name).is_some_and(is_on)
    }

    /// A field as it came.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.object?.get(name)
    }

    /// The names of all fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.object.into_iter().flat_map(|object| object.keys().map(String::as_str))
    }

    /// Adds an issue with a field.
    pub(crate) fn issue(&mut self, name: &str, text: &str) {
        self.issues.push(format!("[{}.{name}] {text}", self.place));
    }

    /// Refuses the whole and not one field, as a union of which no part fits.
    pub(crate) fn refuse_all(&mut self, text: &str) {
        self.issues = vec![format!("[{}] {text}", self.place)];
    }

    fn check_plain(&mut self, name: &str, text: &str, limit: usize) {
        if text.chars().any(char::is_control) {
            self.issue(name, "Invalid input: control characters are not allowed");
        }
        if text.chars().count() > limit {
            self.issue(name, &format!("Too big: expected string to have <={limit} characters"));
        }
    }

    /// NUL ends a text for half the programs that will ever read it, and Postgres refuses it.
    fn bounded(&mut self, name: &str, text: &str) -> String {
        if text.len() > FIELD_LIMIT {
            self.issue(name, &format!("Too big: expected string to have <={FIELD_LIMIT} bytes"));
        } else if text.contains('\0') {
            self.issue(name, "Invalid input: control characters are not allowed");
        }
        text.to_owned()
    }

    fn refuse<T: Default>(&mut self, name: &str, expected: &str, found: Option<&Value>) -> T {
        self.issue(name, &format!("Invalid input: expected {expected}, received {}", kind(found)));
        T::default()
    }

    fn read_all<T: FromFields>(place: &'static str, value: Option<&'a Value>) -> Result<T, Error> {
        let mut fields = Self { place: place.into(), object: value.and_then(Value::as_object), issues: Vec::new() };
        if fields.object.is_none() && T::SHAPES.is_empty() {
            return Err(Error::Validation(format!("[{place}] Invalid input")));
        }
        if fields.object.is_none() {
            let received = kind(value);
            let issues =
                T::SHAPES.iter().map(|shape| format!("[{place}] Invalid input: expected {shape}, received {received}"));
            return Err(Error::Validation(issues.collect::<Vec<_>>().join("; ")));
        }
        let read = T::read(&mut fields);
        if fields.issues.is_empty() { Ok(read) } else { Err(Error::Validation(fields.issues.join("; "))) }
    }
}

/// JavaScript's name for what was received.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

/// A checked body.
pub(crate) struct Posted<T>(pub(crate) T);

impl<T: FromFields> FromRequestParts<Auth> for Posted<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let exchange = Exchange::from_request_parts(parts, auth).await?;
        Fields::read_all("body", exchange.body.as_ref()).map(Self)
    }
}

/// A checked body, if there is one.
pub(crate) struct MaybePosted<T>(pub(crate) Option<T>);

impl<T: FromFields> FromRequestParts<Auth> for MaybePosted<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let exchange = Exchange::from_request_parts(parts, auth).await?;
        let body = exchange.body.as_ref();
        body.map(|body| Fields::read_all("body", Some(body))).transpose().map(Self)
    }
}

/// A checked query.
pub(crate) struct Queried<T>(pub(crate) T);

impl<T: FromFields> FromRequestParts<Auth> for Queried<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Error> {
        let exchange = Exchange::from_request_parts(parts, auth).await?;
        Fields::read_all("query", Some(&query_object(&exchange.query))).map(Self)
    }
}

/// A query as an object of texts; a name that stands there twice is an array, which no field of ours accepts.
pub(crate) fn query_object(query: &str) -> Value {
    let mut object = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = Value::String(value.into_owned());
        match object.get_mut(name.as_ref()) {
            None => drop(object.insert(name.into_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(object)
}

/// A form as an object of texts; of a repeated name the last value counts.
pub(crate) fn form_object(form: &str) -> Value {
    let pairs = url::form_urlencoded::parse(form.as_bytes());
    Value::Object(pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect())
}
/// What a query flag says. Better Auth coerces it: any text but the empty one means yes, `false` too, and so do several.
pub(crate) fn is_on(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(_) => true,
        _ => false,
    }
}
