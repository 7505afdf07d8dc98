//! One route with one method: what it takes, and every answer it can give.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::shape::{Member, Shape, object, optional, reference, required, text};
use crate::error::{Code, Error};

/// What shows who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The signed session cookie of a browser.
    SessionCookie,
    /// The session token as a bearer token.
    SessionToken,
    /// An access JWT as a bearer token.
    AccessToken,
}

impl Proof {
    pub(super) const ALL: [Self; 3] = [Self::SessionCookie, Self::SessionToken, Self::AccessToken];
    /// How every route of a session is asked.
    pub(crate) const SESSION: &'static [Self] = &[Self::SessionCookie, Self::SessionToken];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SessionCookie => "sessionCookie",
            Self::SessionToken => "sessionToken",
            Self::AccessToken => "accessToken",
        }
    }
}

/// A route with a method, described.
#[derive(Clone, Debug)]
pub struct Operation {
    method: &'static str,
    base: String,
    path: String,
    section: &'static str,
    summary: &'static str,
    about: &'static str,
    parameters: Vec<Value>,
    body: Option<Body>,
    answers: BTreeMap<u16, Answer>,
    proofs: Vec<Proof>,
    is_open: bool,
    is_short: bool,
}

#[derive(Clone, Debug)]
struct Body {
    shapes: Vec<(&'static str, Shape)>,
    is_required: bool,
}

#[derive(Clone, Debug, Default)]
struct Answer {
    /// What it means; refusals mean what their codes say.
    words: Option<&'static str>,
    content: Vec<(&'static str, Shape)>,
    headers: Vec<(&'static str, &'static str)>,
    refusals: Vec<Refusal>,
    /// It may come without a body, too.
    may_be_empty: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    code: Option<String>,
    message: String,
}

impl Operation {
    pub fn new(method: &'static str, path: &str, summary: &'static str) -> Self {
        Self {
            method,
            base: String::new(),
            path: path.to_owned(),
            section: "",
            summary,
            about: "",
            parameters: Vec::new(),
            body: None,
            answers: BTreeMap::new(),
            proofs: Vec::new(),
            is_open: true,
            is_short: false,
        }
    }

    pub fn get(path: &str, summary: &'static str) -> Self {
        Self::new("get", path, summary)
    }

    pub fn post(path: &str, summary: &'static str) -> Self {
        Self::new("post", path, summary)
    }

    /// `GET`, `POST`, …
    pub fn method(&self) -> String {
        self.method.to_ascii_uppercase()
    }

    pub fn path(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    /// Where in the document it stands.
    #[must_use]
    pub fn within(self, section: &'static str) -> Self {
        Self { section, ..self }
    }

    /// More than the summary says, in sentences.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// Below another path.
    #[must_use]
    pub fn below(self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self }
    }

    #[must_use]
    pub fn query(self, member: Member) -> Self {
        self.parameter("query", member)
    }

    #[must_use]
    pub fn in_path(self, member: Member) -> Self {
        self.parameter("path", member)
    }

    #[must_use]
    pub fn header(self, member: Member) -> Self {
        self.parameter("header", member)
    }

    fn parameter(mut self, place: &str, member: Member) -> Self {
        let mut shape = member.shape.into_value();
        let words = shape.as_object_mut().and_then(|shape| shape.shift_remove("description"));
        let mut parameter = json!({ "name": member.name, "in": place, "required": member.is_required });
        if let Some(words) = words {
            parameter["description"] = words;
        }
        parameter["schema"] = shape;
        self.parameters.push(parameter);
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn takes(self, shape: Shape) -> Self {
        Self { body: Some(Body { shapes: vec![("application/json", shape)], is_required: true }), ..self }
    }

    /// The same body as a form, without JavaScript: all texts.
    #[must_use]
    pub fn or_form(mut self, shape: Shape) -> Self {
        let body = self.body.get_or_insert(Body { shapes: Vec::new(), is_required: true });
        body.shapes.push(("application/x-www-form-urlencoded", shape));
        self
    }

    /// The body may be left out.
    #[must_use]
    pub fn or_no_body(mut self) -> Self {
        if let Some(body) = &mut self.body {
            body.is_required = false;
        }
        self
    }

    /// Asks for one of these; without any it is refused.
    #[must_use]
    pub fn asks_for(self, proofs: &[Proof]) -> Self {
        Self { proofs: proofs.to_vec(), is_open: false, ..self }
    }

    /// Does more for who shows one of these.
    #[must_use]
    pub fn is_glad_of(self, proofs: &[Proof]) -> Self {
        Self { proofs: proofs.to_vec(), is_open: true, ..self }
    }

    /// Refusals have the shape of the short contract.
    #[must_use]
    pub fn short(self) -> Self {
        Self { is_short: true, ..self }
    }

    /// Answers in JSON.
    #[must_use]
    pub fn answers(self, status: u16, words: &'static str, shape: Shape) -> Self {
        self.answers_as("application/json", status, words, shape)
    }

    /// Answers in another media type.
    #[must_use]
    pub fn answers_as(mut self, media_type: &'static str, status: u16, words: &'static str, shape: Shape) -> Self {
        let answer = self.answers.entry(status).or_default();
        answer.words = Some(words);
        answer.content.push((media_type, shape));
        self
    }

    /// Answers without a body.
    #[must_use]
    pub fn answers_empty(mut self, status: u16, words: &'static str) -> Self {
        let answer = self.answers.entry(status).or_default();
        answer.words.get_or_insert(words);
        answer.may_be_empty = true;
        self
    }

    /// Leads the browser on.
    #[must_use]
    pub fn leads_on(self, words: &'static str) -> Self {
        self.answers_empty(302, words).with_header(302, "Location", "Where to go on.")
    }

    /// A header of an answer, and what it says.
    #[must_use]
    pub fn with_header(mut self, status: u16, name: &'static str, words: &'static str) -> Self {
        self.answers.entry(status).or_default().headers.push((name, words));
        self
    }

    /// Refuses by these codes of the protocol.
    #[must_use]
    pub(crate) fn refuses(self, codes: &[Code]) -> Self {
        codes
            .iter()
            .fold(self, |operation, code| operation.refuses_with(code.status().as_u16(), code.as_str(), code.message()))
    }

    /// Refuses as this error is told.
    #[must_use]
    pub(crate) fn refuses_as(self, error: &Error) -> Self {
        let (message, code) = error.words();
        self.refusal(error.status().as_u16(), Refusal { code: code.map(str::to_owned), message })
    }

    /// Refuses by a code.
    #[must_use]
    pub fn refuses_with(self, status: u16, code: &str, message: &str) -> Self {
        self.refusal(status, Refusal { code: Some(code.to_owned()), message: message.to_owned() })
    }

    fn refusal(mut self, status: u16, refusal: Refusal) -> Self {
        let answer = self.answers.entry(status).or_default();
        if !answer.refusals.contains(&refusal) {
            answer.refusals.push(refusal);
        }
        self
    }

    /// Whether something is sent with the request.
    pub(crate) fn is_post(&self) -> bool {
        self.method == "post"
    }

    pub(crate) fn has_body(&self) -> bool {
        self.body.is_some()
    }

    pub(crate) fn has_query(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter["in"] == "query")
    }

    /// Every code it can refuse by.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.answers.values().flat_map(|answer| &answer.refusals).filter_map(|refusal| refusal.code.as_deref())
    }

    /// A name for generated clients, the same whatever the base path is: `postSignUpEmail`.
    fn id(&self) -> String {
        let words =
            self.path.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let rest = words.map(|word| {
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_ascii_uppercase())
        });
        std::iter::once(self.method.to_owned()).chain(rest).collect()
    }

    pub(super) fn into_value(self) -> (String, &'static str, Value) {
        let path = self.path();
        let mut operation = json!({ "operationId": self.id(), "tags": [self.section], "summary": self.summary });
        if !self.about.is_empty() {
            operation["description"] = json!(self.about);
        }
        let open = self.is_open.then(|| json!({}));
        let proofs = self.proofs.iter().map(|proof| json!({ proof.name(): [] }));
        operation["security"] = proofs.chain(open).collect();
        if !self.parameters.is_empty() {
            operation["parameters"] = Value::Array(self.parameters);
        }
        if let Some(body) = self.body {
            let content = content(body.shapes);
            operation["requestBody"] = json!({ "required": body.is_required, "content": content });
        }
        let is_short = self.is_short;
        let answers =
            self.answers.into_iter().map(|(status, answer)| (status.to_string(), answer.into_value(is_short)));
        operation["responses"] = Value::Object(answers.collect());
        (path, self.method, operation)
    }
}

fn content(shapes: Vec<(&'static str, Shape)>) -> Value {
    let media = shapes.into_iter().map(|(name, shape)| {
        let schema = shape.into_value();
        let has_shape = schema.as_object().is_some_and(|schema| !schema.is_empty());
        (name.to_owned(), if has_shape { json!({ "schema": schema }) } else { json!({}) })
    });
    Value::Object(media.collect())
}

impl Answer {
    fn into_value(self, is_short: bool) -> Value {
        let codes = self.refusals.iter().map(|refusal| refusal.code.as_deref().unwrap_or("no code"));
        let words = self.words.map_or_else(|| codes.collect::<Vec<_>>().join(", "), str::to_owned);
        let mut answer = json!({ "description": words });
        if !self.headers.is_empty() {
            let headers = self.headers.iter();
            answer["headers"] = headers
                .map(|(name, words)| {
                    ((*name).to_owned(), json!({ "description": words, "schema": { "type": "string" } }))
                })
                .collect::<Map<_, _>>()
                .into();
        }
        // An answer that may be empty is described as having no body: a schema would ask for one.
        if !self.may_be_empty {
            let mut media = content(self.content);
            if !self.refusals.is_empty() {
                media["application/json"] = refusals(&self.refusals, is_short);
            }
            answer["content"] = media;
        }
        answer
    }
}

/// The body of a refusal, with each code and what it says.
fn refusals(refusals: &[Refusal], is_short: bool) -> Value {
    let mut codes: Vec<&str> = Vec::new();
    codes.extend(refusals.iter().filter_map(|refusal| refusal.code.as_deref()));
    let base = reference(if is_short { "ShortRefusal" } else { "Refusal" });
    let code = text().only(&codes);
    let schema = match codes.len() {
        0 => base,
        count if count == refusals.len() => base.and(object([required("code", code)])),
        _ => base.and(object([optional("code", if is_short { code.or_null() } else { code })])),
    };
    let mut examples = Map::new();
    for refusal in refusals {
        let mut body = json!({ "message": refusal.message });
        if is_short {
            body = json!({ "success": false, "message": refusal.message });
        }
        let name = refusal.code.clone().unwrap_or_else(|| format!("no code {}", examples.len() + 1));
        if is_short || refusal.code.is_some() {
            body["code"] = json!(refusal.code);
        }
        // One code, several messages: the wire has no other name for them.
        let name = if examples.contains_key(&name) { format!("{name} {}", examples.len() + 1) } else { name };
        examples.insert(name, json!({ "value": body }));
    }
    json!({ "schema": schema.into_value(), "examples": examples })
}
