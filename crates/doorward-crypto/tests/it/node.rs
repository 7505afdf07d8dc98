//! Rust to Node: the Node library reads what is written here.
//!
//! ```text
//! DOORWARD_NODE_MODULES=<node_modules with better-auth in it> \
//!     cargo nextest run -p doorward-crypto --run-ignored only
//! ```

use crate::vectors::form;
use crate::{Counting, entries, number, parsed, ring, text};
use doorward_crypto::{Secret, cookie, password, seal, session_data};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "needs Node, and the better-auth package in the folder that DOORWARD_NODE_MODULES names"]
fn node_reads_what_is_written_here() {
    let modules = std::env::var("DOORWARD_NODE_MODULES").expect("DOORWARD_NODE_MODULES names a folder");
    let written = json!({
        "passwords": passwords(),
        "cookies": cookies(),
        "seals": seals(),
        "sessionData": session_data(),
    });
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("written_by_rust.json");
    std::fs::write(&file, written.to_string()).expect("the target folder is writable");
    let output = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/make.mjs"))
        .arg(modules)
        .arg("--check")
        .arg(&file)
        .output()
        .expect("node is installed");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn passwords() -> Vec<Value> {
    let random = Counting::default();
    entries(&parsed(include_str!("../vectors/passwords.json")))
        .iter()
        .map(|vector| {
            json!({
                "password": vector["password"],
                "stored": password::hash_scrypt(text(&vector["password"]), &random),
            })
        })
        .collect()
}

fn cookies() -> Vec<Value> {
    entries(&parsed(include_str!("../vectors/cookies.json")))
        .iter()
        .map(|vector| {
            let wire = cookie::sign(text(&vector["value"]), &Secret::new(text(&vector["secret"])));
            json!({"secret": vector["secret"], "value": vector["value"], "wire": wire})
        })
        .collect()
}

fn seals() -> Vec<Value> {
    let random = Counting::default();
    entries(&parsed(include_str!("../vectors/seals.json")))
        .iter()
        .map(|vector| {
            let sealed = seal::seal(text(&vector["plaintext"]), &ring(&vector["ring"]), &random);
            json!({"ring": vector["ring"], "plaintext": vector["plaintext"], "sealed": sealed})
        })
        .collect()
}

fn session_data() -> Vec<Value> {
    let random = Counting::default();
    entries(&parsed(include_str!("../vectors/session_data.json")))
        .iter()
        .map(|vector| {
            let mut written = vector.clone();
            // Spellings that JSON has and JavaScript does not print: they must not break the signature.
            written["user"]["extra"] =
                json!({"z": 1.0, "7": 9_007_199_254_740_993_i64, "nested": {"b": -0.0, "1": 1e21}});
            let cookie = session_data::encode(
                form(text(&vector["form"])),
                &written["session"],
                &written["user"],
                text(&vector["version"]),
                number(&vector["lifetimeSeconds"]),
                number(&vector["nowMs"]),
                &ring(&vector["ring"]),
                &random,
            );
            written["cookie"] = Value::from(cookie);
            written
        })
        .collect()
}
