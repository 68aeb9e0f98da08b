//! Active content: whatever runs, sends, opens another file or shows something else to another person.
//!
//! Every live object is looked at, members of object streams included, every key even when repeated, names with
//! their `#xx` escapes resolved and also behind references. Links (`/URI`), jumps (`/GoTo`), named actions, form
//! fields without scripts and attachments that are not programs are fine.

use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;
use lopdf::{Dictionary, Object};

use crate::reader::{Dangling, Fault, Pdf, Watch};

/// Actions (ISO 32000-1, 12.6.4) that a signed document must not carry.
const ACTIONS: &[(&[u8], &str)] = &[
    (b"JavaScript", "JavaScript"),
    (b"Launch", "launch action"),
    (b"ImportData", "import of form data"),
    (b"SubmitForm", "sending of form data"),
    // A remote file name also makes viewers on Windows reach for a network share.
    (b"GoToR", "jump into another file"),
    (b"GoToE", "jump into an embedded file"),
    (b"Rendition", "multimedia"),
    (b"Movie", "multimedia"),
    (b"Sound", "multimedia"),
    (b"RichMediaExecute", "multimedia"),
    (b"GoTo3DView", "multimedia"),
];

/// Annotations that play or run something (12.5.6).
const ANNOTATIONS: &[&[u8]] = &[b"RichMedia", b"3D", b"Screen", b"Movie", b"Sound"];

/// Attachments that a click would run.
const PROGRAMS: &[&str] = &[
    "app", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "iso", "jar",
    "js", "jse", "lnk", "msc", "msi", "pif", "ps1", "reg", "scr", "sh", "swf", "url", "vbe", "vbs",
    "wsf",
];

/// Finds the first active content and names it; on the way, notes the references that dangle.
///
/// # Errors
/// When the budget is spent.
pub(crate) fn find(pdf: &Pdf, dangling: &mut Dangling) -> Result<Option<&'static str>, Fault> {
    let mut finds = Finds {
        pdf,
        dangling,
        verdict: Ok(None),
    };
    pdf.walk(&mut finds)?;
    finds.verdict
}

struct Finds<'p, 'a> {
    pdf: &'p Pdf<'a>,
    dangling: &'p mut Dangling,
    verdict: Result<Option<&'static str>, Fault>,
}

impl Watch for Finds<'_, '_> {
    fn dictionary(&mut self, entries: &[(Vec<u8>, Object)]) {
        if !self.finished() {
            self.verdict = judge(self.pdf, entries);
        }
    }

    fn reference(&mut self, number: u32) {
        self.dangling.reference(number);
    }

    fn finished(&self) -> bool {
        !matches!(self.verdict, Ok(None))
    }
}

fn judge(pdf: &Pdf, entries: &[(Vec<u8>, Object)]) -> Result<Option<&'static str>, Fault> {
    let has = |wanted: &[u8]| entries.iter().any(|(key, _)| key == wanted);
    for (key, value) in entries {
        let what = match key.as_slice() {
            // A structure element's /S is its role, which may be called anything.
            b"S" if !(has(b"P") && has(b"K")) => named(pdf, value, ACTIONS)?,
            b"JS" if has(b"S") || has(b"Type") => Some("JavaScript"),
            // The name tree of scripts that run when the document opens.
            b"JavaScript" if !pdf.resolve(value)?.is_null() => Some("JavaScript"),
            b"XFA" if !pdf.resolve(value)?.is_null() => Some("XFA form"),
            b"Subtype" => annotation(pdf, value)?,
            b"EF" => attachment(pdf, entries)?,
            _ => None,
        };
        if what.is_some() {
            return Ok(what);
        }
    }
    Ok(None)
}

fn named(
    pdf: &Pdf,
    value: &Object,
    list: &[(&'static [u8], &'static str)],
) -> Result<Option<&'static str>, Fault> {
    let value = match value {
        Object::Reference(_) => &pdf.resolve(value)?,
        other => other,
    };
    let Object::Name(name) = value else {
        return Ok(None);
    };
    Ok(list
        .iter()
        .find(|(action, _)| action == name)
        .map(|(_, what)| *what))
}

fn annotation(pdf: &Pdf, value: &Object) -> Result<Option<&'static str>, Fault> {
    let value = match value {
        Object::Reference(_) => &pdf.resolve(value)?,
        other => other,
    };
    Ok(value
        .as_name()
        .is_ok_and(|name| ANNOTATIONS.contains(&name))
        .then_some("multimedia"))
}

/// A file specification with an embedded file (7.11.3): judged by its names and by its first bytes.
fn attachment(pdf: &Pdf, entries: &[(Vec<u8>, Object)]) -> Result<Option<&'static str>, Fault> {
    const WHAT: Option<&str> = Some("attached program");
    for (key, value) in entries {
        match (key.as_slice(), pdf.resolve(value)?) {
            (b"F" | b"UF" | b"DOS" | b"Unix" | b"Mac", Object::String(name, _))
                if is_program(&name) =>
            {
                return Ok(WHAT);
            }
            (b"EF", Object::Dictionary(files)) if starts_as_program(pdf, &files)? => {
                return Ok(WHAT);
            }
            _ => {}
        }
    }
    Ok(None)
}

fn is_program(name: &[u8]) -> bool {
    // UTF-16 names of programs are ASCII with zeros between.
    let plain: String = name
        .iter()
        .filter(|b| b.is_ascii_graphic())
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    plain
        .rsplit_once('.')
        .is_some_and(|(_, extension)| PROGRAMS.contains(&extension))
}

fn starts_as_program(pdf: &Pdf, files: &Dictionary) -> Result<bool, Fault> {
    for (_, file) in files.iter() {
        let Ok(id) = file.as_reference() else {
            continue;
        };
        let Some(found) = pdf.indirect(id.0, None)? else {
            continue;
        };
        let (Object::Dictionary(dictionary), Some(range)) = (&found.object, &found.stream) else {
            continue;
        };
        let start = first_bytes(pdf, dictionary, range)?;
        if start.starts_with(b"MZ") || start.starts_with(b"\x7fELF") || start.starts_with(b"#!") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first bytes of a file that is plain or deflated; of others none: those are judged by their names.
fn first_bytes(pdf: &Pdf, dictionary: &Dictionary, range: &Range<usize>) -> Result<Vec<u8>, Fault> {
    let raw = &pdf.bytes()[range.clone()];
    let filter = match pdf.value(dictionary, b"Filter")? {
        Object::Array(filters) => filters
            .first()
            .map_or(Ok(Object::Null), |filter| pdf.resolve(filter))?,
        filter => filter,
    };
    let mut start = Vec::new();
    match filter {
        Object::Null => start.extend(raw.iter().take(8)),
        // What does not inflate starts nothing.
        Object::Name(name) if name == b"FlateDecode" => {
            let _ = ZlibDecoder::new(raw).take(8).read_to_end(&mut start);
        }
        _ => {}
    }
    pdf.pay(1024)?;
    Ok(start)
}
