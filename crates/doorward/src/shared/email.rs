//! What counts as an email address: Better Auth's own pattern (zod's), with the lengths of RFC 5321.

/// Longest address, in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;
/// Longest part before the `@` (section 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Whether a text is an address as Better Auth accepts it: ASCII, a domain with a letters-only top level.
pub(crate) fn is_valid(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    text.len() <= LONGEST && local.len() <= LONGEST_LOCAL && is_local(local) && is_domain(domain)
}

/// The form that is stored and looked up.
pub(crate) fn normalised(text: &str) -> String {
    text.to_lowercase()
}

fn is_local(local: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\'' | b'+' | b'-' | b'.');
    let ends = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-');
    let bytes = local.as_bytes();
    !local.starts_with('.')
        && !local.contains("..")
        && bytes.iter().copied().all(allowed)
        && bytes.last().copied().is_some_and(ends)
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let [inner @ .., top] = labels.as_slice() else { return false };
    let label = |label: &&str| {
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && label.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
    };
    !inner.is_empty() && inner.iter().all(label) && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_better_auths() {
        for good in ["a@b.co", "ada.l+tag@mail.example.com", "O'Hara@x-y.example", "_@1.example", "a-@b.example"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@localhost",
            " a@b.co",
            "a@b.co ",
            ".a@b.co",
            "a.@b.co",
            "a..b@b.co",
            "a@-b.co",
            "a@b..co",
            "a@b.c",
            "a@b.c1",
            "é@b.co",
            "a@b@c.co",
            "a\n@b.co",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(!is_valid(&format!("{}@b.co", "a".repeat(65))));
        assert!(!is_valid(&format!("a@{}.example", "b.".repeat(130))));
    }
}
