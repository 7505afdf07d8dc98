//! What an API accepts.

use super::{Claims, Header, JwtError, MAX_TOKEN_LENGTH};

/// How far `iat` may lie ahead in any case, in seconds. Two machines never agree on the time exactly, and a token is
/// often used in the second in which it was made. It is no gain to anybody: `exp` ends the token all the same.
const CLOCKS_APART: i64 = 5;

/// What a token must say to be accepted. The defaults are the strict ones.
///
/// ```
/// use doorward_crypto::jwt::Rules;
/// let rules = Rules::new().issuer("https://app.example").audience("https://api.example").leeway_seconds(30);
/// ```
#[derive(Clone, Debug)]
pub struct Rules {
    issuer: Option<String>,
    audiences: Vec<String>,
    leeway_seconds: i64,
    max_age_seconds: Option<i64>,
    types: Vec<String>,
    untyped: bool,
    subject_required: bool,
    audience_required: bool,
    max_length: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}

impl Rules {
    /// `iss`, `aud`, `sub`, `iat` and `exp` are required; any issuer and any audience will do until they are set; no
    /// leeway; a life of at most a day; `typ` absent, `JWT` or `at+jwt`.
    pub fn new() -> Self {
        Self {
            issuer: None,
            audiences: Vec::new(),
            leeway_seconds: 0,
            max_age_seconds: Some(24 * 60 * 60),
            types: vec!["JWT".to_owned(), "at+jwt".to_owned()],
            untyped: true,
            subject_required: true,
            audience_required: true,
            max_length: MAX_TOKEN_LENGTH,
        }
    }

    /// The one issuer accepted, compared letter for letter. Default: any. Set it: a key that two issuers share is rare,
    /// an issuer that shares its key with its test server is not.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Adds an accepted audience; a token must name one of them. Default: any.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// By how many seconds the clocks of issuer and verifier may differ; applies to `exp`, `nbf` and `iat`. Default: 0,
    /// with 5 for `iat` in any case.
    #[must_use]
    pub fn leeway_seconds(mut self, seconds: i64) -> Self {
        self.leeway_seconds = seconds.max(0);
        self
    }

    /// The longest life, `exp` - `iat`, in seconds; none for no bound. Default: 86400, a day.
    #[must_use]
    pub fn max_age_seconds(mut self, seconds: Option<i64>) -> Self {
        self.max_age_seconds = seconds;
        self
    }

    /// Accepts exactly these `typ` values, and no token without one. Compared as media types: case does not matter, nor
    /// does `application/` in front (RFC 7515 section 4.1.9).
    #[must_use]
    pub fn types(mut self, types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.types = types.into_iter().map(Into::into).collect();
        self.untyped = false;
        self
    }

    /// Accepts tokens without `typ` as well, as Better Auth makes them. Default: yes, until [`Rules::types`] is called.
    #[must_use]
    pub fn untyped(mut self, accepted: bool) -> Self {
        self.untyped = accepted;
        self
    }

    /// Does not require `sub`. For tokens about no person.
    #[must_use]
    pub fn without_subject(mut self) -> Self {
        self.subject_required = false;
        self
    }

    /// Does not require `aud`. For tokens that everybody may read.
    #[must_use]
    pub fn without_audience(mut self) -> Self {
        self.audience_required = false;
        self
    }

    /// The longest token that is looked at, in bytes. Default: [`MAX_TOKEN_LENGTH`]. For documents that are signed like
    /// a token and do not travel in a header.
    #[must_use]
    pub fn max_length(mut self, bytes: usize) -> Self {
        self.max_length = bytes;
        self
    }

    pub(super) fn check_length(&self, token: &str) -> Result<(), JwtError> {
        if token.len() > self.max_length { Err(JwtError::TooLong) } else { Ok(()) }
    }

    pub(super) fn check_type(&self, header: &Header) -> Result<(), JwtError> {
        let accepted = match header.token_type() {
            None => self.untyped,
            Some(found) => {
                self.types.iter().any(|accepted| media_type(accepted).eq_ignore_ascii_case(media_type(found)))
            }
        };
        if accepted { Ok(()) } else { Err(JwtError::UnacceptedType) }
    }

    /// Checks the claims at a moment, in seconds since 1970. A verifier that remembers verified tokens asks again with
    /// [`Rules::check_time`] only.
    pub(super) fn check(&self, claims: &Claims, now: i64) -> Result<(), JwtError> {
        let issuer = claims.issuer().ok_or(JwtError::ClaimMissing("iss"))?;
        if self.issuer.as_ref().is_some_and(|expected| expected != issuer) {
            return Err(JwtError::WrongIssuer);
        }
        if self.audience_required && claims.get("aud").is_none() {
            return Err(JwtError::ClaimMissing("aud"));
        }
        let meant = |name: &str| self.audiences.iter().any(|audience| audience == name);
        if !self.audiences.is_empty() && !claims.audiences().any(meant) {
            return Err(JwtError::WrongAudience);
        }
        if self.subject_required && claims.subject().is_none() {
            return Err(JwtError::ClaimMissing("sub"));
        }
        let issued_at = claims.issued_at().ok_or(JwtError::ClaimMissing("iat"))?;
        if self.max_age_seconds.is_some_and(|longest| claims.expires_at() - issued_at > longest) {
            return Err(JwtError::LivesTooLong);
        }
        self.check_time(claims, now)
    }

    /// The part of the rules that a later moment can change.
    ///
    /// # Errors
    /// [`JwtError::Expired`], [`JwtError::IssuedInFuture`] or [`JwtError::NotYetValid`].
    pub fn check_time(&self, claims: &Claims, now: i64) -> Result<(), JwtError> {
        // The claims are between 0 and the year 9999, so only an absurd `now` or leeway could overflow.
        let early = now.saturating_add(self.leeway_seconds);
        let late = now.saturating_sub(self.leeway_seconds);
        if claims.expires_at() <= late {
            return Err(JwtError::Expired);
        }
        if claims.issued_at().is_some_and(|moment| moment > early.max(now.saturating_add(CLOCKS_APART))) {
            return Err(JwtError::IssuedInFuture);
        }
        if claims.not_before().is_some_and(|moment| moment > early) {
            return Err(JwtError::NotYetValid);
        }
        Ok(())
    }
}

fn media_type(name: &str) -> &str {
    match name.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
        _ => name,
    }
}
