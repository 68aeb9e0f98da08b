//! Hashes of a document: SHA-256 (FIPS 180-4) and Streebog-256 (GOST R 34.11-2012, RFC 6986).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use streebog::Streebog256;

/// Both hashes of the same bytes, lower-case hex of 64 digits each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hashes {
    /// SHA-256.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub sha256: String,
    /// Streebog-256, digest bytes in the order of RFC 6986.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub streebog256: String,
}

impl Hashes {
    /// Hashes bytes that are already there as a whole.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = DocumentHasher::default();
        hasher.update(bytes);
        hasher.finish()
    }
}

/// Computes both hashes while the bytes stream by.
#[derive(Clone, Default)]
pub struct DocumentHasher {
    sha256: Sha256,
    streebog256: Streebog256,
    size: u64,
}

impl DocumentHasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.streebog256.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// Bytes taken so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of everything taken.
    pub fn finish(self) -> Hashes {
        Hashes {
            sha256: hex(&self.sha256.finalize()),
            streebog256: hex(&self.streebog256.finalize()),
        }
    }
}

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of bytes as lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6986 section 10.1.2 (message M1) and FIPS 180-4's "abc".
    #[test]
    fn published_vectors() {
        let m1 = b"012345678901234567890123456789012345678901234567890123456789012";
        assert_eq!(
            Hashes::of(m1).streebog256,
            "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"
        );
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn streaming_equals_whole() {
        let bytes: Vec<u8> = (0..10_000u32).flat_map(u32::to_le_bytes).collect();
        let mut hasher = DocumentHasher::default();
        for part in bytes.chunks(77) {
            hasher.update(part);
        }
        assert_eq!(hasher.size(), 40_000);
        assert_eq!(hasher.finish(), Hashes::of(&bytes));
    }
}
