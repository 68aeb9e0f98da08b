//! Taking in the bytes: hash and keep each chunk, then open the whole as a PDF.

use hayro::hayro_syntax::{LoadPdfError, Pdf};
use podpis_shared::{DocumentHasher, Hashes};

/// Bytes of the document so far, with both hashes kept up to date.
#[derive(Default)]
pub struct Intake {
    hasher: DocumentHasher,
    bytes: Vec<u8>,
}

/// A document that arrived whole.
pub struct Opened {
    /// Both hashes of the bytes that [`Opened::pdf`] was read from.
    pub hashes: Hashes,
    /// Length in bytes.
    pub size: u64,
    /// The parsed file, or why it can't be shown. The hashes hold either way.
    pub pdf: Result<Pdf, OpenError>,
}

/// Why bytes could not be opened as a PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The file asks for a password or uses an unknown cipher.
    #[error("the file is encrypted")]
    Encrypted,
    /// Not a PDF, or damaged beyond repair.
    #[error("the file is not a readable PDF")]
    Broken,
    /// A PDF with nothing to look at.
    #[error("the file has no pages")]
    Empty,
}

impl Intake {
    /// An intake with room for `expected` bytes (at most 64 MiB is reserved; more still fits).
    pub fn with_capacity(expected: usize) -> Self {
        const MOST: usize = 64 << 20;
        Self {
            hasher: DocumentHasher::default(),
            bytes: Vec::with_capacity(expected.min(MOST)),
        }
    }

    /// Takes the next chunk.
    pub fn push(&mut self, chunk: &[u8]) {
        self.hasher.update(chunk);
        self.bytes.extend_from_slice(chunk);
    }

    /// Ends the intake: the hashes, and the file opened from the same bytes.
    pub fn finish(self) -> Opened {
        let size = self.hasher.size();
        let hashes = self.hasher.finish();
        let pdf = match Pdf::new(self.bytes) {
            Ok(pdf) if pdf.pages().is_empty() => Err(OpenError::Empty),
            Ok(pdf) => Ok(pdf),
            Err(LoadPdfError::Decryption(_)) => Err(OpenError::Encrypted),
            Err(LoadPdfError::Invalid) => Err(OpenError::Broken),
        };
        Opened { hashes, size, pdf }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_hold_even_when_the_file_is_unreadable() {
        let mut intake = Intake::default();
        intake.push(b"not a ");
        intake.push(b"pdf");
        let opened = intake.finish();
        assert_eq!(opened.hashes, Hashes::of(b"not a pdf"));
        assert_eq!(opened.size, 9);
        assert_eq!(opened.pdf.err(), Some(OpenError::Broken));
    }
}
