//! What the arguments of handlers say.

use super::call::{Input, Says};
use super::schemas::{Schemas, without_null};
use crate::answer::{FromJson, LaterJson, MaybeJson};
use crate::auth::{Metrics, Operator, Session};
use crate::limits::Public;
use crate::{agreement, documents, idempotency, revocation_lists};
use axum::body::Body;
use axum::http::HeaderMap;
use podpis_kit::Context;
use podpis_kit::extract::{Path, Query};
use podpis_shared::clinic_signature::Over;
use podpis_shared::problem::Code;
use podpis_shared::wire::consultation::NewConsultation;
use podpis_shared::wire::kept::DETACHED_MAX;
use podpis_shared::wire::mis::NewDocument;
use schemars::JsonSchema;
use serde_json::{Value, json};

const OVER: (Code, &str) = (Code::TooMany, "over the rate limit");

/// Nothing that the outside could tell.
macro_rules! silent {
    ($($input:ty),+) => { $(impl Input for $input { fn say(_: &mut Says, _: &mut Schemas) {} })+ };
}

silent!(Context, HeaderMap, Body);

impl Input for Public {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.fails.push(OVER);
    }
}

impl Input for Session {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.security = &["clinicKey", "staffSession"];
        let staff = (Code::SignedOut, "of the staff: no living session");
        says.fails.extend([(Code::Unauthorized, ""), staff, OVER]);
    }
}

impl Input for Operator {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.security = &["operatorToken"];
        let hidden = (Code::NotFound, "no operator token is configured");
        says.fails.extend([(Code::Unauthorized, ""), hidden, OVER]);
    }
}

impl Input for Metrics {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.security = &["metricsToken"];
        says.fails
            .extend([(Code::Unauthorized, ""), (Code::NotFound, ""), OVER]);
    }
}

/// How many parameters a path has.
trait InPath {
    const COUNT: usize;
}

impl InPath for String {
    const COUNT: usize = 1;
}

impl InPath for (String, String) {
    const COUNT: usize = 2;
}

impl InPath for (String, u32) {
    const COUNT: usize = 2;
}

impl<T: InPath> Input for Path<T> {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.in_path = T::COUNT;
        says.fails.push((Code::NotFound, "not there, or not yours"));
    }
}

impl<T: JsonSchema> Input for Query<T> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let schema = schemas.inline::<T>();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let mut field = field.clone();
            let description = field.as_object_mut().and_then(|f| f.remove("description"));
            says.parameters.push(json!({
                "name": name, "in": "query", "required": required.contains(&json!(name)),
                "schema": without_null(field), "description": description,
            }));
        }
        says.fails.push((Code::BadRequest, "a parameter is wrong"));
    }
}

impl Input for idempotency::Key {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": idempotency::KEY_MAX },
            "description": "Same key and same body: the first answer again. Same key, another body: 409 \
                            `idempotency_conflict`",
        }));
        says.fails
            .extend([(Code::BadRequest, ""), (Code::IdempotencyConflict, "")]);
    }
}

impl<T: JsonSchema, const MAX: usize> Input for FromJson<T, MAX> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let content = json!({ "application/json": { "schema": schemas.taken::<T>() } });
        says.body = Some(json!({ "required": true, "content": content }));
        let size = match MAX / 1024 {
            64 => "over 64 KiB",
            _ => "",
        };
        says.fails.extend([
            (Code::BadRequest, ""),
            (Code::TooLarge, size),
            (Code::UnsupportedMedia, ""),
            (Code::Invalid, "`detail` names the field"),
        ]);
    }
}

impl<T: JsonSchema> Input for LaterJson<T> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        FromJson::<T>::say(says, schemas);
    }
}

impl<T: JsonSchema> Input for MaybeJson<T> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let content = json!({ "application/json": { "schema": schemas.taken::<T>() } });
        says.body = Some(json!({ "required": false, "content": content }));
        says.fails.extend([
            (Code::BadRequest, ""),
            (Code::TooLarge, "over 64 KiB"),
            (Code::Invalid, "a field is wrong"),
        ]);
    }
}

/// What may be wrong with a file on its way in.
const OF_FILES: [(Code, &str); 8] = [
    (Code::BadRequest, ""),
    (Code::TooLarge, "over 25 MiB"),
    (Code::NotPdf, ""),
    (Code::UnsupportedMedia, ""),
    (Code::EncryptedPdf, ""),
    (Code::ActiveContent, ""),
    (Code::BrokenPdf, ""),
    (Code::Invalid, ""),
];

fn pdf() -> Value {
    json!({ "type": "string", "contentMediaType": "application/pdf", "description": "Up to 25 MiB" })
}

/// A part of JSON and a PDF beside it.
fn with_file(part: &str, schema: &Value, file: &str, required: &[&str]) -> Value {
    json!({
        "schema": {
            "type": "object", "required": required,
            "properties": {
                part: schema,
                "file": { "type": "string", "contentMediaType": "application/pdf", "description": file },
            },
        },
        "encoding": {
            part: { "contentType": "application/json" }, "file": { "contentType": "application/pdf" },
        },
    })
}

const REPEAT: (Code, &str) = (Code::Unavailable, "repeat after `Retry-After`");

impl Input for documents::multipart::Form<NewDocument> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let file = "Up to 25 MiB; must be there unless `template` or `file_of` is";
        let mut content = with_file(
            "document",
            &schemas.taken::<NewDocument>(),
            file,
            &["document"],
        );
        let told = "Only with `purpose: keeping`: a detached CMS over the bytes of `file`, in DER, BER, PEM or base64; the part \
                    may come several times, up to 4 MiB together";
        let one = json!({ "type": "string", "format": "binary" });
        content["schema"]["properties"]["signature"] =
            json!({ "type": "array", "maxItems": DETACHED_MAX, "items": one, "description": told });
        says.body =
            Some(json!({ "required": true, "content": { "multipart/form-data": content } }));
        says.fails.extend(OF_FILES);
        says.fails.push(REPEAT);
    }
}

impl Input for documents::multipart::Form<NewConsultation> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let json = schemas.taken::<NewConsultation>();
        let file = "The clinic's own consent, up to 25 MiB; `consent` is then left out";
        let parts = with_file("consultation", &json, file, &["consultation", "file"]);
        says.body = Some(json!({ "required": true, "content": {
            "application/json": { "schema": json }, "multipart/form-data": parts,
        } }));
        says.fails.extend(OF_FILES);
        says.fails.push(REPEAT);
    }
}

impl Input for documents::clinic_signature::Parts {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let file = |description| json!({ "type": "string", "format": "binary", "description": description });
        let signature = file("CMS, detached: DER, BER, PEM or base64, up to 1 MiB in DER");
        let over = json!({
            "allOf": [schemas.taken::<Over>()], "default": Over::default(),
            "description": "What `signature` is over; `signed` where absent",
        });
        let role = json!({
            "type": "string",
            "description": "Which of `clinic_signers` it is; may be left out where only one can be meant",
        });
        says.body = Some(
            json!({ "required": true, "content": { "multipart/form-data": { "schema": {
            "type": "object",
            "properties": {
                "signature": signature,
                "final": file("In place of `signature`: a PDF with the signature inside"),
                "over": over,
                "role": role,
            },
        } } } }),
        );
        says.fails.extend([
            (
                Code::BadRequest,
                "a part is missing or unknown, or the key is wrong",
            ),
            (Code::TooLarge, ""),
            (Code::UnsupportedMedia, ""),
        ]);
    }
}

impl Input for revocation_lists::CrlFile {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.body = Some(
            json!({ "required": true, "content": { "application/pkix-crl": {
            "schema": { "type": "string", "format": "binary" },
        } } }),
        );
        says.fails.extend([
            (Code::BadRequest, "the body ended too early"),
            (Code::TooLarge, ""),
            (Code::Invalid, ""),
        ]);
    }
}

impl Input for agreement::upload::File {
    fn say(says: &mut Says, _: &mut Schemas) {
        let title = json!({
            "type": "string", "minLength": 1, "maxLength": podpis_shared::wire::mis::TITLE_MAX,
            "description": "In place of the parameter",
        });
        says.body = Some(json!({ "required": true, "content": {
            "application/pdf": { "schema": { "type": "string", "format": "binary", "description": "Up to 25 MiB" } },
            "multipart/form-data": { "schema": {
                "type": "object", "required": ["file"], "properties": { "file": pdf(), "title": title },
            } },
        } }));
        says.fails.extend(OF_FILES);
        says.fails.push(REPEAT);
    }
}
