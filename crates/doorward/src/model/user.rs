use std::borrow::Cow;

use doorward_database::Stamp;
use serde::Serialize;

/// Longest picture that goes along in tokens and cookies, in bytes. Some sites keep whole images as `data:` addresses; with
/// one in it a token would be longer than verifiers and headers allow, and a browser's cookies longer than servers read.
const CARRIED_PICTURE: usize = 2048;

/// A person. The address is stored in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) email_verified: bool,
    pub(crate) image: Option<String>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
    pub(crate) id: String,
}

impl User {
    /// Whether the picture is short enough to go along everywhere.
    pub(crate) fn has_small_picture(&self) -> bool {
        self.image.as_ref().is_none_or(|image| image.len() <= CARRIED_PICTURE)
    }

    /// The person as tokens and cookies show them: without a picture that is too large to carry.
    pub(crate) fn carried(&self) -> Cow<'_, Self> {
        if self.has_small_picture() { Cow::Borrowed(self) } else { Cow::Owned(Self { image: None, ..self.clone() }) }
    }
}
