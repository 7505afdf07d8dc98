//! One operation: a line to read over, and the rest below it for whoever opens it.

use std::fmt::Write as _;

use serde_json::Value;

use super::{escaped, items, members, shape, text};

pub(super) fn write(path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<details id=\"{}\">\n<summary><span class=\"method\">{}</span> <code class=\"path\">{}</code> \
         <span class=\"summary\">{}</span></summary>\n<div class=\"operation\">\n",
        escaped(text(&operation["operationId"])),
        method.to_ascii_uppercase(),
        broken(path),
        escaped(text(&operation["summary"])),
    );
    if let Some(about) = operation["description"].as_str() {
        let _ = writeln!(html, "<p>{}</p>", escaped(about));
    }
    let _ = writeln!(html, "<p class=\"quiet\">{}</p>", who(operation));
    html.push_str(&parameters(operation));
    html.push_str(&body(operation));
    html.push_str(&answers(operation));
    html.push_str("</div>\n</details>\n");
    html
}

/// A path that may be broken at its slashes.
fn broken(path: &str) -> String {
    escaped(path).replace('/', "<wbr>/")
}

/// What a reader calls a security scheme.
pub(super) fn proof_name(name: &str) -> &'static str {
    match name {
        "sessionCookie" => "Session cookie",
        "sessionToken" => "Session token",
        _ => "Access token",
    }
}

fn who(operation: &Value) -> String {
    let mut proofs = Vec::new();
    let mut is_open = false;
    for alternative in items(&operation["security"]) {
        match members(alternative).next() {
            Some((name, _)) => {
                let words = proof_name(name).to_lowercase();
                proofs.push(format!("<a href=\"#proof-{name}\">{words}</a>"));
            }
            None => is_open = true,
        }
    }
    match (proofs.is_empty(), is_open) {
        (true, _) => "Open to everybody.".to_owned(),
        (false, true) => format!("Open to everybody; does more with a {}.", proofs.join(" or ")),
        (false, false) => format!("Needs a {}.", proofs.join(" or ")),
    }
}

fn parameters(operation: &Value) -> String {
    let mut html = String::new();
    for (place, heading) in [("path", "In the path"), ("query", "In the query"), ("header", "In the headers")] {
        let mut rows = String::new();
        for parameter in items(&operation["parameters"]).filter(|parameter| parameter["in"] == place) {
            let words = text(&parameter["description"]);
            let is_required = parameter["required"] == true;
            rows.push_str(&shape::row(text(&parameter["name"]), &parameter["schema"], is_required, words));
        }
        if !rows.is_empty() {
            let _ = writeln!(html, "<h4>{heading}</h4>\n<dl class=\"members\">\n{rows}</dl>");
        }
    }
    html
}

fn body(operation: &Value) -> String {
    let body = &operation["requestBody"];
    let media: Vec<_> = members(&body["content"]).collect();
    let Some((_, first)) = media.first() else { return String::new() };
    let names: Vec<String> = media.iter().map(|(name, _)| format!("<code>{}</code>", escaped(name))).collect();
    let may_be_absent = if body["required"] == true { "" } else { ", or none" };
    format!("<h4>Body: {}{may_be_absent}</h4>\n{}", names.join(" or "), shape::write(&first["schema"]))
}

fn answers(operation: &Value) -> String {
    let mut html = String::from("<h4>Answers</h4>\n<dl class=\"answers\">\n");
    for (status, answer) in members(&operation["responses"]) {
        let _ = write!(html, "<div><dt>{status}</dt><dd>");
        let examples: Vec<_> = members(&answer["content"]).flat_map(|(_, media)| members(&media["examples"])).collect();
        if examples.is_empty() {
            html.push_str(&escaped(text(&answer["description"])));
        } else {
            html.push_str(&refusals(&examples));
        }
        for (media_type, media) in members(&answer["content"]).filter(|_| examples.is_empty()) {
            if media_type == "application/json" {
                html.push_str(&shape::write(&media["schema"]));
            } else {
                let _ = write!(html, " <code>{}</code>", escaped(media_type));
            }
        }
        let headers: Vec<String> =
            members(&answer["headers"]).map(|(name, _)| format!("<code>{}</code>", escaped(name))).collect();
        if !headers.is_empty() {
            let _ = write!(html, "<p class=\"quiet\">With {}.</p>", headers.join(", "));
        }
        html.push_str("</dd></div>\n");
    }
    html.push_str("</dl>\n");
    html
}

fn refusals(examples: &[(&String, &Value)]) -> String {
    let mut html = String::from("<ul class=\"refusals\">");
    for (_, example) in examples {
        let value = &example["value"];
        let message = escaped(text(&value["message"]));
        let _ = match value["code"].as_str() {
            Some(code) => write!(html, "<li><code>{}</code> {message}</li>", escaped(code)),
            None => write!(html, "<li>{message}</li>"),
        };
    }
    html.push_str("</ul>");
    html
}
