//! The secret number of a signature, derived from the key and the digest in the manner of RFC 6979.

use crypto_bigint::Uint;
use zeroize::Zeroizing;

use crate::digest::hmac;
use crate::field::Field;

/// The generator of RFC 6979 section 3.2 (HMAC_DRBG) with HMAC over Streebog of the key's size. Where that text says
///
/// - `int2octets(x)`: the secret key, big-endian, of the key's size (32 or 64 bytes);
/// - `bits2octets(h1)`: `e`, the number that the signature signs (the digest read as little-endian, modulo q, 1 for 0), likewise;
/// - `bits2int(T)`: the leftmost bits of one HMAC, as many as q has;
/// - additional data (section 3.6): `extra`, nothing by default.
pub(crate) struct Nonces {
    key: Zeroizing<Vec<u8>>,
    value: Zeroizing<Vec<u8>>,
    started: bool,
}

impl Nonces {
    /// `secret` and `e` are not in form.
    pub(crate) fn new<const L: usize>(secret: &Uint<L>, e: &Uint<L>, extra: &[u8]) -> Self {
        let mut secret_bytes = secret.to_be_bytes();
        let e = e.to_be_bytes();
        let size = e.as_ref().len();
        let mut state = Self {
            key: Zeroizing::new(vec![0; size]),
            value: Zeroizing::new(vec![1; size]),
            started: false,
        };
        for separator in [0, 1] {
            state.update(separator, &[secret_bytes.as_ref(), e.as_ref(), extra]);
        }
        zeroize::Zeroize::zeroize(&mut secret_bytes);
        state
    }

    /// The next number between 1 and q - 1.
    pub(crate) fn next<const L: usize>(&mut self, order: &Field<L>) -> Zeroizing<Uint<L>> {
        let surplus = Uint::<L>::BITS - order.modulus().bits_vartime();
        loop {
            if self.started {
                self.update(0, &[]);
            }
            self.started = true;
            self.value = Zeroizing::new(hmac(&self.key, &[&self.value]));
            let number = Zeroizing::new(Uint::from_be_slice(&self.value).shr_vartime(surplus));
            // Which numbers were thrown away tells nothing of the one that stays.
            if *number != Uint::ZERO && *number < *order.modulus() {
                return number;
            }
        }
    }

    /// `K = HMAC_K(V ‖ separator ‖ data)`, `V = HMAC_K(V)`.
    fn update(&mut self, separator: u8, data: &[&[u8]]) {
        let separator = [separator];
        let mut parts: Vec<&[u8]> = vec![&self.value, &separator];
        parts.extend(data);
        self.key = Zeroizing::new(hmac(&self.key, &parts));
        self.value = Zeroizing::new(hmac(&self.key, &[&self.value]));
    }
}
