//! `docs/security.md` is held to the sources: what it names exists, and what it should name is there.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// Every requirement of levels 1 and 2 in V6, V7, V9 and V11 of ASVS 5.0.0, and three of level 3.
const REQUIREMENTS: &str = "6.1.1 6.1.2 6.1.3 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12 6.3.1 6.3.2 \
6.3.3 6.3.4 6.3.8 6.4.1 6.4.2 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.2.1 \
7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4 11.1.1 \
11.1.2 11.2.1 11.2.2 11.2.3 11.2.4 11.3.1 11.3.2 11.3.3 11.4.1 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The texts of all files below a folder with this ending, with their paths.
fn texts(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules") {
            found.extend(texts(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push((path.clone(), fs::read_to_string(path).unwrap()));
        }
    }
    found
}

/// The names of all tests: functions behind a test attribute, and titles of browser tests.
fn tests() -> HashSet<String> {
    let mut names = HashSet::new();
    for (_, text) in texts(&root().join("crates"), ".rs") {
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line.starts_with("#[test") || line.starts_with("#[tokio::test") {
                // Further attributes may stand between.
                let function = lines.find(|line| !line.starts_with('#')).unwrap_or_default();
                let name = function.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
                names.extend(name.map(str::to_owned));
            }
        }
    }
    for (_, text) in texts(&root().join("web/e2e"), ".mjs") {
        names.extend(text.split("test(\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    names
}

#[test]
fn asvs_page_names_tests_that_exist() {
    let (tests, page) = (tests(), fs::read_to_string(root().join("docs/security.md")).unwrap());
    assert!(tests.len() > 300 && tests.contains("asvs_page_names_tests_that_exist"), "{}", tests.len());
    let tables = page.split("\n## ASVS 5.0").nth(1).unwrap();
    let mut requirements = Vec::new();
    for row in tables
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| id") && !line.starts_with("| what |"))
    {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let spans: Vec<_> = cells.last().unwrap().split('`').skip(1).step_by(2).collect();
        let is_setting = |span: &str| span.starts_with("DOORWARD_") || span == "hardened";
        for span in spans.iter().filter(|span| !is_setting(span)) {
            assert!(tests.contains(*span), "{}: there is no test {span:?}", cells[0]);
        }
        let says_why = ["not applicable:", "not done"].iter().any(|words| row.contains(words));
        assert!(says_why || spans.iter().any(|span| !is_setting(span)), "{row} is shown by nothing");
        requirements.extend(cells[0].starts_with(|first: char| first.is_ascii_digit()).then(|| cells[0].to_owned()));
    }
    let expected: Vec<_> = REQUIREMENTS.split_whitespace().collect();
    assert_eq!(requirements, expected, "every requirement stands there once, in order");
}

#[test]
fn asvs_suite_is_named_after_standards() {
    let here = root().join("crates/doorward-server/tests/attacks");
    let standards = ["asvs_", "rfc", "cve_", "ghsa_", "cwe_", "w3c_", "better_auth_issue_", "winfunc_"];
    for (path, text) in texts(&here, ".rs") {
        for name in text.split("#[test]\n").skip(1).filter_map(|rest| rest.split("fn ").nth(1)?.split('(').next()) {
            assert!(standards.iter().any(|standard| name.starts_with(standard)), "{}: {name}", path.display());
        }
    }
}

#[test]
fn asvs_11_4_1_no_broken_hash_is_used() {
    for (path, text) in texts(&root().join("crates"), ".rs") {
        // SHA-1 is inside imported PBKDF2 hashes, which are verified once, and in the spelling of published lists of
        // leaked passwords. It protects nothing in either.
        let may = ["attacks/page.rs", "src/password/pbkdf2.rs", "src/digest.rs", "src/breached.rs"];
        if may.iter().any(|file| path.ends_with(file)) {
            continue;
        }
        for name in ["md5::", "Md5", "MD5", "md4", "sha1", "Sha1", "SHA1", "ripemd", "Ripemd", "RC4"] {
            assert!(!text.contains(name), "{}: {name}", path.display());
        }
    }
    for (path, text) in texts(&root().join("crates"), "Cargo.toml") {
        for name in ["md-5", "md5", "sha1", "sha-1", "des", "rc4"] {
            assert!(
                !text.lines().any(|line| line.split(['.', ' ', '=']).next() == Some(name)),
                "{}: {name}",
                path.display()
            );
        }
    }
}
