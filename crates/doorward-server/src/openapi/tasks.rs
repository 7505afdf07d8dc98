//! The tasks API, described. It stands for any API behind Doorward.

use doorward::openapi::{
    Operation, Proof, Section, Shape, array_of, boolean, integer, object, optional, reference, required, text,
};

pub(super) const SECTION: Section = Section {
    name: "Tasks",
    about: "A protected API: each person's own rows. It stands for any API behind Doorward, and takes access JWTs alone.",
};

pub(super) fn schemas() -> [(&'static str, Shape); 1] {
    let task = object([
        required("id", text()),
        required("title", text()),
        required("completed", boolean()),
        required("userId", text()),
    ]);
    [("Task", task)]
}

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get("/api/tasks", "List one's tasks")
            .query(optional("limit", integer().between(1, 1000).default_is(1000)))
            .query(optional("cursor", text().pattern("^[0-9]{1,14}-[A-Za-z0-9]{1,64}$").says("From x-next-cursor.")))
            .answers(200, "Newest first.", array_of(reference("Task")))
            .with_header(200, "x-next-cursor", "Where to go on, when there are more. Follow it and do not count: a page of long titles ends at 256 KiB, before the limit.")
            .refuses_with(400, "VALIDATION_ERROR", "limit: must be a number from 1 to 1000"),
        written(Operation::post("/api/tasks", "Add a task"))
            .takes(object([required("title", title()), optional("completed", boolean().default_is(false))]))
            .answers(201, "The task.", reference("Task"))
            .refuses_with(404, "NOT_FOUND", "There is no such task")
            .refuses_with(409, "TOO_MANY_TASKS", "There are as many tasks as one person may have. Delete some first."),
        one(Operation::get("/api/tasks/{id}", "Read a task")).answers(200, "The task.", reference("Task")),
        one(written(Operation::new("patch", "/api/tasks/{id}", "Change a task")))
            .takes(
                object([required("title", title()), optional("completed", boolean())])
                    .or(object([optional("title", title()), required("completed", boolean())])),
            )
            .answers(200, "The task as it is now.", reference("Task")),
        one(Operation::new("delete", "/api/tasks/{id}", "Delete a task")).answers_empty(204, "Deleted."),
    ];
    operations.map(|operation| guarded(operation).within(SECTION.name)).into()
}

fn title() -> Shape {
    text()
        .pattern("^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$")
        .at_most(500)
        .says("Blanks around it are dropped; it must not be blank.")
        .example("Water the plants")
}

fn one(operation: Operation) -> Operation {
    operation
        .in_path(required("id", text()))
        .refuses_with(404, "NOT_FOUND", "There is no such task")
        .about("Somebody else's task is as unknown as one that never was.")
}

fn written(operation: Operation) -> Operation {
    operation
        .refuses_with(400, "VALIDATION_ERROR", "title: must not be empty")
        .refuses_with(400, "BAD_REQUEST", "The body is not a JSON object")
        .refuses_with(413, "PAYLOAD_TOO_LARGE", "The body is larger than 64 KiB")
        .refuses_with(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json")
}

/// What the verifier in front of every route answers (RFC 6750, section 3).
fn guarded(operation: Operation) -> Operation {
    const CHALLENGE: &str = "RFC 6750: the same refusal for libraries.";
    operation
        .asks_for(&[Proof::AccessToken])
        .refuses_with(400, "INVALID_REQUEST", "The Authorization header is malformed")
        .with_header(400, "WWW-Authenticate", CHALLENGE)
        .refuses_with(401, "UNAUTHORIZED", "Authentication is required")
        .refuses_with(401, "INVALID_TOKEN", "The access token is not valid")
        .with_header(401, "WWW-Authenticate", CHALLENGE)
        .refuses_with(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")
        .refuses_with(503, "SERVICE_UNAVAILABLE", "The tasks cannot be reached now. Please try again in a moment.")
        .with_header(503, "Retry-After", "Seconds to wait.")
}
