//! One incremental update in the making (ISO 32000-1, 7.5.6): what all of them have in common.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId, StringFormat};
use sha2::{Digest, Sha256};

use crate::append::AppendError;
use crate::reader::{Dangling, Entry, Fault, Pdf};
use crate::revision::Revision;
use crate::unsealed::Unsealed;

/// New and changed objects, the catalog among them.
pub(crate) struct Update<'p, 'a> {
    pub(crate) pdf: &'p Pdf<'a>,
    pub(crate) revision: Revision,
    pub(crate) catalog: Dictionary,
    catalog_id: ObjectId,
}

impl<'p, 'a> Update<'p, 'a> {
    /// Starts an update whose new objects get numbers that nothing refers to.
    pub(crate) fn new(pdf: &'p Pdf<'a>, dangling: Dangling) -> Result<Self, Fault> {
        let (catalog_id, catalog) = pdf.catalog()?;
        Ok(Self {
            pdf,
            revision: Revision::new(dangling.free()),
            catalog,
            catalog_id,
        })
    }

    /// Whether the update already replaces this object.
    pub(crate) fn changes(&self, id: ObjectId) -> bool {
        id == self.catalog_id || self.revision.get(id).is_some()
    }

    /// Writes `original`, which `pdf` was read from, and the update after it; reads the result back.
    ///
    /// `seed` makes the new half of the file's identifier, `pages` is how many there must be.
    pub(crate) fn finish(
        mut self,
        original: &[u8],
        seed: &[&[u8]],
        pages: u32,
    ) -> Result<Unsealed, AppendError> {
        let pdf = self.pdf;
        let trailer = trailer(pdf, seed)?;
        self.revision.set(self.catalog_id, self.catalog);

        let xref = pdf.xref();
        let mut update = Vec::new();
        if !pdf.bytes().ends_with(b"\n") {
            update.push(b'\n');
        }
        let older = match xref.start {
            Some(_) => BTreeMap::new(),
            None => whole(&xref.entries),
        };
        let base = pdf.bytes().len();
        let room = self
            .revision
            .write(&mut update, base, xref.form, trailer, older);
        let mut file = Vec::with_capacity(original.len() + update.len());
        file.extend_from_slice(original);
        file.extend_from_slice(&update);
        let file = Unsealed::new(file, original.len(), room)?;

        let again = Pdf::open(file.bytes(), original.len() - base)?;
        if again.xref().start.is_some() && again.count_pages()? == pages {
            Ok(file)
        } else {
            Err(AppendError::NotReadable)
        }
    }
}

/// A rebuilt cross-reference replaces the broken one as a whole: number 0 heads the free list.
fn whole(entries: &BTreeMap<u32, Entry>) -> BTreeMap<u32, Entry> {
    let mut all = entries.clone();
    all.insert(0, Entry::Free);
    all
}

/// The original's trailer, leading back to the section that it belongs to (7.5.6).
fn trailer(pdf: &Pdf, seed: &[&[u8]]) -> Result<Dictionary, Fault> {
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
    // The first half stays for good, the second changes with each revision (14.4).
    let halves = match pdf.value(&xref.trailer, b"ID")? {
        Object::Array(id) => id,
        _ => Vec::new(),
    };
    let mut halves = halves.into_iter().filter(|half| half.as_str().is_ok());
    let (first, second) = (halves.next(), halves.next());
    let mut hash = Sha256::new();
    if let Some(before) = second.as_ref().and_then(|half| half.as_str().ok()) {
        hash.update(before);
    }
    seed.iter().for_each(|part| hash.update(part));
    let fresh = Object::String(hash.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    trailer.set("ID", vec![first.unwrap_or_else(|| fresh.clone()), fresh]);
    Ok(trailer)
}
