//! JSON (RFC 8259) with one meaning per text.
//!
//! RFC 8259 leaves open what a repeated name means, and parsers disagree: one checks the first `sub`, another uses the
//! last. So a repeated name is refused, at every depth. Depth is bounded too; the length already is.

use super::{JwtError, Part};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::fmt;

/// Objects and arrays inside each other. Access tokens have two or three.
const MAX_DEPTH: u8 = 16;

pub(super) fn object(text: &[u8], part: Part) -> Result<Map<String, Value>, JwtError> {
    let problem = Cell::new(JwtError::Json(part));
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let parsed = Strict { depth: 0, part, problem: &problem }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match parsed {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(JwtError::Json(part)),
        Err(_) => Err(problem.get()),
    }
}

/// Builds a [`Value`] as `serde_json` itself would, but refuses what it silently resolves.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: u8,
    part: Part,
    problem: &'a Cell<JwtError>,
}

impl Strict<'_> {
    fn refuse<E: serde::de::Error>(self, problem: JwtError) -> E {
        self.problem.set(problem);
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(JwtError::TooDeep(self.part)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper::<A::Error>()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(JwtError::DuplicateName(self.part)));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> JwtError {
        object(text.as_bytes(), Part::Payload).expect_err(text)
    }

    #[test]
    fn ordinary_json_is_what_serde_json_says() {
        let text = r#"{"a":[1,-2,1.5,1e3,true,null,"\u00e9\ud83d\ude00",{}],"b":{"a":{"a":18446744073709551615}}} "#;
        let parsed = object(text.as_bytes(), Part::Payload).expect("fine");
        assert_eq!(Value::Object(parsed), serde_json::from_str::<Value>(text).expect("fine"));
    }

    #[test]
    fn a_repeated_name_is_refused_at_every_depth_and_in_every_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"x":{"a":1,"b":2,"a":3}}"#,
            r#"{"x":[[{"a":1,"a":2}]]}"#,
            r#"{"sub":1,"s\u0075b":2}"#,
        ] {
            assert_eq!(refusal(text), JwtError::DuplicateName(Part::Payload), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(object(nested(usize::from(MAX_DEPTH) - 1).as_bytes(), Part::Payload).is_ok());
        assert_eq!(refusal(&nested(usize::from(MAX_DEPTH))), JwtError::TooDeep(Part::Payload));
        assert_eq!(refusal(&nested(4000)), JwtError::TooDeep(Part::Payload));
    }

    #[test]
    fn anything_else_is_not_an_object() {
        for text in [
            "",
            "null",
            "[]",
            "1",
            "\"{}\"",
            "{",
            "{}x",
            "{}{}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1,}",
            "\u{feff}{}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "{\"a\":1e400}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\n\"}",
            "{/**/}",
        ] {
            assert_eq!(refusal(text), JwtError::Json(Part::Payload), "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}", Part::Header), Err(JwtError::Json(Part::Header)));
    }
}
