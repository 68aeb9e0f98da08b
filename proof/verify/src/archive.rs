//! The ZIP archive that `GET /api/v1/documents/{id}/final` gives: its files, told apart by their names.
//!
//! Only the plain form that the operator writes is read: entries stored one after another, nothing packed, nothing else in
//! the folder. An archive that somebody packed anew is to be unpacked by hand.

/// Most entries of an archive.
const MAX_ENTRIES: usize = 64;

/// The signature of an entry's header, and of the directory behind the entries (APPNOTE 4.3.7, 4.3.12).
const ENTRY: &[u8; 4] = b"PK\x03\x04";
const DIRECTORY: &[u8; 4] = b"PK\x01\x02";

/// Readers of PDF look for the header this far (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1024;

/// What lies in an archive.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Archive<'a> {
    /// `signed.pdf`.
    pub(crate) signed: Option<&'a [u8]>,
    /// `final.pdf`.
    pub(crate) last: Option<&'a [u8]>,
    /// Every `.sig`, in the archive's order.
    pub(crate) signatures: Vec<&'a [u8]>,
    /// `evidence.json`.
    pub(crate) evidence: Option<&'a [u8]>,
}

/// Whether the file calls itself a ZIP archive.
pub(crate) fn is_archive(file: &[u8]) -> bool {
    file.starts_with(ENTRY)
}

/// Reads an archive; `None` where it is not one of the operator's form.
pub(crate) fn read(file: &[u8]) -> Option<Archive<'_>> {
    // A PDF so near to the beginning would make viewers show the archive itself as a document.
    let head = file.get(..PDF_HEADER_WITHIN).unwrap_or(file);
    if head.windows(5).any(|window| window == b"%PDF-") {
        return None;
    }
    let mut archive = Archive::default();
    let mut rest = file;
    for _ in 0..MAX_ENTRIES {
        if rest.starts_with(DIRECTORY) {
            return (archive.signed.is_some() || archive.last.is_some()).then_some(archive);
        }
        let (name, data, after) = entry(rest)?;
        rest = after;
        match name {
            "signed.pdf" => once(&mut archive.signed, data)?,
            "final.pdf" => once(&mut archive.last, data)?,
            "evidence.json" => once(&mut archive.evidence, data)?,
            "README.ru.txt" => (),
            name if name.ends_with(".sig") => archive.signatures.push(data),
            _ => return None,
        }
    }
    None
}

/// The first entry: name, data, and what follows.
fn entry(bytes: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let short = |at: usize| {
        let pair = bytes.get(at..at + 2)?;
        Some(usize::from(u16::from_le_bytes(pair.try_into().ok()?)))
    };
    let long = |at: usize| {
        let four = bytes.get(at..at + 4)?;
        usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
    };
    let (flags, method, packed, size) = (short(6)?, short(8)?, long(18)?, long(22)?);
    // UTF-8 names only; a size behind the data, encryption and packing are other flags and methods.
    if !bytes.starts_with(ENTRY) || flags & !(1 << 11) != 0 || method != 0 || packed != size {
        return None;
    }
    let (name_size, extra) = (short(26)?, short(28)?);
    let (name, rest) = bytes.get(30..)?.split_at_checked(name_size)?;
    let (data, rest) = rest.get(extra..)?.split_at_checked(size)?;
    Some((std::str::from_utf8(name).ok()?, data, rest))
}

fn once<'a>(place: &mut Option<&'a [u8]>, data: &'a [u8]) -> Option<()> {
    place.replace(data).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive as `mis` writes it, without check sums, which nobody reads.
    fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, data) in entries {
            out.extend_from_slice(ENTRY);
            out.extend_from_slice(&[20, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for size in [data.len(), data.len()] {
                out.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
            }
            out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
            out.extend_from_slice(&[0, 0]);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(data);
        }
        out.extend_from_slice(DIRECTORY);
        out
    }

    #[test]
    fn the_operators_files_are_found_by_name() {
        let readme = [b' '; 1100];
        let good: [(&str, &[u8]); 5] = [
            ("README.ru.txt", &readme),
            ("signed.pdf", b"s"),
            ("podpis-clinic-1.sig", b"1"),
            ("final.pdf", b"f"),
            ("evidence.json", b"e"),
        ];
        let file = zip(&good);
        let read_back = read(&file).unwrap();
        assert_eq!(
            read_back,
            Archive {
                signed: Some(b"s"),
                last: Some(b"f"),
                signatures: vec![b"1"],
                evidence: Some(b"e"),
            }
        );
        // Cut anywhere, twice the same name, a stranger, nothing to check.
        assert!((0..file.len() - 4).all(|end| read(&file[..end]).is_none()));
        for more in ["signed.pdf", "other.pdf"] {
            let mut entries = good.to_vec();
            entries.push((more, b"x"));
            assert_eq!(read(&zip(&entries)), None);
        }
        assert_eq!(read(&zip(&good[..1])), None);
    }

    #[test]
    fn what_viewers_would_take_for_a_pdf_is_no_archive() {
        let file = zip(&[("signed.pdf", b"%PDF-1.7")]);
        assert!(is_archive(&file));
        assert_eq!(read(&file), None);
    }

    #[test]
    fn packed_entries_are_not_read() {
        let readme = [b' '; 1100];
        let mut file = zip(&[("README.ru.txt", &readme), ("signed.pdf", b"s")]);
        file[8] = 8;
        assert_eq!(read(&file), None);
    }
}
