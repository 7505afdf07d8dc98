use doorward_database::Stamp;
use serde::Serialize;

/// One signed-in browser or device. An unknown address or user agent is the empty text, as Better Auth writes it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub(crate) expires_at: Stamp,
    /// As the row holds it: where tokens are hashed, a name for the session that opens nothing.
    pub(crate) token: String,
    /// What the browser holds, where that is not what the row holds.
    #[serde(skip)]
    pub(crate) secret: Option<String>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
    pub(crate) ip_address: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) user_id: String,
    pub(crate) id: String,
}

impl Session {
    /// What proves the session: the value of its cookie, before it is signed.
    pub(crate) fn credential(&self) -> &str {
        self.secret.as_deref().unwrap_or(&self.token)
    }
}

impl std::fmt::Debug for Session {
    /// Without the token: it is a credential.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Session").field("id", &self.id).field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
