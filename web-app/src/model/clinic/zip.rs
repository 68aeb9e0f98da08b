//! A ZIP archive of a few files (PKWARE APPNOTE 6.3): stored entries, made in the page's memory. PDFs are packed already.

/// Version 2.0.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 1980-01-01: the entries carry no time of their own.
const DATE: u16 = 0x21;

/// An archive being put together.
#[derive(Default)]
pub(crate) struct Zip {
    files: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

impl Zip {
    /// Adds a file; `false` past 65,535 files or 4 GiB, where the archive stays as it was.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> bool {
        let sizes = (
            u32::try_from(bytes.len()),
            u32::try_from(self.files.len()),
            u16::try_from(name.len()),
            self.entries.checked_add(1),
        );
        let (Ok(size), Ok(offset), Ok(name_size), Some(entries)) = sizes else {
            return false;
        };
        let mut common = Vec::with_capacity(26);
        put(&mut common, &[VERSION, UTF8, 0, 0, DATE]);
        for number in [crc32(bytes), size, size] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        put(&mut common, &[name_size, 0]);
        self.files.extend_from_slice(b"PK\x03\x04");
        self.files.extend_from_slice(&common);
        self.files.extend_from_slice(name.as_bytes());
        self.files.extend_from_slice(bytes);
        self.directory.extend_from_slice(b"PK\x01\x02");
        put(&mut self.directory, &[VERSION]);
        self.directory.extend_from_slice(&common);
        // No comment, first disk, no attributes.
        put(&mut self.directory, &[0, 0, 0, 0, 0]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.entries = entries;
        true
    }

    /// The archive; `None` past 4 GiB.
    pub(crate) fn finish(mut self) -> Option<Vec<u8>> {
        let offset = u32::try_from(self.files.len()).ok()?;
        let size = u32::try_from(self.directory.len()).ok()?;
        self.files.append(&mut self.directory);
        self.files.extend_from_slice(b"PK\x05\x06");
        put(&mut self.files, &[0, 0, self.entries, self.entries]);
        for number in [size, offset] {
            self.files.extend_from_slice(&number.to_le_bytes());
        }
        put(&mut self.files, &[0]);
        Some(self.files)
    }
}

fn put(to: &mut Vec<u8>, numbers: &[u16]) {
    for number in numbers {
        to.extend_from_slice(&number.to_le_bytes());
    }
}

/// CRC-32 of IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ byte)];
    !bytes.iter().fold(!0, step)
}

/// What each byte comes to.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_crc32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn an_archive_has_its_files_and_its_directory() {
        let mut zip = Zip::default();
        assert!(zip.add("Согласие [doc_1].pdf", b"%PDF-1.7 one"));
        assert!(zip.add("b.pdf", b""));
        let bytes = zip.finish().unwrap();
        let end = &bytes[bytes.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(u16::from_le_bytes([end[10], end[11]]), 2);
        let number = |at: usize| u32::from_le_bytes(end[at..at + 4].try_into().unwrap()) as usize;
        let (size, offset) = (number(12), number(16));
        assert_eq!(offset + size + 22, bytes.len());
        assert_eq!(&bytes[offset..offset + 4], b"PK\x01\x02");
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        assert!(bytes.windows(12).any(|part| part == b"%PDF-1.7 one"));
    }
}
