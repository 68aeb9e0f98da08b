//! Arithmetic modulo one odd prime: the curve's field, or its order.

use crypto_bigint::modular::FixedMontyParams;
use crypto_bigint::{Limb, NonZero, Odd, Uint, WideWord, Word};

/// A prime with what multiplication modulo it needs. Numbers are kept in Montgomery's form, as `x·R mod p` with
/// `R = 2^(bits of L limbs)`; "form" in names below means that. Everything is constant-time in the numbers, but not in the prime.
///
/// The forms of `crypto-bigint` carry their modulus along in every number or fix it in the type; with seven curves of
/// two sizes, the first is slow and the second is seven times the code. So this keeps its parameters beside the numbers.
#[derive(Debug)]
pub(crate) struct Field<const L: usize> {
    modulus: Odd<Uint<L>>,
    /// 1 in form.
    pub(crate) one: Uint<L>,
    /// `R² mod p`: what brings a number into form.
    square: Uint<L>,
    /// `-1/p` modulo one word.
    inverse: Word,
}

impl<const L: usize> Field<L> {
    /// The field of an odd prime.
    pub(crate) const fn new(modulus: Odd<Uint<L>>) -> Self {
        let params = FixedMontyParams::new_vartime(modulus);
        Self {
            modulus,
            one: *params.one(),
            square: *params.r2(),
            inverse: params.mod_neg_inv().0,
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

    pub(crate) const fn add(&self, a: &Uint<L>, b: &Uint<L>) -> Uint<L> {
        a.add_mod(b, self.nonzero())
    }

    pub(crate) const fn double(&self, a: &Uint<L>) -> Uint<L> {
        a.double_mod(self.nonzero())
    }

    pub(crate) const fn sub(&self, a: &Uint<L>, b: &Uint<L>) -> Uint<L> {
        a.sub_mod(b, self.nonzero())
    }

    pub(crate) const fn neg(&self, a: &Uint<L>) -> Uint<L> {
        self.sub(&Uint::ZERO, a)
    }

    pub(crate) const fn square(&self, a: &Uint<L>) -> Uint<L> {
        self.mul(a, a)
    }

    /// `a·b/R`: the product in form of two numbers in form. One of them may be any number of L limbs.
    #[inline]
    pub(crate) const fn mul(&self, a: &Uint<L>, b: &Uint<L>) -> Uint<L> {
        let (a, b, p) = (a.as_words(), b.as_words(), self.modulus.as_ref().as_words());
        let (mut t, mut top) = ([0; L], 0);
        let mut i = 0;
        while i < L {
            let (mut carry, mut j) = (0, 0);
            while j < L {
                (t[j], carry) = mul_add(a[i], b[j], t[j], carry);
                j += 1;
            }
            let (above, over) = split(top as WideWord + carry as WideWord);
            let m = t[0].wrapping_mul(self.inverse);
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
        self.once(Uint::from_words(t), top)
    }

    /// `1/a` in form, and 0 for 0.
    pub(crate) fn invert(&self, form: &Uint<L>) -> Uint<L> {
        // 1/(a·R) is two factors of R short of 1/a in form.
        let inverse = form.invert_odd_mod(&self.modulus).unwrap_or(Uint::ZERO);
        self.form(&self.form(&inverse))
    }

    /// `(top, t)` less the prime, if it is not below it; it is below twice the prime.
    #[inline]
    const fn once(&self, t: Uint<L>, top: Word) -> Uint<L> {
        let (less, borrow) = t.borrowing_sub(self.modulus(), Limb::ZERO);
        let (_, back) = Limb(top).borrowing_sub(Limb::ZERO, borrow);
        less.wrapping_add(&self.modulus().bitand_limb(back))
    }

    const fn nonzero(&self) -> &NonZero<Uint<L>> {
        self.modulus.as_nz_ref()
    }
}

/// `a·b + c + d` as its lower and its upper word; it can't be more.
#[inline]
const fn mul_add(a: Word, b: Word, c: Word, d: Word) -> (Word, Word) {
    split(a as WideWord * b as WideWord + c as WideWord + d as WideWord)
}

#[inline]
const fn split(wide: WideWord) -> (Word, Word) {
    (wide as Word, (wide >> Word::BITS) as Word)
}
