//! What somebody learns who reads the database, the folder or the log: ASVS 11.3, 13.3, 16.2.5.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use doorward_crypto::{
    seal,
    secret::{Secret, Secrets},
};
use serde_json::json;

use crate::world::{PASSWORD, SECRET, World};

/// Every byte of every file below a folder.
fn all_bytes(folder: &Path) -> Vec<u8> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { all_bytes(&path) } else { fs::read(&path).unwrap() }).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn asvs_11_3_2_signing_keys_and_refresh_tokens_are_not_in_the_database_as_they_are() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let (access, refresh) = world.short_sign_in(&ada.email);
    let renewed = world.post("/refresh", &[], &json!({ "refreshToken": refresh })).json();
    let sealed: String = serde_json::from_str(&world.column(r#"SELECT "privateKey" FROM jwks"#)[0]).unwrap();
    let private = seal::open(&sealed, &Secrets::single(Secret::new(SECRET))).unwrap();
    let private: serde_json::Value = serde_json::from_str(&private).unwrap();
    let bytes = all_bytes(&world.server.folder.0.join("data"));
    assert!(holds(&bytes, "ada@example.com"), "otherwise this search finds nothing at all");
    for secret in [
        PASSWORD,
        SECRET,
        &access,
        &refresh,
        renewed["refreshToken"].as_str().unwrap(),
        renewed["token"].as_str().unwrap(),
        private["d"].as_str().unwrap(),
    ] {
        assert!(!holds(&bytes, secret), "{}… stands in the data folder", &secret[..8]);
    }
    assert!(seal::open(&sealed, &Secrets::single(Secret::new("another secret of thirty-two characters"))).is_err());
}

#[test]
fn asvs_13_3_1_the_data_folder_and_mails_are_nobody_elses_to_read() {
    let world = World::with(&[("BETTER_AUTH_SECRET", "")]);
    world.member("ada@example.com");
    let data = world.server.folder.0.join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("secret")), 0o600);
    let secret = fs::read_to_string(data.join("secret")).unwrap();
    assert!(secret.trim().len() >= 32);

    // Mails in files hold links that are keys.
    world.post("/request-password-reset", &[], &json!({ "email": "ada@example.com", "redirectTo": "/reset" }));
    let (letter, _) = world.letters("ada@example.com").pop().unwrap();
    assert_eq!((mode(letter.parent().unwrap()), mode(&letter)), (0o700, 0o600));
}

#[test]
fn asvs_16_2_5_an_attack_leaves_no_secret_in_the_log() {
    let world = World::with(&[("DOORWARD_LOG", "trace")]);
    let ada = world.member("ada@example.com");
    let (access, refresh) = world.short_sign_in(&ada.email);
    world.post("/request-password-reset", &[], &json!({ "email": ada.email, "redirectTo": "/reset" }));
    let link = world.link_to(&ada.email);
    let reset = link.split("reset-password/").nth(1).unwrap().split('?').next().unwrap();
    world.post("/send-verification-email", &[("Cookie", &ada.cookie)], &json!({ "email": ada.email }));
    let verify = world.link_to(&ada.email);
    let verify_token = verify.split("token=").nth(1).unwrap().split('&').next().unwrap();
    world.get(&verify, &[]);
    let new = "yet another good password";
    for token in [reset, reset] {
        world.post("/reset-password", &[], &json!({ "token": token, "newPassword": new }));
    }
    for _ in 0..8 {
        world.post("/refresh", &[], &json!({ "refreshToken": refresh }));
    }
    world.tasks("GET", "", &format!("{access}x"), &json!({}));
    world.get("/api/auth/get-session", &[("Cookie", &format!("{}x", ada.cookie))]);
    world.get(&format!("/api/auth/get-session?token={}", ada.session), &[]);
    world.get("/api/tasks", &[("Authorization", &format!("Bearer {access} {access}"))]);
    world.post(
        "/sign-in/email",
        &[("Cookie", &ada.cookie), ("Origin", "https://evil.example")],
        &json!({ "password": new }),
    );
    let log = world.server.log();
    assert!(log.contains("answered"), "nothing was logged at all");
    for secret in [SECRET, PASSWORD, new, &ada.session, &ada.bearer, &access, &refresh, verify_token] {
        let at = log.find(secret);
        assert_eq!(at, None, "{:?}", at.map(|at| &log[at.saturating_sub(200)..at]));
    }
}

#[test]
fn asvs_11_2_3_the_default_key_has_128_bits() {
    let world = World::new();
    let keys = world.get("/api/auth/jwks", &[]).json();
    let key = &keys["keys"][0];
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
}
