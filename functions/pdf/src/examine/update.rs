//! The form of the bytes that a later revision appends (ISO 32000-1, 7.5.4 to 7.5.8).
//!
//! An update is taken only as a row of numbered objects, one cross-reference that names each of them where it stands,
//! and the end. Anything else (bytes between the objects, repeated keys, a hybrid section, a second header) is room for
//! a second document that some reader would find.

use std::collections::{BTreeMap, HashSet};

use lopdf::Object;
use memchr::memmem;

use crate::reader::{Entry, Fault, Lexer, Pdf, Section, Watch};

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
    let mut previous = older.xref().start;
    let mut at = older.bytes().len();
    loop {
        let mut revision = Revision::default();
        match revision.read(newer, at, previous) {
            Ok(Some(end)) => {
                previous = Some(revision.start);
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

/// One appended revision as far as it has been read.
#[derive(Default)]
struct Revision {
    /// Number and generation of the objects, by offset.
    objects: BTreeMap<usize, (u32, u16)>,
    /// The object that was read last, a candidate for the cross-reference stream.
    last: Option<usize>,
    /// Where its cross-reference starts.
    start: usize,
}

impl Revision {
    /// Reads from `at` to the end of the revision; `None` when there are no more.
    fn read(
        &mut self,
        pdf: &Pdf,
        mut at: usize,
        previous: Option<usize>,
    ) -> Result<Option<usize>, Problem> {
        let bytes = pdf.bytes();
        let mut table = None;
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
                    .or(self.last)
                    .filter(|section| *section as u64 == start)
                    .ok_or(Problem::Odd("its end names another cross-reference"))?;
                self.start = section;
                self.check(pdf, section, table.is_some(), previous)?;
                return Ok(Some(end));
            }
            if table.is_some() {
                return Err(Problem::Odd("something follows its cross-reference"));
            }
            at = if rest.starts_with(b"xref") {
                table = Some(at);
                self::table(pdf, at)?
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
        &self,
        pdf: &Pdf,
        section: usize,
        table: bool,
        previous: Option<usize>,
    ) -> Result<(), Problem> {
        let read = Section::read(pdf, section)?;
        if read.trailer.has(b"XRefStm") {
            return Err(Problem::Odd("it has a hybrid cross-reference"));
        }
        let stated = match read.trailer.get(b"Prev") {
            Ok(Object::Integer(offset)) => Some(usize::try_from(*offset).ok()),
            Ok(_) => Some(None),
            Err(_) => None,
        };
        if stated != previous.map(Some) {
            return Err(Problem::Odd("it does not follow the revision before it"));
        }
        for (offset, (number, generation)) in &self.objects {
            let named = Entry::At {
                offset: *offset,
                generation: *generation,
            };
            let itself = !table && *offset == section;
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

/// Checks that a table is nothing but entries; where its trailer ends.
fn table(pdf: &Pdf, at: usize) -> Result<usize, Problem> {
    let malformed = Problem::Odd("its cross-reference table is malformed");
    let bytes = pdf.bytes();
    let from = at + b"xref".len();
    let entry = |byte: &u8| matches!(byte, b'0'..=b'9' | b' ' | b'\r' | b'\n' | b'n' | b'f');
    let length = bytes[from..].iter().take_while(|byte| entry(byte)).count();
    pdf.pay(length)?;
    let mut keys = Keys::default();
    let mut lexer = Lexer::watched(bytes, from + length, Some(&mut keys));
    if !lexer.word(b"trailer") {
        return Err(malformed);
    }
    let trailer = lexer.object();
    let (odd, end) = (lexer.odd(), lexer.pos());
    pdf.pay(lexer.work(from + length))?;
    if odd || keys.repeated || !matches!(trailer?, Object::Dictionary(_)) {
        return Err(malformed);
    }
    Ok(end)
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
