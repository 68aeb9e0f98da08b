//! GOST R 34.11-2012 ("Streebog", RFC 6986), and HMAC over it (RFC 7836 section 4.1).

use hmac::{Mac, SimpleHmac};
use streebog::{Digest as _, Streebog256, Streebog512};

/// The digest of a message: 32 bytes for a `size` of 32, and 64 bytes for any other. In the order of RFC 6986's
/// implementations and of certificates, which signatures read as a little-endian number.
pub fn streebog(size: usize, message: &[u8]) -> Vec<u8> {
    match size {
        32 => Streebog256::digest(message).to_vec(),
        _ => Streebog512::digest(message).to_vec(),
    }
}

/// HMAC over Streebog of `key`'s own length, 32 or 64 bytes, which is also the length of the result.
pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    match key.len() {
        32 => hmac_with::<SimpleHmac<Streebog256>>(key, parts),
        _ => hmac_with::<SimpleHmac<Streebog512>>(key, parts),
    }
}

fn hmac_with<M: Mac + hmac::digest::KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // A key of any length is taken, so there is no error to report.
    let Ok(mut mac) = <M as Mac>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
