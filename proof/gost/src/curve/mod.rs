//! Curves `y² = x³ + ax + b` over prime fields, with a subgroup of prime order q.

use std::sync::OnceLock;

use crypto_bigint::{Odd, U256, U512, Uint};

use crate::comb::Comb;
use crate::field::Field;
use crate::point::Affine;
use crate::vartime::{self, Jacobian, Odds};
use crate::{GostError, ParamSet};

mod sets;

/// Limbs of 256 and of 512 bits: of 64 or 32 bits each, by the machine.
pub(crate) const SHORT: usize = U256::LIMBS;
pub(crate) const LONG: usize = U512::LIMBS;

// Curves are compared where keys are: there is one of each.
impl<const L: usize> PartialEq for Curve<L> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
impl<const L: usize> Eq for Curve<L> {}

/// A curve of either size.
#[derive(Clone, Copy)]
pub(crate) enum AnyCurve {
    Short(&'static Curve<SHORT>),
    Long(&'static Curve<LONG>),
}

impl ParamSet {
    pub(crate) fn curve(self) -> AnyCurve {
        match self {
            Self::CryptoProA | Self::CryptoProXchA | Self::Tc26B256 => {
                AnyCurve::Short(&sets::CRYPTO_PRO_A)
            }
            Self::CryptoProB | Self::Tc26C256 => AnyCurve::Short(&sets::CRYPTO_PRO_B),
            Self::CryptoProC | Self::CryptoProXchB | Self::Tc26D256 => {
                AnyCurve::Short(&sets::CRYPTO_PRO_C)
            }
            Self::Tc26A256 => AnyCurve::Short(&sets::TC26_A_256),
            Self::Tc26A512 => AnyCurve::Long(&sets::TC26_A_512),
            Self::Tc26B512 => AnyCurve::Long(&sets::TC26_B_512),
            Self::Tc26C512 => AnyCurve::Long(&sets::TC26_C_512),
        }
    }
}

/// What a document gives of a curve, as big-endian hexadecimal text.
pub(crate) struct Text {
    pub(crate) p: &'static str,
    pub(crate) a: &'static str,
    pub(crate) b: &'static str,
    pub(crate) q: &'static str,
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    /// Points of the curve divided by q.
    pub(crate) cofactor: u32,
}

/// A curve ready for use.
pub(crate) struct Curve<const L: usize> {
    /// Modulo p: coordinates.
    pub(crate) field: Field<L>,
    /// Modulo q: secrets, nonces, signatures.
    pub(crate) order: Field<L>,
    /// In form, as the next ones.
    a: Uint<L>,
    b: Uint<L>,
    /// `3b`.
    pub(crate) b3: Uint<L>,
    /// `a = -3`: most have it, and multiplying by it is nearly free.
    minus_three: bool,
    generator: Affine<L>,
    cofactor: u32,
    /// Multiples of the generator for signing and for checking, made when they are first needed.
    comb: OnceLock<Comb<L>>,
    odds: OnceLock<Odds<L>>,
}

impl<const L: usize> Curve<L> {
    pub(crate) const fn new(text: &Text) -> Self {
        let field = Field::new(Odd::<Uint<L>>::from_be_hex(text.p));
        let order = Field::new(Odd::<Uint<L>>::from_be_hex(text.q));
        let a = field.form(&Uint::from_be_hex(text.a));
        let b = field.form(&Uint::from_be_hex(text.b));
        let b3 = field.add(&field.double(&b), &b);
        let three = field.add(&field.double(&field.one), &field.one);
        let minus_three = field.add(&a, &three).is_zero_vartime();
        let generator = Affine {
            x: field.form(&Uint::from_be_hex(text.x)),
            y: field.form(&Uint::from_be_hex(text.y)),
        };
        Self {
            field,
            order,
            a,
            b,
            b3,
            minus_three,
            generator,
            cofactor: text.cofactor,
            comb: OnceLock::new(),
            odds: OnceLock::new(),
        }
    }

    pub(crate) fn generator(&self) -> &Affine<L> {
        &self.generator
    }

    /// `a·x`, in form.
    #[inline]
    pub(crate) fn times_a(&self, x: &Uint<L>) -> Uint<L> {
        if self.minus_three {
            self.field.neg(&self.field.add(&self.field.double(x), x))
        } else {
            self.field.mul(&self.a, x)
        }
    }

    pub(crate) fn a_is_minus_three(&self) -> bool {
        self.minus_three
    }

    /// The point with these coordinates, not in form, if it can be a public key.
    pub(crate) fn point(&self, x: &Uint<L>, y: &Uint<L>) -> Result<Affine<L>, GostError> {
        if x >= self.field.modulus() || y >= self.field.modulus() {
            return Err(GostError::Coordinate);
        }
        let point = Affine {
            x: self.field.form(x),
            y: self.field.form(y),
        };
        if !self.holds(&point) {
            return Err(GostError::NotOnCurve);
        }
        // With a cofactor of 1 every point but infinity is of order q.
        if self.cofactor != 1 && !self.in_subgroup(&point) {
            return Err(GostError::Subgroup);
        }
        Ok(point)
    }

    /// `X ‖ Y`, each little-endian.
    pub(crate) fn coordinates(&self, point: &Affine<L>) -> Vec<u8> {
        let [x, y] = [&point.x, &point.y].map(|form| self.field.plain(form).to_le_bytes());
        [x.as_ref(), y.as_ref()].concat()
    }

    /// The number, if it can be a secret key.
    pub(crate) fn secret(&self, number: Uint<L>) -> Result<Uint<L>, GostError> {
        if number == Uint::ZERO || number >= *self.order.modulus() {
            return Err(GostError::SecretRange);
        }
        Ok(number)
    }

    /// `k·G` for `k` below q, in constant time.
    pub(crate) fn times_generator(&self, k: &Uint<L>) -> Affine<L> {
        self.comb
            .get_or_init(|| Comb::new(self))
            .multiply(self, k)
            .to_affine(self)
    }

    /// `z1·G + z2·P`. Variable time.
    pub(crate) fn sum(&self, z1: &Uint<L>, point: &Affine<L>, z2: &Uint<L>) -> Jacobian<L> {
        let generator = self.odds.get_or_init(|| Odds::of_generator(self));
        vartime::sum(self, &[(generator, z1), (&Odds::of_key(self, point), z2)])
    }

    fn holds(&self, point: &Affine<L>) -> bool {
        let f = &self.field;
        let x3 = f.mul(&f.square(&point.x), &point.x);
        let right = f.add(&f.add(&x3, &self.times_a(&point.x)), &self.b);
        f.square(&point.y) == right
    }

    /// Whether `q·P` is infinity. Variable time.
    fn in_subgroup(&self, point: &Affine<L>) -> bool {
        // A point with y = 0 has order 2.
        point.y != Uint::ZERO
            && vartime::sum(self, &[(&Odds::of_key(self, point), self.order.modulus())])
                .is_infinity()
    }
}

#[cfg(test)]
mod tests;
