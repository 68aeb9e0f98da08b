//! `docs/openapi.json`, made from the routes and from the types that their handlers take and give.
//!
//! It is part of tests only, so the component doesn't carry it. `cargo xtask openapi` writes the file.

mod answers;
mod call;
mod inputs;
mod schemas;

pub(crate) use call::{Call, Output, Says, says};
pub(crate) use schemas::Schemas;

use crate::auth::By;
use podpis_kit::store::Event;
use podpis_shared::problem::Problem;
use serde::Serialize as _;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::{env, fs};

/// Where it lies.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

/// Set by `cargo xtask openapi`: the file is to be written.
const WRITE: &str = "PODPIS_WRITE_OPENAPI";

const ABOUT: &str = "API of MIS and operator. Errors are RFC 9457 problems with a stable `code`. Answers to counted requests \
                     carry `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`.";

/// Groups of calls.
const TAGS: [(&str, &str); 16] = [
    (
        "agreement",
        "The user agreement that patients accept, and who did",
    ),
    ("branding", "The clinic's look"),
    ("clinic", "Who signs for the clinic"),
    (
        "consultations",
        "Telemedicine consultations and their consents",
    ),
    ("documents", "Documents, from sending to the signed file"),
    ("events", "What happened, pulled or pushed"),
    ("export", "The clinic's whole archive"),
    ("journal", "The clinic's journal, with proofs"),
    ("keys", "The clinic's API keys"),
    ("operator", "What only the operator may"),
    (
        "service",
        "How it stands with the service, and this description",
    ),
    ("settings", "What the clinic has chosen"),
    ("staff", "Who of the clinic may sign in to its console"),
    (
        "templates",
        "Documents made of a text with fields, in place of a file",
    ),
    ("usage", "What is counted and what it costs"),
    ("verification", "What a signed document is checked with"),
];

/// Headers that answers share.
const HEADERS: [(&str, &str, &str); 5] = [
    ("RequestId", "string", "Names the request in our logs"),
    ("RateLimit-Limit", "integer", "Requests a minute"),
    (
        "RateLimit-Remaining",
        "integer",
        "Requests left in this minute",
    ),
    (
        "RateLimit-Reset",
        "integer",
        "Seconds until the next minute",
    ),
    ("Retry-After", "integer", "Seconds to wait"),
];

/// Who may ask.
const SECURITY: [(&str, &str); 3] = [
    ("clinicKey", "API key of a clinic"),
    ("operatorToken", "Variable operator_token"),
    ("metricsToken", "Variable metrics_token"),
];

const STAFF: &str = "Session of a member of the clinic's staff, which `/staff/sign-in` gives, with the header \
                     `Podpis-Staff: 1` and from our own pages alone (docs/staff.md). Its role needs the permission in \
                     `x-permission`; `any_role`: every role may.";

/// The whole description.
fn document(calls: &[Call]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for call in calls {
        let described = call.describe(&mut schemas);
        let of_path = paths.entry(call.path).or_default();
        let twice = of_path.insert(call.method.into(), described);
        assert!(twice.is_none(), "{} {} twice", call.method, call.path);
    }
    schemas.given::<Problem>();
    let mut api = json!({
        "openapi": "3.1.0",
        "info": { "title": "Podpis", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "tags": TAGS.map(|(name, description)| json!({ "name": name, "description": description })),
        "paths": paths,
        "components": {
            "headers": named(HEADERS.map(|(name, kind, description)| {
                (name, json!({ "schema": { "type": kind }, "description": description }))
            })),
            "securitySchemes": security(),
        },
    });
    schemas.finish(&mut api);
    // Whoever keeps the wire types doesn't know which events there are.
    let events = Event::ALL.iter().filter(|event| event.is_public());
    api["components"]["schemas"]["Event"]["properties"]["type"]["enum"] =
        events.map(|event| event.as_str()).collect();
    api
}

/// How each of [`SECURITY`] is shown, and the staff's session.
fn security() -> Map<String, Value> {
    let mut schemes = named(SECURITY.map(|(name, description)| {
        let scheme = json!({ "type": "http", "scheme": "bearer", "description": description });
        (name, scheme)
    }));
    let session = json!({
        "type": "apiKey", "in": "cookie", "name": "__Host-podpis-staff", "description": STAFF,
    });
    schemes.insert("staffSession".into(), session);
    schemes
}

fn named<const N: usize>(all: [(&str, Value); N]) -> Map<String, Value> {
    all.map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// The same whatever order `serde_json` keeps, which other crates of a build decide.
fn in_order(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.into_iter().collect();
            let fields = sorted
                .into_iter()
                .map(|(name, value)| (name, in_order(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.into_iter().map(in_order).collect(),
        other => other,
    }
}

/// As it is committed.
fn text(api: Value) -> String {
    let mut bytes = Vec::new();
    let form = PrettyFormatter::with_indent(b" ");
    in_order(api)
        .serialize(&mut Serializer::with_formatter(&mut bytes, form))
        .unwrap();
    String::from_utf8(bytes).unwrap() + "\n"
}

#[test]
fn the_committed_description_is_that_of_the_code() {
    let now = text(document(&crate::routes::calls()));
    if env::var_os(WRITE).is_some() {
        return fs::write(FILE, &now).unwrap();
    }
    let committed = crate::docs::OPENAPI;
    let differs = now.lines().zip(committed.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or(now.lines().count().min(committed.lines().count())) + 1;
    assert!(
        now == committed,
        "docs/openapi.json differs from the code, first in line {line}: run `cargo xtask openapi` and commit the file"
    );
}

/// A route that a clinic reaches says what its staff needs, and no other does; so none can be forgotten.
#[test]
fn who_may_ask_is_what_the_handler_asks_for() {
    let mut schemas = Schemas::default();
    for call in crate::routes::calls() {
        let security = (call.says)(&mut schemas).security;
        let of_table: &[&str] = match call.by {
            By::Anybody => &[],
            By::Operator => &["operatorToken"],
            By::Metrics => &["metricsToken"],
            By::Clinic(_) => &["clinicKey", "staffSession"],
        };
        assert_eq!(security, of_table, "{} {}", call.method, call.path);
    }
}

#[test]
fn names_are_given_once_and_everything_named_is_there() {
    let calls = crate::routes::calls();
    let mut ids: Vec<_> = calls.iter().map(|call| call.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), calls.len(), "an operationId stands twice");
    for call in &calls {
        assert!(TAGS.iter().any(|(tag, _)| *tag == call.tag), "{}", call.tag);
    }
    let api = document(&calls);
    // `schemars` counts where two types have one name.
    let schemas = api["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        assert!(
            !name.ends_with(char::is_numeric),
            "two types have the name of {name}"
        );
    }
    let text = api.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(api.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
    assert!(!text.contains("[`"), "a link of rustdoc's");
}
