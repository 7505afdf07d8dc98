//! The server's secrets: values that cannot be printed, and the ring that makes rotation possible.
//!
//! A server signs and seals with its *current* secret. Older ones stay in the ring so that what they signed or sealed
//! still opens after a rotation. The ring is configured as in Better Auth: `BETTER_AUTH_SECRET` alone, or
//! `BETTER_AUTH_SECRETS="2:new,1:old"`, where the first entry is current and the numbers name the secret inside sealed
//! values.
//!
//! Deliberately absent: reading the environment, generating a secret, judging its strength. The server does that at
//! start-up, where it can say so in the log.

use crate::digest::constant_time_eq;
use aws_lc_rs::{hkdf, hmac};
use std::fmt;
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

/// What Better Auth uses when nothing is configured: it stands in its sources for everybody to read.
const PUBLISHED_DEFAULT: &str = "better-auth-secret-12345678901234567890";

/// Secret text: a signing secret, a database password, an API key.
///
/// `Debug` prints `Secret(..)`, there is no `Display`, and the memory is overwritten when the last clone is dropped.
/// Clones share the text.
#[derive(Clone)]
pub struct Secret(Arc<Inner>);

struct Inner {
    text: Zeroizing<String>,
    /// Prepared on first use: a session cookie is verified on nearly every request.
    hmac_key: OnceLock<hmac::Key>,
}

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Inner { text: Zeroizing::new(text.into()), hmac_key: OnceLock::new() }))
    }

    /// The text itself. The name is long enough to be found in a review.
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// Whether it is the one that Better Auth takes when none is configured, which everybody knows.
    pub fn is_published(&self) -> bool {
        self.expose() == PUBLISHED_DEFAULT
    }

    /// The HMAC-SHA256 key made of the UTF-8 text.
    pub(crate) fn hmac_key(&self) -> &hmac::Key {
        self.0.hmac_key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, self.expose().as_bytes()))
    }

    /// HKDF-SHA256 (RFC 5869) of the UTF-8 text.
    pub(crate) fn derive<const LENGTH: usize>(&self, salt: &[u8], info: &[u8]) -> Zeroizing<[u8; LENGTH]> {
        struct Length(usize);
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                self.0
            }
        }
        const { assert!(LENGTH <= 255 * 32, "HKDF-SHA256 cannot make a longer key") };
        let mut key = Zeroizing::new([0; LENGTH]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(self.expose().as_bytes())
            .expand(&[info], Length(LENGTH))
            .and_then(|output| output.fill(&mut key[..]))
            .expect("HKDF only refuses lengths above the one asserted");
        key
    }

    fn is(&self, other: &Secret) -> bool {
        constant_time_eq(self.expose().as_bytes(), other.expose().as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// The current secret, and the older ones that still verify and open.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Current first. A ring without versions has exactly one entry, version `None`.
    ring: Arc<[(Option<u64>, Secret)]>,
    /// The secret from before versions: opens bare boxes, seals nothing.
    legacy: Option<Secret>,
}

impl Secrets {
    /// One secret without a version, as `BETTER_AUTH_SECRET` alone gives it: boxes are bare hexadecimal.
    pub fn single(secret: Secret) -> Self {
        Self { ring: Arc::new([(None, secret)]), legacy: None }
    }

    /// Parses `BETTER_AUTH_SECRETS`: `<version>:<secret>` entries joined by commas, the current one first. Blanks around
    /// an entry and around its secret are dropped; colons after the first belong to the secret.
    ///
    /// `legacy` is `BETTER_AUTH_SECRET` beside it: it opens what was sealed before versions existed. An empty one counts
    /// as absent, and so does the default secret that Better Auth publishes in its source.
    ///
    /// # Errors
    /// The cases in which Better Auth refuses to start. A version must be digits only, where Node's `parseInt` would
    /// read `2x` as 2. No message contains a secret.
    pub fn versioned(list: &str, legacy: Option<Secret>) -> Result<Self, SecretsError> {
        if list.is_empty() {
            return Err(SecretsError::NoEntry);
        }
        let mut ring: Vec<(Option<u64>, Secret)> = Vec::new();
        for (index, entry) in list.split(',').enumerate() {
            let position = index + 1;
            let (version, secret) = entry.trim().split_once(':').ok_or(SecretsError::Format { position })?;
            let version = parse_version(version.trim()).ok_or(SecretsError::Version { position })?;
            let secret = secret.trim();
            if secret.is_empty() {
                return Err(SecretsError::EmptySecret { version });
            }
            if ring.iter().any(|(existing, _)| *existing == Some(version)) {
                return Err(SecretsError::DuplicateVersion { version });
            }
            ring.push((Some(version), Secret::new(secret)));
        }
        let legacy = legacy.filter(|secret| !secret.expose().is_empty() && !secret.is_published());
        Ok(Self { ring: ring.into(), legacy })
    }

    /// The secret that signs and seals from now on.
    pub fn current(&self) -> &Secret {
        // Both constructors put at least one entry into the ring.
        &self.ring[0].1
    }

    /// Every secret once: the current one first, then the older ones in their configured order, the legacy one last.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        let secrets = || self.ring.iter().map(|(_, secret)| secret).chain(&self.legacy);
        secrets()
            .enumerate()
            .filter(move |(index, secret)| !secrets().take(*index).any(|earlier| earlier.is(secret)))
            .map(|(_, secret)| secret)
    }

    /// A secret for one purpose only, derived from the current one: 64 hexadecimal digits of HKDF-SHA256.
    ///
    /// Better Auth's purposes are `oauth-state-cookie` and `oauth-link-session-token`: a box made for one of them opens
    /// for no other, although one secret is configured.
    pub fn purpose(&self, purpose: &str) -> Secret {
        derive_purpose(self.current(), purpose)
    }

    /// The whole ring derived for one purpose, versions kept, so that purpose-bound boxes survive a rotation too.
    pub fn purpose_ring(&self, purpose: &str) -> Secrets {
        Secrets {
            ring: self.ring.iter().map(|(version, secret)| (*version, derive_purpose(secret, purpose))).collect(),
            legacy: self.legacy.as_ref().map(|secret| derive_purpose(secret, purpose)),
        }
    }

    /// The number that names the current secret inside a sealed value; `None` without versions.
    pub(crate) fn current_version(&self) -> Option<u64> {
        self.ring[0].0
    }

    pub(crate) fn by_version(&self, version: u64) -> Option<&Secret> {
        self.ring.iter().find(|(candidate, _)| *candidate == Some(version)).map(|(_, secret)| secret)
    }
}

/// Decimal digits only: a sign, a blank or a letter is an error here and in an envelope.
pub(crate) fn parse_version(text: &str) -> Option<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn derive_purpose(secret: &Secret, purpose: &str) -> Secret {
    let info = format!("better-auth:{purpose}:v1");
    let key = secret.derive::<32>(b"better-auth:oauth-encryption:v1", info.as_bytes());
    Secret::new(crate::hex::encode(&key[..]))
}

/// Why a list of versioned secrets was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    #[error("The list of secrets must contain at least one entry.")]
    NoEntry,
    #[error("Invalid BETTER_AUTH_SECRETS entry at position {position}. Expected format: \"<version>:<secret>\"")]
    Format { position: usize },
    #[error(
        "Invalid version in BETTER_AUTH_SECRETS entry at position {position}. Version must be a non-negative integer."
    )]
    Version { position: usize },
    #[error("Empty secret value for version {version} in BETTER_AUTH_SECRETS.")]
    EmptySecret { version: u64 },
    #[error("Duplicate version {version} in BETTER_AUTH_SECRETS. Each version must be unique.")]
    DuplicateVersion { version: u64 },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(secrets: &Secrets) -> Vec<&str> {
        secrets.all().map(Secret::expose).collect()
    }

    #[test]
    fn never_prints() {
        let secrets =
            Secrets::versioned("2:hidden-new,1:hidden-old", Some(Secret::new("hidden-legacy"))).expect("valid");
        assert_eq!(format!("{:?}", secrets.current()), "Secret(..)");
        assert!(!format!("{secrets:#?}").contains("hidden"));
    }

    #[test]
    fn the_first_entry_is_current_and_all_lists_each_once() {
        let ring =
            Secrets::versioned(" 2 : new:with:colons , 1:old,7:old", Some(Secret::new("legacy"))).expect("valid");
        assert_eq!(ring.current().expose(), "new:with:colons");
        assert_eq!(ring.current_version(), Some(2));
        assert_eq!(texts(&ring), ["new:with:colons", "old", "legacy"]);
        assert_eq!(ring.by_version(7).map(Secret::expose), Some("old"));
        assert!(ring.by_version(3).is_none());
    }

    #[test]
    fn a_legacy_secret_that_protects_nothing_is_ignored() {
        for legacy in ["", PUBLISHED_DEFAULT, "only"] {
            let ring = Secrets::versioned("1:only", Some(Secret::new(legacy))).expect("valid");
            assert_eq!(texts(&ring), ["only"]);
        }
        assert_eq!(texts(&Secrets::single(Secret::new("only"))), ["only"]);
    }

    #[test]
    fn a_malformed_list_says_where() {
        let refusal = |list| Secrets::versioned(list, None).map(|_| ()).expect_err("refused");
        assert_eq!(refusal(""), SecretsError::NoEntry);
        assert_eq!(refusal("1:a,secret"), SecretsError::Format { position: 2 });
        assert_eq!(refusal("1:a,"), SecretsError::Format { position: 2 });
        for list in ["x:a", ":a", "-1:a", "+1:a", "1.5:a", "2x:a", "99999999999999999999:a"] {
            assert_eq!(refusal(list), SecretsError::Version { position: 1 }, "{list}");
        }
        assert_eq!(refusal("1: "), SecretsError::EmptySecret { version: 1 });
        assert_eq!(refusal("1:a,01:b"), SecretsError::DuplicateVersion { version: 1 });
    }

    #[test]
    fn purposes_are_apart_and_keep_their_versions() {
        let ring = Secrets::versioned("2:new,1:old", None).expect("valid");
        let derived = ring.purpose_ring("oauth-state-cookie");
        assert_eq!(derived.current().expose(), ring.purpose("oauth-state-cookie").expose());
        assert_ne!(derived.current().expose(), ring.purpose("oauth-link-session-token").expose());
        assert_ne!(derived.by_version(1).map(Secret::expose), derived.by_version(2).map(Secret::expose));
    }
}
