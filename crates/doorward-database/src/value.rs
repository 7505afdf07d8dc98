//! What goes into a statement.

use crate::Stamp;

/// One parameter. The kind is known even when the value is absent, because Postgres wants a type for a null too.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Time(Option<Stamp>),
}

impl Value {
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text(Some(value.into()))
    }

    pub fn optional_text(value: Option<impl Into<String>>) -> Self {
        Self::Text(value.map(Into::into))
    }

    pub const fn integer(value: i64) -> Self {
        Self::Integer(Some(value))
    }

    pub const fn boolean(value: bool) -> Self {
        Self::Boolean(Some(value))
    }

    pub const fn time(value: Stamp) -> Self {
        Self::Time(Some(value))
    }

    pub const fn optional_time(value: Option<Stamp>) -> Self {
        Self::Time(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::text(value.as_str())
    }
}

impl From<Stamp> for Value {
    fn from(value: Stamp) -> Self {
        Self::time(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::integer(value)
    }
}
