//! Embedded and associated files (ISO 32000-2, 14.13; ISO 19005-3, annex E): `evidence.json`, and what the final version
//! carries.

use lopdf::{Dictionary, Object, ObjectId, StringFormat};
use time::OffsetDateTime;

use crate::reader::{Fault, Pdf};
use crate::revision::{Revision, compressed};
use crate::update::Update;

/// The attachment's name.
pub const EVIDENCE_NAME: &str = "evidence.json";

/// Entries of a name tree that is rewritten.
const MAX_NAMES: usize = 10_000;

/// A file to attach.
pub(crate) struct Attachment<'a> {
    /// The name, ASCII.
    pub(crate) name: &'a str,
    /// The media type.
    pub(crate) media: &'static str,
    /// What it is to the document (ISO 32000-2, 7.11.3): `Data`, `Supplement`.
    pub(crate) relationship: &'static str,
    /// What it is, for people.
    pub(crate) description: &'a str,
    pub(crate) bytes: &'a [u8],
}

/// The evidence as of signing.
pub(crate) fn evidence(bytes: &[u8]) -> Attachment<'_> {
    Attachment {
        name: EVIDENCE_NAME,
        media: "application/json",
        relationship: "Data",
        description: "Доказательства подписания: кто, что, когда и как подписал",
        bytes,
    }
}

/// Attaches files, all that one update has: `/AF` of the catalog says what they are, `/Names` lets every viewer list them.
pub(crate) fn files(
    update: &mut Update,
    attachments: &[Attachment<'_>],
    at: OffsetDateTime,
) -> Result<(), Fault> {
    let Update {
        pdf,
        catalog,
        revision,
        ..
    } = update;
    let mut associated = match pdf.value(catalog, b"AF")? {
        Object::Array(files) => files,
        _ => Vec::new(),
    };

    let mut names = pdf.dictionary(catalog, b"Names")?.unwrap_or_default();
    let mut files = match pdf.value(&names, b"EmbeddedFiles")? {
        Object::Dictionary(root) => listed(pdf, root)?,
        _ => Vec::new(),
    };
    for attachment in attachments {
        let file = file_specification(revision, attachment, at);
        associated.push(file.into());
        let name = free_name(&files, attachment.name);
        files.push((name, file.into()));
    }
    catalog.set("AF", associated);
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

fn file_specification(
    revision: &mut Revision,
    attachment: &Attachment<'_>,
    at: OffsetDateTime,
) -> ObjectId {
    let date = pdf_date(at);
    let mut parameters = Dictionary::new();
    parameters.set("Size", attachment.bytes.len() as i64);
    parameters.set("CreationDate", date.clone());
    parameters.set("ModDate", date);
    // MD5 is what the format asks for here; the file's own hashes prove it better, so the sum is left out.
    let mut file = Dictionary::new();
    file.set("Type", "EmbeddedFile");
    file.set("Subtype", attachment.media);
    file.set("Params", parameters);
    let stream = revision.add(compressed(file, attachment.bytes.to_vec()));

    let mut embedded = Dictionary::new();
    embedded.set("F", stream);
    embedded.set("UF", stream);
    let mut specification = Dictionary::new();
    specification.set("Type", "Filespec");
    specification.set("F", Object::string_literal(attachment.name));
    specification.set("UF", Object::string_literal(attachment.name));
    specification.set("AFRelationship", attachment.relationship);
    specification.set("Desc", text_string(attachment.description));
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
fn free_name(files: &[(Vec<u8>, Object)], wanted: &str) -> Vec<u8> {
    let mut name = wanted.as_bytes().to_vec();
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
