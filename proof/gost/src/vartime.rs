//! Multiples and sums of public points, as fast as may be: what is computed here shows in the time.

use crypto_bigint::{Uint, Word};

use crate::curve::Curve;
use crate::point::{Affine, Point};

/// Bits of a digit: with table entries for odd multiples up to `2^(WIDTH-1) - 1`.
const KEY_WIDTH: u32 = 5;
const GENERATOR_WIDTH: u32 = 7;

/// A point whose odd multiples are at hand: `P`, `3P`, `5P`, ...
pub(crate) struct Odds<const L: usize> {
    width: u32,
    multiples: Vec<Affine<L>>,
}

/// `(X : Y : Z)` stands for `(X/Z², Y/Z³)`; infinity has Z = 0. Coordinates in form. Fewer multiplications than the complete
/// formulas take, with cases of their own.
#[derive(Clone, Copy)]
pub(crate) struct Jacobian<const L: usize> {
    x: Uint<L>,
    y: Uint<L>,
    z: Uint<L>,
}

impl<const L: usize> Odds<L> {
    pub(crate) fn of_generator(curve: &Curve<L>) -> Self {
        Self::new(curve, curve.generator(), GENERATOR_WIDTH)
    }

    /// Of any point that is not its own negative.
    pub(crate) fn of_key(curve: &Curve<L>, key: &Affine<L>) -> Self {
        Self::new(curve, key, KEY_WIDTH)
    }

    fn new(curve: &Curve<L>, point: &Affine<L>, width: u32) -> Self {
        // The formulas are not complete outside of the subgroup of order q. They fail where the two points differ by one of
        // order 2: here that is an odd multiple, of order 2 only for a point of order 2 (or of a tiny odd order, which no
        // curve has).
        let first = Point::from_affine(curve, point);
        let twice = first.double(curve);
        let points = std::iter::successors(Some(first), |last| Some(last.add(&twice, curve)));
        let points: Vec<_> = points.take(1 << (width - 2)).collect();
        Self {
            width,
            multiples: Point::all_to_affine(&points, curve),
        }
    }

    /// The multiple of a digit, which is odd and fits.
    fn multiple(&self, curve: &Curve<L>, digit: i8) -> Option<Affine<L>> {
        let mut point = *self.multiples.get(usize::from(digit.unsigned_abs() / 2))?;
        if digit < 0 {
            point.y = curve.field.neg(&point.y);
        }
        Some(point)
    }
}

/// The sum of `k·P` over the pairs. The doublings are shared.
pub(crate) fn sum<const L: usize>(curve: &Curve<L>, pairs: &[(&Odds<L>, &Uint<L>)]) -> Jacobian<L> {
    let digits: Vec<_> = (pairs.iter())
        .map(|(odds, k)| (odds, signed_digits(k, odds.width)))
        .collect();
    let mut sum = Jacobian::infinity(curve);
    for place in (0..=Uint::<L>::BITS as usize).rev() {
        sum = sum.double(curve);
        for (odds, digits) in &digits {
            let digit = digits.get(place).copied().unwrap_or_default();
            if digit != 0
                && let Some(multiple) = odds.multiple(curve, digit)
            {
                sum = sum.add(&multiple, curve);
            }
        }
    }
    sum
}

impl<const L: usize> Jacobian<L> {
    fn infinity(curve: &Curve<L>) -> Self {
        Self {
            x: curve.field.one,
            y: curve.field.one,
            z: Uint::ZERO,
        }
    }

    pub(crate) fn is_infinity(&self) -> bool {
        self.z.is_zero_vartime()
    }

    /// Whether `x`, in form, is the point's abscissa. Infinity has none.
    pub(crate) fn has_abscissa(&self, x: &Uint<L>, curve: &Curve<L>) -> bool {
        let f = &curve.field;
        !self.is_infinity() && f.mul(x, &f.square(&self.z)) == self.x
    }

    /// `dbl-2001-b` of the Explicit-Formulas Database, and its like for other `a`. Infinity and points of order 2 give infinity.
    fn double(&self, curve: &Curve<L>) -> Self {
        if self.is_infinity() {
            return *self;
        }
        let f = &curve.field;
        let delta = f.square(&self.z);
        let gamma = f.square(&self.y);
        let beta = f.mul(&self.x, &gamma);
        let third = if curve.a_is_minus_three() {
            f.mul(&f.sub(&self.x, &delta), &f.add(&self.x, &delta))
        } else {
            f.square(&self.x)
        };
        let mut alpha = f.add(&f.double(&third), &third);
        if !curve.a_is_minus_three() {
            alpha = f.add(&alpha, &curve.times_a(&f.square(&delta)));
        }
        let beta4 = f.double(&f.double(&beta));
        let x = f.sub(&f.square(&alpha), &f.double(&beta4));
        let yz = f.square(&f.add(&self.y, &self.z));
        let gamma8 = f.double(&f.double(&f.double(&f.square(&gamma))));
        Self {
            x,
            y: f.sub(&f.mul(&alpha, &f.sub(&beta4, &x)), &gamma8),
            z: f.sub(&f.sub(&yz, &gamma), &delta),
        }
    }

    /// `madd-2007-bl`, and the cases that it leaves out.
    fn add(&self, other: &Affine<L>, curve: &Curve<L>) -> Self {
        let f = &curve.field;
        if self.is_infinity() {
            return Self {
                x: other.x,
                y: other.y,
                z: f.one,
            };
        }
        let zz = f.square(&self.z);
        let h = f.sub(&f.mul(&other.x, &zz), &self.x);
        let s = f.mul(&f.mul(&other.y, &self.z), &zz);
        let r = f.double(&f.sub(&s, &self.y));
        if h.is_zero_vartime() {
            return if r.is_zero_vartime() {
                self.double(curve)
            } else {
                Self::infinity(curve)
            };
        }
        let hh = f.square(&h);
        let i = f.double(&f.double(&hh));
        let j = f.mul(&h, &i);
        let v = f.mul(&self.x, &i);
        let x = f.sub(&f.sub(&f.square(&r), &j), &f.double(&v));
        let yj = f.double(&f.mul(&self.y, &j));
        let zh = f.square(&f.add(&self.z, &h));
        Self {
            x,
            y: f.sub(&f.mul(&r, &f.sub(&v, &x)), &yj),
            z: f.sub(&f.sub(&zh, &zz), &hh),
        }
    }
}

/// The number as a sum of `digit·2^place`, each digit 0 or odd, below `2^(width-1)` and with at least `width - 1` zeros
/// after it: the width-w non-adjacent form. One place more than the number has bits.
fn signed_digits<const L: usize>(k: &Uint<L>, width: u32) -> Vec<i8> {
    let bits = Uint::<L>::BITS;
    let mut digits = vec![0; bits as usize + 1];
    let (mut place, mut carry) = (0, 0);
    while place <= bits {
        if bits_from(k, place, 1) == carry {
            place += 1;
            continue;
        }
        let window = bits_from(k, place, width) + carry;
        carry = window >> (width - 1);
        if let Some(digit) = digits.get_mut(place as usize) {
            // At most 2^width, less 2^width where it has its upper bit: it fits.
            *digit = (window as i16 - ((carry as i16) << width)) as i8;
        }
        place += width;
    }
    digits
}

/// `count` bits of a number from `place` on, with zeros above it. At most 16.
fn bits_from<const L: usize>(k: &Uint<L>, place: u32, count: u32) -> Word {
    let word = |index: usize| k.as_words().get(index).copied().unwrap_or_default();
    let (index, shift) = ((place / Word::BITS) as usize, place % Word::BITS);
    let upper = match shift {
        0 => 0,
        _ => word(index + 1) << (Word::BITS - shift),
    };
    (word(index) >> shift | upper) & ((1 << count) - 1)
}
