//! Recovery codes: 80 random bits each, so that a plain hash is enough; what a lost phone is replaced with.

use podpis_kit::{Result, random};
use podpis_shared::hash::sha256_hex;

/// How many there are.
const COUNT: usize = 8;

/// Letters that are not mistaken for others (Crockford's Base32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// New ones: `K7Q2-M0RA-9TXE-5WJD`.
///
/// # Errors
/// Where the host gives no randomness.
pub(crate) fn new() -> Result<Vec<String>> {
    (0..COUNT).map(|_| one()).collect()
}

/// The hash of a code as somebody typed it: case and whatever stands between do not count, nor whether O or 0, I, L or 1.
pub(crate) fn hash(person_id: &str, typed: &str) -> String {
    let letters: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .take(64)
        .collect();
    sha256_hex(format!("podpis-recovery/1 {person_id} {letters}").as_bytes())
}

fn one() -> Result<String> {
    let bytes: [u8; 16] = random::bytes()?;
    let letters: Vec<char> = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect();
    let groups = letters.chunks(4).map(|group| group.iter().collect());
    Ok(groups.collect::<Vec<String>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_different_ones() {
        let mut codes = new().unwrap();
        assert!(codes.iter().all(|code| code.len() == 19));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), COUNT);
    }

    #[test]
    fn however_it_is_typed() {
        let hash = |typed| hash("per_1", typed);
        let right = hash("K7Q2-M0RA-9TXE-51JD");
        for same in [
            "k7q2m0ra9txe51jd",
            " K7Q2 MORA 9TXE 5IJD ",
            "K7Q2-MORA-9TXE-5lJD",
        ] {
            assert_eq!(hash(same), right, "{same}");
        }
        assert_ne!(hash("K7Q2-M0RA-9TXE-51JE"), right);
        assert_ne!(super::hash("per_2", "K7Q2-M0RA-9TXE-51JD"), right);
    }
}
