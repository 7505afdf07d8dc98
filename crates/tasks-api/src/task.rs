//! A task as the world sees it: `{"id", "title", "completed", "userId"}`.
//!
//! Written by hand. Lists are what is asked for most, and a serializer would go through the names of the fields and the
//! owner, the same for all of them, letter by letter for every task.

use std::borrow::Cow;

pub(crate) struct Task<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) title: Cow<'a, str>,
    pub(crate) completed: bool,
}

/// Whose tasks are written, as JSON.
pub(crate) struct Owner(String);

impl Owner {
    pub(crate) fn of(user_id: &str) -> serde_json::Result<Self> {
        serde_json::to_string(user_id).map(Self)
    }
}

impl Task<'_> {
    pub(crate) fn write(&self, owner: &Owner, json: &mut Vec<u8>) -> serde_json::Result<()> {
        json.extend_from_slice(br#"{"id":"#);
        write_text(json, &self.id)?;
        json.extend_from_slice(br#","title":"#);
        write_text(json, &self.title)?;
        json.extend_from_slice(br#","completed":"#);
        json.extend_from_slice(if self.completed { b"true" } else { b"false" });
        json.extend_from_slice(br#","userId":"#);
        json.extend_from_slice(owner.0.as_bytes());
        json.push(b'}');
        Ok(())
    }
}

/// A text in quotes. Hardly any needs more than that: whether one does is seen for many letters at once, without a branch
/// between them.
fn write_text(json: &mut Vec<u8>, text: &str) -> serde_json::Result<()> {
    let is_plain = |plain: bool, byte: u8| plain & (byte >= b' ') & (byte != b'"') & (byte != b'\\');
    if !text.bytes().fold(true, is_plain) {
        return serde_json::to_writer(json, text);
    }
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn whatever_it_holds_it_is_json() {
        for text in ["Water the plants", "", "\"\\\u{0}\n\u{7f}</script>", "naïve 植物 \u{2028}", "\u{fffd}"] {
            for completed in [true, false] {
                let task = Task { id: text.into(), title: text.into(), completed };
                let mut body = Vec::new();
                task.write(&Owner::of(text).unwrap(), &mut body).unwrap();
                let read: Value = serde_json::from_slice(&body).unwrap();
                assert_eq!(read, json!({ "id": text, "title": text, "completed": completed, "userId": text }));
            }
        }
    }

    #[test]
    fn the_fields_stand_in_their_order() {
        let task = Task { id: "1".into(), title: "Plants".into(), completed: false };
        let mut body = Vec::new();
        task.write(&Owner::of("ada").unwrap(), &mut body).unwrap();
        assert_eq!(body, br#"{"id":"1","title":"Plants","completed":false,"userId":"ada"}"#);
    }
}
