//! One call: what its line in the table says, and what its handler's signature says.

use super::schemas::Schemas;
use crate::auth::By;
use axum::http::StatusCode;
use podpis_shared::problem::Code;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A member of the staff without the permission.
const ROLE: (Code, &str) = (
    Code::Role,
    "the role of the staff's session does not have the permission in `x-permission`",
);

/// A line of the table of routes.
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// Its `operationId`.
    pub(crate) id: &'static str,
    pub(crate) tag: &'static str,
    /// Lines of the doc comment: the summary, an empty line, the rest.
    pub(crate) docs: &'static [&'static str],
    /// Who may ask.
    pub(crate) by: By,
    /// What the right answer is.
    pub(crate) gives: &'static str,
    /// Errors beside those of the signature, or the same ones with more words.
    pub(crate) fails: &'static [(Code, &'static str)],
    /// What the signature says.
    pub(crate) says: fn(&mut Schemas) -> Says,
}

/// What a handler's signature says.
#[derive(Default)]
pub(crate) struct Says {
    /// One of these lets ask; anybody may where there is none.
    pub(super) security: &'static [&'static str],
    pub(super) parameters: Vec<Value>,
    /// Parameters of the path.
    pub(super) in_path: usize,
    pub(super) body: Option<Value>,
    /// Status, `content`, headers of its own.
    pub(super) answer: (u16, Option<Value>, Vec<(&'static str, Value)>),
    pub(super) fails: Vec<(Code, &'static str)>,
}

/// A handler, as axum takes it.
pub(crate) trait Handler<Args> {
    fn says(schemas: &mut Schemas) -> Says;
}

/// What a handler says.
pub(crate) fn says<Args, H: Handler<Args>>(_: H, schemas: &mut Schemas) -> Says {
    H::says(schemas)
}

/// An argument of a handler.
pub(crate) trait Input {
    fn say(says: &mut Says, schemas: &mut Schemas);
}

/// What a handler gives.
pub(crate) trait Output {
    fn say(says: &mut Says, schemas: &mut Schemas);
}

macro_rules! handlers {
    ($($($arg:ident)*;)+) => { $(
        impl<F, Run, Out, $($arg),*> Handler<($($arg,)*)> for F
        where
            F: Fn($($arg),*) -> Run,
            Run: Future<Output = Out>,
            Out: Output,
            $($arg: Input,)*
        {
            fn says(schemas: &mut Schemas) -> Says {
                let mut says = Says::default();
                $($arg::say(&mut says, schemas);)*
                Out::say(&mut says, schemas);
                says
            }
        }
    )+ };
}

handlers! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E G;
    A B C D E G H;
}

impl Call {
    /// As it stands under its path and method.
    pub(super) fn describe(&self, schemas: &mut Schemas) -> Value {
        let says = (self.says)(schemas);
        let mut call = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "security": says.security.iter().map(|scheme| json!({ *scheme: [] })).collect::<Vec<_>>(),
            "responses": self.responses(&says),
        });
        if let By::Clinic(needed) = self.by {
            call["x-permission"] = needed.map_or(json!("any_role"), |permission| json!(permission));
        }
        let mut paragraphs = self.docs.split(|line| line.trim().is_empty());
        let words = |lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
            lines.join(" ")
        };
        call["summary"] = words(paragraphs.next().unwrap_or_default()).into();
        let rest: Vec<_> = paragraphs.map(words).collect();
        if !rest.is_empty() {
            call["description"] = rest.join("\n\n").into();
        }
        let parameters = [self.in_path(&says), says.parameters].concat();
        if !parameters.is_empty() {
            call["parameters"] = parameters.into();
        }
        if let Some(body) = says.body {
            call["requestBody"] = body;
        }
        call
    }

    /// What stands in the path in braces, named by what stands before it.
    fn in_path(&self, says: &Says) -> Vec<Value> {
        let mut parameters = Vec::new();
        let mut before = "";
        for part in self.path.split('/') {
            let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) else {
                before = part;
                continue;
            };
            let one = match before.strip_suffix("ies") {
                Some(stem) => format!("{stem}y").replace('-', " "),
                None => before.trim_end_matches('s').replace('-', " "),
            };
            let (schema, of) = match name {
                "sha256" => (
                    json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
                    "SHA-256",
                ),
                _ => (json!({ "type": "string" }), "Id"),
            };
            parameters.push(json!({
                "name": name, "in": "path", "required": true, "schema": schema,
                "description": format!("{of} of the {one}"),
            }));
        }
        assert_eq!(parameters.len(), says.in_path, "{}: parameters", self.id);
        parameters
    }

    fn responses(&self, says: &Says) -> Value {
        let (status, content, own) = &says.answer;
        let mut right = response(self.gives, content.clone());
        for (name, header) in own {
            right["headers"][*name] = header.clone();
        }
        let mut all = json!({ status.to_string(): right });
        for (status, description) in self.failures(says) {
            let content = json!({ "application/problem+json": { "schema": Schemas::problem() } });
            let mut answer = response(&description, Some(content));
            if status == StatusCode::TOO_MANY_REQUESTS.as_u16() {
                let limits =
                    ["Limit", "Remaining", "Reset"].map(|name| format!("RateLimit-{name}"));
                for name in limits.into_iter().chain(["Retry-After".to_owned()]) {
                    answer["headers"][&name] = header(&name);
                }
            }
            all[status.to_string()] = answer;
        }
        all
    }

    /// Codes by status, in the order of the list of codes, each with its words.
    fn failures(&self, says: &Says) -> BTreeMap<u16, String> {
        let mut words: Vec<(Code, &str)> = Vec::new();
        let role = matches!(self.by, By::Clinic(Some(_))).then_some(ROLE);
        for (code, why) in says.fails.iter().chain(role.iter()).chain(self.fails) {
            match words.iter_mut().find(|(known, _)| known == code) {
                Some((_, known)) if !why.is_empty() => *known = why,
                Some(_) => {}
                None => words.push((*code, why)),
            }
        }
        let place = |code: &Code| Code::ALL.iter().position(|known| known == code);
        words.sort_by_key(|(code, _)| place(code));
        let mut by_status: BTreeMap<u16, (String, bool)> = BTreeMap::new();
        for (code, why) in words {
            let (text, last_has_words) = by_status.entry(code.status()).or_default();
            if !text.is_empty() {
                text.push_str(if *last_has_words || !why.is_empty() {
                    "; "
                } else {
                    ", "
                });
            }
            *text += &format!("`{}`", code.as_str());
            if !why.is_empty() {
                *text += &format!(": {why}");
            }
            *last_has_words = !why.is_empty();
        }
        let texts = by_status.into_iter();
        texts.map(|(status, (text, _))| (status, text)).collect()
    }
}

fn response(description: &str, content: Option<Value>) -> Value {
    let mut response = json!({
        "description": description, "headers": { "X-Request-Id": header("RequestId") },
    });
    if let Some(content) = content {
        response["content"] = content;
    }
    response
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}
