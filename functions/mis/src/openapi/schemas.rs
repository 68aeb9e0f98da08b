//! Schemas of the types on the wire, as `schemars` derives them, in the words of this API.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// What was asked for so far. A type may look one way when it is taken and another when it is given: what may be left out of
/// a request stands in every answer.
pub(crate) struct Schemas {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

const PLACE: &str = "#/components/schemas/";

impl Default for Schemas {
    fn default() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            taken: settings().for_deserialize().into_generator(),
            given: settings().for_serialize().into_generator(),
        }
    }
}

impl Schemas {
    /// A reference to what is taken, marked until [`Schemas::finish`] knows its name.
    pub(super) fn taken<T: JsonSchema>(&mut self) -> Value {
        marked(self.taken.subschema_for::<T>().to_value())
    }

    /// A reference to what is given.
    pub(super) fn given<T: JsonSchema>(&mut self) -> Value {
        answered(self.given.subschema_for::<T>().to_value())
    }

    /// What is taken, in place.
    pub(super) fn inline<T: JsonSchema>(&mut self) -> Value {
        marked(T::json_schema(&mut self.taken).to_value())
    }

    /// Where the form of all errors is.
    pub(super) fn problem() -> Value {
        json!({ "$ref": format!("{PLACE}Problem") })
    }

    /// Puts all schemas into their place. What is taken and given alike stands there once; what differs has the prefix `Put`
    /// where it is taken.
    pub(super) fn finish(mut self, api: &mut Value) {
        let given = self.given.take_definitions(true);
        let mut all: Map<String, Value> = given
            .into_iter()
            .map(|(name, schema)| (name, answered(schema)))
            .collect();
        let taken = self.taken.take_definitions(true);
        let taken: Map<String, Value> = taken
            .into_iter()
            .map(|(name, schema)| (name, marked(schema)))
            .collect();
        // What refers to something that differs, differs.
        let mut differ: Vec<String> = Vec::new();
        loop {
            let found = taken.iter().find(|(name, schema)| {
                let known = all.get(*name);
                !differ.contains(name)
                    && known.is_some_and(|known| *known != named((*schema).clone(), &differ))
            });
            match found {
                Some((name, _)) => differ.push(name.clone()),
                None => break,
            }
        }
        for (name, schema) in &taken {
            let name = if differ.contains(name) {
                format!("Put{name}")
            } else {
                name.clone()
            };
            all.insert(name, named(schema.clone(), &differ));
        }
        *api = named(api.take(), &differ);
        api["components"]["schemas"] = Value::Object(all);
    }
}

/// Tidy, with references marked as those of what is taken.
fn marked(schema: Value) -> Value {
    references(tidy(schema), &|name| format!("?{name}"))
}

/// Tidy, as what is given: what may be absent is never null then, and nothing has to be assumed of it.
fn answered(schema: Value) -> Value {
    fn strict(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                let required = fields.get("required").cloned().unwrap_or_default();
                let required = required.as_array().cloned().unwrap_or_default();
                if let Some(properties) =
                    fields.get_mut("properties").and_then(Value::as_object_mut)
                {
                    for (name, field) in properties {
                        if !required.iter().any(|known| known == name.as_str()) {
                            *field = without_null(field.take());
                        }
                        if let Some(field) = field.as_object_mut() {
                            field.remove("default");
                        }
                    }
                }
                fields.values_mut().for_each(strict);
            }
            Value::Array(items) => items.iter_mut().for_each(strict),
            _ => {}
        }
    }
    let mut schema = tidy(schema);
    strict(&mut schema);
    schema
}

/// Without the null of what may be absent.
pub(super) fn without_null(mut schema: Value) -> Value {
    if let Some(kinds) = schema["type"].as_array() {
        let kind = kinds.iter().find(|kind| *kind != "null");
        schema["type"] = kind.cloned().unwrap_or_default();
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|value| !value.is_null());
    }
    let alternatives = schema.get("anyOf").and_then(Value::as_array);
    let Some(mut first) = alternatives.and_then(|all| all.first()).cloned() else {
        return schema;
    };
    // What is said of the field, not only of its type.
    if let Some(words) = schema.get("description") {
        first["description"] = words.clone();
    }
    first
}

/// Gives marked references their names.
fn named(value: Value, differ: &[String]) -> Value {
    references(value, &|name| match name.strip_prefix('?') {
        Some(name) if differ.iter().any(|one| one == name) => format!("Put{name}"),
        Some(name) => name.to_owned(),
        None => name.to_owned(),
    })
}

fn references(mut value: Value, to: &impl Fn(&str) -> String) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                let name = field.as_str().and_then(|text| text.strip_prefix(PLACE));
                *field = match name {
                    Some(name) if key == "$ref" => format!("{PLACE}{}", to(name)).into(),
                    _ => references(field.take(), to),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = references(item.take(), to);
            }
        }
        _ => {}
    }
    value
}

/// Without what only Rust knows of, with descriptions as one reads them outside of the code.
fn tidy(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            let of_rust = |format: &Value| {
                let format = format.as_str().unwrap_or_default();
                ["int", "uint", "double"]
                    .iter()
                    .any(|kind| format.starts_with(kind))
            };
            if fields.get("format").is_some_and(of_rust) {
                fields.remove("format");
            }
            if fields
                .get("type")
                .is_some_and(|kind| kind.is_string() || kind.is_array())
            {
                fields.remove("title");
            }
            // That nothing is there where nothing is said.
            if fields.get("default").is_some_and(Value::is_null)
                && fields.get("type") != Some(&json!("null"))
            {
                fields.remove("default");
            }
            merge_variants(fields);
            for (name, field) in fields.iter_mut() {
                let text = field.as_str().filter(|_| name == "description");
                *field = match text {
                    Some(text) => prose(text).into(),
                    None => tidy(field.take()),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = tidy(item.take());
            }
        }
        _ => {}
    }
    schema
}

/// Names that each have words of their own, as one list; the words go into the description.
fn merge_variants(fields: &mut Map<String, Value>) {
    let Some(variants) = fields.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let (mut names, mut words) = (Vec::new(), Vec::new());
    for variant in variants {
        let values: Vec<&Value> = match (variant.get("const"), variant["enum"].as_array()) {
            (Some(value), _) => vec![value],
            (None, Some(values)) => values.iter().collect(),
            (None, None) => return,
        };
        if let (Some(name), Some(text)) = (values[0].as_str(), variant["description"].as_str()) {
            words.push(format!("`{name}`: {}", prose(text)));
        }
        names.extend(values.into_iter().cloned());
    }
    let own = fields.get("description").and_then(Value::as_str).map(prose);
    let all: Vec<String> = own.into_iter().chain(words).collect();
    fields.remove("oneOf");
    fields.insert("type".into(), "string".into());
    fields.insert("enum".into(), names.into());
    let all: Vec<_> = all.iter().map(|text| text.trim_end_matches('.')).collect();
    fields.insert("description".into(), all.join(". ").into());
}

/// A doc comment without its line breaks, links of rustdoc's, and the dot of a single sentence.
fn prose(text: &str) -> String {
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.replace('\n', " "));
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let text = text.replace("[`", "`").replace("`]", "`");
    let text = text.trim();
    match text.contains(". ") {
        true => text.to_owned(),
        false => text.trim_end_matches('.').to_owned(),
    }
}
