//! The bare HS256 tokens that Better Auth sends by email.
//!
//! They have the header `{"alg":"HS256"}`, are keyed with the raw secret, and carry neither issuer nor audience. A
//! header with a `typ` is refused here: an access token signed with the same secret contains an `email` as well, and
//! must not pass for proof that the address was read.

use super::verify::Parts;
use super::{Claims, Header, JwtError, MAX_TOKEN_LENGTH, Part, base64url, json};
use crate::jwk::Algorithm;
use crate::secret::{Secret, Secrets};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// `{"alg":"HS256"}` in base64url, and the dot after it.
const PREFIX: &str = "eyJhbGciOiJIUzI1NiJ9.";

/// Signs claims, byte for byte as they are, under the header `{"alg":"HS256"}`.
pub fn sign_hs256_plain(claims_json: &str, secret: &Secret) -> String {
    let mut token = String::with_capacity(PREFIX.len() + claims_json.len().div_ceil(3) * 4 + 44);
    token.push_str(PREFIX);
    URL_SAFE_NO_PAD.encode_string(claims_json, &mut token);
    let tag = hmac::sign(secret.hmac_key(), token.as_bytes());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(tag, &mut token);
    token
}

/// Checks a token of [`sign_hs256_plain`] with any secret of the ring. `now` is in seconds since 1970; `exp` is required.
///
/// # Errors
/// [`JwtError::Expired`] for a token that was good once, which Better Auth reports apart; otherwise the rule broken.
pub fn verify_hs256_plain(token: &str, secrets: &Secrets, now: i64) -> Result<Map<String, Value>, JwtError> {
    if token.len() > MAX_TOKEN_LENGTH {
        return Err(JwtError::TooLong);
    }
    let parts = Parts::split(token)?;
    let header = Header::read(parts.header)?;
    if header.algorithm() != Algorithm::Hs256 {
        return Err(JwtError::AlgorithmMismatch(Algorithm::Hs256));
    }
    if header.token_type().is_some() {
        return Err(JwtError::UnacceptedType);
    }
    let tag = base64url::decode(parts.signature, Part::Signature)?;
    if !secrets.all().any(|secret| hmac::verify(secret.hmac_key(), parts.signed.as_bytes(), &tag).is_ok()) {
        return Err(JwtError::Signature);
    }
    let payload = base64url::decode(parts.payload, Part::Payload)?;
    let claims = Claims::read(json::object(&payload, Part::Payload)?)?;
    if claims.expires_at() <= now {
        return Err(JwtError::Expired);
    }
    if claims.not_before().is_some_and(|moment| moment > now) {
        return Err(JwtError::NotYetValid);
    }
    Ok(claims.into_members())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwk::SigningKey;

    const CLAIMS: &str = r#"{"email":"a@example.com","iat":1000,"exp":4600}"#;

    fn check(token: &str, now: i64) -> Result<Map<String, Value>, JwtError> {
        verify_hs256_plain(token, &Secrets::versioned("2:new,1:old", None).expect("a ring"), now)
    }

    #[test]
    fn any_secret_of_the_ring_verifies_until_expiry() {
        for secret in ["new", "old"] {
            let token = sign_hs256_plain(CLAIMS, &Secret::new(secret));
            assert_eq!(check(&token, 4599).expect("good")["email"], "a@example.com");
            assert_eq!(check(&token, 4600), Err(JwtError::Expired));
        }
        assert_eq!(check(&sign_hs256_plain(CLAIMS, &Secret::new("else")), 4599), Err(JwtError::Signature));
        assert_eq!(check(&sign_hs256_plain("{}", &Secret::new("new")), 0), Err(JwtError::ClaimMissing("exp")));
    }

    #[test]
    fn an_access_token_of_the_same_secret_is_no_proof_of_an_address() {
        let token = SigningKey::hmac(&Secret::new("new")).sign(CLAIMS).expect("signs");
        assert_eq!(check(&token, 2000), Err(JwtError::UnacceptedType));
    }
}
