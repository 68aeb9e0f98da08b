//! Cross-reference tables and streams (ISO 32000-1, 7.5.4, 7.5.8) and the chain of their revisions.

use std::collections::{BTreeMap, HashSet};

use lopdf::xref::{XrefEntry, decode_xref_stream_with_limit};
use lopdf::{Dictionary, Object};
use memchr::memmem;

use super::{Fault, Lexer, MAX_NUMBER, MAX_OBJECTS, Pdf};

/// Revisions of one document.
const MAX_SECTIONS: usize = 2_000;

/// One cross-reference stream, decoded.
const MAX_DECODED: usize = 16 << 20;

/// Where an object lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Free,
    At { offset: usize, generation: u16 },
    In { container: u32, index: u16 },
}

/// How the newest section is written; the update follows it (7.5.8.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Table,
    Stream,
}

/// The cross-reference of all revisions together.
#[derive(Default)]
pub(crate) struct Xref {
    pub(crate) entries: BTreeMap<u32, Entry>,
    pub(crate) trailer: Dictionary,
    pub(crate) form: Form,
    /// Offset of the newest section; `None` when the cross-reference was rebuilt by scanning.
    pub(crate) start: Option<usize>,
    /// Offsets of all sections, the newest first; none when the cross-reference was rebuilt.
    pub(crate) sections: Vec<usize>,
}

impl Xref {
    /// Whether the trailer names an encryption dictionary.
    pub(crate) fn encrypted(&self) -> bool {
        self.trailer.has(b"Encrypt")
    }
}

/// Reads the sections from the newest on; an entry of a newer one wins.
pub(crate) fn read(pdf: &Pdf) -> Result<Xref, Fault> {
    let bytes = pdf.bytes();
    let keyword =
        memmem::rfind(bytes, b"startxref").ok_or(Fault::Broken("there is no cross-reference"))?;
    let start = offset_in(bytes, Lexer::new(bytes, keyword + 9).unsigned())?;

    let mut xref = Xref {
        start: Some(start),
        ..Xref::default()
    };
    let mut seen = HashSet::new();
    let mut next = Some(start);
    while let Some(offset) = next.take() {
        if !seen.insert(offset) {
            break;
        }
        if seen.len() > MAX_SECTIONS {
            return Err(Fault::TooComplex("the document has too many revisions"));
        }
        xref.sections.push(offset);
        let section = Section::read(pdf, offset)?;
        if seen.len() == 1 {
            xref.form = section.form;
            xref.trailer = section.trailer.clone();
        } else if section.trailer.has(b"Encrypt") {
            // An encrypted revision under a plain one is still encrypted.
            xref.trailer.set("Encrypt", true);
        }
        for (number, entry) in section.entries {
            if number <= MAX_NUMBER {
                xref.entries.entry(number).or_insert(entry);
            }
        }
        if xref.entries.len() > MAX_OBJECTS {
            return Err(Fault::TooComplex("the document has too many objects"));
        }
        next = match section.trailer.get(b"Prev").and_then(Object::as_i64) {
            Ok(previous) => Some(offset_in(bytes, u64::try_from(previous).ok())?),
            Err(_) => None,
        };
    }
    if !xref.trailer.has(b"Root") {
        return Err(Fault::Broken("there is no catalog"));
    }
    Ok(xref)
}

fn offset_in(bytes: &[u8], offset: Option<u64>) -> Result<usize, Fault> {
    offset
        .and_then(|offset| usize::try_from(offset).ok())
        .filter(|offset| *offset < bytes.len())
        .ok_or(Fault::Broken(
            "the cross-reference is not where it should be",
        ))
}

/// One section: what one revision says.
pub(crate) struct Section {
    pub(crate) entries: BTreeMap<u32, Entry>,
    pub(crate) trailer: Dictionary,
    form: Form,
}

impl Section {
    /// Reads the table or the stream that starts at `offset`.
    pub(crate) fn read(pdf: &Pdf, offset: usize) -> Result<Self, Fault> {
        let mut lexer = Lexer::new(pdf.bytes(), offset);
        lexer.skip_space();
        if !lexer.prefix(b"xref") {
            return Self::stream(pdf, offset);
        }
        let mut section = Self::table(pdf, lexer)?;
        // A hybrid file hides the members of its object streams behind a second section (7.5.8.4).
        if let Ok(hidden) = section.trailer.get(b"XRefStm").and_then(Object::as_i64)
            && let Ok(hidden) = offset_in(pdf.bytes(), u64::try_from(hidden).ok())
        {
            for (number, entry) in Self::stream(pdf, hidden)?.entries {
                if matches!(section.entries.get(&number), None | Some(Entry::Free)) {
                    section.entries.insert(number, entry);
                }
            }
        }
        Ok(section)
    }

    fn table(pdf: &Pdf, mut lexer: Lexer) -> Result<Self, Fault> {
        let malformed = Fault::Broken("the cross-reference table is malformed");
        let start = lexer.pos();
        let mut entries = BTreeMap::new();
        loop {
            lexer.skip_space();
            if lexer.prefix(b"trailer") {
                break;
            }
            let (Some(first), Some(count)) = (lexer.unsigned(), lexer.unsigned()) else {
                return Err(malformed);
            };
            for number in first..first.saturating_add(count) {
                let (Some(offset), Some(generation)) = (lexer.unsigned(), lexer.unsigned()) else {
                    // A count that promises too much; what follows decides.
                    break;
                };
                lexer.skip_space();
                let used = lexer.prefix(b"n");
                if !used && !lexer.prefix(b"f") {
                    return Err(malformed);
                }
                let number = u32::try_from(number).map_err(|_| malformed.clone())?;
                let entry = match (usize::try_from(offset), u16::try_from(generation)) {
                    (Ok(offset), Ok(generation)) if used && offset > 0 => {
                        Entry::At { offset, generation }
                    }
                    _ => Entry::Free,
                };
                entries.insert(number, entry);
                if entries.len() > MAX_OBJECTS {
                    return Err(Fault::TooComplex("the document has too many objects"));
                }
            }
        }
        let trailer = lexer.object()?;
        pdf.pay(lexer.work(start))?;
        match trailer {
            Object::Dictionary(trailer) => Ok(Self {
                entries,
                trailer,
                form: Form::Table,
            }),
            _ => Err(malformed),
        }
    }

    fn stream(pdf: &Pdf, offset: usize) -> Result<Self, Fault> {
        let malformed = Fault::Broken("the cross-reference stream is malformed");
        let found = pdf.indirect_at(offset, None)?.ok_or(malformed.clone())?;
        let (Object::Dictionary(dictionary), Some(range)) = (&found.object, &found.stream) else {
            return Err(malformed);
        };
        if !dictionary.has(b"W") {
            return Err(malformed);
        }
        let stream = pdf.plain_stream(dictionary, range)?;
        let (decoded, _) = decode_xref_stream_with_limit(stream, Some(MAX_DECODED)).map_err(
            |error| match error {
                lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded {
                    ..
                }) => Fault::TooComplex("the cross-reference unpacks to too much data"),
                _ => malformed,
            },
        )?;
        pdf.pay(decoded.entries.len() * 8)?;
        if decoded.entries.len() > MAX_OBJECTS {
            return Err(Fault::TooComplex("the document has too many objects"));
        }
        let entries = decoded.entries.into_iter().map(|(number, entry)| {
            let entry = match entry {
                XrefEntry::Normal { offset, generation } if offset > 0 => Entry::At {
                    offset: offset as usize,
                    generation,
                },
                XrefEntry::Compressed { container, index } => Entry::In { container, index },
                _ => Entry::Free,
            };
            (number, entry)
        });
        Ok(Self {
            entries: entries.collect(),
            trailer: dictionary.clone(),
            form: Form::Stream,
        })
    }
}
