//! Arithmetic modulo one odd prime: the curve's field, or its order.

use std::hint::black_box;

use crypto_bigint::modular::FixedMontyParams;
use crypto_bigint::{Odd, Uint, WideWord, Word};

/// A prime with what arithmetic modulo it needs. Everything is constant-time in the numbers, but not in the prime.
///
/// Numbers are kept in a form of their own. For most primes it is Montgomery's, `x·R mod p` with `R = 2^(bits of L limbs)`;
/// for a prime just below R the plain number, as reducing it is cheaper there, which comes to the same with `R = 1`.
///
/// The numbers are `crypto-bigint`'s, and so are the constants, inversion and encoding. Its Montgomery forms carry their modulus
/// along in every number or fix it in the type, and its addition is slower than a multiplication here; with seven curves of
/// two sizes, that is slow or seven times the code. So the four operations stand here, with their parameters beside the numbers.
#[derive(Debug)]
pub(crate) struct Field<const L: usize> {
    modulus: Odd<Uint<L>>,
    /// 1 in form.
    pub(crate) one: Uint<L>,
    /// `R² mod p`: what brings a number into form.
    square: Uint<L>,
    reduction: Reduction,
}

/// How a product of two numbers gets below the prime again.
#[derive(Debug)]
enum Reduction {
    /// The prime is `2^bits - c` with `c` of at most 16 bits: the upper half counts `c` times in the lower.
    Fold(Word),
    /// Montgomery's, with `-1/p` modulo one word.
    Montgomery(Word),
}

impl<const L: usize> Field<L> {
    /// The field of an odd prime.
    pub(crate) const fn new(modulus: Odd<Uint<L>>) -> Self {
        let distance = modulus.as_ref().wrapping_neg();
        if distance.bits_vartime() <= 16 {
            return Self {
                modulus,
                one: Uint::ONE,
                square: Uint::ONE,
                reduction: Reduction::Fold(distance.as_words()[0]),
            };
        }
        let params = FixedMontyParams::new_vartime(modulus);
        Self {
            modulus,
            one: *params.one(),
            square: *params.r2(),
            reduction: Reduction::Montgomery(params.mod_neg_inv().0),
        }
    }

    pub(crate) const fn modulus(&self) -> &Uint<L> {
        self.modulus.as_ref()
    }

    /// Brings any number of L limbs into form, reducing it.
    pub(crate) const fn form(&self, plain: &Uint<L>) -> Uint<L> {
        self.mul(plain, &self.square)
    }

    /// Back from form.
    pub(crate) const fn plain(&self, form: &Uint<L>) -> Uint<L> {
        self.mul(form, &Uint::ONE)
    }

    /// A number of L limbs modulo the prime, neither in form.
    pub(crate) const fn reduce(&self, plain: &Uint<L>) -> Uint<L> {
        self.plain(&self.form(plain))
    }

    #[inline]
    pub(crate) const fn add(&self, a: &Uint<L>, b: &Uint<L>) -> Uint<L> {
        let (a, b) = (a.as_words(), b.as_words());
        let (mut sum, mut carry, mut i) = ([0; L], false, 0);
        while i < L {
            (sum[i], carry) = add_carry(a[i], b[i], carry);
            i += 1;
        }
        self.once(sum, carry as Word)
    }

    #[inline]
    pub(crate) const fn double(&self, a: &Uint<L>) -> Uint<L> {
        self.add(a, a)
    }

    #[inline]
    pub(crate) const fn sub(&self, a: &Uint<L>, b: &Uint<L>) -> Uint<L> {
        let (a, b, p) = (a.as_words(), b.as_words(), self.modulus().as_words());
        let (mut difference, mut borrow, mut i) = ([0; L], false, 0);
        while i < L {
            (difference[i], borrow) = sub_borrow(a[i], b[i], borrow);
            i += 1;
        }
        let below = mask(borrow as Word);
        let mut carry = false;
        i = 0;
        while i < L {
            (difference[i], carry) = add_carry(difference[i], p[i] & below, carry);
            i += 1;
        }
        Uint::from_words(difference)
    }

    #[inline]
    pub(crate) const fn neg(&self, a: &Uint<L>) -> Uint<L> {
        self.sub(&Uint::ZERO, a)
    }

    #[inline]
    pub(crate) const fn square(&self, a: &Uint<L>) -> Uint<L> {
        self.mul(a, a)
    }

    /// `a·b/R`: the product in form of two numbers in form. One of them may be any number of L limbs.
    // Every point operation has a dozen of these: inlined, they would be most of a Wasm module.
    #[inline(never)]
    pub(crate) const fn mul(&self, a: &Uint<L>, b: &Uint<L>) -> Uint<L> {
        match self.reduction {
            Reduction::Fold(c) => self.mul_fold(a.as_words(), b.as_words(), c),
            Reduction::Montgomery(inverse) => self.mul_monty(a.as_words(), b.as_words(), inverse),
        }
    }

    /// The whole product, then `upper·2^bits = upper·c`, twice: the second time it is one word.
    #[inline(always)]
    const fn mul_fold(&self, a: &[Word; L], b: &[Word; L], c: Word) -> Uint<L> {
        let (mut lower, mut upper) = ([0; L], [0; L]);
        let mut i = 0;
        while i < L {
            let (mut carry, mut j) = (0, 0);
            while j < L - i {
                (lower[i + j], carry) = mul_add(a[i], b[j], lower[i + j], carry);
                j += 1;
            }
            while j < L {
                (upper[i + j - L], carry) = mul_add(a[i], b[j], upper[i + j - L], carry);
                j += 1;
            }
            upper[i] = carry;
            i += 1;
        }
        let mut top = 0;
        i = 0;
        while i < L {
            (lower[i], top) = mul_add(upper[i], c, lower[i], top);
            i += 1;
        }
        // top is at most c, so this product has at most 32 bits.
        let mut carry;
        (lower[0], carry) = lower[0].overflowing_add(top.wrapping_mul(c));
        i = 1;
        while i < L {
            (lower[i], carry) = add_carry(lower[i], 0, carry);
            i += 1;
        }
        self.once(lower, carry as Word)
    }

    /// A row of the product and a step of the reduction in turn.
    #[inline(always)]
    const fn mul_monty(&self, a: &[Word; L], b: &[Word; L], inverse: Word) -> Uint<L> {
        let p = self.modulus().as_words();
        let (mut t, mut top) = ([0; L], 0);
        let mut i = 0;
        while i < L {
            let (mut carry, mut j) = (0, 0);
            while j < L {
                (t[j], carry) = mul_add(a[i], b[j], t[j], carry);
                j += 1;
            }
            let (above, over) = split(top as WideWord + carry as WideWord);
            let m = t[0].wrapping_mul(inverse);
            (_, carry) = mul_add(m, p[0], t[0], 0);
            j = 1;
            while j < L {
                (t[j - 1], carry) = mul_add(m, p[j], t[j], carry);
                j += 1;
            }
            (t[L - 1], carry) = split(above as WideWord + carry as WideWord);
            top = over + carry;
            i += 1;
        }
        self.once(t, top)
    }

    /// `1/a` in form, and 0 for 0.
    pub(crate) fn invert(&self, form: &Uint<L>) -> Uint<L> {
        self.inverse_form(form.invert_odd_mod(&self.modulus).unwrap_or(Uint::ZERO))
    }

    /// The same in variable time.
    pub(crate) fn invert_vartime(&self, form: &Uint<L>) -> Uint<L> {
        let inverse = form.invert_odd_mod_vartime(&self.modulus);
        self.inverse_form(inverse.unwrap_or(Uint::ZERO))
    }

    /// `1/(a·R)` is two factors of R short of `1/a` in form.
    fn inverse_form(&self, inverse: Uint<L>) -> Uint<L> {
        self.form(&self.form(&inverse))
    }

    /// `(top, t)` less the prime, if it is not below it; it is below twice the prime.
    #[inline(always)]
    const fn once(&self, t: [Word; L], top: Word) -> Uint<L> {
        let p = self.modulus().as_words();
        let (mut less, mut borrow, mut i) = ([0; L], false, 0);
        while i < L {
            (less[i], borrow) = sub_borrow(t[i], p[i], borrow);
            i += 1;
        }
        let keep = mask(borrow as Word & !top);
        i = 0;
        while i < L {
            less[i] = (t[i] & keep) | (less[i] & !keep);
            i += 1;
        }
        Uint::from_words(less)
    }
}

/// `a·b + c + d` as its lower and its upper word; it can't be more.
#[inline(always)]
const fn mul_add(a: Word, b: Word, c: Word, d: Word) -> (Word, Word) {
    // Wasm has no product of two words; with the call that stands for one, checking takes 1.5 to 1.8 times as long.
    if cfg!(target_family = "wasm") {
        mul_add_by_halves(a, b, c, d)
    } else {
        split(a as WideWord * b as WideWord + c as WideWord + d as WideWord)
    }
}

/// The same from products of half words: a product and two more halves just fit into a word.
#[inline(always)]
const fn mul_add_by_halves(a: Word, b: Word, c: Word, d: Word) -> (Word, Word) {
    const HALF: u32 = Word::BITS / 2;
    const LOWER: Word = Word::MAX >> HALF;
    let (a0, a1, b0, b1) = (a & LOWER, a >> HALF, b & LOWER, b >> HALF);
    let low = a0 * b0 + (c & LOWER) + (d & LOWER);
    let cross = a0 * b1 + (low >> HALF) + (c >> HALF);
    let other = a1 * b0 + (cross & LOWER) + (d >> HALF);
    let high = a1 * b1 + (cross >> HALF) + (other >> HALF);
    (low & LOWER | other << HALF, high)
}

/// All ones for 1, all zeros for 0. What follows must not be made a branch, which the optimiser does where it sees that
/// only two values are possible; so it doesn't.
#[inline(always)]
const fn mask(bit: Word) -> Word {
    black_box(bit.wrapping_neg())
}

/// `a + b + carry`, and the carry of that.
#[inline(always)]
const fn add_carry(a: Word, b: Word, carry: bool) -> (Word, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as Word);
    (sum, first | second)
}

/// `a - b - borrow`, and the borrow of that.
#[inline(always)]
const fn sub_borrow(a: Word, b: Word, borrow: bool) -> (Word, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as Word);
    (difference, first | second)
}

#[inline(always)]
const fn split(wide: WideWord) -> (Word, Word) {
    (wide as Word, (wide >> Word::BITS) as Word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParamSet;
    use crate::curve::AnyCurve;
    use crate::samples::{Samples, corners};

    /// The primes of every curve: of both reductions, and with and without bits to spare.
    #[test]
    fn agrees_with_plain_arithmetic() {
        for set in ParamSet::ALL {
            match set.curve() {
                AnyCurve::Short(curve) => [&curve.field, &curve.order].map(agrees),
                AnyCurve::Long(curve) => [&curve.field, &curve.order].map(agrees),
            };
        }
    }

    #[test]
    fn words_multiply_by_halves_as_well() {
        let mut samples = Samples(4);
        for round in 0..1000_u32 {
            // Every choice of random numbers and all ones.
            let [a, b, c, d] = [1, 2, 4, 8].map(|bit| match round & bit {
                0 => samples.next() as Word,
                _ => Word::MAX,
            });
            let wide = a as WideWord * b as WideWord + c as WideWord + d as WideWord;
            assert_eq!(mul_add_by_halves(a, b, c, d), split(wide));
        }
    }

    fn agrees<const L: usize>(field: &Field<L>) {
        let modulus = field.modulus;
        let p = modulus.as_nz_ref();
        let mut samples = Samples(1);
        let mut numbers = corners(field.modulus());
        numbers.extend((0..20).map(|_| samples.number::<L>().rem_vartime(p)));
        numbers.push(Uint::<L>::MAX.rem_vartime(p));
        for a in &numbers {
            let in_form = field.form(a);
            assert_eq!(field.plain(&in_form), *a);
            assert_eq!(field.plain(&field.neg(&in_form)), a.neg_mod(p));
            assert_eq!(field.plain(&field.double(&in_form)), a.add_mod(a, p));
            let inverse = field.invert(&in_form);
            assert_eq!(inverse, field.invert_vartime(&in_form));
            let product = field.mul(&inverse, &in_form);
            let expected = if *a == Uint::ZERO {
                Uint::ZERO
            } else {
                field.one
            };
            assert_eq!(product, expected);
            for b in &numbers {
                let b_in_form = field.form(b);
                let product = field.plain(&field.mul(&in_form, &b_in_form));
                assert_eq!(product, a.mul_mod_vartime(b, p));
                assert_eq!(field.mul(&in_form, b), a.mul_mod_vartime(b, p));
                assert_eq!(
                    field.plain(&field.add(&in_form, &b_in_form)),
                    a.add_mod(b, p)
                );
                assert_eq!(
                    field.plain(&field.sub(&in_form, &b_in_form)),
                    a.sub_mod(b, p)
                );
            }
        }
        // Numbers that are not reduced.
        for a in [Uint::MAX, *field.modulus(), samples.number()] {
            assert_eq!(field.reduce(&a), a.rem_vartime(p));
        }
    }
}
