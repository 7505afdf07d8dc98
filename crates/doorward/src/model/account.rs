use doorward_database::Stamp;

/// The provider of accounts that sign in with a password.
pub(crate) const CREDENTIAL: &str = "credential";

/// One way a person signs in: a password, or an account at a provider.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// The id at the provider; the user's own id for a password account.
    pub(crate) account_id: String,
    pub(crate) provider_id: String,
    pub(crate) user_id: String,
    pub(crate) access_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
    pub(crate) access_token_expires_at: Option<Stamp>,
    pub(crate) refresh_token_expires_at: Option<Stamp>,
    /// Comma-joined.
    pub(crate) scope: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

impl Account {
    /// The way in by a password, of a new person or of one who came through a provider. `hash` is what the hasher made.
    pub(crate) fn with_password(id: String, user_id: &str, hash: String, now: Stamp) -> Self {
        Self {
            id,
            account_id: user_id.to_owned(),
            provider_id: CREDENTIAL.to_owned(),
            user_id: user_id.to_owned(),
            password: Some(hash),
            created_at: now,
            updated_at: now,
            ..Self::default()
        }
    }
}

impl std::fmt::Debug for Account {
    /// Without tokens and hashes.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Account")
            .field("id", &self.id)
            .field("provider_id", &self.provider_id)
            .finish_non_exhaustive()
    }
}
