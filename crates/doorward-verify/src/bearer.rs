//! The bearer token of a request (RFC 6750 section 2.1).
//!
//! Only the `Authorization` header. Tokens in a query or a form end up in logs and histories, and cookies need
//! protection against forged requests that an API does not have.

use crate::refusal::Refusal;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The token of `Authorization: Bearer <token>`.
///
/// Exactly one header, any case of the scheme, one blank, and only the characters that a token may have (`b64token`).
///
/// # Errors
/// [`Refusal::NoCredential`] without a header or with one of another scheme; [`Refusal::Malformed`] for everything
/// that looks like a bearer token and is none.
pub fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::NoCredential)?;
    if values.next().is_some() {
        // Two proxies, two opinions which one counts: refuse rather than pick.
        return Err(Refusal::Malformed("more than one Authorization header"));
    }
    let value = value.to_str().map_err(|_| Refusal::Malformed("not visible ASCII"))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(if is_scheme(scheme) { Refusal::NoCredential } else { Refusal::Malformed("not a scheme") });
    }
    if is_b64token(token) { Ok(token) } else { Err(Refusal::Malformed("not a token after the scheme")) }
}

/// RFC 9110 section 11.1: a `token`, where the comma of two joined headers does not belong.
fn is_scheme(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// RFC 6750 section 2.1: letters, digits and `-._~+/`, then any number of `=`.
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| B64TOKEN[usize::from(byte)])
}

/// Whether a byte may stand in a token. A table, because every request brings hundreds of them.
const B64TOKEN: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        allowed[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        byte += 1;
    }
    allowed
};

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(values: &[&[u8]]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).expect("a header can have this value"));
        }
        bearer_token(&headers).map(str::to_owned)
    }

    #[test]
    fn reads_one_token_whatever_the_case_of_the_scheme() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "bEaReR a.b.c"] {
            assert_eq!(read(&[value.as_bytes()]), Ok("a.b.c".to_owned()));
        }
        assert_eq!(read(&[b"Bearer aZ09-._~+/=="]), Ok("aZ09-._~+/==".to_owned()));
    }

    #[test]
    fn no_bearer_header_is_no_credential() {
        assert_eq!(read(&[]), Err(Refusal::NoCredential));
        for value in ["Basic YTpi", "Digest a=b", "DPoP a.b.c", "Bearerx a.b.c"] {
            assert_eq!(read(&[value.as_bytes()]), Err(Refusal::NoCredential), "{value}");
        }
    }

    #[test]
    fn everything_else_is_malformed() {
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  a.b.c",
            "Bearer a.b.c ",
            "Bearer a b",
            "Bearer\ta.b.c",
            "Bearer a,b",
            "Bearer =",
            "Bearer a=b",
            "Bearer \"a\"",
            "Bearer:a",
            " Bearer a",
            "Bearer a.b.c, Bearer d.e.f",
            "Bearer, a",
            "Bearer a%2Eb",
            "Bearer {}",
            "Bearer <a>",
        ] {
            assert!(matches!(read(&[value.as_bytes()]), Err(Refusal::Malformed(_))), "{value:?}");
        }
        assert!(matches!(read(&[b"Bearer a\xffb"]), Err(Refusal::Malformed(_))));
        assert!(matches!(read(&[b"Bearer a", b"Bearer a"]), Err(Refusal::Malformed(_))));
        assert!(matches!(read(&[b"Basic a", b"Bearer a"]), Err(Refusal::Malformed(_))));
    }
}
