//! The pepper: the secret without which the kept hashes of codes say nothing.
//!
//! A code has a million values, so a plain hash would be one only in name. A new pepper ends the codes that are on
//! their way, five minutes' worth, and nothing else: so it needs no rotation.

use hmac::{Hmac, Mac as _};
use podpis_kit::store::sandbox_keys;
use podpis_kit::{Db, Failure, Result, vars};
use podpis_shared::hash::hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::code::Purpose;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The variable, and the key that a sandbox keeps for itself.
const CODE_PEPPER: &str = "code_pepper";

/// Compared with where there is no code with an id; no hash is ever all zeros.
pub(crate) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// 64 hex digits, which are the key of HMAC as they stand: one block of SHA-256. No `Debug`; wiped when dropped.
pub(crate) struct Pepper(Zeroizing<[u8; 64]>);

impl Pepper {
    /// The variable `code_pepper`; in a sandbox without one, a key made once and kept in the database.
    ///
    /// # Errors
    /// `unavailable` where there is none, or a malformed one.
    pub(crate) async fn load(db: &Db) -> Result<Self> {
        let text = Zeroizing::new(vars::get(CODE_PEPPER).await?);
        let read = if text.trim().is_empty() && vars::sandbox().await? {
            Self::parse(sandbox_keys::get_or_make(db, CODE_PEPPER).await?.expose())
        } else {
            Self::parse(&text)
        };
        read.ok_or_else(|| {
            eprintln!("error at keys: {CODE_PEPPER} is not 64 hex digits");
            Failure::new(
                Code::Unavailable,
                "Ключ кодов не настроен: коды не отправляются.",
            )
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut key: Zeroizing<[u8; 64]> = Zeroizing::new(text.trim().as_bytes().try_into().ok()?);
        key.make_ascii_lowercase();
        key.iter().all(u8::is_ascii_hexdigit).then_some(Self(key))
    }

    /// HMAC-SHA256 of a code and of what it is bound to, lower-case hex. Each part is preceded by its length, so that
    /// no two lists of parts give the same bytes.
    pub(crate) fn hash(&self, id: &str, purpose: Purpose, subject: &str, code: &str) -> String {
        let mut mac = Hmac::<Sha256>::new(&(*self.0).into());
        for part in ["podpis-code/1", id, purpose.as_str(), subject, code] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}

/// Whether two hashes are the same, in a time that does not depend on where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pepper(digit: &str) -> Pepper {
        Pepper::parse(&digit.repeat(64)).unwrap()
    }

    #[test]
    fn a_code_is_bound_to_everything() {
        let of = |id, purpose, subject, code| pepper("1").hash(id, purpose, subject, code);
        let hash = of("code_a", Purpose::Sign, "s1", "123456");
        assert!(same(&hash, &of("code_a", Purpose::Sign, "s1", "123456")));
        assert!(!same(&hash, NO_HASH));
        for other in [
            of("code_b", Purpose::Sign, "s1", "123456"),
            of("code_a", Purpose::Accept, "s1", "123456"),
            of("code_a", Purpose::Sign, "s2", "123456"),
            of("code_a", Purpose::Sign, "s1", "123457"),
            // The same bytes, parted elsewhere.
            of("code_", Purpose::Sign, "s1", "123456"),
            of("code_a", Purpose::Sign, "s11", "23456"),
            pepper("2").hash("code_a", Purpose::Sign, "s1", "123456"),
        ] {
            assert!(!same(&hash, &other), "{other}");
        }
    }

    #[test]
    fn every_purpose_has_a_hash_of_its_own() {
        let hash = |purpose| pepper("1").hash("code_a", purpose, "s", "123456");
        let mut hashes = Purpose::ALL.map(hash).to_vec();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), Purpose::ALL.len());
    }

    /// Computed with Python's `hmac`.
    #[test]
    fn the_form_is_the_documented_one() {
        assert_eq!(
            pepper("a").hash("code_a", Purpose::SignIn, "00", "042137"),
            "91bdf385f85edf2c6343346390d4de619e2ede85df70c8cfef9a509544f67e7b"
        );
        assert_eq!(
            pepper("A").hash("i", Purpose::Sign, "s", "c"),
            pepper("a").hash("i", Purpose::Sign, "s", "c")
        );
    }

    #[test]
    fn malformed_peppers() {
        let right = "0123456789abcdef".repeat(4);
        assert!(Pepper::parse(&format!(" {right}\n")).is_some());
        for wrong in [
            "",
            &right[1..],
            &format!("{right}0"),
            &"g".repeat(64),
            &"ы".repeat(32),
        ] {
            assert!(Pepper::parse(wrong).is_none(), "{wrong}");
        }
    }
}
