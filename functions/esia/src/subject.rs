//! ESIA's number of a person, as accounts are found by it: never the number itself.

use hmac::{Hmac, Mac as _};
use podpis_kit::store::sandbox_keys;
use podpis_kit::{Db, Failure, Result, vars};
use podpis_shared::Sensitive;
use podpis_shared::hash::hex;
use podpis_shared::problem::Code;
use sha2::Sha256;

/// The variable, and the key that a sandbox keeps for itself.
const ACCOUNT_PEPPER: &str = "account_pepper";

/// What the numbers are hashed with: numbers are few, so that without a secret each could be tried.
///
/// 64 hex digits, which are the key of HMAC as they stand: one block of SHA-256. No `Debug`.
pub struct Pepper(Sensitive<[u8; 64]>);

impl Pepper {
    /// The variable `account_pepper`; in a sandbox without one, a key made once and kept in the database.
    ///
    /// # Errors
    /// `unavailable` where there is none, or a malformed one.
    pub async fn load(db: &Db) -> Result<Self> {
        let text = Sensitive::new(vars::get(ACCOUNT_PEPPER).await?);
        let read = if text.expose().trim().is_empty() && vars::sandbox().await? {
            Self::parse(
                sandbox_keys::get_or_make(db, ACCOUNT_PEPPER)
                    .await?
                    .expose(),
            )
        } else {
            Self::parse(text.expose())
        };
        read.ok_or_else(|| {
            eprintln!("error at keys: {ACCOUNT_PEPPER} is not 64 hex digits");
            let detail = "Ключ кабинетов не настроен: войти через Госуслуги нельзя.";
            Failure::new(Code::Unavailable, detail)
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut key: [u8; 64] = text.trim().as_bytes().try_into().ok()?;
        key.make_ascii_lowercase();
        key.iter()
            .all(u8::is_ascii_hexdigit)
            .then(|| Self(Sensitive::new(key)))
    }

    /// HMAC-SHA256 of a number, lower-case hex.
    pub fn subject(&self, oid: &str) -> String {
        let tag = Hmac::<Sha256>::new(&(*self.0.expose()).into())
            .chain_update("podpis-esia-subject/1\n")
            .chain_update(oid)
            .finalize();
        hex(&tag.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form is stored for as long as there are accounts. Computed with Python's `hmac`.
    #[test]
    fn the_form_stays() {
        let pepper = Pepper::parse(&"a".repeat(64)).unwrap();
        assert_eq!(
            pepper.subject("1000299654"),
            "8901987ce6aaab156c9e7c8ee182bf6fc8d90e0c2d02f380d5aaca0129f27840"
        );
        let other = Pepper::parse(&"b".repeat(64)).unwrap();
        assert_ne!(pepper.subject("1000299654"), other.subject("1000299654"));
        assert_ne!(pepper.subject("1000299654"), pepper.subject("1000299655"));
    }

    #[test]
    fn malformed_peppers() {
        let right = "0123456789ABCDEF".repeat(4);
        assert!(Pepper::parse(&format!(" {right}\n")).is_some());
        for wrong in ["", &right[1..], &format!("{right}0"), &"g".repeat(64)] {
            assert!(Pepper::parse(wrong).is_none(), "{wrong}");
        }
    }
}
