//! Better Auth's rate limit: so many requests per window for each address and path.
//!
//! Unknown paths count too, all those under one rule as one, and so does a path that carries a token or a name: whoever
//! invents them would push out everybody else's counts. The counts themselves are `auth/rate_limiter.rs`.

use super::client_address::Client;
use crate::{
    auth::{Auth, Rule, shared_limits},
    config::{Allowance, Limits},
    error::Error,
    model::Kind,
    shared::event::Event,
};

/// The rule of every path without one of its own. It keeps a server from being flooded, and no secret from being guessed.
const GENEROUS: Rule = Rule { window: 10, maximum: 100 };

/// Mails of one kind that an address gets, whoever asks for them. More than a person asks for who tries again and again.
pub(crate) const MAILS_TO_ONE: Rule = Rule { window: 60, maximum: 10 };

/// Paths that may be asked for three times a minute: they send mail.
const SLOW: [&str; 3] = ["/request-password-reset", "/send-verification-email", "/forget-password"];
/// Paths that may be asked for three times in ten seconds. The short contract's routes lead to the same places and share
/// their limits.
const STRICT: [&str; 6] = ["/sign-in", "/sign-up", "/change-password", "/change-email", "/signin", "/signup"];

/// What a path is counted as.
pub(crate) fn counted(path: &str) -> &str {
    const CARRY_MORE: [&str; 2] = ["/reset-password", "/callback"];
    let is_below = |start: &&str| path.strip_prefix(*start).is_some_and(|rest| rest.starts_with('/'));
    CARRY_MORE.into_iter().find(is_below).unwrap_or(path)
}

/// What a path without a route is counted as: the start that gives it its rule, or one for all the others.
pub(crate) fn counted_unknown(path: &str) -> &'static str {
    SLOW.into_iter().chain(STRICT).find(|start| path.starts_with(start)).unwrap_or("/")
}

/// The rule of a path below the base path.
pub(crate) fn rule_for(path: &str) -> Rule {
    if SLOW.iter().any(|start| path.starts_with(start)) {
        Rule { window: 60, maximum: 3 }
    } else if STRICT.iter().any(|start| path.starts_with(start)) {
        Rule { window: 10, maximum: 3 }
    } else {
        GENEROUS
    }
}

/// Counts a request for this process.
pub(crate) fn count(auth: &Auth, client: &Client, counted: &str) -> Result<(), Error> {
    if !auth.config.network.rate_limit {
        return Ok(());
    }
    let taken = auth.rate_limiter.count_by(rule_for(counted), client.address, counted, auth.now());
    taken.inspect_err(|_| tell(auth, client)).map_err(Error::TooMany)
}

/// Counts the request for all processes together, where that is set up and the path is one that matters.
pub(crate) async fn count_elsewhere(auth: &Auth, client: &Client, path: &str) -> Result<(), Error> {
    let network = &auth.config.network;
    if !network.rate_limit || matches!(network.limits, Limits::Memory) {
        return Ok(());
    }
    let rule = rule_for(path);
    if rule.maximum >= GENEROUS.maximum {
        return Ok(());
    }
    let key = shared_limits::key(&["request", &client.address(), counted(path)]);
    let allowance = Allowance { key, window: rule.window, maximum: rule.maximum, renewed: true };
    // In a box, since hardly any request comes here and each would make room for it.
    let taken = Box::pin(shared_limits::take(auth, &[allowance])).await;
    taken.inspect_err(|_| tell(auth, client)).map_err(Error::TooMany)
}

/// What the mails are counted as that somebody has sent on behalf of their account: as those that anybody asks for.
const MAIL_OF_ACCOUNT: &str = "/send-verification-email of an account";

/// Counts a mail that an account has sent, to wherever: three a minute, from however many addresses they are asked for.
/// Without this, somebody who signs up with another person's address, or follows one link again and again, would fill
/// that person's mailbox by our hand.
pub(crate) async fn count_mail(auth: &Auth, client: &Client, user_id: &str) -> Result<(), Error> {
    if !auth.config.network.rate_limit {
        return Ok(());
    }
    let rule @ Rule { window, maximum } = rule_for(MAIL_OF_ACCOUNT);
    let allowance = Allowance { key: shared_limits::key(&["mail", user_id]), window, maximum, renewed: true };
    let mut counted = auth.rate_limiter.count_by(rule, user_id, MAIL_OF_ACCOUNT, auth.now());
    if counted.is_ok() {
        counted = shared_limits::take(auth, &[allowance]).await;
    }
    counted.inspect_err(|_| tell(auth, client)).map_err(Error::TooMany)
}

/// A refusal is an event; a thousand of them are one event and a number.
fn tell(auth: &Auth, client: &Client) {
    auth.note(Event::new(auth, Kind::Refused, client).because("requests"));
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn invented_paths_are_one() {
        assert_eq!(counted("/reset-password/a"), counted("/reset-password/b"));
        assert_eq!(counted("/callback/github"), "/callback");
        assert_eq!(counted("/sign-in/email"), "/sign-in/email");
        assert_eq!(counted("/callbacks"), "/callbacks");
        assert_eq!(counted_unknown("/sign-in/a"), counted_unknown("/sign-in/b"));
        assert_eq!(counted_unknown("/a"), counted_unknown("/b"));
    }

    /// A file, or all of a folder.
    fn source(path: &Path) -> String {
        if !path.is_dir() {
            return fs::read_to_string(path).unwrap();
        }
        fs::read_dir(path).unwrap().map(|entry| source(&entry.unwrap().path())).collect()
    }

    fn sources() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
    }

    /// The rows of `routes.rs`: each a path and the handlers behind it.
    fn rows() -> Vec<(String, String)> {
        let page = source(&sources().join("routes.rs"));
        let rows = page.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")?.split_once("\", "));
        let rows: Vec<_> = rows.map(|(path, handlers)| (path.to_owned(), handlers.to_owned())).collect();
        assert!(rows.len() > 30, "the page of routes was read");
        rows
    }

    #[test]
    fn a_route_that_carries_a_token_or_a_name_is_counted_as_its_start() {
        for (path, _) in rows() {
            let start = path.split_once("/{").map_or(&*path, |(start, _)| start);
            assert_eq!(counted(&path), start);
        }
    }

    #[test]
    fn a_feature_that_sends_mail_is_held_to_it() {
        let features = sources().join("features");
        let mut senders = 0;
        for entry in fs::read_dir(features).unwrap() {
            let file = entry.unwrap().path();
            let code = source(&file);
            if !code.contains("mail::send(") {
                continue;
            }
            senders += 1;
            let name = format!("{}::", file.file_stem().unwrap().to_str().unwrap());
            let is_its = |handlers: &str| handlers.split(['(', ' ']).any(|word| word.starts_with(&name));
            let is_held = rows().iter().any(|(path, handlers)| is_its(handlers) && rule_for(path) != GENEROUS);
            assert!(is_held || code.contains("count_mail("), "{name} sends as many mails as anybody asks for");
        }
        assert!(senders > 5, "the features were read");
    }

    #[test]
    fn invented_paths_keep_their_rule() {
        for path in ["/sign-in/nowhere", "/send-verification-email/now", "/nowhere"] {
            assert_eq!(rule_for(counted_unknown(path)), rule_for(path), "{path}");
        }
    }
}
