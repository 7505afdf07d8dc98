//! Reading, listing and ending sessions.

use http::StatusCode;

use super::{Operation, Section, Shape, boolean, integer, moment, object, optional, required, status, text, token};
use crate::{
    error::{Code, Error},
    features::activity,
    openapi::{Proof, any_object, anything, array_of, nothing, reference},
};

pub(super) const SECTION: Section = Section { name: "Sessions", about: "Reading, listing and ending them." };

pub(super) fn operations() -> Vec<Operation> {
    let found = || {
        object([
            required("session", reference("Session")),
            required("user", reference("User")),
            optional("needsRefresh", boolean().says("Only where refreshing is deferred.")),
        ])
        .or(nothing())
    };
    let get_session = |method, summary| {
        Operation::new(method, "/get-session", summary)
            .is_glad_of(Proof::SESSION)
            .query(optional("disableCookieCache", anything().says("Any text but the empty one means yes.")))
            .query(optional("disableRefresh", anything().says("Any text but the empty one means yes.")))
            .answers(200, "The session and its person, or null.", found())
            .with_header(200, "set-auth-jwt", "An access JWT.")
            .refuses(&[Code::FailedToGetSession])
    };
    vec![
        get_session("get", "Read the session"),
        get_session("post", "Read the session and extend it").refuses(&[Code::DeferSessionRequired]),
        Operation::post("/update-session", "Change fields of the session")
            .about("An application has no fields of its own in a session here, so there is nothing to change.")
            .asks_for(Proof::SESSION)
            .takes(any_object())
            .refuses_as(&Error::Message(StatusCode::BAD_REQUEST, "No fields to update"))
            .refuses(&[Code::Unauthorized]),
        Operation::get("/list-sessions", "List one's sessions")
            .about("With their tokens, so only shortly after a sign-in.")
            .asks_for(Proof::SESSION)
            .answers(200, "The living ones.", array_of(reference("Session")))
            .refuses(&[Code::Unauthorized, Code::SessionNotFresh]),
        Operation::post("/revoke-session", "End one of one's sessions")
            .about("An unknown token, or somebody else's, gets the same answer.")
            .asks_for(Proof::SESSION)
            .takes(object([required("token", token())]))
            .answers(200, "Ended.", status())
            .refuses(&[Code::Unauthorized]),
        Operation::post("/revoke-sessions", "End all of one's sessions")
            .asks_for(Proof::SESSION)
            .answers(200, "Ended.", status())
            .refuses(&[Code::Unauthorized]),
        Operation::post("/revoke-other-sessions", "End all of one's sessions but this")
            .asks_for(Proof::SESSION)
            .answers(200, "Ended.", status())
            .refuses(&[Code::Unauthorized]),
        Operation::get("/activity", "List what happened to one's account")
            .about("Newest first. The names of actions are documented in docs/features/events.md.")
            .asks_for(Proof::SESSION)
            .query(optional("limit", integer().between(1, 50).default_is(20)))
            .query(optional("before", text().says("The id of the entry from before which to go on.")))
            .answers(200, "Events of one's own.", array_of(happened()))
            .refuses_as(&activity::BAD_LIMIT)
            .refuses(&[Code::Unauthorized]),
    ]
}

fn happened() -> Shape {
    object([
        required("id", text()),
        required("action", text()),
        required("createdAt", moment()),
        required("ipAddress", text().or_null()),
        required("userAgent", text().or_null()),
        required("times", integer().says("How often, where several attempts share an entry.")),
        required("current", boolean().says("It happened in the session that asks.")),
    ])
}
