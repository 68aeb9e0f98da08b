//! `GET /api/docs`: `docs/openapi.json` as one page to read and to search. No script, nothing from elsewhere.

mod schema;

use crate::answer::{Sent, form};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_kit::html::escaped as escape;
use podpis_shared::hash::sha256;
use schema::{name_of, shape};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// The API's description, as committed.
pub(crate) const OPENAPI: &str = include_str!("../../../docs/openapi.json");

const STYLE: &str = include_str!("docs/style.css");

/// Methods in the order in which a reader expects them.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// Made once an instance.
static PAGE: LazyLock<String> = LazyLock::new(|| {
    let api = serde_json::from_str(OPENAPI).unwrap_or_default();
    page(&api)
});

/// The page.
pub(crate) async fn read() -> Sent<form::Html> {
    let style = STANDARD.encode(sha256(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    (
        [
            (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (CONTENT_SECURITY_POLICY, policy),
            (CACHE_CONTROL, "no-cache".to_owned()),
        ],
        PAGE.as_str(),
    )
        .into_response()
        .into()
}

fn page(api: &Value) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} API</title><style>{STYLE}</style></head><body><header><h1>{title} API <small>{version}</small></h1>\
         <p>{description}</p><p>This page as data: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p></header>",
        title = text(&api["info"]["title"]),
        version = text(&api["info"]["version"]),
        description = prose(&api["info"]["description"]),
    );
    let groups = groups(api);
    page.push_str("<nav aria-label=\"Calls\"><ul>");
    for (tag, calls) in &groups {
        let _ = write!(page, "<li>{}<ul>", escape(tag));
        for call in calls {
            let _ = write!(
                page,
                "<li><a href=\"#{id}\"><b class=\"{method}\">{method}</b> {path}</a></li>",
                id = call.id(),
                method = call.method,
                path = breakable(call.path)
            );
        }
        page.push_str("</ul></li>");
    }
    page.push_str("<li><a href=\"#schemas\">Schemas</a></li></ul></nav><main>");
    for (tag, calls) in &groups {
        let _ = write!(page, "<h2>{}</h2>", escape(tag));
        for call in calls {
            call.write(&mut page);
        }
    }
    page.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in object(&api["components"]["schemas"]) {
        // Of what has no fields the shape says it.
        let about = match schema["properties"].is_object() {
            true => format!("<p>{}</p>", prose(&schema["description"])),
            false => String::new(),
        };
        let _ = write!(
            page,
            "<section id=\"schema-{name}\"><h3>{name}</h3>{about}{}</section>",
            shape(schema)
        );
    }
    page.push_str("</main></body></html>\n");
    page
}

/// One call of the API.
struct Call<'a> {
    path: &'a str,
    method: &'static str,
    /// What stands in the description.
    says: &'a Value,
    /// Parameters of all calls at this path.
    shared: &'a Value,
}

/// Calls by their first tag; a call without one is of the service.
fn groups(api: &Value) -> BTreeMap<&str, Vec<Call<'_>>> {
    let mut groups: BTreeMap<&str, Vec<Call<'_>>> = BTreeMap::new();
    for (path, calls) in object(&api["paths"]) {
        for method in METHODS {
            let says = &calls[method];
            if says.is_null() {
                continue;
            }
            let tag = says["tags"][0].as_str().unwrap_or("service");
            groups.entry(tag).or_default().push(Call {
                path,
                method,
                says,
                shared: &calls["parameters"],
            });
        }
    }
    groups
}

impl Call<'_> {
    /// Where links lead: `get-api-v1-documents-id`.
    fn id(&self) -> String {
        let words = self.path.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        [self.method]
            .into_iter()
            .chain(words)
            .collect::<Vec<_>>()
            .join("-")
    }

    fn write(&self, page: &mut String) {
        let says = self.says;
        let _ = write!(
            page,
            "<section id=\"{id}\"><h3><b class=\"{method}\">{method}</b> {path} <a href=\"#{id}\" aria-label=\"Link to this call\">#</a></h3>\
             <p><strong>{summary}</strong></p><p>{description}</p><p>Authorization: {security}</p>",
            id = self.id(),
            method = self.method,
            path = breakable(self.path),
            summary = text(&says["summary"]),
            description = prose(&says["description"]),
            security = self.security(),
        );
        self.parameters(page);
        for (media, body) in object(&says["requestBody"]["content"]) {
            let _ = write!(
                page,
                "<h4>Body, {}</h4>{}",
                escape(media),
                shape(&body["schema"])
            );
        }
        page.push_str("<h4>Answers</h4><div class=\"wide\"><table><tbody>");
        for (status, answer) in object(&says["responses"]) {
            let _ = write!(
                page,
                "<tr><th>{}</th><td>{}",
                escape(status),
                prose(&answer["description"])
            );
            for (media, body) in object(&answer["content"]) {
                // Every error has the same form.
                if media == "application/problem+json" {
                    continue;
                }
                let _ = write!(
                    page,
                    "<div><code>{}</code>{}</div>",
                    escape(media),
                    shape(&body["schema"])
                );
            }
            page.push_str("</td></tr>");
        }
        page.push_str("</tbody></table></div></section>");
    }

    fn security(&self) -> String {
        let schemes = self.says["security"].as_array().into_iter().flatten();
        let names: Vec<String> = schemes
            .flat_map(object)
            .map(|(name, _)| format!("<code>{}</code>", escape(name)))
            .collect();
        match names.is_empty() {
            true => "none".to_owned(),
            false => names.join(" or ") + &self.permission(),
        }
    }

    /// What the staff needs.
    fn permission(&self) -> String {
        let name = self.says["x-permission"].as_str();
        name.map_or_else(String::new, |name| {
            format!("; of the staff: <code>{}</code>", escape(name))
        })
    }

    fn parameters(&self, page: &mut String) {
        let of = |list: &'_ Value| list.as_array().cloned().unwrap_or_default();
        let all = [of(self.shared), of(&self.says["parameters"])].concat();
        if all.is_empty() {
            return;
        }
        page.push_str("<h4>Parameters</h4><div class=\"wide\"><table><tbody>");
        for parameter in all {
            let required = if parameter["required"] == true {
                ", required"
            } else {
                ""
            };
            let _ = write!(
                page,
                "<tr><th><code>{}</code></th><td>{}{required}: {} {}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                name_of(&parameter["schema"]),
                prose(&parameter["description"]),
            );
        }
        page.push_str("</tbody></table></div>");
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// A path that may break at its slashes on a narrow screen.
fn breakable(path: &str) -> String {
    format!("<code>{}</code>", escape(path).replace('/', "/<wbr>"))
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// Words with `code` in back quotes.
fn prose(value: &Value) -> String {
    let escaped = text(value);
    let mut prose = String::new();
    for (index, part) in escaped.split('`').enumerate() {
        let _ = match index % 2 {
            0 => write!(prose, "{part}"),
            _ => write!(prose, "<code>{part}</code>"),
        };
    }
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_and_schema_is_on_the_page() {
        let api: Value = serde_json::from_str(OPENAPI).unwrap();
        let page = page(&api);
        for (path, calls) in object(&api["paths"]) {
            for (method, says) in object(calls).filter(|(method, _)| *method != "parameters") {
                let heading = format!("<b class=\"{method}\">{method}</b> {}", breakable(path));
                assert!(page.contains(&heading), "{method} {path}");
                assert!(page.contains(&text(&says["summary"])), "{method} {path}");
            }
        }
        for (name, _) in object(&api["components"]["schemas"]) {
            assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert!(
                page.contains(&format!("id=\"{id}\"")),
                "#{id} leads nowhere"
            );
        }
        assert_eq!(
            page.matches("<section").count(),
            page.matches("</section>").count()
        );
        assert!(!page.contains("<script") && !page.contains(" style="));
        assert!(!page.contains("src=") && !page.contains("href=\"http"));
    }

    #[test]
    fn words_are_escaped() {
        assert_eq!(
            prose(&Value::from("a `<b>` & \"c\"")),
            "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;"
        );
    }
}
