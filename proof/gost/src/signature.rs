//! Signing and checking over one curve: GOST R 34.10-2012, sections 6.1 and 6.2.

use crypto_bigint::{Limb, Uint};

use crate::curve::Curve;
use crate::nonce::Nonces;
use crate::point::Affine;

/// `s ‖ r`, each big-endian. The digest has the curve's size.
pub(crate) fn sign<const L: usize>(
    curve: &Curve<L>,
    secret: &Uint<L>,
    digest: &[u8],
    extra: &[u8],
) -> Vec<u8> {
    let e = number(curve, digest);
    let mut nonces = Nonces::new(secret, &e, extra);
    loop {
        let k = nonces.next(&curve.order);
        if let Some((r, s)) = sign_with_nonce(curve, secret, &e, &k) {
            return [s.to_be_bytes().as_ref(), r.to_be_bytes().as_ref()].concat();
        }
    }
}

/// `(r, s)`; nothing for a nonce that can't be used, of which there is none in practice.
fn sign_with_nonce<const L: usize>(
    curve: &Curve<L>,
    secret: &Uint<L>,
    e: &Uint<L>,
    k: &Uint<L>,
) -> Option<(Uint<L>, Uint<L>)> {
    let order = &curve.order;
    let point = curve.times_generator(k);
    let r = order.reduce(&curve.field.plain(&point.x));
    // One factor in form and one not: the product is not.
    let s = order.add(
        &order.mul(&order.form(&r), secret),
        &order.mul(&order.form(e), k),
    );
    (r != Uint::ZERO && s != Uint::ZERO).then_some((r, s))
}

/// Whether `signature` is of `digest`; both of any length. Variable time: nothing here is secret.
pub(crate) fn verify<const L: usize>(
    curve: &Curve<L>,
    key: &Affine<L>,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    let size = Uint::<L>::BYTES;
    if digest.len() != size || signature.len() != 2 * size {
        return false;
    }
    let order = &curve.order;
    let (s, r) = signature.split_at(size);
    let (s, r) = (Uint::<L>::from_be_slice(s), Uint::<L>::from_be_slice(r));
    let in_range = |number: &Uint<L>| *number != Uint::ZERO && number < order.modulus();
    if !in_range(&s) || !in_range(&r) {
        return false;
    }
    let inverse = order.invert_vartime(&order.form(&number(curve, digest)));
    let z1 = order.mul(&inverse, &s);
    let z2 = order.neg(&order.mul(&inverse, &r));
    let point = curve.sum(&z1, key, &z2);
    // The abscissa modulo q is r: it is r, or r with some multiple of q that leaves it below p.
    let mut x = r;
    while x < *curve.field.modulus() {
        if point.has_abscissa(&curve.field.form(&x), curve) {
            return true;
        }
        let (next, carry) = x.carrying_add(order.modulus(), Limb::ZERO);
        if carry != Limb::ZERO {
            break;
        }
        x = next;
    }
    false
}

/// `e`: the digest as a little-endian number modulo q, and 1 for 0. The digest has the curve's size.
fn number<const L: usize>(curve: &Curve<L>, digest: &[u8]) -> Uint<L> {
    let e = curve.order.reduce(&Uint::from_le_slice(digest));
    if e == Uint::ZERO { Uint::ONE } else { e }
}

#[cfg(test)]
mod tests;
