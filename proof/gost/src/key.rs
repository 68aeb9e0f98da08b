//! Keys: valid by construction.

use std::fmt;

use crypto_bigint::Uint;
use zeroize::{Zeroize as _, Zeroizing};

use crate::curve::{AnyCurve, Curve, LONG, SHORT};
use crate::point::Affine;
use crate::{GostError, ParamSet, signature, streebog};

/// A public key: a point of its curve, not infinity, of order q.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    set: ParamSet,
    point: PublicPoint,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PublicPoint {
    Short(&'static Curve<SHORT>, Affine<SHORT>),
    Long(&'static Curve<LONG>, Affine<LONG>),
}

impl PublicKey {
    /// Reads `X ‖ Y`, each of [`ParamSet::size`] bytes, little-endian, as keys and certificates hold them (RFC 9215
    /// section 4.2).
    ///
    /// # Errors
    /// [`GostError`] for bytes of another length, unreduced coordinates, and points off the curve or outside of the
    /// subgroup of order q.
    pub fn from_bytes(set: ParamSet, bytes: &[u8]) -> Result<Self, GostError> {
        check_length(bytes, 2 * set.size())?;
        let (x, y) = bytes.split_at(set.size());
        let point = match set.curve() {
            AnyCurve::Short(curve) => {
                let point = curve.point(&Uint::from_le_slice(x), &Uint::from_le_slice(y))?;
                PublicPoint::Short(curve, point)
            }
            AnyCurve::Long(curve) => {
                let point = curve.point(&Uint::from_le_slice(x), &Uint::from_le_slice(y))?;
                PublicPoint::Long(curve, point)
            }
        };
        Ok(Self { set, point })
    }

    /// `X ‖ Y`, as [`Self::from_bytes`] reads it.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.point {
            PublicPoint::Short(curve, point) => curve.coordinates(point),
            PublicPoint::Long(curve, point) => curve.coordinates(point),
        }
    }

    /// The name that the key's curve came with.
    pub fn param_set(&self) -> ParamSet {
        self.set
    }

    /// Whether `signature`, as [`Self::verify_digest`] takes it, is of the message, hashed by Streebog of the key's size.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verify_digest(&streebog(self.set.size(), message), signature)
    }

    /// Whether `signature` is of `digest`. The digest has [`ParamSet::size`] bytes in the order of [`streebog`], the
    /// signature is `s ‖ r`, each of as many bytes, big-endian (RFC 9215 section 2). Any other length does not verify.
    #[must_use]
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> bool {
        match &self.point {
            PublicPoint::Short(curve, key) => signature::verify(curve, key, digest, signature),
            PublicPoint::Long(curve, key) => signature::verify(curve, key, digest, signature),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, ", self.set.name())?;
        for byte in self.to_bytes() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

/// A secret key: a number between 1 and q - 1. Erased from memory when dropped; [`fmt::Debug`] shows its set only.
#[derive(Clone)]
pub struct SecretKey {
    set: ParamSet,
    number: SecretNumber,
}

#[derive(Clone)]
enum SecretNumber {
    Short(&'static Curve<SHORT>, Uint<SHORT>),
    Long(&'static Curve<LONG>, Uint<LONG>),
}

impl SecretKey {
    /// Reads [`ParamSet::size`] bytes, little-endian, as PKCS#8 files hold them.
    ///
    /// # Errors
    /// [`GostError`] for bytes of another length and numbers that are no key.
    pub fn from_bytes(set: ParamSet, bytes: &[u8]) -> Result<Self, GostError> {
        check_length(bytes, set.size())?;
        let number = match set.curve() {
            AnyCurve::Short(curve) => {
                SecretNumber::Short(curve, curve.secret(Uint::from_le_slice(bytes))?)
            }
            AnyCurve::Long(curve) => {
                SecretNumber::Long(curve, curve.secret(Uint::from_le_slice(bytes))?)
            }
        };
        Ok(Self { set, number })
    }

    /// As [`Self::from_bytes`] reads it; erased when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.number {
            SecretNumber::Short(_, number) => number.to_le_bytes().as_ref().to_vec(),
            SecretNumber::Long(_, number) => number.to_le_bytes().as_ref().to_vec(),
        })
    }

    /// The public key, computed anew each time.
    pub fn public_key(&self) -> PublicKey {
        let point = match &self.number {
            SecretNumber::Short(curve, number) => {
                PublicPoint::Short(curve, curve.times_generator(number))
            }
            SecretNumber::Long(curve, number) => {
                PublicPoint::Long(curve, curve.times_generator(number))
            }
        };
        PublicKey {
            set: self.set,
            point,
        }
    }

    /// The name that the key's curve came with.
    pub fn param_set(&self) -> ParamSet {
        self.set
    }

    /// Signs a message, hashed by Streebog of the key's size: `s ‖ r`, as [`PublicKey::verify`] reads it. The same
    /// message gives the same signature.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with(message, &[])
    }

    /// Signs a message with a nonce that depends on `extra` too: random bytes there make signatures of one message
    /// differ, and faults of the machine harder to use. The signature stays safe whatever `extra` is.
    pub fn sign_with(&self, message: &[u8], extra: &[u8]) -> Vec<u8> {
        self.sign_number(&streebog(self.set.size(), message), extra)
    }

    /// Signs a digest in the order of [`streebog`].
    ///
    /// # Errors
    /// [`GostError::Length`] unless it has [`ParamSet::size`] bytes.
    pub fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, GostError> {
        check_length(digest, self.set.size())?;
        Ok(self.sign_number(digest, &[]))
    }

    /// The digest has the key's size.
    fn sign_number(&self, digest: &[u8], extra: &[u8]) -> Vec<u8> {
        match &self.number {
            SecretNumber::Short(curve, number) => signature::sign(curve, number, digest, extra),
            SecretNumber::Long(curve, number) => signature::sign(curve, number, digest, extra),
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, …)", self.set.name())
    }
}

impl Drop for SecretNumber {
    fn drop(&mut self) {
        match self {
            Self::Short(_, number) => number.zeroize(),
            Self::Long(_, number) => number.zeroize(),
        }
    }
}

fn check_length(bytes: &[u8], expected: usize) -> Result<(), GostError> {
    if bytes.len() == expected {
        Ok(())
    } else {
        Err(GostError::Length {
            expected,
            found: bytes.len(),
        })
    }
}
