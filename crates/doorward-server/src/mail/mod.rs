//! Delivering mail: to the log, into a folder, or by SMTP.
//!
//! `send` never waits: what a request answers must not take longer because there was somebody to write to.

mod file;
mod smtp;

use std::sync::Arc;

use doorward::{Mail, Mailer};
use lettre::{
    Message,
    message::{Mailbox, header::ContentType},
};

use crate::settings::Mistake;

/// The mailer that `DOORWARD_MAIL` asks for; none without it.
pub(crate) fn open(setting: Option<&str>, from: &str) -> Result<Option<Arc<dyn Mailer>>, Mistake> {
    let Some(setting) = setting.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let from: Mailbox = from
        .parse()
        .map_err(|_| Mistake("DOORWARD_MAIL_FROM: write it like Doorward <no-reply@example.com>".into()))?;
    if setting == "log" {
        return Ok(Some(Arc::new(Log)));
    }
    if let Some(folder) = setting.strip_prefix("file:") {
        return Ok(Some(Arc::new(file::Folder::open(folder, from)?)));
    }
    if setting.starts_with("smtp://") || setting.starts_with("smtps://") {
        return Ok(Some(Arc::new(smtp::Smtp::open(setting, from)?)));
    }
    Err(Mistake("DOORWARD_MAIL: write log, file:<folder>, smtp://… or smtps://…".into()))
}

/// Writes mails into the log, links and all. For development alone: a link is a key.
#[derive(Debug)]
struct Log;

impl Mailer for Log {
    fn send(&self, mail: Mail) {
        eprintln!("\n--- mail to {} ---\nSubject: {}\n\n{}---\n", mail.to.escape_debug(), mail.subject, mail.text);
    }
}

/// A message as it goes over the wire. Addresses are parsed, so nothing in them becomes a header.
fn message(from: &Mailbox, mail: &Mail) -> Result<Message, String> {
    let to: Mailbox = mail.to.parse().map_err(|error| format!("the address cannot be written to: {error}"))?;
    let builder = Message::builder().from(from.clone()).to(to).subject(&mail.subject).header(ContentType::TEXT_PLAIN);
    builder.body(mail.text.clone()).map_err(|error| error.to_string())
}
