//! The document as a page: plain HTML with one style sheet in it, no script, nothing from elsewhere.
//!
//! It looks like the pages that people sign in on: the same colours, type and space (`web/app/styles.css`; a test
//! compares them), and the operator's accent.

mod operation;
mod shape;

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{pages, settings::Theme};

const STYLE: &str = include_str!("style.css");

/// The page, and the policy it is sent under.
pub(super) struct Page {
    pub(super) html: String,
    pub(super) policy: String,
}

pub(super) fn write(document: &Value, theme: &Theme) -> Page {
    let style = format!("{}{STYLE}", font());
    let hash = STANDARD.encode(doorward_crypto::digest::sha256(style.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'self' 'sha256-{hash}'; font-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let info = &document["info"];
    let name = escaped(&theme.name);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>API · {name}</title>\n<style>{style}</style>\n\
         <link rel=\"stylesheet\" href=\"/theme.css\">\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">Skip to the routes</a>\n\
         <header><a class=\"brand\" href=\"/\">{name}</a></header>\n<div class=\"columns\">\n{}<main id=\"content\">\n\
         <h1>API</h1>\n<p class=\"lead\">{}</p>\n\
         <p class=\"quiet\">Version {} at <code>{}</code>. For tools: <a href=\"/api/openapi.json\">openapi.json</a>.</p>\n{}{}{}</main>\n</div>\n\
         </body>\n</html>\n",
        contents(document),
        escaped(text(&info["description"])),
        escaped(text(&info["version"])),
        escaped(text(&document["servers"][0]["url"])),
        proofs(document),
        sections(document),
        shapes(document),
    );
    Page { html, policy }
}

/// The typeface of the pages, when they are in this binary.
fn font() -> String {
    pages::font().map_or_else(String::new, |path| {
        format!("@font-face{{font-family:\"Instrument Sans\";src:url(\"/{path}\") format(\"woff2\");font-weight:400 700;font-display:swap}}\n")
    })
}

fn contents(document: &Value) -> String {
    let mut list =
        String::from("<nav aria-label=\"Contents\">\n<ul>\n<li><a href=\"#proofs\">Who is asking</a></li>\n");
    for section in items(&document["tags"]) {
        let name = text(&section["name"]);
        let _ = writeln!(list, "<li><a href=\"#{}\">{}</a></li>", anchor(name), escaped(name));
    }
    list.push_str("<li><a href=\"#shapes\">Shapes</a></li>\n</ul>\n</nav>\n");
    list
}

fn proofs(document: &Value) -> String {
    let mut html = String::from("<section id=\"proofs\">\n<h2>Who is asking</h2>\n<dl class=\"proofs\">\n");
    for (name, scheme) in members(&document["components"]["securitySchemes"]) {
        let how = match text(&scheme["in"]) {
            "cookie" => format!("Cookie: {}=…", text(&scheme["name"])),
            _ => "Authorization: Bearer …".to_owned(),
        };
        let words = escaped(text(&scheme["description"]));
        let _ = writeln!(
            html,
            "<div id=\"proof-{name}\"><dt>{}</dt><dd><code>{}</code><br>{words}</dd></div>",
            operation::proof_name(name),
            escaped(&how)
        );
    }
    html.push_str("</dl>\n</section>\n");
    html
}

fn sections(document: &Value) -> String {
    let mut html = String::new();
    for section in items(&document["tags"]) {
        let name = text(&section["name"]);
        let about = escaped(text(&section["description"]));
        let _ = writeln!(
            html,
            "<section id=\"{}\">\n<h2>{}</h2>\n<p class=\"quiet\">{about}</p>",
            anchor(name),
            escaped(name)
        );
        for (path, methods) in members(&document["paths"]) {
            for (method, described) in members(methods) {
                if described["tags"][0] == *name {
                    html.push_str(&operation::write(path, method, described));
                }
            }
        }
        html.push_str("</section>\n");
    }
    html
}

fn shapes(document: &Value) -> String {
    let mut html = String::from("<section id=\"shapes\">\n<h2>Shapes</h2>\n");
    for (name, described) in members(&document["components"]["schemas"]) {
        let about = escaped(text(&described["description"]));
        let _ = writeln!(
            html,
            "<h3 id=\"shape-{name}\">{name}</h3>\n<p class=\"quiet\">{about}</p>\n{}",
            shape::members_of(described)
        );
    }
    html.push_str("</section>\n");
    html
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let theme = Theme { name: "<script>'\"&".to_owned(), ..Theme::default() };
        let page = write(&serde_json::json!({}), &theme);
        assert!(page.html.contains("&lt;script&gt;&#39;&quot;&amp;") && !page.html.contains("<script"));
        assert!(page.policy.contains("'sha256-") && !page.policy.contains("unsafe"), "{}", page.policy);
    }

    #[test]
    fn colours_are_those_of_the_pages() {
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let pages = std::fs::read_to_string("../../web/app/styles.css").unwrap();
        let pages = squeezed(&pages);
        let tokens = STYLE.split_once('}').unwrap().0.split_once('{').unwrap().1;
        for token in tokens.split(';').map(squeezed).filter(|token| !token.is_empty()) {
            assert!(pages.contains(&token), "{token} is not in web/app/styles.css");
        }
    }
}
