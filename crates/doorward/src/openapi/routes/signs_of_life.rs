//! Whether the service is there, and the page for what went wrong.

use super::{Operation, Section, boolean, object, optional, required, text};
use crate::openapi::anything;

pub(super) const SECTION: Section =
    Section { name: "Signs of life", about: "Whether the server is there, and the page for what went wrong." };

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/ok", "Ask whether the service is there").answers(
            200,
            "It is.",
            object([required("ok", boolean())]),
        ),
        Operation::get("/error", "Show the page for what went wrong")
            .about("Where redirects end that have no better place to go.")
            .query(optional("error", anything()))
            .query(optional("error_description", anything()))
            .answers_as("text/html", 200, "The page.", text()),
    ]
}
