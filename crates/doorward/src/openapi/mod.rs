//! What the service says about itself: every route, what it takes, and every answer it can give, as OpenAPI 3.1.
//!
//! The description is written beside the code and not generated from it: attributes on each handler would bury the
//! handlers. So it could drift, and three things keep it from that. Refusals are named by the same table that the
//! routes answer from, so their codes, statuses and words are right by construction. A test compares the routes that
//! are described with those of `routes.rs`, and asks that every code of the table is told somewhere. And the whole
//! document is tried against the running server with thousands of generated requests (`make test-openapi`).
//!
//! A program that mounts the service beside routes of its own describes those with the same [`Operation`]s and puts
//! all of them into one [`Document`].

mod document;
mod operation;
mod routes;
mod shape;

pub use document::{Document, Information, Section};
pub use operation::{Operation, Proof};
pub use routes::{operations, schemas, sections, session_cookie};
pub use shape::{Member, Shape};
pub use shape::{
    any_object, anything, array_of, boolean, integer, moment, nothing, number, object, opaque, optional, reference,
    required, text,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use doorward_crypto::secret::{Secret, Secrets};

    use super::*;
    use crate::{
        config::{BaseUrl, Config},
        error::Code,
    };

    fn config() -> Config {
        let base_url = BaseUrl::parse("http://localhost:3000").unwrap();
        Config::new(base_url, Secrets::single(Secret::new("a secret of thirty-two characters!")))
    }

    /// `POST /sign-up/email` of `.route("/sign-up/email", at.post_form(…))`.
    fn mounted() -> BTreeSet<String> {
        let page = include_str!("../routes.rs");
        let lines = page.lines().filter_map(|line| line.trim().strip_prefix(".route(\"/"));
        let mut routes = BTreeSet::new();
        for line in lines {
            let (path, how) = line.split_once("\", at.").expect("a route is one line");
            let methods: &[&str] = match how.split_once('(').expect("a call") {
                ("get", _) => &["GET"],
                ("post" | "post_form", _) => &["POST"],
                ("get_and_post" | "get_or_post_form", _) => &["GET", "POST"],
                ("short", rest) if rest.starts_with("GET, ") => &["GET"],
                ("short", rest) if rest.starts_with("POST, ") => &["POST"],
                (other, _) => panic!("which methods does at.{other} mount?"),
            };
            routes.extend(methods.iter().map(|method| format!("{method} /api/auth/{path}")));
        }
        routes
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let operations = operations(&config());
        let described: BTreeSet<_> =
            operations.iter().map(|operation| format!("{} {}", operation.method(), operation.path())).collect();
        assert_eq!(described.len(), operations.len(), "nothing is described twice");
        let mounted = mounted();
        assert!(mounted.len() > 30, "routes.rs was read");
        assert_eq!(described, mounted);
    }

    #[test]
    fn every_code_is_told_somewhere() {
        let operations = operations(&config());
        let told: BTreeSet<_> = operations.iter().flat_map(Operation::codes).collect();
        let missing: Vec<_> = Code::ALL.iter().filter(|code| !told.contains(code.as_str())).collect();
        assert!(missing.is_empty(), "no operation refuses by {missing:?}");
    }

    #[test]
    fn every_schema_that_is_named_exists() {
        let information = Information { title: "", version: "", about: "", server: "", cookie: "" };
        let document = Document::new().with(sections(), schemas(), operations(&config())).into_json(&information);
        let text = document.to_string();
        let known = document["components"]["schemas"].as_object().unwrap();
        let named: BTreeSet<_> =
            text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() > 3);
        assert!(named.iter().all(|name| known.contains_key(*name)), "{named:?}");
        assert!(known.keys().all(|name| named.contains(name.as_str())), "a schema that nobody names");
        let sections: BTreeSet<_> = sections().iter().map(|section| section.name).collect();
        let tags = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        assert!(tags.into_iter().all(|operation| sections.contains(operation["tags"][0].as_str().unwrap())));
    }
}
