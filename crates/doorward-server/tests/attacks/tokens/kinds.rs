//! Other things that one key or one secret signs: RFC 8725 section 3.12, ASVS 9.2.2 and 9.2.4.

use doorward_crypto::{
    jwt,
    secret::{Secret, Secrets},
    session_data::{self, CacheForm},
};
use serde_json::{Value, json};

use super::{forged, now};
use crate::{
    forge::{NoRandomness, assert_accepted, assert_refused, decoded, sign_hmac},
    world::{SECRET, World},
};

#[test]
fn asvs_9_2_2_other_kinds_of_token_are_no_access_tokens() {
    let (world, forge) = forged();
    for kind in [
        "better-auth.session-cache+jwt",
        "doorward-revoked+jwt",
        "dpop+jwt",
        "id_token+jwt",
        "secevent+jwt",
        "logout+jwt",
        "rt+jwt",
        "at",
        "jwt ",
        "",
        "JWT, at+jwt",
    ] {
        assert_refused(&world, &forge.with_headers(&json!({ "typ": kind })), kind);
    }
    for kind in [json!(1), json!(["JWT"]), json!({})] {
        assert_refused(&world, &forge.with_headers(&json!({ "typ": kind })), &kind.to_string());
    }
    // The signed list of ended sessions is public, and made with the very key of tokens.
    let revoked = world.get("/api/auth/revoked", &[]);
    let list = revoked.json()["token"].as_str().map_or(revoked.body.trim().to_owned(), str::to_owned);
    assert_eq!(list.matches('.').count(), 2, "the list is a signed document: {list}");
    assert_refused(&world, &list, "the list of ended sessions");
}

#[test]
fn asvs_9_2_4_under_one_secret_each_token_has_one_use() {
    let world = World::with(&[("DOORWARD_JWT_ALG", "HS256"), ("DOORWARD_COOKIE_CACHE", "on")]);
    let ada = world.member("ada@example.com");
    let access = world.access_token(&ada);
    assert_accepted(&world, &access, "a genuine token");
    let (secret, secrets) = (Secret::new(SECRET), Secrets::single(Secret::new(SECRET)));

    // Mail tokens and browser copies of the session are no access tokens, though one secret signs them all.
    let session = world.with_bearer("GET", "/get-session", &ada.bearer, &Value::Null).json();
    let mail = json!({ "email": ada.email, "userId": ada.id, "iat": now(), "exp": now() + 3600 });
    assert_refused(&world, &jwt::sign_hs256_plain(&mail.to_string(), &secret), "a mail token");
    for form in [CacheForm::Jwt, CacheForm::Jwe, CacheForm::Compact] {
        let copy = session_data::encode(
            form,
            &session["session"],
            &session["user"],
            "1",
            300,
            now() * 1000,
            &secrets,
            &NoRandomness,
        );
        assert_refused(&world, &copy, &format!("{form:?}"));
        let mailed = world.get(&format!("/api/auth/verify-email?token={copy}"), &[]);
        assert_eq!(mailed.status, 401, "a copy of the session in place of a mail token: {form:?}");
    }

    // Nor is an access token proof that a mail was read: it holds the address, too.
    let claims: Value = serde_json::from_slice(&decoded(access.split('.').nth(1).unwrap())).unwrap();
    assert_eq!(claims["email"], "ada@example.com", "otherwise this attack shows nothing");
    let mailed = world.get(&format!("/api/auth/verify-email?token={access}"), &[]);
    assert_eq!(mailed.status, 401, "an access token in place of a mail token");
    let still = world.with_bearer("GET", "/get-session", &ada.bearer, &Value::Null).json();
    assert_eq!(still["user"]["emailVerified"], false);

    // Neither under the secret of another server, nor under one that was cut.
    let header = json!({ "alg": "HS256", "typ": "JWT" }).to_string();
    for other in [&SECRET.as_bytes()[..20], b"another secret of thirty-two chars", b"", &[0; 32]] {
        assert_refused(&world, &sign_hmac(&header, &claims.to_string(), other), "another secret");
    }
    assert_eq!(world.get("/api/auth/jwks", &[]).json(), json!({ "keys": [] }), "a secret is never published");
}
