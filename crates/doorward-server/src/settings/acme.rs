//! Certificates from an authority, instead of from files.

use std::path::PathBuf;

use clap::Args;
use http::Uri;
use rustls::pki_types::DnsName;

use super::{Mistake, list};

#[derive(Args, Clone)]
#[command(next_help_heading = "Certificates from an authority")]
pub(crate) struct AcmeSettings {
    /// Host names, separated by commas, to get a certificate for by ACME, and to speak https with. Port 443 of each
    /// must lead here. Setting this agrees to the authority's terms of service
    #[arg(long, env = "DOORWARD_ACME", default_value = "")]
    acme: String,
    /// Where the authority may write to, told to it when the account is made
    #[arg(long, env = "DOORWARD_ACME_EMAIL")]
    acme_email: Option<String>,
    /// The authority's directory; without it Let's Encrypt's
    #[arg(long, env = "DOORWARD_ACME_DIRECTORY", default_value = "https://acme-v02.api.letsencrypt.org/directory")]
    acme_directory: String,
    /// PEM file of a private authority's roots, believed in place of the public ones when the directory is asked
    #[arg(long, env = "DOORWARD_ACME_ROOT")]
    acme_root: Option<PathBuf>,
}

/// What is asked for, and whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acme {
    /// In small letters, at least one.
    pub(crate) names: Vec<String>,
    pub(crate) email: Option<String>,
    /// An https address.
    pub(crate) directory: Uri,
    pub(crate) root: Option<PathBuf>,
}

impl AcmeSettings {
    /// `None` if no names are set; `files` if certificate files are.
    pub(super) fn check(&self, files: bool) -> Result<Option<Acme>, Mistake> {
        let names = list(&self.acme).map(host_name).collect::<Result<Vec<_>, _>>()?;
        if names.is_empty() {
            return Ok(None);
        }
        if files {
            let words = "DOORWARD_ACME and DOORWARD_TLS_CERT with DOORWARD_TLS_KEY are two ways to a certificate: set one of them";
            return Err(Mistake(words.into()));
        }
        let is_address =
            |text: &&String| text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        let email = self.acme_email.as_ref().filter(|email| is_address(email) && !email.contains([' ', ',', '?']));
        if email.is_none() && self.acme_email.is_some() {
            return Err(Mistake("DOORWARD_ACME_EMAIL: write one address, like ops@example.com".into()));
        }
        let directory = self.acme_directory.parse().ok();
        let directory = directory
            .filter(|uri: &Uri| uri.scheme_str() == Some("https") && uri.authority().is_some())
            .ok_or_else(|| Mistake(format!("DOORWARD_ACME_DIRECTORY: {} is no https address", self.acme_directory)))?;
        Ok(Some(Acme { names, email: email.cloned(), directory, root: self.acme_root.clone() }))
    }
}

fn host_name(text: &str) -> Result<String, Mistake> {
    let wrong = |why: &str| Mistake(format!("DOORWARD_ACME: {text} {why}"));
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Err(wrong("is an IP address; write the host names that people type"));
    }
    if text.contains('*') {
        return Err(wrong("is a wildcard, which an authority gives only to who changes the DNS; write each host name"));
    }
    if text.contains(['/', ':']) {
        return Err(wrong("is more than a host name; write it like auth.example.com"));
    }
    match DnsName::try_from(text.to_ascii_lowercase()) {
        Ok(name) if !text.ends_with('.') => Ok(name.as_ref().to_owned()),
        _ => Err(wrong("is no host name; write it like auth.example.com, other letters than a-z in their xn-- form")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        settings: AcmeSettings,
    }

    fn checked(arguments: &[&str], files: bool) -> Result<Option<Acme>, String> {
        let arguments = ["doorward"].into_iter().chain(arguments.iter().copied());
        Only::parse_from(arguments).settings.check(files).map_err(|mistake| mistake.to_string())
    }

    #[test]
    fn names_are_host_names() {
        let names = |text: &str| checked(&["--acme", text], false).map(|acme| acme.map(|acme| acme.names));
        assert_eq!(names(""), Ok(None));
        assert_eq!(
            names(" Auth.example.com ,b.example"),
            Ok(Some(vec!["auth.example.com".into(), "b.example".into()]))
        );
        for (wrong, words) in [
            ("a.example,192.0.2.7", "192.0.2.7 is an IP address"),
            ("2001:db8::7", "is an IP address"),
            ("*.example.com", "is a wildcard"),
            ("https://a.example", "is more than a host name"),
            ("a.example:443", "is more than a host name"),
            ("a.example.", "is no host name"),
            ("bücher.example", "xn--"),
            ("a b", "is no host name"),
        ] {
            let told = names(wrong).unwrap_err();
            assert!(told.starts_with("DOORWARD_ACME: ") && told.contains(words), "{told}");
        }
    }

    #[test]
    fn what_stands_beside_the_names_is_checked() {
        let acme = checked(&["--acme", "a.example", "--acme-email", "ops@a.example"], false).unwrap().unwrap();
        assert_eq!(acme.email.as_deref(), Some("ops@a.example"));
        assert_eq!(acme.directory.host(), Some("acme-v02.api.letsencrypt.org"));
        assert!(checked(&["--acme", "a.example"], true).unwrap_err().contains("set one of them"));
        assert_eq!(checked(&[], true), Ok(None));
        for wrong in ["ops", "@", "a@b,c@d", "a@b?cc=d"] {
            assert!(checked(&["--acme", "a.example", "--acme-email", wrong], false).is_err(), "{wrong}");
        }
        for wrong in ["http://a.example/dir", "a.example", "https:///x", ""] {
            assert!(checked(&["--acme", "a.example", "--acme-directory", wrong], false).is_err(), "{wrong}");
        }
    }
}
