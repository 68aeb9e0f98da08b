//! The form of the bytes that a later revision appends (ISO 32000-1, 7.5.4 to 7.5.8).
//!
//! An update is taken only as a row of numbered objects, one cross-reference that names each of them where it stands,
//! and the end. Anything else (bytes between the objects, repeated keys, a hybrid section, a second header) is room for
//! a second document that some reader would find.

use std::collections::{BTreeMap, HashSet};

use lopdf::{Dictionary, Object};
use memchr::memmem;

use crate::reader::{Entry, Fault, Lexer, MAX_NUMBER, Pdf, Section, Watch};

/// What must not stand in a comment: a reader that repairs would take it for a part of the file.
const WORDS: [&[u8]; 6] = [b"obj", b"xref", b"trailer", b"stream", b"%PDF", b"%EOF"];

/// Whether the last `startxref` is followed by a number, `%%EOF` and at most one line end.
pub(super) fn ends_properly(bytes: &[u8]) -> bool {
    memmem::rfind(bytes, b"startxref")
        .and_then(|at| end_of_revision(bytes, at))
        .is_some_and(|(_, end)| end == bytes.len())
}

/// Reads `startxref`, a number, `%%EOF` and a line end; the number and where the next byte is.
fn end_of_revision(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut lexer = Lexer::new(bytes, at);
    if !lexer.word(b"startxref") {
        return None;
    }
    let start = lexer.unsigned()?;
    let rest = &bytes[lexer.pos()..];
    let space = rest
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n' | b' '))
        .count();
    let rest = rest[space..].strip_prefix(b"%%EOF")?;
    let line_end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
    Some((start, bytes.len() - rest.len() + line_end))
}

/// What is wrong with the bytes that `newer` has after those of `older`; the first thing of each revision.
///
/// # Errors
/// Only past the bounds.
pub(super) fn faults(older: &Pdf, newer: &Pdf) -> Result<Vec<&'static str>, Fault> {
    let mut faults = Vec::new();
    let stated = older.xref().trailer.get(b"Size").and_then(Object::as_i64);
    let mut previous = Previous {
        start: older.xref().start,
        size: stated.unwrap_or(0).min(i64::from(MAX_NUMBER) + 1),
    };
    let mut at = older.bytes().len();
    loop {
        let mut revision = Revision::default();
        match revision.read(newer, at, &previous) {
            Ok(Some(end)) => {
                previous = revision.itself;
                at = end;
            }
            Ok(None) => return Ok(faults),
            Err(Problem::Odd(what)) => {
                faults.push(what);
                return Ok(faults);
            }
            Err(Problem::Bounds(fault)) => return Err(fault),
        }
    }
}

enum Problem {
    Odd(&'static str),
    Bounds(Fault),
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Broken(what) => Self::Odd(what),
            fault => Self::Bounds(fault),
        }
    }
}

/// What a revision has to follow.
#[derive(Default)]
struct Previous {
    start: Option<usize>,
    /// `/Size`: readers take objects with higher numbers for missing (7.5.5), so it never shrinks.
    size: i64,
}

/// A cross-reference table that has been read: where it starts, and how many entries it has.
#[derive(Clone, Copy)]
struct Table {
    start: usize,
    entries: usize,
}

/// One appended revision as far as it has been read.
#[derive(Default)]
struct Revision {
    /// Number and generation of the objects, by offset.
    objects: BTreeMap<usize, (u32, u16)>,
    /// The object that was read last, a candidate for the cross-reference stream.
    last: Option<usize>,
    /// What the next one has to follow.
    itself: Previous,
}

impl Revision {
    /// Reads from `at` to the end of the revision; `None` when there are no more.
    fn read(
        &mut self,
        pdf: &Pdf,
        mut at: usize,
        previous: &Previous,
    ) -> Result<Option<usize>, Problem> {
        let bytes = pdf.bytes();
        let mut table: Option<Table> = None;
        loop {
            at = skip_gap(pdf, at)?;
            let rest = &bytes[at..];
            if rest.is_empty() && self.objects.is_empty() && table.is_none() {
                return Ok(None);
            }
            if rest.starts_with(b"startxref") {
                let (start, end) =
                    end_of_revision(bytes, at).ok_or(Problem::Odd("its end is malformed"))?;
                let section = table
                    .map(|table| table.start)
                    .or(self.last)
                    .filter(|section| *section as u64 == start)
                    .ok_or(Problem::Odd("its end names another cross-reference"))?;
                self.check(pdf, section, table, previous)?;
                return Ok(Some(end));
            }
            if table.is_some() {
                return Err(Problem::Odd("something follows its cross-reference"));
            }
            at = if rest.starts_with(b"xref") {
                let (entries, end) = self::table(pdf, at)?;
                table = Some(Table { start: at, entries });
                end
            } else {
                self.object(pdf, at)?
            };
        }
    }

    /// Reads one object; where it ends.
    fn object(&mut self, pdf: &Pdf, at: usize) -> Result<usize, Problem> {
        let mut keys = Keys::default();
        let found = pdf
            .indirect_at(at, Some(&mut keys))?
            .ok_or(Problem::Odd("it has bytes that belong to no object"))?;
        if found.odd {
            return Err(Problem::Odd("an object of it is malformed"));
        }
        let mut end = found.end;
        if let (Some(range), Object::Dictionary(dictionary)) = (&found.stream, &found.object) {
            let length = pdf.value(dictionary, b"Length")?;
            let mut lexer = Lexer::new(pdf.bytes(), range.end);
            lexer.skip_space();
            if length.as_i64().ok() != i64::try_from(range.len()).ok() || !lexer.word(b"endstream")
            {
                return Err(Problem::Odd("a stream of it has a wrong length"));
            }
            end = lexer.pos();
            if dictionary.has_type(b"ObjStm") {
                members(pdf, at, &mut keys)?;
            }
        }
        if keys.repeated {
            return Err(Problem::Odd("an object of it repeats a key"));
        }
        let mut lexer = Lexer::new(pdf.bytes(), end);
        lexer.skip_space();
        if !lexer.word(b"endobj") {
            return Err(Problem::Odd("an object of it does not end"));
        }
        self.objects.insert(at, found.id);
        self.last = Some(at);
        Ok(lexer.pos())
    }

    /// Compares the cross-reference with the objects and with the revision before.
    fn check(
        &mut self,
        pdf: &Pdf,
        section: usize,
        table: Option<Table>,
        previous: &Previous,
    ) -> Result<(), Problem> {
        let read = Section::read(pdf, section)?;
        let entries = table.map_or_else(|| listed(&read.trailer), |table| table.entries);
        if entries != read.entries.len() {
            return Err(Problem::Odd("its cross-reference names a number twice"));
        }
        let highest = read
            .entries
            .last_key_value()
            .map_or(0, |(number, _)| *number);
        let size = read.trailer.get(b"Size").and_then(Object::as_i64);
        let size = size.unwrap_or(0);
        if size <= i64::from(highest) || size < previous.size {
            return Err(Problem::Odd("its size leaves objects out"));
        }
        self.itself = Previous {
            start: Some(section),
            size,
        };
        if read.trailer.has(b"XRefStm") {
            return Err(Problem::Odd("it has a hybrid cross-reference"));
        }
        let stated = match read.trailer.get(b"Prev") {
            Ok(Object::Integer(offset)) => Some(usize::try_from(*offset).ok()),
            Ok(_) => Some(None),
            Err(_) => None,
        };
        if stated != previous.start.map(Some) {
            return Err(Problem::Odd("it does not follow the revision before it"));
        }
        for (offset, (number, generation)) in &self.objects {
            let named = Entry::At {
                offset: *offset,
                generation: *generation,
            };
            let itself = table.is_none() && *offset == section;
            match read.entries.get(number) {
                Some(entry) if *entry == named => {}
                None if itself => {}
                _ => return Err(Problem::Odd("it has an object that it does not name")),
            }
        }
        for (number, entry) in &read.entries {
            if let Entry::In { container, index } = entry {
                let holder = pdf.container(*container)?;
                let member = holder.members.get(usize::from(*index));
                if member.is_none_or(|(there, _)| there != number) {
                    return Err(Problem::Odd(
                        "it names a member of an object stream wrongly",
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Looks at the members of an object stream.
fn members(pdf: &Pdf, at: usize, keys: &mut Keys) -> Result<(), Problem> {
    let holder = pdf.container_at(at)?;
    let mut numbers = HashSet::new();
    for (number, offset) in &holder.members {
        if !numbers.insert(*number) {
            return Err(Problem::Odd("an object stream of it repeats a number"));
        }
        if pdf.member(&holder, *number, *offset, Some(&mut *keys))?.odd {
            return Err(Problem::Odd("an object of it is malformed"));
        }
    }
    Ok(())
}

/// How many entries a cross-reference stream says that it has (7.5.8.2).
fn listed(dictionary: &Dictionary) -> usize {
    let count = |object: &Object| {
        let count = object.as_i64().ok();
        count
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(0)
    };
    match dictionary.get(b"Index") {
        Ok(Object::Array(index)) => index
            .iter()
            .skip(1)
            .step_by(2)
            .fold(0, |sum, object| sum.saturating_add(count(object))),
        _ => dictionary.get(b"Size").map_or(0, count),
    }
}

/// Checks that a table is nothing but lines of 20 bytes (7.5.4); how many, and where its trailer ends.
fn table(pdf: &Pdf, at: usize) -> Result<(usize, usize), Problem> {
    let malformed = || Problem::Odd("its cross-reference table is malformed");
    let bytes = pdf.bytes();
    let mut entries = 0_usize;
    let mut lexer = Lexer::new(bytes, at + b"xref".len());
    loop {
        lexer.skip_space();
        if lexer.word(b"trailer") {
            break;
        }
        let count = lexer.unsigned().and_then(|_| lexer.unsigned());
        let count = count.and_then(|count| usize::try_from(count).ok());
        lexer.skip_space();
        let lines = count
            .and_then(|count| bytes[lexer.pos()..].get(..count.checked_mul(20)?))
            .ok_or_else(malformed)?;
        if !lines.as_chunks::<20>().0.iter().all(is_line) {
            return Err(malformed());
        }
        entries += lines.len() / 20;
        lexer = Lexer::new(bytes, lexer.pos() + lines.len());
    }
    pdf.pay(lexer.pos() - at)?;
    let start = lexer.pos();
    let mut keys = Keys::default();
    let mut lexer = Lexer::watched(bytes, start, Some(&mut keys));
    let trailer = lexer.object();
    let (odd, end) = (lexer.odd(), lexer.pos());
    pdf.pay(lexer.work(start))?;
    if odd || keys.repeated || !matches!(trailer?, Object::Dictionary(_)) {
        return Err(malformed());
    }
    Ok((entries, end))
}

/// `nnnnnnnnnn ggggg n` or `f`, and a line end of two bytes.
fn is_line(line: &[u8; 20]) -> bool {
    let digits = |range: &[u8]| range.iter().all(u8::is_ascii_digit);
    digits(&line[..10])
        && line[10] == b' '
        && digits(&line[11..16])
        && line[16] == b' '
        && matches!(line[17], b'n' | b'f')
        && matches!(&line[18..], b" \n" | b" \r" | b"\r\n")
}

/// Skips white space and comments that say nothing to anybody.
fn skip_gap(pdf: &Pdf, at: usize) -> Result<usize, Problem> {
    let mut lexer = Lexer::new(pdf.bytes(), at);
    lexer.skip_space();
    let gap = &pdf.bytes()[at..lexer.pos()];
    pdf.pay(gap.len())?;
    if WORDS.iter().any(|word| memmem::find(gap, word).is_some()) {
        return Err(Problem::Odd("a comment of it looks like a part of a file"));
    }
    Ok(lexer.pos())
}

/// Sees repeated keys.
#[derive(Default)]
struct Keys {
    repeated: bool,
}

impl Watch for Keys {
    fn dictionary(&mut self, entries: &[(Vec<u8>, Object)]) {
        let mut seen = HashSet::with_capacity(entries.len());
        self.repeated |= !entries.iter().all(|(key, _)| seen.insert(key));
    }
}
