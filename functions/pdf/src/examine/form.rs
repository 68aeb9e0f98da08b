//! The interactive form's fields (ISO 32000-1, 12.7).

use std::collections::HashSet;

use lopdf::{Dictionary, Object, ObjectId};

use super::text::text;
use crate::reader::{Fault, Pdf};

/// Nodes of the tree of fields.
const MAX_FIELDS: usize = 50_000;

/// Characters of a qualified name; deeper ones are cut, so that many long ones cost no memory.
const MAX_NAME: usize = 500;

/// A node of the tree of fields.
pub(super) struct Field {
    /// Its number; none when it stands directly in its parent's list.
    pub(super) id: Option<ObjectId>,
    /// The qualified name: the parts joined by dots (12.7.3.2).
    pub(super) name: String,
    /// Whether its type, own or inherited, is `/Sig`.
    pub(super) signature: bool,
    /// Whether it or a node above it has a value.
    pub(super) signed: bool,
    /// `/V` as it stands here, not resolved.
    pub(super) value: Option<Object>,
}

/// Every node of the form's tree of fields, each numbered one once.
///
/// # Errors
/// Only past the bounds.
pub(super) fn fields(pdf: &Pdf) -> Result<Vec<Field>, Fault> {
    let (_, catalog) = pdf.catalog()?;
    let Some(form) = pdf.dictionary(&catalog, b"AcroForm")? else {
        return Ok(Vec::new());
    };
    struct Step {
        object: Object,
        prefix: String,
        signature: bool,
        signed: bool,
    }
    let roots = array(pdf, &form, b"Fields")?;
    let mut steps: Vec<Step> = roots
        .into_iter()
        .rev()
        .map(|object| Step {
            object,
            prefix: String::new(),
            signature: false,
            signed: false,
        })
        .collect();
    let mut seen = HashSet::new();
    let mut fields = Vec::new();
    while let Some(step) = steps.pop() {
        let id = step.object.as_reference().ok();
        if id.is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        if fields.len() >= MAX_FIELDS {
            return Err(Fault::TooComplex("the form has too many fields"));
        }
        let Object::Dictionary(field) = pdf.resolve(&step.object)? else {
            continue;
        };
        let name = match text(&pdf.value(&field, b"T")?) {
            Some(part) if step.prefix.is_empty() => part,
            Some(part) => format!("{}.{part}", step.prefix)
                .chars()
                .take(MAX_NAME)
                .collect(),
            None => step.prefix,
        };
        let signature = match pdf.value(&field, b"FT")? {
            Object::Name(kind) => kind == b"Sig",
            _ => step.signature,
        };
        let signed = step.signed || field.has(b"V");
        let kids = array(pdf, &field, b"Kids")?;
        if steps.len() + kids.len() > MAX_FIELDS {
            return Err(Fault::TooComplex("the form has too many fields"));
        }
        steps.extend(kids.into_iter().rev().map(|object| Step {
            object,
            prefix: name.clone(),
            signature,
            signed,
        }));
        fields.push(Field {
            id,
            name,
            signature,
            signed,
            value: field.get(b"V").ok().cloned(),
        });
    }
    Ok(fields)
}

/// The signature fields that carry a value (12.7.4.5).
pub(super) fn signed_fields(pdf: &Pdf) -> Result<Vec<Field>, Fault> {
    let mut fields = fields(pdf)?;
    fields.retain(|field| field.signature && field.value.is_some());
    Ok(fields)
}

/// The array of a key; empty when there is none.
pub(super) fn array(pdf: &Pdf, dictionary: &Dictionary, key: &[u8]) -> Result<Vec<Object>, Fault> {
    Ok(match pdf.value(dictionary, key)? {
        Object::Array(items) => items,
        _ => Vec::new(),
    })
}
