//! ZIP archives (PKWARE APPNOTE 6.3), as far as our archives need them: stored entries, sizes and CRC-32 in front of the
//! data, so that readers which never seek take it too, and what a cut download holds can be recovered.
//!
//! No ZIP64: an archive stays far below its bounds, and passing them is an error.

use podpis_kit::{Failure, Result};
use podpis_shared::Timestamp;
use std::time::Duration;

/// Version 2.0: folders in names.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// Offset of Moscow's time, in seconds: entries carry a local time without a zone.
const MOSCOW: Duration = Duration::from_secs(3 * 3600);

/// An archive being written: gives the bytes to send, and remembers what the directory at its end needs.
pub(super) struct Zip {
    modified: [u8; 4],
    offset: u64,
    directory: Vec<u8>,
    entries: u16,
}

impl Zip {
    /// Every entry carries the same time.
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            modified: dos_time(at),
            offset: 0,
            directory: Vec::new(),
            entries: 0,
        }
    }

    /// The header of an entry; its `size` bytes follow.
    ///
    /// # Errors
    /// 500 past 4 GiB, 65,535 entries or a name of 65,535 bytes.
    pub(super) fn entry(&mut self, name: &str, size: u64, crc32: u32) -> Result<Vec<u8>> {
        let size_u32 = u32::try_from(size).map_err(too_large)?;
        let offset = u32::try_from(self.offset).map_err(too_large)?;
        let name_size = u16::try_from(name.len()).map_err(too_large)?;
        self.entries = self
            .entries
            .checked_add(1)
            .ok_or_else(|| too_large("entries"))?;

        // Version, flags, method 0 (stored), time, CRC, both sizes, length of the name, no extra field.
        let mut common = Vec::with_capacity(26);
        put(&mut common, [VERSION, UTF8, 0]);
        common.extend_from_slice(&self.modified);
        for number in [crc32, size_u32, size_u32] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        put(&mut common, [name_size, 0]);

        let local = [b"PK\x03\x04", common.as_slice(), name.as_bytes()].concat();
        self.directory.extend_from_slice(b"PK\x01\x02");
        put(&mut self.directory, [VERSION]);
        self.directory.extend_from_slice(&common);
        // Comment, disk, attributes of both kinds: none.
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.offset += local.len() as u64 + size;
        Ok(local)
    }

    /// What stands behind the last entry.
    ///
    /// # Errors
    /// As [`Zip::entry`].
    pub(super) fn finish(self) -> Result<Vec<u8>> {
        let offset = u32::try_from(self.offset).map_err(too_large)?;
        let size = u32::try_from(self.directory.len()).map_err(too_large)?;
        let mut end = self.directory;
        end.extend_from_slice(b"PK\x05\x06");
        put(&mut end, [0, 0, self.entries, self.entries]);
        end.extend_from_slice(&size.to_le_bytes());
        end.extend_from_slice(&offset.to_le_bytes());
        put(&mut end, [0]);
        Ok(end)
    }
}

fn put<const N: usize>(to: &mut Vec<u8>, numbers: [u16; N]) {
    to.extend(numbers.into_iter().flat_map(u16::to_le_bytes));
}

/// Time and date as MS-DOS packs them, Moscow's.
fn dos_time(at: Timestamp) -> [u8; 4] {
    let t = at.at() + MOSCOW;
    let time =
        (u16::from(t.hour()) << 11) | (u16::from(t.minute()) << 5) | (u16::from(t.second()) / 2);
    let years = u16::try_from(t.year() - 1980).unwrap_or(0).min(127);
    let date = (years << 9) | (u16::from(u8::from(t.month())) << 5) | u16::from(t.day());
    let ([t0, t1], [d0, d1]) = (time.to_le_bytes(), date.to_le_bytes());
    [t0, t1, d0, d1]
}

fn too_large(what: impl std::fmt::Display) -> Failure {
    Failure::internal("archive", format!("past the bounds of ZIP: {what}"))
}
