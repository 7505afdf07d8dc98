use doorward_database::Stamp;

/// Something that a link or a redirect will prove later: `identifier` names it, `value` is what it stands for.
#[derive(Clone)]
pub(crate) struct Verification {
    pub(crate) id: String,
    pub(crate) identifier: String,
    pub(crate) value: String,
    pub(crate) expires_at: Stamp,
}

impl std::fmt::Debug for Verification {
    /// Without identifier and value: both may hold a token.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Verification").field("id", &self.id).finish_non_exhaustive()
    }
}
