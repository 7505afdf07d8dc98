//! JSON schemas, in the words of the people who read them.
//!
//! Only what this document needs: texts, numbers, objects, lists. Members that are not named are ignored by the
//! server and therefore allowed.

use serde_json::{Map, Value, json};

/// A JSON schema (draft 2020-12).
#[derive(Clone, Debug)]
pub struct Shape(Map<String, Value>);

/// A named part of an object, or a parameter.
#[derive(Clone, Debug)]
pub struct Member {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) is_required: bool,
}

/// A part that must be there.
pub fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, is_required: true }
}

/// A part that may be left out.
pub fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, is_required: false }
}

/// Any text; NUL is refused everywhere.
pub fn text() -> Shape {
    Shape::of("string").with("pattern", "^[^\\u0000]*$")
}

/// Any text, NUL too: what is only asked to be there.
pub fn anything() -> Shape {
    Shape::of("string")
}

/// What is not JSON and has a form of its own.
pub fn opaque() -> Shape {
    Shape(Map::new())
}

/// A point in time (RFC 3339) in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.
pub fn moment() -> Shape {
    Shape::of("string").with("format", "date-time")
}

pub fn boolean() -> Shape {
    Shape::of("boolean")
}

pub fn integer() -> Shape {
    Shape::of("integer")
}

pub fn number() -> Shape {
    Shape::of("number")
}

/// `null` and nothing else.
pub fn nothing() -> Shape {
    Shape::of("null")
}

/// An object whose members are not ours to name.
pub fn any_object() -> Shape {
    Shape::of("object")
}

pub fn array_of(items: Shape) -> Shape {
    Shape::of("array").with("items", items.into_value())
}

pub fn object<const N: usize>(members: [Member; N]) -> Shape {
    let needed: Vec<&str> = members.iter().filter(|member| member.is_required).map(|member| member.name).collect();
    let shape = if needed.is_empty() { Shape::of("object") } else { Shape::of("object").with("required", needed) };
    let properties: Map<String, Value> =
        members.into_iter().map(|member| (member.name.to_owned(), member.shape.into_value())).collect();
    shape.with("properties", properties)
}

/// A schema of the document's own list, by its name.
pub fn reference(name: &str) -> Shape {
    Shape(Map::new()).with("$ref", format!("#/components/schemas/{name}"))
}

impl Shape {
    fn of(kind: &str) -> Self {
        Self(Map::new()).with("type", kind)
    }

    fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        self.0.insert(keyword.to_owned(), value.into());
        self
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn says(self, words: &str) -> Self {
        self.with("description", words)
    }

    /// `null` is allowed too.
    #[must_use]
    pub fn or_null(mut self) -> Self {
        if let Some(Value::Array(texts)) = self.0.get_mut("enum") {
            texts.push(Value::Null);
        }
        match self.0.get("type").cloned() {
            Some(kind) => self.with("type", json!([kind, "null"])),
            None => Self(Map::new()).with("anyOf", json!([self.0, { "type": "null" }])),
        }
    }

    /// This or that.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Map::new()).with("anyOf", json!([self.0, other.0]))
    }

    /// This and that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Map::new()).with("allOf", json!([self.0, other.0]))
    }

    /// Shortest text, in characters.
    #[must_use]
    pub fn at_least(self, length: usize) -> Self {
        self.with("minLength", length)
    }

    /// Longest text, in characters.
    #[must_use]
    pub fn at_most(self, length: usize) -> Self {
        self.with("maxLength", length)
    }

    /// Smallest and largest number.
    #[must_use]
    pub fn between(self, smallest: i64, largest: i64) -> Self {
        self.with("minimum", smallest).with("maximum", largest)
    }

    /// No other members than the named ones.
    #[must_use]
    pub fn and_no_others(self) -> Self {
        self.with("additionalProperties", false)
    }

    /// None of these members.
    #[must_use]
    pub fn without_members(self, names: &[&str]) -> Self {
        self.with("propertyNames", json!({ "not": { "enum": names } }))
    }

    /// `true` and nothing else.
    #[must_use]
    pub fn only_true(self) -> Self {
        self.with("const", true)
    }

    /// Members beyond the named ones have this shape.
    #[must_use]
    pub fn others(self, shape: Self) -> Self {
        self.with("additionalProperties", shape.into_value())
    }

    /// A regular expression (ECMA 262) that the text matches.
    #[must_use]
    pub fn pattern(self, expression: &str) -> Self {
        self.with("pattern", expression)
    }

    /// A name of the form for readers and tools, such as `email` or `uri`.
    #[must_use]
    pub fn format(self, name: &str) -> Self {
        self.with("format", name)
    }

    /// Only these texts.
    #[must_use]
    pub fn only(self, texts: &[&str]) -> Self {
        let mut shape = self.with("enum", texts);
        shape.0.remove("pattern");
        shape
    }

    #[must_use]
    pub fn default_is(self, value: impl Into<Value>) -> Self {
        self.with("default", value)
    }

    #[must_use]
    pub fn example(self, value: impl Into<Value>) -> Self {
        self.with("examples", vec![value.into()])
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}
