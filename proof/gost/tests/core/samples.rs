//! Numbers that look random and are the same every time, and bytes from text.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use podpis_gost::{ParamSet, SecretKey};

/// Bytes that look random and are the same every time (SplitMix64).
pub(crate) struct Samples(pub(crate) u64);

impl Samples {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        std::iter::repeat_with(|| self.next().to_le_bytes()[0])
            .take(count)
            .collect()
    }

    /// A key: every set's q has an upper byte of 0x40 or more.
    pub(crate) fn key(&mut self, set: ParamSet) -> SecretKey {
        let mut bytes = self.bytes(set.size());
        *bytes.last_mut().unwrap() &= 0x3f;
        SecretKey::from_bytes(set, &bytes).unwrap()
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

pub(crate) fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}
