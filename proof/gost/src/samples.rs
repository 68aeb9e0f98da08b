//! Numbers that look random and are the same every time, for unit tests.

use crypto_bigint::Uint;

/// SplitMix64.
pub(crate) struct Samples(pub(crate) u64);

impl Samples {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Of any size that L limbs hold.
    pub(crate) fn number<const L: usize>(&mut self) -> Uint<L> {
        let bytes: Vec<u8> = std::iter::repeat_with(|| self.next() as u8)
            .take(Uint::<L>::BYTES)
            .collect();
        Uint::from_le_slice(&bytes)
    }
}

/// 0, 1 and their neighbours below the modulus, and numbers that are nearly all ones or have one bit.
pub(crate) fn corners<const L: usize>(modulus: &Uint<L>) -> Vec<Uint<L>> {
    let one = Uint::ONE;
    let mut corners = vec![Uint::ZERO, one, modulus.wrapping_sub(&one)];
    corners.push(modulus.wrapping_sub(&Uint::from_u8(2)));
    corners.push(modulus.shr_vartime(1));
    for bit in [31, 32, 63, 64, 127, 128, Uint::<L>::BITS - 3] {
        corners.push(one.shl_vartime(bit));
        corners.push(one.shl_vartime(bit).wrapping_sub(&one));
    }
    corners
}
