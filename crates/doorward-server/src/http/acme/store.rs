//! What is kept between starts: the account with its key, and the certificate with its key, each in one file that only
//! its owner reads.
//!
//! A folder for each authority, named after it: who changes from an authority for trials to the real one, or back, finds
//! no account and no certificate of the other. Files are written aside and renamed: nobody reads half of one, and
//! a certificate never meets the key of another.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use http::Uri;
use instant_acme::AccountCredentials;

use crate::settings::Mistake;

const ACCOUNT: &str = "account.json";
const CERTIFICATE: &str = "certificate.pem";

pub(super) struct Store(PathBuf);

impl Store {
    /// Makes the folder, if there is none.
    pub(super) fn open(data: &Path, directory: &Uri) -> Result<Self, Mistake> {
        let folder = data.join("acme").join(folder_name(directory));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|error| {
            Mistake(format!("{}: {error}; set DOORWARD_DATA to a folder that can be written", folder.display()))
        })?;
        Ok(Self(folder))
    }

    pub(super) fn certificate(&self) -> Option<String> {
        fs::read_to_string(self.0.join(CERTIFICATE)).ok()
    }

    pub(super) fn keep_certificate(&self, pem: &str) -> Result<(), String> {
        self.keep(CERTIFICATE, pem.as_bytes())
    }

    /// `None` if there is no account yet.
    pub(super) fn account(&self) -> Result<Option<AccountCredentials>, String> {
        let path = self.0.join(ACCOUNT);
        let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|_| wrong(&"it is no account; without the file a new one is made")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(wrong(&error)),
        }
    }

    pub(super) fn keep_account(&self, account: &AccountCredentials) -> Result<(), String> {
        let text = serde_json::to_vec(account).map_err(|error| error.to_string())?;
        self.keep(ACCOUNT, &text)
    }

    /// For an authority that does not know it any more.
    pub(super) fn forget_account(&self) {
        fs::remove_file(self.0.join(ACCOUNT)).ok();
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let (path, aside) = (self.0.join(name), self.0.join(format!(".{name}.new")));
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        // What a start before this one left there may have other rights.
        fs::remove_file(&aside).ok();
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&aside, &path).map_err(failed)
    }
}

/// `https://acme.example:14000/dir` as `acme.example-14000-dir`.
fn folder_name(directory: &Uri) -> String {
    let text = directory.to_string().replace("https://", "");
    let kept = |character: char| if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' };
    text.chars().map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_kept_is_for_nobody_else_to_read() {
        let data = std::env::temp_dir().join(format!("doorward-acme-{}", std::process::id()));
        let open = |directory: &str| Store::open(&data, &directory.parse().unwrap()).unwrap();
        let store = open("https://acme.example:14000/dir");
        assert!(store.certificate().is_none() && store.account().unwrap().is_none());
        fs::write(store.0.join(".certificate.pem.new"), "left over").unwrap();
        store.keep_certificate("first").unwrap();
        store.keep_certificate("second").unwrap();
        assert_eq!(open("https://acme.example:14000/dir").certificate().as_deref(), Some("second"));
        assert_eq!(open("https://trial.acme.example/../x").certificate(), None);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = data.join("acme").join("acme.example-14000-dir");
        assert_eq!((mode(&folder), mode(&folder.join(CERTIFICATE))), (0o700, 0o600));
        assert_eq!(mode(&data.join("acme")), 0o700);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
        fs::write(folder.join(ACCOUNT), "{").unwrap();
        assert!(store.account().err().unwrap().contains("account.json"));
        store.forget_account();
        assert!(store.account().unwrap().is_none());
        fs::remove_dir_all(&data).unwrap();
    }
}
