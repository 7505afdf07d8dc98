//! Fields that are not the client's to set: ASVS 15.3.3 (mass assignment) and 15.3.1 (what comes out).

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

/// Everything somebody might wish to be.
fn wishes() -> Value {
    json!({
        "id": "chosen", "userId": "chosen", "user_id": "chosen", "emailVerified": true, "email_verified": true,
        "role": "admin", "roles": ["admin"], "isAdmin": true, "admin": true, "banned": false, "createdAt": "1999-01-01T00:00:00.000Z",
        "updatedAt": "1999-01-01T00:00:00.000Z", "accountId": "chosen", "providerId": "github", "token": "chosen",
        "session": { "id": "chosen", "userId": "chosen" }, "user": { "id": "chosen", "emailVerified": true },
        "data": { "emailVerified": true }, "expiresAt": "2999-01-01T00:00:00.000Z", "ipAddress": "6.6.6.6",
        "__proto__": { "emailVerified": true, "role": "admin" }, "constructor": { "prototype": { "role": "admin" } },
        "twoFactorEnabled": false, "scopes": ["*"], "sub": "chosen", "completed": true,
    })
}

fn with(members: &Value) -> Value {
    let mut body = wishes();
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn assert_ordinary(user: &Value, about: &str) {
    assert_eq!(user["emailVerified"], false, "{about}");
    assert_ne!(user["id"], "chosen", "{about}");
    assert!(!user["createdAt"].as_str().unwrap().starts_with("1999"), "{about}");
    for name in ["role", "roles", "isAdmin", "admin", "banned", "password", "__proto__", "scopes", "twoFactorEnabled"] {
        assert!(user.get(name).is_none(), "{about}: {name}");
    }
}

#[test]
fn asvs_15_3_3_a_sign_up_sets_nothing_but_its_own_fields() {
    let world = World::new();
    let body = with(&json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD }));
    let answer = world.post("/sign-up/email", &[], &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_ordinary(&answer.json()["user"], "sign-up");
    assert_ne!(answer.json()["token"], "chosen");
    let bearer = answer.header("set-auth-token").unwrap();
    let session = world.with_bearer("GET", "/get-session", bearer, &Value::Null).json();
    assert_ordinary(&session["user"], "the session after a sign-up");
    assert_ne!(session["session"]["ipAddress"], "6.6.6.6");
    assert!(!session["session"]["expiresAt"].as_str().unwrap().starts_with("2999"));

    let body = with(&json!({ "name": "Eve", "email": "eve@example.com", "password": PASSWORD }));
    assert_eq!(world.post("/signup", &[], &body).status, 200);
    let answer = world.post("/signin", &[], &body).json();
    assert_eq!(answer["user"].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "email"]);
    assert_ne!(answer["user"]["id"], "chosen");
    let verified = world.column(r#"SELECT CAST("emailVerified" AS TEXT) FROM "user""#);
    assert_eq!(verified, ["0", "0"]);
    let kinds = world.column(r#"SELECT "providerId" FROM account"#);
    assert_eq!(kinds, ["credential", "credential"]);
}

#[test]
fn asvs_15_3_3_a_profile_change_sets_nothing_but_name_and_picture() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let cookie = [("Cookie", ada.cookie.as_str())];
    assert_eq!(world.post("/update-user", &cookie, &with(&json!({ "name": "Countess" }))).status, 200);
    let session = world.session_behind(&ada.cookie);
    assert_eq!((&session["user"]["name"], &session["user"]["email"]), (&json!("Countess"), &json!("ada@example.com")));
    assert_ordinary(&session["user"], "update-user");
    let with_email = world.post("/update-user", &cookie, &json!({ "name": "x", "email": "eve@example.com" }));
    assert_eq!(with_email.status, 400, "an address is changed by proving it, and a refused change changes nothing");
    assert_eq!(world.session_behind(&ada.cookie)["user"]["name"], "Countess");
    for (name, value) in wishes().as_object().unwrap() {
        let answer = world.post("/update-user", &cookie, &json!({ name: value }));
        assert_eq!(answer.status, 400, "{name} alone: {}", answer.body);
        let answer = world.post("/update-session", &cookie, &json!({ name: value }));
        assert_eq!(answer.status, 400, "{name} of the session: {}", answer.body);
    }
    assert_ordinary(&world.session_behind(&ada.cookie)["user"], "after all of that");
}

#[test]
fn asvs_15_3_3_a_task_belongs_to_whoever_made_it() {
    let world = World::new();
    let (ada, eve) = (world.member("ada@example.com"), world.member("eve@example.com"));
    let token = world.access_token(&eve);
    let body = json!({ "title": "x", "id": "chosen", "userId": ada.id, "user_id": ada.id, "createdAt": "1999-01-01" });
    let task = world.tasks("POST", "", &token, &body);
    if task.status == 201 {
        assert_ne!(task.json()["id"], "chosen");
        assert_eq!(task.json()["userId"], eve.id);
        let path = format!("/{}", task.json()["id"].as_str().unwrap());
        let changed = world.tasks("PATCH", &path, &token, &json!({ "title": "y", "userId": ada.id, "id": "chosen" }));
        assert!(changed.status == 400 || changed.json()["userId"] == json!(eve.id), "{}", changed.body);
    } else {
        assert_eq!(task.status, 400, "{}", task.body);
    }
    assert_eq!(world.tasks("GET", "", &world.access_token(&ada), &Value::Null).json(), json!([]));
}

#[test]
fn asvs_15_3_1_answers_hold_no_more_than_they_need() {
    let world = World::new();
    let ada = world.member("ada@example.com");
    let session = world.with_bearer("GET", "/get-session", &ada.bearer, &Value::Null);
    let accounts = world.with_bearer("GET", "/list-accounts", &ada.bearer, &Value::Null);
    let up =
        world.post("/sign-up/email", &[], &json!({ "name": "x", "email": "eve@example.com", "password": PASSWORD }));
    let hash = world.column("SELECT password FROM account").pop().unwrap();
    for answer in [&session, &accounts, &up] {
        assert_eq!(answer.status, 200);
        for secret in ["password", "scrypt", "argon2", &hash, "privateKey", "accessToken", "refreshToken", "idToken"] {
            assert!(!answer.body.contains(secret), "{secret}: {}", answer.body);
        }
    }
    let keys = world.get("/api/auth/jwks", &[]).json();
    for key in keys["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth", "privateKey"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
}
