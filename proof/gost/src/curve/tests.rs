//! The curves are what the documents say, and every way to a multiple leads to the same point.

use crypto_bigint::Uint;

use super::*;
use crate::point::Point;
use crate::samples::{Samples, corners};

#[test]
fn the_generators_are_of_order_q() {
    on_every_curve(Check::Generator);
}

#[test]
fn combs_and_digits_agree() {
    on_every_curve(Check::Multiples);
}

#[test]
fn formulas_agree_in_every_case() {
    on_every_curve(Check::Formulas);
}

#[derive(Clone, Copy)]
enum Check {
    Generator,
    Multiples,
    Formulas,
}

fn on_every_curve(check: Check) {
    for set in ParamSet::ALL {
        match set.curve() {
            AnyCurve::Short(curve) => check.run(curve),
            AnyCurve::Long(curve) => check.run(curve),
        }
    }
}

impl Check {
    fn run<const L: usize>(self, curve: &Curve<L>) {
        match self {
            Self::Generator => generator(curve),
            Self::Multiples => multiples(curve),
            Self::Formulas => formulas(curve),
        }
    }
}

fn generator<const L: usize>(curve: &Curve<L>) {
    let (g, q) = (curve.generator(), curve.order.modulus());
    assert!(curve.holds(g));
    assert_ne!(curve.times_a(&curve.field.one), Uint::ZERO);
    assert!(vartime::sum(curve, &[(&Odds::of_key(curve, g), q)]).is_infinity());
    let by_comb = Comb::new(curve).multiply(curve, q);
    assert_eq!(by_comb.z, Uint::ZERO);
    assert_ne!(by_comb.y, Uint::ZERO);
    let minus = curve.times_generator(&q.wrapping_sub(&Uint::ONE));
    assert_eq!((minus.x, minus.y), (g.x, curve.field.neg(&g.y)));
    // Hasse: h·q lies within 2·sqrt(p) of p + 1. Half of the bits and two decide.
    let points = (1..curve.cofactor).fold(*q, |sum, _| sum.wrapping_add(q));
    let p = curve.field.modulus();
    let (above, below) = (points.wrapping_sub(p), p.wrapping_sub(&points));
    assert!(above.min(below).bits_vartime() <= Uint::<L>::BITS / 2 + 2);
}

/// `k·G` by the comb, by double-and-add over the complete formulas, and by digits.
fn multiples<const L: usize>(curve: &Curve<L>) {
    let mut samples = Samples(2);
    let g = curve.generator();
    let mut numbers = corners(curve.order.modulus());
    numbers.extend((0..5).map(|_| curve.order.reduce(&samples.number())));
    for k in &numbers {
        let mut slow = Point::infinity(curve);
        for bit in (0..k.bits_vartime()).rev() {
            slow = slow.double(curve);
            if k.bit_vartime(bit) {
                slow = slow.add_affine(g, curve);
            }
        }
        let fast = curve.sum(&Uint::ZERO, g, k);
        let generators = curve.sum(k, g, &Uint::ZERO);
        let half = curve.order.modulus().shr_vartime(1);
        let halves = curve.sum(&curve.order.sub(k, &half), g, &half);
        if slow.z == Uint::ZERO {
            assert_eq!(*k, Uint::ZERO);
            assert!(fast.is_infinity() && generators.is_infinity() && halves.is_infinity());
            continue;
        }
        let slow = slow.to_affine(curve);
        assert_eq!(curve.times_generator(k), slow);
        for sum in [fast, generators, halves] {
            assert!(sum.has_abscissa(&slow.x, curve));
        }
    }
}

/// Infinity, a point and itself, a point and its negative: the cases that incomplete formulas leave out.
fn formulas<const L: usize>(curve: &Curve<L>) {
    let infinity = Point::infinity(curve);
    let affine = curve.times_generator(&Uint::from_u8(7));
    let point = Point::from_affine(curve, &affine);
    let same = |a: Point<L>, b: Point<L>| a.to_affine(curve) == b.to_affine(curve);
    assert!(same(infinity.add(&point, curve), point));
    assert!(same(infinity.add_affine(&affine, curve), point));
    assert!(same(point.add(&infinity, curve), point));
    assert!(same(point.add(&point, curve), point.double(curve)));
    assert!(same(point.add_affine(&affine, curve), point.double(curve)));
    for nothing in [infinity.double(curve), infinity.add(&infinity, curve)] {
        assert!(nothing.z == Uint::ZERO && nothing.y != Uint::ZERO);
    }
    let mut negative = affine;
    negative.y = curve.field.neg(&affine.y);
    for nothing in [
        point.add_affine(&negative, curve),
        point.add(&Point::from_affine(curve, &negative), curve),
    ] {
        assert!(nothing.z == Uint::ZERO && nothing.y != Uint::ZERO);
    }
}
