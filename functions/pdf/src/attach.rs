//! `evidence.json` as an embedded and associated file (ISO 32000-2, 14.13; ISO 19005-3, annex E).

use lopdf::{Dictionary, Object, ObjectId, StringFormat};
use time::OffsetDateTime;

use crate::reader::{Fault, Pdf};
use crate::revision::{Revision, compressed};
use crate::update::Update;

/// The attachment's name.
pub const EVIDENCE_NAME: &str = "evidence.json";

/// Entries of a name tree that is rewritten.
const MAX_NAMES: usize = 10_000;

/// Attaches the evidence: `/AF` of the catalog says what it is, `/Names` lets every viewer list it.
pub(crate) fn evidence(
    update: &mut Update,
    evidence: &[u8],
    at: OffsetDateTime,
) -> Result<(), Fault> {
    let Update {
        pdf,
        catalog,
        revision,
        ..
    } = update;
    let file = file_specification(revision, evidence, at);

    let mut associated = match pdf.value(catalog, b"AF")? {
        Object::Array(files) => files,
        _ => Vec::new(),
    };
    associated.push(file.into());
    catalog.set("AF", associated);

    let mut names = pdf.dictionary(catalog, b"Names")?.unwrap_or_default();
    let mut files = match pdf.value(&names, b"EmbeddedFiles")? {
        Object::Dictionary(root) => listed(pdf, root)?,
        _ => Vec::new(),
    };
    let name = free_name(&files);
    files.push((name, file.into()));
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let flat = files
        .into_iter()
        .flat_map(|(name, file)| [Object::String(name, StringFormat::Literal), file]);
    let mut tree = Dictionary::new();
    tree.set("Names", flat.collect::<Vec<_>>());
    names.set("EmbeddedFiles", revision.add(tree));
    catalog.set("Names", revision.add(names));
    Ok(())
}

/// Whether the document lists attachments already.
pub(crate) fn any(update: &Update) -> Result<bool, Fault> {
    let names = update.pdf.dictionary(&update.catalog, b"Names")?;
    Ok(match names {
        Some(names) => !update.pdf.value(&names, b"EmbeddedFiles")?.is_null(),
        None => false,
    })
}

fn file_specification(revision: &mut Revision, evidence: &[u8], at: OffsetDateTime) -> ObjectId {
    let date = pdf_date(at);
    let mut parameters = Dictionary::new();
    parameters.set("Size", evidence.len() as i64);
    parameters.set("CreationDate", date.clone());
    parameters.set("ModDate", date);
    // MD5 is what the format asks for here; the file's own hashes prove it better, so the sum is left out.
    let mut file = Dictionary::new();
    file.set("Type", "EmbeddedFile");
    file.set("Subtype", "application/json");
    file.set("Params", parameters);
    let stream = revision.add(compressed(file, evidence.to_vec()));

    let mut embedded = Dictionary::new();
    embedded.set("F", stream);
    embedded.set("UF", stream);
    let mut specification = Dictionary::new();
    specification.set("Type", "Filespec");
    specification.set("F", Object::string_literal(EVIDENCE_NAME));
    specification.set("UF", Object::string_literal(EVIDENCE_NAME));
    specification.set("AFRelationship", "Data");
    specification.set(
        "Desc",
        text_string("Доказательства подписания: кто, что, когда и как подписал"),
    );
    specification.set("EF", embedded);
    revision.add(specification)
}

/// The files that the document already lists, from a tree of any shape (7.9.6).
fn listed(pdf: &Pdf, root: Dictionary) -> Result<Vec<(Vec<u8>, Object)>, Fault> {
    let mut files = Vec::new();
    let mut waiting = vec![root];
    let mut nodes = 0;
    while let Some(node) = waiting.pop() {
        nodes += 1;
        if nodes > MAX_NAMES || files.len() > MAX_NAMES {
            return Err(Fault::TooComplex("the list of attachments is too long"));
        }
        if let Object::Array(kids) = pdf.value(&node, b"Kids")? {
            for kid in kids.iter().rev() {
                if let Object::Dictionary(kid) = pdf.resolve(kid)? {
                    waiting.push(kid);
                }
            }
        }
        if let Object::Array(names) = pdf.value(&node, b"Names")? {
            for pair in names.chunks_exact(2) {
                if let Object::String(name, _) = pdf.resolve(&pair[0])? {
                    files.push((name, pair[1].clone()));
                }
            }
        }
    }
    Ok(files)
}

/// The name in the list; another file of that name keeps its own.
fn free_name(files: &[(Vec<u8>, Object)]) -> Vec<u8> {
    let mut name = EVIDENCE_NAME.as_bytes().to_vec();
    while files.iter().any(|(taken, _)| *taken == name) {
        name.push(b'_');
    }
    name
}

/// A date of 7.9.4 in UTC.
pub(crate) fn pdf_date(at: OffsetDateTime) -> Object {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    Object::string_literal(format!(
        "D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"
    ))
}

/// A text string of 7.9.2.2 in UTF-16.
pub(crate) fn text_string(text: &str) -> Object {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    Object::String(
        units.flat_map(u16::to_be_bytes).collect(),
        StringFormat::Hexadecimal,
    )
}
