//! Points in homogeneous coordinates, added by complete formulas: no case is an exception, so none shows in the time.

use crypto_bigint::{Choice, CtSelect as _, Uint};

use crate::curve::Curve;

/// A point other than infinity; coordinates in form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Affine<const L: usize> {
    pub(crate) x: Uint<L>,
    pub(crate) y: Uint<L>,
}

/// `(X : Y : Z)` stands for `(X/Z, Y/Z)`; infinity is `(0 : 1 : 0)`. Coordinates in form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point<const L: usize> {
    pub(crate) x: Uint<L>,
    pub(crate) y: Uint<L>,
    pub(crate) z: Uint<L>,
}

/// The products that both additions share, named as in the paper.
struct Products<const L: usize> {
    /// `X₁X₂`, `Y₁Y₂`, `Z₁Z₂`.
    t0: Uint<L>,
    t1: Uint<L>,
    t2: Uint<L>,
    /// `X₁Y₂ + X₂Y₁`, `X₁Z₂ + X₂Z₁`, `Y₁Z₂ + Y₂Z₁`.
    t3: Uint<L>,
    t4: Uint<L>,
    t5: Uint<L>,
}

impl<const L: usize> Point<L> {
    pub(crate) fn infinity(curve: &Curve<L>) -> Self {
        Self {
            x: Uint::ZERO,
            y: curve.field.one,
            z: Uint::ZERO,
        }
    }

    pub(crate) fn from_affine(curve: &Curve<L>, point: &Affine<L>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: curve.field.one,
        }
    }

    /// Infinity has no affine form; the result is then meaningless (its coordinates are 0).
    pub(crate) fn to_affine(self, curve: &Curve<L>) -> Affine<L> {
        let inverse = curve.field.invert(&self.z);
        Affine {
            x: curve.field.mul(&self.x, &inverse),
            y: curve.field.mul(&self.y, &inverse),
        }
    }

    /// The affine forms of several points, none of them infinity, with one inversion. Variable time.
    pub(crate) fn all_to_affine(points: &[Self], curve: &Curve<L>) -> Vec<Affine<L>> {
        let f = &curve.field;
        // Products of all denominators before each; then the inverse of the last peels them off backwards.
        let mut product = f.one;
        let before: Vec<_> = (points.iter())
            .map(|point| {
                let with_own = f.mul(&product, &point.z);
                std::mem::replace(&mut product, with_own)
            })
            .collect();
        let mut inverse = f.invert_vartime(&product);
        let mut affine: Vec<_> = (points.iter().zip(&before).rev())
            .map(|(point, before)| {
                let own = f.mul(&inverse, before);
                inverse = f.mul(&inverse, &point.z);
                Affine {
                    x: f.mul(&point.x, &own),
                    y: f.mul(&point.y, &own),
                }
            })
            .collect();
        affine.reverse();
        affine
    }

    /// `b` if so, else `a`; in constant time.
    pub(crate) fn select(a: &Self, b: &Self, b_if: Choice) -> Self {
        Self {
            x: a.x.ct_select(&b.x, b_if),
            y: a.y.ct_select(&b.y, b_if),
            z: a.z.ct_select(&b.z, b_if),
        }
    }

    /// Algorithm 1 of Renes, Costello and Batina, "Complete addition formulas for prime order elliptic curves" (2015).
    /// On a curve of even order the formulas fail exactly where the two points differ by one of order 2 (its section 3);
    /// points of the subgroup of the odd order q never do. For others the result may be `(0 : 0 : 0)`, which stays so.
    pub(crate) fn add(&self, other: &Self, curve: &Curve<L>) -> Self {
        let f = &curve.field;
        let t0 = f.mul(&self.x, &other.x);
        let t1 = f.mul(&self.y, &other.y);
        let t2 = f.mul(&self.z, &other.z);
        // (a + b)(c + d) - ac - bd = ad + bc.
        let crossed = |a, b, c, d, ac, bd| {
            let product = f.mul(&f.add(a, b), &f.add(c, d));
            f.sub(&product, &f.add(ac, bd))
        };
        let t3 = crossed(&self.x, &self.y, &other.x, &other.y, &t0, &t1);
        let t4 = crossed(&self.x, &self.z, &other.x, &other.z, &t0, &t2);
        let t5 = crossed(&self.y, &self.z, &other.y, &other.z, &t1, &t2);
        Products {
            t0,
            t1,
            t2,
            t3,
            t4,
            t5,
        }
        .sum(curve)
    }

    /// The same with an affine point: algorithm 2, 11 multiplications instead of 12.
    pub(crate) fn add_affine(&self, other: &Affine<L>, curve: &Curve<L>) -> Self {
        let f = &curve.field;
        let t0 = f.mul(&self.x, &other.x);
        let t1 = f.mul(&self.y, &other.y);
        let product = f.mul(&f.add(&self.x, &self.y), &f.add(&other.x, &other.y));
        let t3 = f.sub(&product, &f.add(&t0, &t1));
        let t4 = f.add(&f.mul(&other.x, &self.z), &self.x);
        let t5 = f.add(&f.mul(&other.y, &self.z), &self.y);
        Products {
            t0,
            t1,
            t2: self.z,
            t3,
            t4,
            t5,
        }
        .sum(curve)
    }

    /// Algorithm 3 of the same.
    pub(crate) fn double(&self, curve: &Curve<L>) -> Self {
        let f = &curve.field;
        let (x2, y2, z2) = (f.square(&self.x), f.square(&self.y), f.square(&self.z));
        let xy = f.double(&f.mul(&self.x, &self.y));
        let xz = f.double(&f.mul(&self.x, &self.z));
        let sum = f.add(&curve.times_a(&xz), &f.mul(&curve.b3, &z2));
        let (minus, plus) = (f.sub(&y2, &sum), f.add(&y2, &sum));
        let az2 = curve.times_a(&z2);
        let t3 = f.add(&curve.times_a(&f.sub(&x2, &az2)), &f.mul(&curve.b3, &xz));
        let slope = f.add(&f.add(&f.double(&x2), &x2), &az2);
        let yz = f.double(&f.mul(&self.y, &self.z));
        let z = f.mul(&yz, &y2);
        Self {
            x: f.sub(&f.mul(&xy, &minus), &f.mul(&yz, &t3)),
            y: f.add(&f.mul(&minus, &plus), &f.mul(&slope, &t3)),
            z: f.double(&f.double(&z)),
        }
    }
}

impl<const L: usize> Products<L> {
    /// Steps 19 to 40 of algorithm 1.
    #[inline]
    fn sum(self, curve: &Curve<L>) -> Point<L> {
        let f = &curve.field;
        let Self {
            t0,
            t1,
            t2,
            t3,
            t4,
            t5,
        } = self;
        let sum = f.add(&curve.times_a(&t4), &f.mul(&curve.b3, &t2));
        let (minus, plus) = (f.sub(&t1, &sum), f.add(&t1, &sum));
        let at2 = curve.times_a(&t2);
        let slope = f.add(&f.add(&f.double(&t0), &t0), &at2);
        let t4 = f.add(&f.mul(&curve.b3, &t4), &curve.times_a(&f.sub(&t0, &at2)));
        Point {
            x: f.sub(&f.mul(&t3, &minus), &f.mul(&t5, &t4)),
            y: f.add(&f.mul(&minus, &plus), &f.mul(&slope, &t4)),
            z: f.add(&f.mul(&t5, &plus), &f.mul(&t3, &slope)),
        }
    }
}
