//! The routes of the program itself.

use doorward::openapi::{Operation, Section, any_object, array_of, boolean, integer, object, optional, required, text};

pub(super) const SECTION: Section =
    Section { name: "The server", about: "Its health, its branding, and this description." };

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get("/healthz", "Ask whether server and database are there")
            .answers_as("text/plain", 200, "Both are.", text())
            .answers_as("text/plain", 503, "The database does not answer.", text()),
        Operation::get("/api/openapi.json", "Get this description for tools")
            .answers(200, "An OpenAPI 3.1 document.", any_object())
            .answers_empty(304, "The document is still the one that was named in If-None-Match."),
        Operation::get("/api/docs", "Read this description")
            .answers_as("text/html", 200, "A page that loads nothing from elsewhere.", text())
            .answers_empty(304, "The page is still the one that was named in If-None-Match."),
        Operation::get("/theme.json", "Get the operator's branding, and what the forms have to know").about("For pages of your own.").answers(
            200,
            "Name, logo and colours; whether sign-up by email is open, how long a password may be, and who else signs people in.",
            object([
                required("name", text()),
                required("signUp", boolean()),
                required("passwordMin", integer()),
                required("passwordMax", integer()),
                required("providers", array_of(text())),
                optional("logo", text()),
                optional("colors", object([optional("accent", text())])),
            ]),
        ),
        Operation::get("/.well-known/change-password", "Find the page that changes the password")
            .about("For password managers.")
            .leads_on("To the account page."),
    ];
    operations.map(|operation| operation.within(SECTION.name)).into()
}

/// Where https is promised, calls in the clear are refused.
pub(super) fn requires_https(operation: Operation) -> Operation {
    if operation.path().starts_with("/api/") {
        operation.refuses_with(403, "HTTPS_REQUIRED", "This server is to be reached by https")
    } else {
        operation
    }
}
