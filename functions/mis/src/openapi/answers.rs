//! What the answers of handlers say.

use super::call::{Output, Says};
use super::schemas::Schemas;
use crate::answer::{Done, Json, OrCsv, Sent, form};
use crate::idempotency::Kept;
use podpis_kit::Failure;
use schemars::JsonSchema;
use serde_json::{Value, json};

impl<T: Output> Output for Result<T, Failure> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        T::say(says, schemas);
    }
}

impl<T: JsonSchema, const STATUS: u16> Output for Json<T, STATUS> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let content = json!({ "application/json": { "schema": schemas.given::<T>() } });
        says.answer = (STATUS, Some(content), Vec::new());
    }
}

impl<T: JsonSchema, const STATUS: u16> Output for Kept<T, STATUS> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        Json::<T, STATUS>::say(says, schemas);
    }
}

impl Output for Done {
    fn say(says: &mut Says, _: &mut Schemas) {
        says.answer = (204, None, Vec::new());
    }
}

/// A form of answers: its content, and headers of its own.
trait Form {
    fn content(schemas: &mut Schemas) -> Value;

    fn headers() -> Vec<(&'static str, Value)> {
        Vec::new()
    }
}

impl<F: Form> Output for Sent<F> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        says.answer = (200, Some(F::content(schemas)), F::headers());
    }
}

fn binary(media: &str) -> Value {
    json!({ media: { "schema": { "type": "string", "format": "binary" } } })
}

fn text(media: &str) -> Value {
    json!({ media: { "schema": { "type": "string" } } })
}

impl Form for form::Pdf {
    fn content(_: &mut Schemas) -> Value {
        binary("application/pdf")
    }
}

impl Form for form::Zip {
    fn content(_: &mut Schemas) -> Value {
        binary("application/zip")
    }

    fn headers() -> Vec<(&'static str, Value)> {
        let header =
            |description| json!({ "schema": { "type": "string" }, "description": description });
        let name = header("A name with the clinic's id and the date");
        let next = header("Cursor of the next part for `after`; absent with the last part");
        vec![("Content-Disposition", name), ("Podpis-Next", next)]
    }
}

impl Form for form::PdfOrZip {
    fn content(_: &mut Schemas) -> Value {
        let binary = json!({ "schema": { "type": "string", "format": "binary" } });
        json!({ "application/pdf": binary, "application/zip": binary })
    }
}

impl Form for form::Signature {
    fn content(_: &mut Schemas) -> Value {
        binary("application/pkcs7-signature")
    }
}

impl Form for form::Html {
    fn content(_: &mut Schemas) -> Value {
        text("text/html")
    }
}

impl Form for form::Text {
    fn content(_: &mut Schemas) -> Value {
        text("text/plain")
    }
}

impl Form for form::Object {
    fn content(_: &mut Schemas) -> Value {
        json!({ "application/json": { "schema": { "type": "object" } } })
    }
}

impl<T: JsonSchema> Output for OrCsv<T> {
    fn say(says: &mut Says, schemas: &mut Schemas) {
        let content = json!({
            "application/json": { "schema": schemas.given::<T>() }, "text/csv": { "schema": { "type": "string" } },
        });
        says.answer = (200, Some(content), Vec::new());
    }
}
