//! Delivering mail: to the log, into a folder, or by SMTP.
//!
//! `send` never waits: what a request answers must not take longer because there was somebody to write to.

mod file;
mod smtp;

use std::{sync::Arc, time::Duration};

use doorward::{Mail, Mailer};
use lettre::{
    Message,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType, MIME_VERSION_1_0},
    },
};

use crate::settings::Mistake;

/// What `DOORWARD_MAIL` asks for.
pub(crate) enum Post {
    /// No mailer: routes that need one say so.
    None,
    Log,
    Folder(Arc<file::Folder>),
    Smtp(Arc<smtp::Smtp>),
}

impl Post {
    pub(crate) fn open(setting: Option<&str>, from: &str) -> Result<Self, Mistake> {
        let Some(setting) = setting.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Self::None) };
        let from: Mailbox = from
            .parse()
            .map_err(|_| Mistake("DOORWARD_MAIL_FROM: write it like Doorward <no-reply@example.com>".into()))?;
        if setting == "log" {
            return Ok(Self::Log);
        }
        if let Some(folder) = setting.strip_prefix("file:").filter(|folder| !folder.is_empty()) {
            return Ok(Self::Folder(Arc::new(file::Folder::open(folder, from)?)));
        }
        if setting.starts_with("smtp://") || setting.starts_with("smtps://") {
            return Ok(Self::Smtp(Arc::new(smtp::Smtp::open(setting, from)?)));
        }
        Err(Mistake("DOORWARD_MAIL: write log, file:<folder>, smtp://… or smtps://…".into()))
    }

    pub(crate) fn mailer(&self) -> Option<Arc<dyn Mailer>> {
        match self {
            Self::None => None,
            Self::Log => Some(Arc::new(Log)),
            Self::Folder(folder) => Some(Arc::clone(folder) as _),
            Self::Smtp(outbox) => Some(Arc::clone(outbox) as _),
        }
    }

    /// Before the process ends: mails that are on their way get a little time, and what is lost is said.
    pub(crate) async fn close(&self, time: Duration) {
        if let Self::Smtp(outbox) = self {
            let lost = outbox.finish(time).await;
            if lost > 0 {
                tracing::error!(lost, "mails were not delivered before the stop");
            }
        }
    }
}

/// Writes mails into the log, links and all. For development alone: a link is a key.
#[derive(Debug)]
struct Log;

impl Mailer for Log {
    fn send(&self, mail: Mail) {
        eprintln!("\n--- mail to {} ---\nSubject: {}\n\n{}---\n", mail.to.escape_debug(), mail.subject, mail.text);
    }
}

/// Longest line of a text that is sent as it is, in bytes (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

/// How a text is carried.
#[derive(Clone, Copy)]
enum Carried {
    /// As it is, so that a link stands in one line for whoever reads the file.
    AsItIs,
    /// Quoted-printable: not every mail server on the way takes eight bits or long lines.
    Quoted,
}

/// A message as it goes over the wire. Addresses are parsed, so nothing in them becomes a header.
fn message(from: &Mailbox, mail: &Mail, carried: Carried) -> Result<Message, String> {
    let to: Mailbox = mail.to.parse().map_err(|error| format!("the address cannot be written to: {error}"))?;
    let fits = !mail.text.contains('\0') && mail.text.lines().all(|line| line.len() <= LONGEST_LINE);
    let body = match carried {
        Carried::AsItIs if fits => {
            let lines: String = mail.text.lines().flat_map(|line| [line, "\r\n"]).collect();
            Body::dangerous_pre_encoded(lines.into_bytes(), ContentTransferEncoding::EightBit)
        }
        _ => Body::new_with_encoding(mail.text.clone(), ContentTransferEncoding::QuotedPrintable)
            .map_err(|_| "the text cannot be encoded")?,
    };
    let builder = Message::builder().from(from.clone()).to(to).subject(&mail.subject).message_id(None);
    let builder = builder.header(MIME_VERSION_1_0).header(ContentType::TEXT_PLAIN);
    builder.body(body).map_err(|error| error.to_string())
}
