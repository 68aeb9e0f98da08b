//! Schemas as nested lists.

use super::{object, prose, text};
use podpis_kit::html::escaped as escape;
use serde_json::Value;
use std::fmt::Write as _;

/// What a schema describes: its type, its fields, its limits.
pub(super) fn shape(schema: &Value) -> String {
    let mut out = String::new();
    fields(schema, &mut out);
    if out.is_empty() {
        format!(
            "<p>{} {}</p>",
            name_of(schema),
            prose(&schema["description"])
        )
    } else {
        out
    }
}

/// The name of a referenced schema, with a link to it.
fn reference(schema: &Value) -> Option<String> {
    let name = schema["$ref"].as_str()?.rsplit('/').next()?;
    let name = escape(name);
    Some(format!("<a href=\"#schema-{name}\">{name}</a>"))
}

/// Type, format and limits in a few words.
pub(super) fn name_of(schema: &Value) -> String {
    if let Some(link) = reference(schema) {
        return link;
    }
    let alternatives = ["oneOf", "anyOf", "allOf"]
        .iter()
        .find_map(|key| schema[*key].as_array());
    if let Some(alternatives) = alternatives {
        let names: Vec<_> = alternatives.iter().map(name_of).collect();
        return names.join(" or ");
    }
    let kinds: Vec<String> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    let mut name = kinds.join(" or ");
    if !schema["items"].is_null() {
        let _ = write!(name, " of {}", name_of(&schema["items"]));
    }
    for key in ["format", "contentMediaType"] {
        if let Some(value) = schema[key].as_str() {
            let _ = write!(name, ", {}", escape(value));
        }
    }
    for (key, words) in [
        ("minimum", "from"),
        ("maximum", "up to"),
        ("minLength", "length from"),
        ("maxLength", "length up to"),
        ("default", "default"),
        ("pattern", "like"),
        ("const", "always"),
    ] {
        match &schema[key] {
            Value::Null => {}
            Value::String(value) => {
                let _ = write!(name, ", {words} <code>{}</code>", escape(value));
            }
            value => {
                let _ = write!(name, ", {words} {}", escape(&value.to_string()));
            }
        }
    }
    if let Some(values) = schema["enum"]
        .as_array()
        .or_else(|| schema["x-extensible-enum"].as_array())
    {
        let values = values.iter().map(|value| match value {
            Value::String(value) => format!("<code>{}</code>", escape(value)),
            value => escape(&value.to_string()),
        });
        let _ = write!(name, ": {}", values.collect::<Vec<_>>().join(", "));
    }
    name
}

fn fields(schema: &Value, out: &mut String) {
    // A list of objects shows the object.
    let schema = if schema["items"]["properties"].is_object() {
        &schema["items"]
    } else {
        schema
    };
    if !schema["properties"].is_object() {
        return;
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    out.push_str("<ul class=\"fields\">");
    for (name, field) in object(&schema["properties"]) {
        let optional = if required.contains(&name.as_str()) {
            ""
        } else {
            " <i>optional</i>"
        };
        let _ = write!(
            out,
            "<li><code>{}</code>{optional}: {} {}",
            escape(name),
            name_of(field),
            prose(&field["description"])
        );
        fields(field, out);
        out.push_str("</li>");
    }
    out.push_str("</ul>");
}
