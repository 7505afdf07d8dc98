//! Several APIs behind one server: what its own tasks take, and how its keys are looked after.

use serde_json::json;

use crate::support::{Server, doorward};

const SECRET: &str = "a secret of thirty-two characters";
const SETTINGS: [(&str, &str); 3] = [
    ("BETTER_AUTH_SECRET", SECRET),
    ("DOORWARD_RATE_LIMIT", "off"),
    ("DOORWARD_AUDIENCES", "https://reports.example.com=ES256, https://legacy.example.com=HS256"),
];

fn token_for(server: &Server, resource: Option<&str>) -> String {
    let person = json!({ "email": "ada@example.com", "password": "correct horse 9", "resource": resource });
    let mut person = person.as_object().unwrap().clone();
    person.retain(|_, value| !value.is_null());
    server.call("POST", "/api/auth/signup", "", &person.clone().into());
    let answer = server.call("POST", "/api/auth/signin", "", &person.into());
    answer.json()["token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[test]
fn the_tasks_take_no_other_apis_tokens() {
    let server = Server::start(&SETTINGS);
    let origin = format!("http://{}", server.address);
    let cases = [
        (None, 200),
        (Some(origin.as_str()), 200),
        (Some("https://reports.example.com"), 401),
        (Some("https://legacy.example.com"), 401),
    ];
    for (resource, expected) in cases {
        let bearer = format!("Bearer {}", token_for(&server, resource));
        for path in ["/api/tasks", "/api/auth/me"] {
            let answer = server.get(path, &[("Authorization", &bearer)]);
            assert_eq!(answer.status, expected, "{path} with a token for {resource:?}: {answer:?}");
        }
    }
    let document = server.get("/api/openapi.json", &[]).json();
    let parameter = &document["paths"]["/api/auth/token"]["get"]["parameters"][0];
    assert_eq!(
        parameter["schema"]["enum"],
        json!([origin, "https://reports.example.com", "https://legacy.example.com"])
    );
}

#[test]
fn keys_are_listed_and_rotated_by_algorithm() {
    let server = Server::start(&SETTINGS);
    let keys = |settings: &[(&str, &str)], arguments: &[&str]| {
        let output = doorward(&server.folder, server.address, settings).arg("keys").args(arguments).output().unwrap();
        let words = if output.status.success() { output.stdout } else { output.stderr };
        (output.status.success(), String::from_utf8(words).unwrap())
    };
    let listed = |settings: &[(&str, &str)]| keys(settings, &["list"]).1.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(listed(&SETTINGS).len(), 2, "made at the start");
    let (done, words) = keys(&SETTINGS, &["rotate", "--alg", "ES256"]);
    assert!(done && words.lines().count() == 1 && words.contains("(ES256)"), "{words}");
    let (done, words) = keys(&SETTINGS, &["rotate"]);
    assert!(done && words.contains("(EdDSA)") && words.contains("(ES256)"), "{words}");
    assert_eq!(listed(&SETTINGS).len(), 5);
    assert!(listed(&SETTINGS).iter().all(|line| line.contains("signs until")));
    for (algorithm, expected) in
        [("RS256", "DOORWARD_AUDIENCES"), ("HS256", "BETTER_AUTH_SECRETS"), ("none", "no such")]
    {
        let (done, words) = keys(&SETTINGS, &["rotate", "--alg", algorithm]);
        assert!(!done && words.contains(expected), "{algorithm}: {words}");
    }
    let unused = listed(&SETTINGS[..2]);
    assert_eq!(
        unused.iter().filter(|line| line.contains("ES256  ") && line.contains("not in use")).count(),
        3,
        "{unused:?}"
    );
}
