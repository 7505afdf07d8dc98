//! Mail as files: one `.eml` each, written aside and renamed, so that a reader never sees half a mail. Nobody else
//! on the machine reads them: a link to reset a password is a key. A folder that was there before keeps its mode.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use doorward::{Mail, Mailer};
use lettre::message::Mailbox;

use super::Carried;
use crate::settings::Mistake;

#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    from: Mailbox,
    count: AtomicU64,
}

impl Folder {
    pub(super) fn open(path: &str, from: Mailbox) -> Result<Self, Mistake> {
        let path = PathBuf::from(path);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|error| Mistake(format!("DOORWARD_MAIL: {} cannot be used: {error}", path.display())))?;
        Ok(Self { path, from, count: AtomicU64::new(0) })
    }

    fn write(&self, mail: &Mail) -> Result<(), String> {
        let message = super::message(&self.from, mail, Carried::AsItIs)?.formatted();
        #[expect(clippy::disallowed_methods, reason = "names of files, in the order of their writing")]
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let name = format!("{moment}-{number:06}-{}.eml", std::process::id());
        let aside = self.path.join(format!(".{name}"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside);
        let written = file.and_then(|mut file| file.write_all(&message));
        written.and_then(|()| fs::rename(&aside, self.path.join(name))).map_err(|error| error.to_string())
    }
}

impl Mailer for Folder {
    fn send(&self, mail: Mail) {
        if let Err(error) = self.write(&mail) {
            tracing::error!(%error, "a mail could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_one_file_with_its_whole_link() {
        let folder = std::env::temp_dir().join(format!("doorward-mail-{}", std::process::id()));
        let mailer =
            Folder::open(&folder.display().to_string(), "Doorward <no-reply@example.com>".parse().unwrap()).unwrap();
        let link = format!("https://auth.example.com/api/auth/verify-email?token={}&callbackURL=%2F", "x".repeat(400));
        let mail =
            |to: &str| Mail { to: to.into(), subject: "Grüße".into(), text: format!("Hello Åda,\n\n{link}\n") };
        mailer.send(mail("ada@example.com"));
        mailer.send(mail("eve@example.com\r\nBcc: all@example.com"));
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "an address with a line break is not written to");
        let text = fs::read_to_string(&files[0]).unwrap();
        assert!(
            text.contains("To: ada@example.com\r\n") && text.contains("Content-Type: text/plain; charset=utf-8\r\n"),
            "{text}"
        );
        assert!(text.contains(&format!("\r\n{link}\r\n")) && text.contains("Hello Åda"), "{text}");
        assert!(
            text.contains("MIME-Version: 1.0\r\n") && text.contains("Message-ID: <") && text.contains("Date: "),
            "{text}"
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
