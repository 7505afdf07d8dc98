/// One mail: plain text with one full link.
#[derive(Clone)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl std::fmt::Debug for Mail {
    /// Without the text: its link is a credential.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Mail").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Delivers mail.
///
/// `send` returns at once and delivers in the background: a request must take the same time whether or not there was
/// somebody to write to. Failures are the mailer's to log and to retry.
pub trait Mailer: Send + Sync + std::fmt::Debug {
    fn send(&self, mail: Mail);
}
