//! A schema in words.

use std::fmt::Write as _;

use serde_json::Value;

use super::{escaped, items, members, text};

/// A whole body: its members, or the name of its shape.
pub(super) fn write(schema: &Value) -> String {
    let alternatives: Vec<&Value> = items(&schema["anyOf"]).collect();
    if !alternatives.is_empty() {
        return alternatives.into_iter().map(write).collect::<Vec<_>>().join("<p class=\"quiet\">or</p>\n");
    }
    if schema["properties"].is_object() {
        return members_of(schema);
    }
    format!("<p>{}</p>\n", words(schema))
}

/// The members of an object, one below the other.
pub(super) fn members_of(schema: &Value) -> String {
    let needed: Vec<&str> = items(&schema["required"]).map(text).collect();
    let mut html = String::from("<dl class=\"members\">\n");
    for (name, member) in members(&schema["properties"]) {
        html.push_str(&row(name, member, needed.contains(&name.as_str()), text(&member["description"])));
    }
    html.push_str("</dl>\n");
    html
}

pub(super) fn row(name: &str, schema: &Value, is_required: bool, about: &str) -> String {
    let optional = if is_required { "" } else { ", optional" };
    let mut html = format!(
        "<div><dt><code>{}</code></dt><dd><span class=\"kind\">{}{optional}</span>",
        escaped(name),
        words(schema)
    );
    if !about.is_empty() {
        let _ = write!(html, "<br>{}", escaped(about));
    }
    if schema["properties"].is_object() {
        html.push_str(&members_of(schema));
    }
    html.push_str("</dd></div>\n");
    html
}

/// The kind of a value: `text, 8 to 128 characters`, `list of Session`.
fn words(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#shape-{name}\">{name}</a>");
    }
    let alternatives: Vec<String> = items(&schema["anyOf"]).map(words).collect();
    if !alternatives.is_empty() {
        return alternatives.join(" or ");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    let kinds: Vec<String> = kinds.into_iter().map(|kind| kind_words(kind, schema)).collect();
    let mut words = kinds.join(" or ");
    if let Some(default) = schema.get("default") {
        let _ = write!(words, ", {} when left out", escaped(&default.to_string()));
    }
    words
}

fn kind_words(kind: &str, schema: &Value) -> String {
    match kind {
        "string" => text_words(schema),
        "array" => format!("list of {}", words(&schema["items"])),
        "integer" => match (&schema["minimum"], &schema["maximum"]) {
            (Value::Null, _) | (_, Value::Null) => "whole number".to_owned(),
            (smallest, largest) => format!("whole number, {smallest} to {largest}"),
        },
        "boolean" if schema["const"] == true => "true".to_owned(),
        "boolean" => "true or false".to_owned(),
        other => other.to_owned(),
    }
}

fn text_words(schema: &Value) -> String {
    let kind = match (&schema["format"], &schema["pattern"]) {
        (Value::String(format), _) if format == "date-time" => "time",
        (_, Value::String(pattern)) if pattern.contains('@') => "email address",
        _ => "text",
    };
    match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
        (Some(least), Some(most)) => format!("{kind}, {least} to {most} characters"),
        (None, Some(most)) => format!("{kind}, at most {most} characters"),
        _ => kind.to_owned(),
    }
}
