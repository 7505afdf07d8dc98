//! All operations as one OpenAPI 3.1 document.

use serde_json::{Map, Value, json};

use super::{
    operation::{Operation, Proof},
    shape::Shape,
};

/// A group of operations.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    pub name: &'static str,
    pub about: &'static str,
}

/// What stands above the operations.
#[derive(Clone, Debug)]
pub struct Information<'a> {
    pub title: &'a str,
    pub version: &'a str,
    pub about: &'a str,
    /// The public origin.
    pub server: &'a str,
    /// The name of the session cookie, which depends on the scheme and on settings.
    pub cookie: &'a str,
}

/// Everything that is to be described.
#[derive(Clone, Debug, Default)]
pub struct Document {
    sections: Vec<Section>,
    schemas: Vec<(&'static str, Shape)>,
    operations: Vec<Operation>,
}

impl Document {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with(
        mut self,
        sections: impl IntoIterator<Item = Section>,
        schemas: impl IntoIterator<Item = (&'static str, Shape)>,
        operations: impl IntoIterator<Item = Operation>,
    ) -> Self {
        self.sections.extend(sections);
        self.schemas.extend(schemas);
        self.operations.extend(operations);
        self
    }

    /// The same with every operation changed.
    #[must_use]
    pub fn map(self, change: impl Fn(Operation) -> Operation) -> Self {
        Self { operations: self.operations.into_iter().map(change).collect(), ..self }
    }

    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The document as it is sent.
    pub fn into_json(self, information: &Information<'_>) -> Value {
        let mut paths = Map::new();
        for operation in self.operations {
            let (path, method, operation) = operation.into_value();
            let at = paths.entry(path).or_insert_with(|| json!({}));
            at[method] = operation;
        }
        let tags: Vec<_> =
            self.sections.iter().map(|section| json!({ "name": section.name, "description": section.about })).collect();
        let schemas = self.schemas.into_iter().map(|(name, shape)| (name.to_owned(), shape.into_value()));
        let proofs = Proof::ALL.iter().map(|proof| (proof.name().to_owned(), scheme(*proof, information.cookie)));
        json!({
            "openapi": "3.1.0",
            "info": { "title": information.title, "version": information.version, "description": information.about },
            "servers": [{ "url": information.server }],
            "tags": tags,
            "paths": paths,
            "components": {
                "securitySchemes": proofs.collect::<Map<_, _>>(),
                "schemas": schemas.collect::<Map<_, _>>(),
            },
        })
    }
}

fn scheme(proof: Proof, cookie: &str) -> Value {
    match proof {
        Proof::SessionCookie => json!({
            "type": "apiKey", "in": "cookie", "name": cookie,
            "description": "Set by sign-in. A request that changes something and carries a cookie must come from a trusted Origin.",
        }),
        Proof::SessionToken => json!({
            "type": "http", "scheme": "bearer",
            "description": "The session token, from the body of sign-in or its set-auth-token header.",
        }),
        Proof::AccessToken => json!({
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access JWT, from GET /token or the short contract; it lives for 15 minutes.",
        }),
    }
}
