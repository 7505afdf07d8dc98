//! The house rules that a machine can check: who imports whom, where SQL lives, who reads the environment.
//! The tables stand in ARCHITECTURE.md with their reasons.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Crate, and the crates of ours that it may depend on.
const CRATES: [(&str, &[&str]); 6] = [
    ("doorward-crypto", &[]),
    ("doorward-database", &[]),
    ("doorward-verify", &["doorward-crypto"]),
    ("tasks-api", &["doorward-verify", "doorward-database"]),
    ("doorward", &["doorward-crypto", "doorward-database"]),
    ("doorward-server", &["doorward", "doorward-crypto", "doorward-database", "doorward-verify", "tasks-api"]),
];

/// Modules of `doorward`, lowest first: each may use only those above it in this list.
const LAYERS: [&[&str]; 7] = [
    &["model", "config", "error"],
    &["store"],
    &["auth"],
    &["shared"],
    &["http"],
    &["features"],
    &["routes", "openapi", "lib"],
];

/// Arrows that go up on purpose.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("shared", "http"), // sessions are opened for an `Exchange` and set its cookies
    ("auth", "shared"), // the handle keeps what the shared parts remember between requests
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

#[test]
fn crates_depend_only_downwards() {
    for (name, allowed) in CRATES {
        let manifest = fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let ours: BTreeSet<&str> = dependencies
            .lines()
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .filter(|dependency| CRATES.iter().any(|(other, _)| other == dependency))
            .collect();
        for dependency in &ours {
            assert!(allowed.contains(dependency), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn pure_code_stays_pure() {
    let manifest = fs::read_to_string(crates().join("doorward-crypto/Cargo.toml")).unwrap();
    for forbidden in ["tokio", "axum", "sqlx", "rusqlite", "reqwest"] {
        assert!(
            !manifest.split("[dev-dependencies]").next().unwrap().contains(forbidden),
            "doorward-crypto must not know {forbidden}"
        );
    }
    for (path, text) in sources(&crates().join("doorward-crypto/src")) {
        assert!(
            !text.contains("SystemTime::now") && !text.contains("Instant::now"),
            "{} asks for the time",
            path.display()
        );
    }
}

#[test]
fn layers_are_used_downwards() {
    let root = crates().join("doorward/src");
    let layer_of = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    for (path, text) in sources(&root) {
        let relative = path.strip_prefix(&root).unwrap();
        let own = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for used in used_modules(code) {
            let (Some(from), Some(to)) = (layer_of(&own), layer_of(&used)) else { continue };
            let excepted = EXCEPTIONS.contains(&(own.as_str(), used.as_str()));
            assert!(to <= from || excepted, "{} uses crate::{used}, which stands above it", relative.display());
            if own == "features" && used == "features" {
                panic!("{}: a feature never uses another feature; move it to shared/", relative.display());
            }
        }
    }
}

#[test]
fn features_do_not_reach_each_other_by_super_either() {
    let root = crates().join("doorward/src/features");
    for (path, text) in sources(&root) {
        let relative = path.strip_prefix(&root).unwrap();
        let is_folder = relative.ends_with("mod.rs");
        // `super` of `sign_in.rs` and of `social/mod.rs` is all features, and `super::super` of `social/link.rs`.
        let out = "super::".repeat(relative.components().count() - usize::from(is_folder));
        let code = text.split("#[cfg(test)]").next().unwrap();
        assert!(out.is_empty() || !code.contains(&out), "{} reaches other features by {out}", relative.display());
    }
}

/// The first segments of all `crate::` paths of a file, inside grouped imports too.
fn used_modules(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut segment = String::new();
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ if depth > 0 => {}
                    ',' => segment.clear(),
                    ':' => {
                        found.insert(std::mem::take(&mut segment));
                    }
                    other if other.is_alphanumeric() || other == '_' => segment.push(other),
                    _ => {}
                }
            }
        } else {
            found.insert(
                rest.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect(),
            );
        }
    }
    found
}

#[test]
fn sql_never_leaves_the_store() {
    const WORDS: [&str; 4] = ["SELECT ", "INSERT INTO ", "DELETE FROM ", "UPDATE "];
    let root = crates().join("doorward/src");
    let (store, others): (Vec<_>, Vec<_>) =
        sources(&root).into_iter().partition(|(path, _)| path.strip_prefix(&root).unwrap().starts_with("store"));
    for word in WORDS {
        assert!(store.iter().any(|(_, text)| text.contains(word)), "{word} is how the store says it");
        for (path, text) in &others {
            assert!(!text.contains(word), "{} holds SQL", path.display());
        }
    }
}

#[test]
fn only_the_settings_read_the_environment() {
    /// Beside the settings: what systemd tells by a variable, and nobody sets.
    const ALLOWED: [&str; 3] =
        ["doorward-server/src/settings.rs", "doorward-server/src/settings/", "doorward-server/src/supervisor.rs"];
    for (name, _) in CRATES {
        for (path, text) in sources(&crates().join(name).join("src")) {
            let relative = path.strip_prefix(crates()).unwrap().to_str().unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let is_allowed = ALLOWED.iter().any(|start| relative.starts_with(start));
            assert!(is_allowed || !code.contains("env::var"), "{relative} reads the environment");
        }
    }
}
