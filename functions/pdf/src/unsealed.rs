//! A finished file whose signature is still to be put in: its room, what it covers, its bytes.

use std::ops::Range;

use lopdf::{Dictionary, Object, ObjectId};
use sha2::{Digest, Sha256};

use crate::append::AppendError;
use crate::revision::write_object;

/// Digits of a number in `/ByteRange`; a cross-reference table has no room for more either.
const DIGITS: usize = 10;

/// A signature dictionary without `/ByteRange` and `/Contents` (ISO 32000-1, 12.8.1), and the bytes kept for them.
pub(crate) struct Signature {
    pub(crate) dictionary: Dictionary,
    /// Bytes of the CMS, at most.
    pub(crate) reserve: usize,
}

/// Where the two values stand that are filled in later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// What follows `/ByteRange `: blanks for the array.
    range: Range<usize>,
    /// The string of `/Contents`, from `<` to `>` inclusive.
    contents: Range<usize>,
}

impl Signature {
    /// Appends the object. It is written here and not by a general writer, so that nothing has to be searched for
    /// later: what an original's author wrote can never be taken for our placeholder.
    pub(crate) fn write(self, out: &mut Vec<u8>, id: ObjectId) -> Room {
        out.extend_from_slice(format!("{} {} obj\n", id.0, id.1).as_bytes());
        write_object(out, &Object::Dictionary(self.dictionary));
        out.truncate(out.len() - 2);
        out.extend_from_slice(b"/ByteRange ");
        let range = out.len()..out.len() + "[0   ]".len() + 3 * DIGITS;
        out.resize(range.end, b' ');
        out.extend_from_slice(b"/Contents ");
        let contents = out.len()..out.len() + 2 + 2 * self.reserve;
        out.resize(contents.end, b'0');
        out[contents.start] = b'<';
        out[contents.end - 1] = b'>';
        out.extend_from_slice(b">>\nendobj\n");
        Room { range, contents }
    }
}

/// A file that is complete but for the bytes of its newest signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    bytes: Vec<u8>,
    /// `None`: the update holds no signature.
    contents: Option<Range<usize>>,
}

impl Unsealed {
    /// `bytes` end with an update that starts at `update` and has this room.
    pub(crate) fn new(
        mut bytes: Vec<u8>,
        update: usize,
        room: Option<Room>,
    ) -> Result<Self, AppendError> {
        let Some(room) = room else {
            return Ok(Self {
                bytes,
                contents: None,
            });
        };
        let contents = update + room.contents.start..update + room.contents.end;
        let range = update + room.range.start..update + room.range.end;
        let rest = bytes.len() - contents.end;
        let array = format!("[0 {} {} {rest}]", contents.start, contents.end);
        // The blanks that remain are covered by the signature.
        bytes
            .get_mut(range)
            .and_then(|blanks| blanks.get_mut(..array.len()))
            .ok_or(AppendError::NotReadable)?
            .copy_from_slice(array.as_bytes());
        Ok(Self {
            bytes,
            contents: Some(contents),
        })
    }

    /// The file with zeros where the signature goes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file as it is: finished when it was made without a seal.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// SHA-256 of what the signature covers: the whole file but for the string of `/Contents`.
    #[must_use]
    pub fn content_sha256(&self) -> [u8; 32] {
        self.content_sha256_after(0, Sha256::new())
    }

    /// The same where the first `known` bytes have been hashed already: `hash` is their state.
    ///
    /// Whoever has just hashed the original needs not read it again: it is the first thing that the signature covers.
    #[must_use]
    pub fn content_sha256_after(&self, known: usize, mut hash: Sha256) -> [u8; 32] {
        match &self.contents {
            Some(contents) => {
                hash.update(self.bytes.get(known..contents.start).unwrap_or_default());
                hash.update(&self.bytes[contents.end..]);
            }
            None => hash.update(self.bytes.get(known..).unwrap_or_default()),
        }
        hash.finalize().into()
    }

    /// Puts the signature in: `cms` is DER, written as lower-case hexadecimal; the rest of the room stays `0`.
    ///
    /// # Errors
    /// [`AppendError::SealTooLarge`] when it does not fit.
    pub fn embed(mut self, cms: &[u8]) -> Result<Vec<u8>, AppendError> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let room = self.contents.map_or(&mut [][..], |contents| {
            &mut self.bytes[contents.start + 1..contents.end - 1]
        });
        if cms.len() * 2 > room.len() {
            return Err(AppendError::SealTooLarge {
                size: cms.len(),
                reserved: room.len() / 2,
            });
        }
        for (pair, byte) in room.chunks_exact_mut(2).zip(cms) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsealed() -> Unsealed {
        let mut update = Vec::new();
        let mut dictionary = Dictionary::new();
        dictionary.set("Type", "Sig");
        let signature = Signature {
            dictionary,
            reserve: 4,
        };
        let room = signature.write(&mut update, (7, 0));
        let mut bytes = b"original /ByteRange [0 1 2 3]/Contents <00>\n".to_vec();
        let start = bytes.len();
        bytes.extend(update);
        Unsealed::new(bytes, start, Some(room)).unwrap()
    }

    #[test]
    fn the_range_leaves_out_the_string_alone() {
        let file = unsealed();
        let text = std::str::from_utf8(file.bytes()).unwrap();
        let start = text.rfind("<00000000>").unwrap();
        let rest = text.len() - start - 10;
        assert!(text.contains(&format!("/ByteRange [0 {start} {} {rest}]", start + 10)));
        let covered = [&text[..start], &text[start + 10..]].concat();
        assert_eq!(file.content_sha256(), *Sha256::digest(&covered));
        let known = Sha256::new_with_prefix(&covered[..20]);
        assert_eq!(
            file.content_sha256_after(20, known),
            *Sha256::digest(&covered)
        );
    }

    #[test]
    fn the_signature_goes_in_as_lower_case_and_zeros() {
        let sealed = unsealed().embed(&[0xAB, 0x0C]).unwrap();
        assert!(sealed.ends_with(b"/Contents <ab0c0000>>>\nendobj\n"));
        assert_eq!(
            unsealed().embed(&[1; 5]),
            Err(AppendError::SealTooLarge {
                size: 5,
                reserved: 4
            })
        );
    }
}
