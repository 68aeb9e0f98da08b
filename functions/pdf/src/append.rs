//! The incremental update: protocol pages and `evidence.json` after the original's unchanged bytes.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, StringFormat};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::attach;
use crate::inspect::{Refusal, header_position};
use crate::protocol::Protocol;
use crate::protocol_page;
use crate::reader::{Dangling, Entry, Fault, Pdf};
use crate::revision::Revision;
use crate::typeset::{Composer, Margins, Typeset};

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
    let addition = Addition {
        typeset: protocol_page::set(protocol),
        evidence: evidence_json,
        at: protocol.signed_at,
        seed: &[&protocol.number, &protocol.document.sha256],
    };
    let mut dangling = Dangling::new(&pdf)?;
    pdf.walk(&mut dangling)?;
    seal(original, &pdf, pages, dangling, addition)
}

/// Makes the update with an empty page and throws it away.
pub(crate) fn dry_run(
    original: &[u8],
    pdf: &Pdf,
    pages: u32,
    dangling: Dangling,
) -> Result<(), Refusal> {
    let addition = Addition {
        typeset: Composer::new(Margins::default()).finish_plain(),
        evidence: b"{}",
        at: OffsetDateTime::UNIX_EPOCH,
        seed: &[],
    };
    match seal(original, pdf, pages, dangling, addition) {
        Ok(_) => Ok(()),
        Err(AppendError::Original(refusal)) => Err(refusal),
        Err(AppendError::NotReadable) => Err(Refusal::Broken {
            why: "it cannot take an incremental update",
        }),
    }
}

/// What the update adds.
struct Addition<'a> {
    typeset: Typeset,
    evidence: &'a [u8],
    at: OffsetDateTime,
    /// What the new half of the file's identifier is made of, with the evidence.
    seed: &'a [&'a str],
}

fn seal(
    original: &[u8],
    pdf: &Pdf,
    pages: u32,
    dangling: Dangling,
    addition: Addition,
) -> Result<Vec<u8>, AppendError> {
    let header = original.len() - pdf.bytes().len();
    let all_pages = pages + addition.typeset.page_count() as u32;
    let update = update(pdf, all_pages, dangling, addition)?;
    let mut sealed = Vec::with_capacity(original.len() + update.len());
    sealed.extend_from_slice(original);
    sealed.extend_from_slice(&update);

    let again = Pdf::open(&sealed, header)?;
    if again.xref().start.is_some() && again.count_pages()? == all_pages {
        Ok(sealed)
    } else {
        Err(AppendError::NotReadable)
    }
}

fn update(
    pdf: &Pdf,
    all_pages: u32,
    dangling: Dangling,
    addition: Addition,
) -> Result<Vec<u8>, Fault> {
    let xref = pdf.xref();
    let (catalog_id, mut catalog) = pdf.catalog()?;
    let (root_id, root) = pdf.page_root()?;
    let mut revision = Revision::new(dangling.free());

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
    let added = addition.typeset.into_objects(&mut revision, parent);
    kids.extend(added.into_iter().map(Object::from));
    tree.set("Kids", kids);
    tree.set("Count", i64::from(all_pages));
    revision.set(parent, tree);
    attach::evidence(
        pdf,
        &mut catalog,
        &mut revision,
        addition.evidence,
        addition.at,
    )?;
    revision.set(catalog_id, catalog);

    let mut bytes = Vec::new();
    if !pdf.bytes().ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let older = match xref.start {
        Some(_) => BTreeMap::new(),
        None => whole(&xref.entries),
    };
    let trailer = trailer(pdf, addition.seed, addition.evidence)?;
    revision.write(&mut bytes, pdf.bytes().len(), xref.form, trailer, older);
    Ok(bytes)
}

/// A rebuilt cross-reference replaces the broken one as a whole: number 0 heads the free list.
fn whole(entries: &BTreeMap<u32, Entry>) -> BTreeMap<u32, Entry> {
    let mut all = entries.clone();
    all.insert(0, Entry::Free);
    all
}

/// The original's trailer, leading back to the section that it belongs to (7.5.6).
fn trailer(pdf: &Pdf, seed: &[&str], evidence: &[u8]) -> Result<Dictionary, Fault> {
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
    let mut hash = Sha256::new_with_prefix(evidence);
    seed.iter().for_each(|part| hash.update(part));
    let fresh = Object::String(hash.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    // The first half stays for good, the second changes with each revision (14.4).
    let first = match pdf.value(&xref.trailer, b"ID")? {
        Object::Array(id) => id.into_iter().next().filter(|id| id.as_str().is_ok()),
        _ => None,
    };
    trailer.set("ID", vec![first.unwrap_or_else(|| fresh.clone()), fresh]);
    Ok(trailer)
}
