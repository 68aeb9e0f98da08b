//! PEM (RFC 7468) as it comes from files, forms and variables: line breaks anywhere, other text around.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{KeyFormError, MAX_DER};

/// A block: its label and what it holds.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    body: &'a str,
}

impl Block<'_> {
    pub(super) fn der(&self) -> Result<Zeroizing<Vec<u8>>, KeyFormError> {
        let text: Zeroizing<Vec<u8>> = Zeroizing::new(
            self.body
                .bytes()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect(),
        );
        STANDARD
            .decode(text.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| KeyFormError::Malformed("base64"))
    }
}

/// Every block in its order; one that does not end is broken.
pub(super) fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyFormError> {
    const BEGIN: &str = "-----BEGIN ";
    // Base64 takes four bytes for three; certificates may stand around the key.
    if text.len() > 4 * MAX_DER {
        return Err(KeyFormError::TooLarge);
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let cut = KeyFormError::Malformed("PEM is cut off");
        let (label, after) = after.split_once("-----").ok_or(cut.clone())?;
        let (body, after) = after.split_once("-----END ").ok_or(cut.clone())?;
        rest = after
            .strip_prefix(label)
            .and_then(|after| after.strip_prefix("-----"))
            .ok_or(cut)?;
        found.push(Block { label, body });
    }
    Ok(found)
}

/// Writes a block with lines of 64 characters.
pub(super) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    // Nothing is written twice: a longer buffer would leave the shorter one behind.
    let mut out = Zeroizing::new(String::with_capacity(
        base64.len() + base64.len() / 64 + 2 * label.len() + 40,
    ));
    out.push_str("-----BEGIN ");
    out.push_str(label);
    out.push_str("-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        // Base64 is ASCII, so every cut is between characters.
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}
