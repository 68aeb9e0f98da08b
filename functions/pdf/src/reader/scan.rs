//! Rebuilding a broken cross-reference: objects are found where they stand, the last of a number wins.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Dictionary, Object};
use memchr::memmem;

use super::lexer::is_space;
use super::{Entry, Fault, Form, Lexer, MAX_NUMBER, MAX_OBJECTS, Pdf, Xref};

/// Whether any of these numbers has an object somewhere in the file.
pub(crate) fn finds_any(pdf: &Pdf, numbers: &[u32]) -> Result<bool, Fault> {
    let wanted: HashSet<u32> = numbers.iter().copied().collect();
    let mut found = false;
    each_object(pdf, |_, number, _| {
        found |= wanted.contains(&number);
        Ok(None)
    })?;
    Ok(found)
}

/// Builds the cross-reference from the objects themselves.
pub(crate) fn rebuild(pdf: &Pdf) -> Result<Xref, Fault> {
    let mut entries = BTreeMap::new();
    let mut trailer = Dictionary::new();
    let mut catalog = None;
    let mut containers = Vec::new();
    each_object(pdf, |offset, number, generation| {
        entries.insert(number, Entry::At { offset, generation });
        if entries.len() > MAX_OBJECTS {
            return Err(Fault::TooComplex("the document has too many objects"));
        }
        let Some(found) = ignore_broken(pdf.indirect_at(offset, None))?.flatten() else {
            return Ok(None);
        };
        if let Object::Dictionary(dictionary) = &found.object {
            match dictionary.get(b"Type").and_then(Object::as_name) {
                Ok(b"Catalog") => catalog = Some(found.id),
                Ok(b"ObjStm") => containers.push((number, offset)),
                Ok(b"XRef") => merge_trailer(&mut trailer, dictionary),
                _ => {}
            }
        }
        Ok(Some(found.end))
    })?;
    for position in memmem::find_iter(pdf.bytes(), b"trailer") {
        let mut lexer = Lexer::new(pdf.bytes(), position + 7);
        let object = lexer.object();
        pdf.pay(lexer.work(position))?;
        if let Ok(Object::Dictionary(dictionary)) = object {
            merge_trailer(&mut trailer, &dictionary);
        }
    }
    // A member of an object stream counts where no object of its number stands by itself.
    for (container, offset) in containers {
        let Some(holder) = ignore_broken(pdf.container_at(offset))? else {
            continue;
        };
        for (index, (number, offset)) in holder
            .members
            .iter()
            .enumerate()
            .filter(|(_, (number, _))| *number <= MAX_NUMBER)
        {
            let Ok(index) = u16::try_from(index) else {
                break;
            };
            if !matches!(entries.get(number), Some(Entry::At { .. })) {
                entries.insert(*number, Entry::In { container, index });
            }
            if catalog.is_none()
                && let Some(found) = ignore_broken(pdf.member(&holder, *number, *offset, None))?
                && found.object.as_dict().is_ok_and(|d| d.has_type(b"Catalog"))
            {
                catalog = Some(found.id);
            }
        }
    }
    let rooted = trailer
        .get(b"Root")
        .and_then(Object::as_reference)
        .is_ok_and(|id| entries.contains_key(&id.0));
    match catalog {
        Some(id) if !rooted => trailer.set("Root", id),
        None if !rooted => return Err(Fault::Broken("there is no catalog")),
        _ => {}
    }
    let form = if entries
        .values()
        .any(|entry| matches!(entry, Entry::In { .. }))
    {
        Form::Stream
    } else {
        Form::Table
    };
    Ok(Xref {
        entries,
        trailer,
        form,
        start: None,
        sections: Vec::new(),
    })
}

/// Takes the keys that the newest trailers carry; of the older ones, what is missing.
fn merge_trailer(trailer: &mut Dictionary, newer: &Dictionary) {
    for key in ["Root", "Info", "ID", "Encrypt", "Size"] {
        if let Ok(value) = newer.get(key.as_bytes()) {
            trailer.set(key, value.clone());
        }
    }
}

/// Calls `visit` with offset, number and generation of every `n g obj`; it may answer where to go on.
fn each_object(
    pdf: &Pdf,
    mut visit: impl FnMut(usize, u32, u16) -> Result<Option<usize>, Fault>,
) -> Result<(), Fault> {
    let bytes = pdf.bytes();
    pdf.pay(bytes.len())?;
    let mut from = 0;
    while let Some(found) = memmem::find(&bytes[from..], b"obj") {
        let keyword = from + found;
        from = keyword + 3;
        if let Some((offset, number, generation)) = header_before(bytes, keyword) {
            pdf.pay(0)?;
            if let Some(end) = visit(offset, number, generation)? {
                from = from.max(end);
            }
        }
    }
    Ok(())
}

/// `n g ` read backwards from `obj`.
fn header_before(bytes: &[u8], keyword: usize) -> Option<(usize, u32, u16)> {
    let (generation_at, generation) = number_before(bytes, keyword)?;
    let (number_at, number) = number_before(bytes, generation_at)?;
    // `10 0 obj` must not be taken from `1.10 0 obj`.
    if number_at > 0 && matches!(bytes[number_at - 1], b'.' | b'-' | b'+') {
        return None;
    }
    Some((
        number_at,
        u32::try_from(number)
            .ok()
            .filter(|number| *number <= MAX_NUMBER)?,
        u16::try_from(generation).ok()?,
    ))
}

fn number_before(bytes: &[u8], end: usize) -> Option<(usize, u64)> {
    // White space between the parts is one character, rarely a few.
    let digits_end = (end.saturating_sub(8)..end)
        .rev()
        .find(|at| !is_space(bytes[*at]))?
        + 1;
    let start = (digits_end.saturating_sub(10)..digits_end)
        .rev()
        .take_while(|at| bytes[*at].is_ascii_digit())
        .last()?;
    let value = std::str::from_utf8(&bytes[start..digits_end])
        .ok()?
        .parse()
        .ok()?;
    Some((start, value))
}

fn ignore_broken<T>(result: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Fault::Broken(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}
