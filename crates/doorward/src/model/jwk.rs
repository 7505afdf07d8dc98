use doorward_database::Stamp;

/// A signing key as it is stored: the private half sealed.
#[derive(Clone)]
pub(crate) struct JwkRow {
    /// Also the `kid`.
    pub(crate) id: String,
    /// JSON text of the public JWK.
    pub(crate) public_key: String,
    /// A JSON string (quotes included) that holds the sealed private JWK; or the JWK itself, unsealed.
    pub(crate) private_key: String,
    pub(crate) created_at: Stamp,
    /// From here on the key signs nothing more.
    pub(crate) expires_at: Option<Stamp>,
    /// None in rows written before the column existed: the default algorithm.
    pub(crate) alg: Option<String>,
    pub(crate) crv: Option<String>,
}

impl std::fmt::Debug for JwkRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("JwkRow").field("id", &self.id).field("alg", &self.alg).finish_non_exhaustive()
    }
}
