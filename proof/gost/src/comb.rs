//! Multiples of the generator in constant time: two combs of five teeth each (Lim and Lee, 1994).

use crypto_bigint::{Choice, CtEq as _, CtSelect as _, Uint, Word};

use crate::curve::Curve;
use crate::point::{Affine, Point};

/// Bits of the scalar that one look into a table takes.
const TEETH: usize = 5;
/// Tables, each of which starts where the one before ends.
const COMBS: usize = 2;
/// Entries of a table: every choice of teeth but none.
const ENTRIES: usize = (1 << TEETH) - 1;

/// Sums of `2^(tooth·COMBS·columns + comb·columns)·G` over every choice of teeth, one comb after the other.
pub(crate) struct Comb<const L: usize> {
    table: Vec<Affine<L>>,
    /// Doublings of one multiplication, and bits between the combs of one tooth.
    columns: usize,
}

impl<const L: usize> Comb<L> {
    pub(crate) fn new(curve: &Curve<L>) -> Self {
        let columns = (Uint::<L>::BITS as usize).div_ceil(TEETH * COMBS);
        // The tooth of each comb alone: columns apart, comb by comb and tooth by tooth.
        let mut tooth = Point::from_affine(curve, curve.generator());
        let mut teeth = Vec::with_capacity(TEETH * COMBS);
        for _ in 0..TEETH * COMBS {
            teeth.push(tooth);
            for _ in 0..columns {
                tooth = tooth.double(curve);
            }
        }
        let mut sums = Vec::with_capacity(ENTRIES * COMBS);
        for comb in 0..COMBS {
            let first = sums.len();
            for tooth in teeth.iter().skip(comb).step_by(COMBS) {
                let before = sums.len();
                sums.push(*tooth);
                for index in first..before {
                    let sum = tooth.add(&sums[index], curve);
                    sums.push(sum);
                }
            }
        }
        Self {
            table: Point::all_to_affine(&sums, curve),
            columns,
        }
    }

    /// `k·G`. The same additions, doublings and reads of memory for every `k`.
    pub(crate) fn multiply(&self, curve: &Curve<L>, k: &Uint<L>) -> Point<L> {
        let mut sum = Point::infinity(curve);
        for column in (0..self.columns).rev() {
            sum = sum.double(curve);
            for (comb, table) in self.table.chunks_exact(ENTRIES).enumerate() {
                let mut index = 0;
                for tooth in (0..TEETH).rev() {
                    let bit = (tooth * COMBS + comb) * self.columns + column;
                    index = index << 1 | bit_of(k, bit);
                }
                let (entry, none) = look_up(table, index);
                let next = sum.add_affine(&entry, curve);
                sum = Point::select(&next, &sum, none);
            }
        }
        sum
    }
}

/// A bit of a secret number; the place is public. 0 above its length.
fn bit_of<const L: usize>(k: &Uint<L>, bit: usize) -> Word {
    let word = k.as_words().get(bit / Word::BITS as usize);
    word.map_or(0, |word| word >> (bit % Word::BITS as usize) & 1)
}

/// The entry of an index from 1, reading all of them; and whether the index was 0, which has none.
fn look_up<const L: usize>(table: &[Affine<L>], index: Word) -> (Affine<L>, Choice) {
    let mut entry = Affine {
        x: Uint::ZERO,
        y: Uint::ZERO,
    };
    for (candidate, at) in table.iter().zip(1..) {
        let this = index.ct_eq(&at);
        entry.x = entry.x.ct_select(&candidate.x, this);
        entry.y = entry.y.ct_select(&candidate.y, this);
    }
    (entry, index.ct_eq(&0))
}
