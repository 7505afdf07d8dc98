//! Project Wycheproof's signature vectors, through the JWKs and keys that tokens are checked with.

use crate::base64url;
use doorward_crypto::jwk::VerifyingKey;
use serde_json::{Value, json};
use wycheproof::TestResult;

/// Counts, so that a set that silently became empty is noticed.
#[derive(Default)]
struct Tally {
    valid: usize,
    invalid: usize,
}

impl Tally {
    fn check(&mut self, key: &VerifyingKey, message: &[u8], signature: &[u8], expected: TestResult, about: &str) {
        let found = key.verifies(message, signature);
        match expected {
            TestResult::Valid => assert!(found, "{about}"),
            TestResult::Invalid => assert!(!found, "{about}"),
            TestResult::Acceptable => {}
        }
        if found { self.valid += 1 } else { self.invalid += 1 }
    }

    fn expect_at_least(self, valid: usize, invalid: usize) {
        assert!(self.valid >= valid && self.invalid >= invalid, "{} valid, {} invalid", self.valid, self.invalid);
    }
}

fn key(jwk: Value) -> VerifyingKey {
    VerifyingKey::from_public_jwk(&jwk).unwrap_or_else(|error| panic!("{error}: {jwk}"))
}

#[test]
fn ed25519() {
    use wycheproof::eddsa::{TestName, TestSet};
    let mut tally = Tally::default();
    for group in TestSet::load(TestName::Ed25519).expect("loads").test_groups {
        let key = key(json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&*group.key.pk)}));
        for test in group.tests {
            tally.check(&key, &test.msg, &test.sig, test.result, &format!("Ed25519 {} {}", test.tc_id, test.comment));
        }
    }
    tally.expect_at_least(80, 60);
}

#[test]
fn ecdsa() {
    use wycheproof::ecdsa::{TestName, TestSet};
    for (name, curve, length) in [
        (TestName::EcdsaSecp256r1Sha256P1363, "P-256", 32),
        (TestName::EcdsaSecp384r1Sha384P1363, "P-384", 48),
        (TestName::EcdsaSecp521r1Sha512P1363, "P-521", 66),
    ] {
        let mut tally = Tally::default();
        for group in TestSet::load(name).expect("loads").test_groups {
            let (x, y) = group.key.key[1..].split_at(length);
            let key = key(json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)}));
            for test in group.tests {
                tally.check(
                    &key,
                    &test.msg,
                    &test.sig,
                    test.result,
                    &format!("{curve} {} {}", test.tc_id, test.comment),
                );
            }
        }
        tally.expect_at_least(100, 50);
    }
}

fn rsa_jwk(modulus: &[u8], exponent: &[u8], algorithm: &str) -> Value {
    let number = |bytes: &[u8]| base64url(bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>());
    json!({"kty": "RSA", "alg": algorithm, "n": number(modulus), "e": number(exponent)})
}

#[test]
fn rs256() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256, TestName::Rsa8192Sha256] {
        for group in TestSet::load(name).expect("loads").test_groups {
            let key = key(rsa_jwk(&group.key.n, &group.key.e, "RS256"));
            for test in group.tests {
                tally.check(&key, &test.msg, &test.sig, test.result, &format!("RS256 {} {}", test.tc_id, test.comment));
            }
        }
    }
    tally.expect_at_least(30, 500);
}

#[test]
fn ps256() {
    use wycheproof::rsa_pss_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    for name in [
        TestName::RsaPss2048Sha256Mgf1SaltLen32,
        TestName::RsaPss3072Sha256Mgf1SaltLen32,
        TestName::RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        for group in TestSet::load(name).expect("loads").test_groups {
            let key = key(rsa_jwk(&group.key.n, &group.key.e, "PS256"));
            for test in group.tests {
                tally.check(&key, &test.msg, &test.sig, test.result, &format!("PS256 {} {}", test.tc_id, test.comment));
            }
        }
    }
    tally.expect_at_least(100, 50);
}

#[test]
fn hs256() {
    use wycheproof::mac::{TestName, TestSet};
    let mut tally = Tally::default();
    for group in TestSet::load(TestName::HmacSha256).expect("loads").test_groups {
        for test in group.tests {
            let Ok(key) = VerifyingKey::hmac_bytes(&test.key) else {
                assert!(test.key.len() < 32);
                continue;
            };
            // A shortened tag is good for some protocols; a token has the whole one.
            let expected = if group.tag_size == 256 { test.result } else { TestResult::Invalid };
            tally.check(&key, &test.msg, &test.tag, expected, &format!("HS256 {} {}", test.tc_id, test.comment));
        }
    }
    tally.expect_at_least(20, 60);
}
