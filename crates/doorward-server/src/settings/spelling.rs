//! What was probably meant otherwise: told at the start and by `doorward check`, and no reason to stop.

use clap::{Args as _, Command};

use super::{Settings, list, providers};

/// Better Auth's own, which mean nothing here.
const THEIRS: [&str; 4] = ["BETTER_AUTH_TELEMETRY", "BETTER_AUTH_API_", "BETTER_AUTH_KV_", "BETTER_AUTH_VERSION"];

impl Settings {
    /// One sentence each.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let mut doubts = self.unknown_variables();
        doubts.extend(
            self.left_out()
                .into_iter()
                .map(|name| format!("DOORWARD_PRESET=hardened leaves {name} as it is set, which is less strict")),
        );
        let matches_nothing = |origin: &&str| {
            origin.contains([';', ' ']) || !origin.contains("://") && !origin.contains(['*', '?']) && !is_scheme(origin)
        };
        doubts.extend(list(&self.trusted_origins).filter(matches_nothing).map(|origin| {
            format!("BETTER_AUTH_TRUSTED_ORIGINS: {origin} matches no origin: write it like https://app.example.com, with commas between several")
        }));
        doubts
    }

    /// Variables that look like ours and are not: a misspelt one should not be silently ignored.
    fn unknown_variables(&self) -> Vec<String> {
        let settings = Self::augment_args(Command::new("doorward"));
        let arguments = settings.get_arguments().filter_map(|argument| argument.get_env());
        let mut known: Vec<String> = arguments.map(|name| name.to_string_lossy().into_owned()).collect();
        known.extend(list(&self.oauth_providers).flat_map(providers::variables));
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let ours = |name: &String| {
            name.starts_with("DOORWARD_")
                || name.starts_with("BETTER_AUTH_") && !THEIRS.iter().any(|theirs| name.starts_with(theirs))
        };
        names.filter(|name| ours(name) && !known.contains(name)).map(|name| told(&name)).collect()
    }
}

fn told(name: &str) -> String {
    match providers::named_by(name) {
        Some(provider) => {
            format!("{name} is set, but no such provider is in use: add {provider} to DOORWARD_OAUTH_PROVIDERS")
        }
        None => {
            format!("{name} is set, but there is no such setting: is it misspelt? `doorward serve --help` lists them")
        }
    }
}

/// `myapp:`, as some write the scheme of an app.
fn is_scheme(origin: &str) -> bool {
    origin.ends_with(':')
}
