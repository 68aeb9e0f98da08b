//! Invisible signature fields: the operator's seal and document time stamps (ISO 32000-1, 12.7.4.5, 12.8; PAdES:
//! ETSI EN 319 142-1, 5).

use std::collections::BTreeSet;

use lopdf::{Dictionary, Object, ObjectId};
use time::OffsetDateTime;

use crate::attach::{pdf_date, text_string};
use crate::reader::{Fault, Pdf};
use crate::unsealed::Signature;
use crate::update::Update;

/// Print and Locked (12.5.3): PDF/A wants the first (ISO 19005-3, 6.3.2), the second keeps the field where it is.
const FLAGS: i64 = 4 | 128;

/// SignaturesExist and AppendOnly (12.7.2).
const SIGNED_APPEND_ONLY: i64 = 1 | 2;

/// The operator's seal, as the signature dictionary states it. What it is made with is the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealField {
    /// Who seals: the operator's name.
    pub name: String,
    /// Why, in words.
    pub reason: String,
    /// The moment of sealing as the operator's clock has it.
    pub at: OffsetDateTime,
    /// Bytes kept for the CMS with its time stamp. PDF/A wants strings below 32,768 bytes (ISO 19005-3, 6.1.13).
    pub reserve: usize,
}

/// Adds the seal with its widget on `page`.
pub(crate) fn seal(update: &mut Update, seal: &SealField, page: ObjectId) -> Result<(), Fault> {
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", "Sig");
    dictionary.set("Filter", "Adobe.PPKLite");
    dictionary.set("SubFilter", "ETSI.CAdES.detached");
    dictionary.set("M", pdf_date(seal.at));
    dictionary.set("Name", text_string(&seal.name));
    dictionary.set("Reason", text_string(&seal.reason));
    let signature = Signature {
        dictionary,
        reserve: seal.reserve,
    };
    field(update, "PodpisSeal", signature, Some(page))
}

/// Adds a document time stamp (ISO 32000-2, 12.8.5; EN 319 142-1, 5.4.3).
pub(crate) fn time_stamp(
    update: &mut Update,
    reserve: usize,
    page: Option<ObjectId>,
) -> Result<(), Fault> {
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", "DocTimeStamp");
    dictionary.set("Filter", "Adobe.PPKLite");
    dictionary.set("SubFilter", "ETSI.RFC3161");
    let signature = Signature {
        dictionary,
        reserve,
    };
    field(update, "PodpisTimeStamp", signature, page)
}

/// A field that is its own only widget, without size and so without appearance.
fn field(
    update: &mut Update,
    name: &str,
    signature: Signature,
    page: Option<ObjectId>,
) -> Result<(), Fault> {
    let (mut form, place) = form(update)?;
    let mut fields = match update.pdf.value(&form, b"Fields")? {
        Object::Array(fields) => fields,
        _ => Vec::new(),
    };
    let name = free_name(update.pdf, &fields, name)?;

    let mut field = Dictionary::new();
    field.set("Type", "Annot");
    field.set("Subtype", "Widget");
    field.set("FT", "Sig");
    field.set("T", Object::string_literal(name));
    field.set("V", update.revision.sign(signature));
    field.set("F", FLAGS);
    field.set("Rect", vec![Object::Integer(0); 4]);
    if let Some(page) = page {
        field.set("P", page);
    }
    let field = update.revision.add(field);
    if let Some(page) = page {
        annotate(update, page, field)?;
    }
    fields.push(field.into());
    form.set("Fields", fields);
    form.set("SigFlags", SIGNED_APPEND_ONLY);
    match place {
        Some(id) => update.revision.set(id, form),
        None => update.catalog.set("AcroForm", form),
    }
    Ok(())
}

/// The form, and its object when it has one that is nothing else at the same time.
fn form(update: &Update) -> Result<(Dictionary, Option<ObjectId>), Fault> {
    let pdf = update.pdf;
    let form = pdf.dictionary(&update.catalog, b"AcroForm")?;
    let place = match update.catalog.get(b"AcroForm") {
        Ok(Object::Reference(id)) if !update.changes(*id) => {
            matches!(pdf.object(*id)?, Object::Dictionary(_)).then_some(*id)
        }
        _ => None,
    };
    Ok((form.unwrap_or_default(), place))
}

/// A name that no field has at the top of the form.
fn free_name(pdf: &Pdf, fields: &[Object], wanted: &str) -> Result<String, Fault> {
    let mut taken = BTreeSet::new();
    for field in fields {
        if let Object::Dictionary(field) = pdf.resolve(field)?
            && let Object::String(name, _) = pdf.value(&field, b"T")?
        {
            taken.insert(text_of(&name));
        }
    }
    let numbered = (2..).map(|number| format!("{wanted}{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    Ok(names.find(|name| !taken.contains(name)).unwrap_or_default())
}

/// A text string (7.9.2.2) as far as ASCII goes.
fn text_of(string: &[u8]) -> String {
    match string.strip_prefix(&[0xFE, 0xFF]) {
        Some(units) => {
            let units = units
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        None => {
            let string = string.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(string);
            String::from_utf8_lossy(string).into_owned()
        }
    }
}

/// Lists the widget among the page's annotations.
fn annotate(update: &mut Update, page: ObjectId, widget: ObjectId) -> Result<(), Fault> {
    let object = match update.revision.get(page) {
        Some(object) => object.clone(),
        None => update.pdf.object(page)?,
    };
    if let Object::Dictionary(mut dictionary) = object {
        let mut annotations = match update.pdf.value(&dictionary, b"Annots")? {
            Object::Array(annotations) => annotations,
            _ => Vec::new(),
        };
        annotations.push(widget.into());
        dictionary.set("Annots", annotations);
        update.revision.set(page, dictionary);
    }
    Ok(())
}
