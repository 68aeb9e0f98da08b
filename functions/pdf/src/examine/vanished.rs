//! Signatures that stand in the file but not in its newest form.

use std::collections::{BTreeSet, HashSet};

use lopdf::Object;
use memchr::memmem;

use super::form::Field;
use super::range;
use crate::reader::{Entry, Fault, Pdf, Section};

/// Offsets, from the start of the file, of dictionaries with a `/ByteRange` that no field of the newest form leads to.
///
/// Where each revision's objects start is known from the sections of the cross-reference, so an attached document's
/// own signatures, which lie inside of a stream, are not taken for this one's.
pub(super) fn find(pdf: &Pdf, header: usize, live: &[Field]) -> Result<Vec<usize>, Fault> {
    let bytes = pdf.bytes();
    pdf.pay(bytes.len())?;
    let hits: Vec<usize> = memmem::find_iter(bytes, b"/ByteRange").collect();
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let known: HashSet<usize> = live.iter().filter_map(|field| place(pdf, field)).collect();
    let starts = starts(pdf)?;
    let mut vanished = Vec::new();
    let mut within = 0..0;
    for hit in hits {
        if within.contains(&hit) {
            continue;
        }
        let start = starts.range(..hit).next_back().copied();
        let Some(start) = start else {
            vanished.push(hit + header);
            continue;
        };
        let found = match pdf.indirect_at(start, None) {
            Ok(found) => found,
            Err(Fault::Broken(_)) => None,
            Err(fault) => return Err(fault),
        };
        match found {
            Some(found) if hit < found.end => {
                let in_stream = found
                    .stream
                    .as_ref()
                    .is_some_and(|data| data.contains(&hit));
                if !in_stream && !known.contains(&start) {
                    vanished.push(start + header);
                }
                // One answer for each object; of a stream only the dictionary has been answered for.
                within = match found.stream {
                    Some(data) if !in_stream => hit..data.start,
                    _ => hit..found.end,
                };
            }
            _ => vanished.push(hit + header),
        }
    }
    Ok(vanished)
}

/// Where the object starts that holds a field's signature.
fn place(pdf: &Pdf, field: &Field) -> Option<usize> {
    let holder = match &field.value {
        Some(value @ Object::Reference(_)) => value.clone(),
        _ => Object::Reference(field.id?),
    };
    range::locate(pdf, &holder).ok().map(|(_, offset)| offset)
}

/// Where objects of any revision start.
fn starts(pdf: &Pdf) -> Result<BTreeSet<usize>, Fault> {
    let mut starts = BTreeSet::new();
    let offset = |entry: &Entry| match entry {
        Entry::At { offset, .. } => Some(*offset),
        _ => None,
    };
    starts.extend(pdf.xref().entries.values().filter_map(offset));
    for section in &pdf.xref().sections {
        match Section::read(pdf, *section) {
            Ok(section) => starts.extend(section.entries.values().filter_map(offset)),
            Err(Fault::Broken(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(starts)
}
