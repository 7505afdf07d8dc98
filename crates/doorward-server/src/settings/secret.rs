//! Where the secret comes from: the settings, or, on one's own machine, a file made once.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use doorward::{SystemRandom, config::BaseUrl};
use doorward_crypto::{
    random,
    secret::{Secret, Secrets},
};

use super::{Mistake, Settings};

const SHORTEST: usize = 32;

/// What becomes of a secret that is neither set nor in the data folder, on one's own machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSecret {
    /// It is made.
    Make,
    /// One for the moment stands in the place of the one that would be made.
    Pretend,
    /// That is a mistake: nothing that is there could be read with a new one.
    Refuse,
}

pub(super) fn read(settings: &Settings, base_url: &BaseUrl, otherwise: NoSecret) -> Result<Secrets, Mistake> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let single = given(&settings.secret).or_else(|| given(&settings.auth_secret));
    if let Some(list) = given(&settings.secrets) {
        let legacy = single.map(long_enough).transpose()?.map(Secret::new);
        let secrets =
            Secrets::versioned(&list, legacy).map_err(|error| Mistake(format!("BETTER_AUTH_SECRETS: {error}")))?;
        long_enough(secrets.current().expose().to_owned())?;
        return not_published(secrets, base_url);
    }
    if let Some(secret) = single {
        return not_published(Secrets::single(Secret::new(long_enough(secret)?)), base_url);
    }
    if !base_url.is_loopback() {
        return Err(Mistake(format!(
            "BETTER_AUTH_SECRET is not set. {} is a public address, and everything that is signed or sealed hangs on this secret: make one with `doorward secret`, keep it, and set it.",
            base_url.origin()
        )));
    }
    let text = match otherwise {
        NoSecret::Make => made_once(&settings.data)?,
        NoSecret::Pretend if !settings.data.join("secret").exists() => random::alphanumeric(&SystemRandom, 48),
        NoSecret::Pretend | NoSecret::Refuse => stored(&settings.data)?,
    };
    Ok(Secrets::single(Secret::new(long_enough(text)?)))
}

fn long_enough(secret: String) -> Result<String, Mistake> {
    if secret.chars().count() < SHORTEST {
        return Err(Mistake(format!(
            "BETTER_AUTH_SECRET (with BETTER_AUTH_SECRETS: its first entry) must have at least {SHORTEST} characters; make one with `doorward secret`. If people are signed in by the short one, as Better Auth allows, keep it behind the new one, and they stay so: BETTER_AUTH_SECRETS=2:<the new one>,1:<the short one>"
        )));
    }
    Ok(secret)
}

/// Neither as the current secret nor as an older one, since those verify as well. On one's own machine a database that was
/// made without a secret may still be opened.
fn not_published(secrets: Secrets, base_url: &BaseUrl) -> Result<Secrets, Mistake> {
    if secrets.all().any(Secret::is_published) && !base_url.is_loopback() {
        return Err(Mistake(
            "BETTER_AUTH_SECRET or an entry of BETTER_AUTH_SECRETS is the secret that Better Auth takes when none is set, and everybody knows it: whoever knows it can sign in as anybody. Make one with `doorward secret`, and leave that one out".into(),
        ));
    }
    Ok(secrets)
}

/// The secret in the data folder, where it has to be.
fn stored(data: &Path) -> Result<String, Mistake> {
    match fs::read_to_string(data.join("secret")) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Mistake(format!(
            "BETTER_AUTH_SECRET is not set, and there is no secret in {}: set the one that the server runs with",
            data.display()
        ))),
        Err(error) => Err(Mistake(format!("{} cannot be read: {error}", data.join("secret").display()))),
    }
}

/// The secret in the data folder; the first start makes it. Of two starts at once, one makes it and both read it.
fn made_once(data: &Path) -> Result<String, Mistake> {
    let path = data.join("secret");
    let failed = |error: std::io::Error| {
        Mistake(format!(
            "{} cannot be used: {error}; set DOORWARD_DATA to a folder that can be written",
            data.display()
        ))
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(failed)?;
    match fs::read_to_string(&path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        Err(_) => {}
    }
    let fresh = random::alphanumeric(&SystemRandom, 48);
    // Written aside and linked into place: nobody ever reads half a secret.
    let aside = data.join(format!(".secret-{}", random::alphanumeric(&SystemRandom, 8)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside).map_err(failed)?;
    file.write_all(fresh.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = fs::hard_link(&aside, &path);
    fs::remove_file(&aside).ok();
    match linked {
        // The name too has to survive a power cut: what is sealed with a lost secret is lost.
        Ok(()) => fs::File::open(data).and_then(|folder| folder.sync_all()).map(|()| fresh).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::read_to_string(&path).map(|text| text.trim().to_owned()).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_secret_is_made_once_and_for_nobody_else_to_read() {
        let folder = std::env::temp_dir().join(format!("doorward-secret-{}", std::process::id()));
        let first = made_once(&folder).unwrap();
        assert_eq!(made_once(&folder).unwrap(), first);
        assert_eq!(first.len(), 48);
        assert_eq!(fs::metadata(folder.join("secret")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_secret_that_everybody_knows_is_refused_wherever_it_stands() {
        let published = "better-auth-secret-12345678901234567890";
        let ours = "a secret of the tests: 32 characters and more";
        let public = BaseUrl::parse("https://auth.example.com").unwrap();
        for list in [format!("2:{ours},1:{published}"), format!("1:{published}")] {
            let secrets = || Secrets::versioned(&list, None).unwrap();
            assert!(not_published(secrets(), &public).is_err());
            assert!(not_published(secrets(), &BaseUrl::parse("http://localhost:3000").unwrap()).is_ok());
        }
        assert!(not_published(Secrets::versioned(&format!("1:{ours}"), None).unwrap(), &public).is_ok());
    }
}
