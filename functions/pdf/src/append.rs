//! The incremental update: protocol pages and `evidence.json` after the original's unchanged bytes.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat};
use sha2::{Digest, Sha256};

use crate::attach;
use crate::inspect::{Refusal, header_position};
use crate::protocol::Protocol;
use crate::reader::{Entry, Fault, MAX_NUMBER, Pdf};
use crate::revision::Revision;
use crate::typeset::Typeset;
use crate::{protocol_page, sample};

/// Numbers that an update may need.
const ROOM: u32 = 1000;

/// Why the update cannot be made. A file that [`inspect`](crate::inspect) accepted does not end here.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The original is not a file that can be sealed.
    #[error(transparent)]
    Original(#[from] Refusal),
    /// The update was written but does not read back as the original's pages plus the protocol's.
    #[error("the update of the PDF does not read back")]
    NotReadable,
}

impl From<Fault> for AppendError {
    fn from(fault: Fault) -> Self {
        Self::Original(fault.into())
    }
}

/// Appends one incremental update: the protocol's pages and `evidence.json`.
///
/// The result starts with `original`, byte for byte. The same input gives the same bytes.
///
/// # Errors
/// See [`AppendError`].
pub fn append_protocol(
    original: &[u8],
    protocol: &Protocol,
    evidence_json: &[u8],
) -> Result<Vec<u8>, AppendError> {
    let pdf = Pdf::open(original, header_position(original)?)?;
    if pdf.xref().encrypted() {
        return Err(Refusal::Encrypted.into());
    }
    let pages = pdf.count_pages()?;
    seal(original, &pdf, pages, protocol, evidence_json)
}

/// Makes the update with sample facts and throws it away.
pub(crate) fn dry_run(original: &[u8], pdf: &Pdf, pages: u32) -> Result<(), Refusal> {
    match seal(original, pdf, pages, &sample::protocol(), b"{}") {
        Ok(_) => Ok(()),
        Err(AppendError::Original(refusal)) => Err(refusal),
        Err(AppendError::NotReadable) => Err(Refusal::Broken {
            why: "it cannot take an incremental update",
        }),
    }
}

fn seal(
    original: &[u8],
    pdf: &Pdf,
    pages: u32,
    protocol: &Protocol,
    evidence: &[u8],
) -> Result<Vec<u8>, AppendError> {
    let header = original.len() - pdf.bytes().len();
    let tail = update(pdf, pages, protocol_page::set(protocol), protocol, evidence)?;
    let mut sealed = Vec::with_capacity(original.len() + tail.bytes.len());
    sealed.extend_from_slice(original);
    sealed.extend_from_slice(&tail.bytes);

    let again = Pdf::open(&sealed, header)?;
    let reads_back = again.xref().start.is_some() && again.count_pages()? == pages + tail.pages;
    if reads_back {
        Ok(sealed)
    } else {
        Err(AppendError::NotReadable)
    }
}

struct Update {
    bytes: Vec<u8>,
    pages: u32,
}

fn update(
    pdf: &Pdf,
    pages: u32,
    typeset: Typeset,
    protocol: &Protocol,
    evidence: &[u8],
) -> Result<Update, Fault> {
    let xref = pdf.xref();
    let (catalog_id, mut catalog) = pdf.catalog()?;
    let (root_id, root) = pdf.page_root()?;
    let mut revision = Revision::new(first_free_number(pdf)?);

    // The root keeps its number unless it is itself the only page.
    let (parent, mut kids, mut tree) = match pdf.kids(&root)? {
        Some(kids) => (root_id, kids, root),
        None => {
            let parent = revision.reserve();
            let mut page = root;
            page.set("Parent", parent);
            revision.set(root_id, page);
            catalog.set("Pages", parent);
            let mut tree = Dictionary::new();
            tree.set("Type", "Pages");
            (parent, vec![root_id.into()], tree)
        }
    };
    let added = typeset.into_objects(&mut revision, parent);
    let added_count = added.len() as u32;
    kids.extend(added.into_iter().map(Object::from));
    tree.set("Kids", kids);
    tree.set("Count", i64::from(pages + added_count));
    revision.set(parent, tree);
    attach::evidence(
        pdf,
        &mut catalog,
        &mut revision,
        evidence,
        protocol.signed_at,
    )?;
    revision.set(catalog_id, catalog);

    let mut bytes = Vec::new();
    if !pdf.bytes().ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let nothing = BTreeMap::new();
    let older = if xref.start.is_some() {
        &nothing
    } else {
        &whole(&xref.entries)
    };
    let trailer = trailer(pdf, protocol, evidence);
    revision.write(&mut bytes, pdf.bytes().len(), xref.form, trailer, older);
    Ok(Update {
        bytes,
        pages: added_count,
    })
}

/// Past every number in use or promised.
fn first_free_number(pdf: &Pdf) -> Result<u32, Fault> {
    let xref = pdf.xref();
    let used = xref
        .entries
        .last_key_value()
        .map_or(1, |(number, _)| number.saturating_add(1));
    let promised = xref
        .trailer
        .get(b"Size")
        .and_then(Object::as_i64)
        .ok()
        .and_then(|size| u32::try_from(size).ok());
    // A promise beyond all reason is not kept.
    let next = used.max(
        promised
            .filter(|size| *size < MAX_NUMBER - ROOM)
            .unwrap_or(0),
    );
    if next > MAX_NUMBER - ROOM {
        Err(Fault::TooComplex("object numbers are used up"))
    } else {
        Ok(next)
    }
}

/// A rebuilt cross-reference replaces the broken one as a whole: number 0 heads the free list.
fn whole(entries: &BTreeMap<u32, Entry>) -> BTreeMap<u32, Entry> {
    let mut all = entries.clone();
    all.insert(0, Entry::Free);
    all
}

/// The original's trailer, leading back to the section that it belongs to (7.5.6).
fn trailer(pdf: &Pdf, protocol: &Protocol, evidence: &[u8]) -> Dictionary {
    let xref = pdf.xref();
    let mut trailer = Dictionary::new();
    for key in ["Root", "Info", "Size"] {
        if let Ok(value) = xref.trailer.get(key.as_bytes()) {
            trailer.set(key, value.clone());
        }
    }
    if let Some(start) = xref.start {
        trailer.set("Prev", start as i64);
    }
    let fresh = Sha256::new()
        .chain_update(&protocol.number)
        .chain_update(&protocol.document.sha256)
        .chain_update(evidence)
        .finalize();
    let fresh = Object::String(fresh[..16].to_vec(), StringFormat::Hexadecimal);
    let first = match xref.trailer.get(b"ID").and_then(|id| {
        pdf.resolve(id)
            .map_err(|_| lopdf::Error::PageNumberNotFound(0))
    }) {
        Ok(Object::Array(id)) => id.into_iter().next().filter(|id| id.as_str().is_ok()),
        _ => None,
    };
    trailer.set("ID", vec![first.unwrap_or_else(|| fresh.clone()), fresh]);
    trailer
}
