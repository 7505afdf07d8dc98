//! Versions of answers, and whether the client has the one at hand already (RFC 9110, section 13.1.2).

use http::{HeaderMap, HeaderValue, header};

/// Whether `If-None-Match` names this version. Tags are compared weakly: a proxy that compresses makes ours weak.
pub fn is_known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let ours = opaque(etag.as_bytes());
    let lines = request.get_all(header::IF_NONE_MATCH).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).any(|tag| {
        let tag = tag.trim_ascii();
        tag == b"*" || opaque(tag) == ours
    })
}

/// A tag without the mark of a weak one.
fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_however_it_is_named() {
        let is_known = |lines: &[&'static str], etag: &'static str| {
            let named = lines.iter().map(|line| (header::IF_NONE_MATCH, HeaderValue::from_static(line)));
            is_known(&named.collect(), &HeaderValue::from_static(etag))
        };
        for lines in [&["\"b\""][..], &["W/\"b\""], &["\"a\", W/\"b\""], &["\"a\"", "\"b\""], &["*"]] {
            assert!(is_known(lines, "\"b\"") && is_known(lines, "W/\"b\""), "{lines:?}");
        }
        for lines in [&[][..], &[""], &["b"], &["\"a\""], &["w/\"b\""], &["\"b"]] {
            assert!(!is_known(lines, "\"b\""), "{lines:?}");
        }
    }
}
