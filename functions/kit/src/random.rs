//! Randomness of the host.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes.
///
/// # Errors
/// Fails when the host gives none; then nothing secret may be made.
pub fn bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A secret of 256 bits as 43 characters of base64url.
///
/// # Errors
/// As [`bytes`].
pub fn token() -> Result<String, getrandom::Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// An opaque id: prefix, `_`, 128 bits in base64url.
///
/// # Errors
/// As [`bytes`].
pub fn id(prefix: &str) -> Result<String, getrandom::Error> {
    Ok(format!(
        "{prefix}_{}",
        URL_SAFE_NO_PAD.encode(bytes::<16>()?)
    ))
}
