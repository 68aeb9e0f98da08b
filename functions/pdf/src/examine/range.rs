//! What a signature covers: `/ByteRange` and `/Contents` (ISO 32000-2, 12.8.1; ETSI EN 319 142-1, 5.3 and 5.5).

use std::ops::Range;

use lopdf::{Object, ObjectId};
use sha2::{Digest, Sha256};

use super::update;
use crate::reader::{Entry, Fault, Lexer, Pdf};

/// The bytes that a signature covers: everything up to `end` but its own `/Contents`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Covered {
    /// Where the covered revision ends, in bytes from the start of the file; `file[..end]` is a whole document.
    pub end: usize,
    /// Where the hexadecimal string stands, its brackets included.
    pub gap: Range<usize>,
    /// The DER of the CMS or of the time stamp token, without the padding.
    pub contents: Vec<u8>,
    /// Whether the hexadecimal digits above 9 are capitals: other signers write them so, Podpis does not.
    pub capitals: bool,
}

impl Covered {
    /// The two covered parts of the file that was examined.
    #[must_use]
    pub fn parts<'a>(&self, file: &'a [u8]) -> [&'a [u8]; 2] {
        let part = |range: Range<usize>| file.get(range).unwrap_or_default();
        [part(0..self.gap.start), part(self.gap.end..self.end)]
    }

    /// SHA-256 of the covered bytes of the file that was examined.
    #[must_use]
    pub fn sha256(&self, file: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        self.parts(file).iter().for_each(|part| hash.update(part));
        hash.finalize().into()
    }
}

/// Why what a signature covers is not established. Each one is a known way to forge or to hide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeFault {
    /// `/V` of the field is a dictionary of its own instead of a reference.
    #[error("the signature dictionary has no number of its own")]
    NotIndirect,
    /// The dictionary lies in an object stream, where no byte range can name its `/Contents`.
    #[error("the signature dictionary lies in an object stream")]
    Compressed,
    /// `/V` leads to nothing, or to something that is no dictionary of that number.
    #[error("the signature field leads to no signature dictionary")]
    NotADictionary,
    /// A key stands twice: readers differ in which one they take.
    #[error("the signature dictionary repeats a key")]
    RepeatedKey,
    /// Two fields share one signature.
    #[error("two fields share one signature")]
    SharedValue,
    /// There is no `/ByteRange`.
    #[error("there is no ByteRange")]
    NoByteRange,
    /// `/ByteRange` is something else than four integers that stand there themselves.
    #[error("the ByteRange is not four integers")]
    NotFourIntegers,
    /// The range does not start with the file's first byte.
    #[error("the ByteRange does not start with the file")]
    NotFromStart,
    /// A part is negative, empty, or ends past the file.
    #[error("the ByteRange leaves the file")]
    OutOfBounds,
    /// The second part starts before the first one ends, or where it ends.
    #[error("the parts of the ByteRange overlap")]
    Overlapping,
    /// There is no `/Contents`, or it is no string.
    #[error("there are no Contents")]
    NoContents,
    /// What is left out is not exactly this dictionary's `/Contents`.
    #[error("the ByteRange leaves out something else than the Contents")]
    GapNotContents,
    /// `/Contents` is not written as plain pairs of hexadecimal digits, all capital or all small.
    #[error("the Contents are not plain hexadecimal digits")]
    NotPlainHex,
    /// `/Contents` does not start with one DER SEQUENCE of a definite length.
    #[error("the Contents are not DER")]
    NotDer,
    /// After the DER stands something else than zeros.
    #[error("the padding of the Contents is not zeros")]
    Padding,
    /// The covered part does not end where a revision does.
    #[error("the covered part does not end with a revision")]
    NotARevision,
    /// The covered revision does not open by itself without a repair.
    #[error("the covered revision does not open without a repair")]
    RevisionBroken,
    /// The covered revision has another object in the signature dictionary's place.
    #[error("the signature is not a part of the revision that it covers")]
    NotInItsRevision,
}

/// Checks the signature dictionary that `value` of a field leads to.
///
/// Offsets of the answer count from the start of the file; those of `pdf` from its header.
pub(super) fn check(
    file: &[u8],
    header: usize,
    pdf: &Pdf,
    value: &Object,
) -> Result<Result<Covered, RangeFault>, Fault> {
    let (id, offset) = match locate(pdf, value) {
        Ok(found) => found,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(entries) = entries(pdf, id, offset)? else {
        return Ok(Err(RangeFault::NotADictionary));
    };
    let covered = match covered(file, header, &entries) {
        Ok(covered) => covered,
        Err(fault) => return Ok(Err(fault)),
    };
    if !update::ends_properly(&file[..covered.end]) {
        return Ok(Err(RangeFault::NotARevision));
    }
    let revision = match pdf.earlier(covered.end.saturating_sub(header)) {
        Ok(revision) => revision,
        Err(Fault::Broken(_)) => return Ok(Err(RangeFault::RevisionBroken)),
        Err(fault) => return Err(fault),
    };
    if revision.xref().start.is_none() || revision.xref().encrypted() {
        return Ok(Err(RangeFault::RevisionBroken));
    }
    let same = matches!(
        revision.xref().entries.get(&id.0),
        Some(Entry::At { offset: there, .. }) if *there == offset
    );
    Ok(if same {
        Ok(covered)
    } else {
        Err(RangeFault::NotInItsRevision)
    })
}

/// Number and offset of a signature dictionary.
pub(super) fn locate(pdf: &Pdf, value: &Object) -> Result<(ObjectId, usize), RangeFault> {
    let Object::Reference(id) = value else {
        return Err(RangeFault::NotIndirect);
    };
    match pdf.xref().entries.get(&id.0) {
        Some(Entry::At { offset, .. }) => Ok((*id, *offset)),
        Some(Entry::In { .. }) => Err(RangeFault::Compressed),
        Some(Entry::Free) | None => Err(RangeFault::NotADictionary),
    }
}

/// A key, its value, and where the value's token stands from the header on.
struct Placed {
    key: Vec<u8>,
    value: Object,
    place: Range<usize>,
}

/// The entries of the dictionary object at `offset`, in the order written; `None` when there is no plain one.
fn entries(pdf: &Pdf, id: ObjectId, offset: usize) -> Result<Option<Vec<Placed>>, Fault> {
    let mut lexer = Lexer::new(pdf.bytes(), offset);
    let mut entries = Vec::new();
    let closed = if lexer.object_header() == Some(id) {
        lexer.skip_space();
        lexer.prefix(b"<<") && read_entries(&mut lexer, &mut entries)?
    } else {
        false
    };
    pdf.pay(lexer.work(offset))?;
    lexer.skip_space();
    Ok((closed && !lexer.odd() && lexer.word(b"endobj")).then_some(entries))
}

fn read_entries(lexer: &mut Lexer, entries: &mut Vec<Placed>) -> Result<bool, Fault> {
    loop {
        lexer.skip_space();
        if lexer.prefix(b">>") {
            return Ok(true);
        }
        if lexer.peek() != Some(b'/') {
            return Ok(false);
        }
        let Object::Name(key) = broken_is_null(lexer.object())? else {
            return Ok(false);
        };
        lexer.skip_space();
        let start = lexer.pos();
        let value = broken_is_null(lexer.object())?;
        if lexer.pos() == start {
            return Ok(false);
        }
        entries.push(Placed {
            key,
            value,
            place: start..lexer.pos(),
        });
    }
}

fn broken_is_null(object: Result<Object, Fault>) -> Result<Object, Fault> {
    match object {
        Err(Fault::Broken(_)) => Ok(Object::Null),
        other => other,
    }
}

fn covered(file: &[u8], header: usize, entries: &[Placed]) -> Result<Covered, RangeFault> {
    let mut keys: Vec<&[u8]> = entries.iter().map(|entry| entry.key.as_slice()).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(RangeFault::RepeatedKey);
    }
    let entry = |key: &[u8]| {
        entries
            .iter()
            .find(|entry| entry.key == key && !entry.value.is_null())
    };

    let range = entry(b"ByteRange").ok_or(RangeFault::NoByteRange)?;
    let numbers: Vec<i64> = match &range.value {
        Object::Array(items) => items.iter().map_while(|item| item.as_i64().ok()).collect(),
        _ => Vec::new(),
    };
    let count = range.value.as_array().map_or(0, Vec::len);
    let (4, &[start, first, second_start, second]) = (count, numbers.as_slice()) else {
        return Err(RangeFault::NotFourIntegers);
    };
    if start != 0 {
        return Err(RangeFault::NotFromStart);
    }
    let size = |number: i64| usize::try_from(number).map_err(|_| RangeFault::OutOfBounds);
    let gap = size(first)?..size(second_start)?;
    let second = size(second)?;
    let end = gap
        .end
        .checked_add(second)
        .filter(|end| *end <= file.len() && second > 0)
        .ok_or(RangeFault::OutOfBounds)?;
    if gap.end <= gap.start {
        return Err(RangeFault::Overlapping);
    }

    let contents = entry(b"Contents").ok_or(RangeFault::NoContents)?;
    if contents.value.as_str().is_err() {
        return Err(RangeFault::NoContents);
    }
    if contents.place.start + header != gap.start || contents.place.end + header != gap.end {
        return Err(RangeFault::GapNotContents);
    }
    let capitals = plain_hex(&file[gap.clone()])?;
    let padded = contents.value.as_str().unwrap_or_default();
    let length = der_length(padded).ok_or(RangeFault::NotDer)?;
    let (der, padding) = padded.split_at_checked(length).ok_or(RangeFault::NotDer)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(RangeFault::Padding);
    }
    Ok(Covered {
        end,
        gap,
        contents: der.to_vec(),
        capitals,
    })
}

/// Checks that the token is `<`, pairs of digits of one case, `>`; says whether they are capitals.
fn plain_hex(token: &[u8]) -> Result<bool, RangeFault> {
    let digits = token
        .strip_prefix(b"<")
        .and_then(|rest| rest.strip_suffix(b">"))
        .filter(|digits| digits.len().is_multiple_of(2))
        .ok_or(RangeFault::NotPlainHex)?;
    let small = digits.iter().any(|digit| matches!(digit, b'a'..=b'f'));
    let capitals = digits.iter().any(|digit| matches!(digit, b'A'..=b'F'));
    if (small && capitals) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(RangeFault::NotPlainHex);
    }
    Ok(capitals)
}

/// The length of the DER SEQUENCE that `bytes` start with, its header included (X.690, 8.1.3 and 10.1).
fn der_length(bytes: &[u8]) -> Option<usize> {
    let (&[0x30, first], rest) = bytes.split_first_chunk::<2>()? else {
        return None;
    };
    if first < 0x80 {
        return Some(2 + usize::from(first));
    }
    let digits = rest.get(..usize::from(first & 0x7F))?;
    // The shortest form only: no leading zero, none where one octet is enough.
    if digits.len() > 4 || digits.first().is_none_or(|digit| *digit == 0) {
        return None;
    }
    let length = digits
        .iter()
        .fold(0_u64, |sum, digit| sum << 8 | u64::from(*digit));
    if length < 0x80 {
        return None;
    }
    usize::try_from(length).ok()?.checked_add(2 + digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_der() {
        assert_eq!(der_length(&[0x30, 3, 1, 1, 0]), Some(5));
        assert_eq!(der_length(&[0x30, 0x81, 0x80]), Some(131));
        assert_eq!(der_length(&[0x30, 0x82, 1, 0]), Some(260));
        for odd in [
            &[][..],
            &[0x30],
            &[0x31, 0],
            &[0x30, 0x80],
            &[0x30, 0x81],
            &[0x30, 0x81, 0x7F],
            &[0x30, 0x82, 0, 0x80],
            &[0x30, 0x85, 1, 1, 1, 1, 1],
        ] {
            assert_eq!(der_length(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn digits_of_one_case() {
        assert_eq!(plain_hex(b"<30ab00>"), Ok(false));
        assert_eq!(plain_hex(b"<30AB00>"), Ok(true));
        for odd in [&b"<30aB>"[..], b"<3 0>", b"<300>", b"(30)", b"<30", b"<3g>"] {
            assert_eq!(plain_hex(odd), Err(RangeFault::NotPlainHex));
        }
    }
}
