//! Revisions written by hand, right and wrong.

/// Numbers and texts of a revision's objects.
pub(crate) type Objects<'o> = &'o [(u32, &'o str)];

/// `file` with one more revision of these objects, as an honest writer makes it; `trailer` has keys besides the usual.
pub(crate) fn update(file: &[u8], objects: Objects, trailer: &str) -> Vec<u8> {
    let previous = last_startxref(file);
    update_with(file, objects, &format!("/Prev {previous}{trailer}"))
}

/// The same without `/Prev`.
pub(crate) fn update_with(file: &[u8], objects: Objects, trailer: &str) -> Vec<u8> {
    let mut out = file.to_vec();
    let mut table = String::from("xref\n");
    for (number, text) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", out.len()));
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        out.extend_from_slice(&latin1(text));
        out.extend_from_slice(b"\nendobj\n");
    }
    finish(out, &table, trailer)
}

/// Ends a revision whose objects are written: table, trailer, end.
pub(crate) fn finish(mut out: Vec<u8>, table: &str, trailer: &str) -> Vec<u8> {
    let start = out.len();
    // More numbers than any of these files has.
    out.extend_from_slice(
        format!("{table}trailer\n<</Root 1 0 R/Size 500{trailer}>>\nstartxref\n{start}\n%%EOF\n")
            .as_bytes(),
    );
    out
}

/// `file` with one more revision whose objects lie in an object stream, named by a cross-reference stream.
pub(crate) fn update_compressed(file: &[u8], objects: Objects) -> Vec<u8> {
    let (container, section) = (400_u32, 401_u32);
    let mut out = file.to_vec();
    let (mut index, mut bodies) = (String::new(), String::new());
    let mut entries = Vec::new();
    let mut ranges = String::new();
    let mut entry = |number: u32, kind: u8, field: u32, last: u16| {
        ranges.push_str(&format!("{number} 1 "));
        entries.push(kind);
        entries.extend(field.to_be_bytes());
        entries.extend(last.to_be_bytes());
    };
    for (at, (number, text)) in (0..).zip(objects) {
        index.push_str(&format!("{number} {} ", bodies.len()));
        bodies.push_str(text);
        bodies.push(' ');
        entry(*number, 2, container, at);
    }
    entry(container, 1, out.len() as u32, 0);
    let data = format!("{index}{bodies}");
    out.extend_from_slice(
        format!(
            "{container} 0 obj\n<</Type/ObjStm/N {}/First {}/Length {}>>\nstream\n{data}\nendstream\nendobj\n",
            objects.len(),
            index.len(),
            data.len()
        )
        .as_bytes(),
    );
    let start = out.len();
    entry(section, 1, start as u32, 0);
    out.extend_from_slice(
        format!(
            "{section} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{ranges}]/Root 1 0 R/Size 500/Prev {}/Length {}>>\nstream\n",
            last_startxref(file),
            entries.len()
        )
        .as_bytes(),
    );
    out.extend_from_slice(&entries);
    out.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
    out
}

/// Where the newest cross-reference starts.
pub(crate) fn last_startxref(file: &[u8]) -> usize {
    let at = rfind(file, b"startxref\n").unwrap() + 10;
    let digits = file[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&file[at..at + digits])
        .unwrap()
        .parse()
        .unwrap()
}

/// Where the newest object of this number starts.
pub(crate) fn offset(file: &[u8], number: u32) -> usize {
    rfind(file, format!("\n{number} 0 obj").as_bytes()).unwrap() + 1
}

/// The newest text of this object, a byte to a character.
pub(crate) fn object(file: &[u8], number: u32) -> String {
    let start = offset(file, number) + format!("{number} 0 obj\n").len();
    let end = start + find(&file[start..], b"\nendobj").unwrap();
    file[start..end]
        .iter()
        .map(|byte| char::from(*byte))
        .collect()
}

/// `file` with this text, which stands in it, replaced by one of the same length.
pub(crate) fn replaced(file: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len(), "{old} and {new}");
    let at = rfind(file, old.as_bytes()).unwrap();
    [&file[..at], new.as_bytes(), &file[at + old.len()..]].concat()
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

pub(crate) fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}
