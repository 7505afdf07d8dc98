//! Node to Rust.

use crate::{Counting, entries, number, parsed, ring, text};
use doorward_crypto::session_data::{self, CacheForm};
use doorward_crypto::{Secret, Secrets, cookie, password, seal};

pub(crate) fn form(name: &str) -> CacheForm {
    match name {
        "compact" => CacheForm::Compact,
        "jwt" => CacheForm::Jwt,
        "jwe" => CacheForm::Jwe,
        other => panic!("no such form: {other}"),
    }
}

#[test]
fn passwords() {
    for vector in entries(&parsed(include_str!("../vectors/passwords.json"))) {
        let (stored, typed) = (text(&vector["stored"]), text(&vector["password"]));
        assert_eq!(password::verify(stored, typed), Ok(true), "{vector}");
        assert_eq!(password::verify(stored, &format!("{typed}x")), Ok(false), "{vector}");
    }
}

#[test]
fn imported_passwords() {
    for vector in entries(&parsed(include_str!("../vectors/imported_passwords.json"))) {
        let (stored, typed) = (text(&vector["stored"]), text(&vector["password"]));
        assert_eq!(password::verify(stored, typed), Ok(true), "{vector}");
        assert_eq!(password::verify(stored, &format!("x{typed}")), Ok(false), "{vector}");
    }
}

#[test]
fn cookies() {
    for vector in entries(&parsed(include_str!("../vectors/cookies.json"))) {
        let secret = Secret::new(text(&vector["secret"]));
        let (value, wire) = (text(&vector["value"]), text(&vector["wire"]));
        assert_eq!(cookie::sign(value, &secret), wire);
        assert_eq!(cookie::unsign(wire, &Secrets::single(secret)).as_deref(), Some(value));
    }
}

#[test]
fn seals() {
    for vector in entries(&parsed(include_str!("../vectors/seals.json"))) {
        let opened = seal::open(text(&vector["sealed"]), &ring(&vector["ring"]));
        assert_eq!(opened.as_deref(), Ok(text(&vector["plaintext"])), "{vector}");
    }
}

#[test]
fn purposes() {
    for vector in entries(&parsed(include_str!("../vectors/purposes.json"))) {
        let (ring, purpose) = (ring(&vector["ring"]), text(&vector["purpose"]));
        assert_eq!(ring.purpose(purpose).expose(), text(&vector["derived"]));
        let derived = ring.purpose_ring(purpose);
        let expected: Vec<_> = entries(&vector["all"]).iter().map(text).collect();
        assert_eq!(derived.all().map(Secret::expose).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn session_data_is_read() {
    for vector in entries(&parsed(include_str!("../vectors/session_data.json"))) {
        let now = number(&vector["nowMs"]);
        let cookie = text(&vector["cookie"]);
        let cached = session_data::decode(form(text(&vector["form"])), cookie, now, &ring(&vector["ring"]));
        let cached = cached.unwrap_or_else(|| panic!("not read: {vector}"));
        // As text, because the order of the members matters too.
        assert_eq!(cached.session.to_string(), vector["session"].to_string());
        assert_eq!(cached.user.to_string(), vector["user"].to_string());
        assert_eq!(cached.version, text(&vector["version"]));
        assert_eq!(cached.updated_at_ms, now);
        let written = if vector["form"] == "compact" { now } else { now / 1000 * 1000 };
        assert_eq!(cached.expires_at_ms, written + number(&vector["lifetimeSeconds"]) * 1000);
    }
}

/// The two forms without randomness must come out byte for byte as Node wrote them.
#[test]
fn session_data_is_written_as_node_writes_it() {
    for vector in entries(&parsed(include_str!("../vectors/session_data.json"))) {
        if vector["form"] == "jwe" {
            continue;
        }
        let cookie = session_data::encode(
            form(text(&vector["form"])),
            &vector["session"],
            &vector["user"],
            text(&vector["version"]),
            number(&vector["lifetimeSeconds"]),
            number(&vector["nowMs"]),
            &ring(&vector["ring"]),
            &Counting::default(),
        );
        assert_eq!(cookie, text(&vector["cookie"]));
    }
}
