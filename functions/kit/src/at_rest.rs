//! Encryption at rest: what must not be read by whoever gets hold of the database file.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce of 192 bits. What is sealed is bound to its
//! *purpose*, the table, column and row that it belongs to: moved to another row it does not open.
//!
//! Every header names its key, so that keys can rotate: the first key of the variable `storage_key` seals, all of
//! them open. A key may leave the variable when nothing is sealed with it any more.

use crate::db::Db;
use crate::http::{Failure, Result};
use crate::store::sandbox_keys;
use crate::{random, vars};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use podpis_shared::problem::Code;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The variable, and the key that a sandbox keeps for itself.
const STORAGE_KEY: &str = "storage_key";

/// Length of a key in bytes.
const KEY_BYTES: usize = 32;

/// What a sealed text starts with; text without it was written before there were keys.
const TEXT_MARK: &str = "sealed:";

/// The keys of this installation. No `Debug`; wiped when dropped.
pub struct Keys(Vec<Key>);

struct Key {
    id: [u8; 4],
    cipher: XChaCha20Poly1305,
}

/// Why something can't be sealed or opened. Nothing of the contents is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtRestError {
    /// `storage_key` is not one or more texts of 64 hex digits, separated by spaces; the number of the wrong one.
    Malformed(usize),
    /// The header can't be read.
    Header,
    /// It was sealed with a key that `storage_key` does not hold any more.
    UnknownKey,
    /// It was changed, or belongs to another row.
    Altered,
    /// The host gives no randomness, or the cipher refuses the length.
    Unsealed,
}

impl Keys {
    /// The keys of the variable `storage_key`; in a sandbox without one, a key made once and kept in the database.
    ///
    /// # Errors
    /// `unavailable` where there is no key, or a malformed one: then nothing may be stored.
    pub async fn load(db: &Db) -> Result<Self> {
        Self::load_named(db, STORAGE_KEY).await
    }

    /// Likewise, the keys of another variable: for a component that has no business with `storage_key`.
    ///
    /// # Errors
    /// As [`Keys::load`].
    pub async fn load_named(db: &Db, name: &str) -> Result<Self> {
        let text = Zeroizing::new(vars::get(name).await?);
        if !text.trim().is_empty() {
            return Self::parse(&text).map_err(not_configured);
        }
        if !vars::sandbox().await? {
            return Err(not_configured(format!("the variable {name} is empty")));
        }
        let key = sandbox_keys::get_or_make(db, name).await?;
        Self::parse(key.expose()).map_err(not_configured)
    }

    /// Reads keys of 64 hex digits, separated by white space; the first one seals.
    ///
    /// # Errors
    /// [`AtRestError::Malformed`]: half a set would open half of what is stored.
    pub fn parse(text: &str) -> Result<Self, AtRestError> {
        let keys = text
            .split_whitespace()
            .zip(1..)
            .map(|(text, number)| Key::parse(text).ok_or(AtRestError::Malformed(number)))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(AtRestError::Malformed(1));
        }
        Ok(Self(keys))
    }

    /// Encrypts bytes where they stand; their length stays. Gives the header that [`Keys::open_in_place`] needs.
    ///
    /// # Errors
    /// [`AtRestError::Unsealed`]: then the bytes must not be stored.
    pub fn seal_in_place(&self, purpose: &str, bytes: &mut [u8]) -> Result<String, AtRestError> {
        self.seal_detached(purpose, bytes)
            .map(|header| STANDARD_NO_PAD.encode(header.to_bytes()))
    }

    /// Decrypts bytes where they stand.
    ///
    /// # Errors
    /// As [`Keys::open`]; the bytes are then of no use.
    pub fn open_in_place(
        &self,
        purpose: &str,
        bytes: &mut [u8],
        header: &str,
    ) -> Result<(), AtRestError> {
        let header = STANDARD_NO_PAD
            .decode(header)
            .map_err(|_| AtRestError::Header)?;
        let (header, rest) = Header::split(&header)?;
        if !rest.is_empty() {
            return Err(AtRestError::Header);
        }
        self.open_detached(purpose, bytes, &header)
    }

    /// Header and ciphertext in one.
    ///
    /// # Errors
    /// As [`Keys::seal_in_place`].
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, AtRestError> {
        let mut sealed = vec![0; Header::BYTES + plain.len()];
        let (head, body) = sealed.split_at_mut(Header::BYTES);
        body.copy_from_slice(plain);
        head.copy_from_slice(&self.seal_detached(purpose, body)?.to_bytes());
        Ok(sealed)
    }

    /// What [`Keys::seal`] has sealed for the same purpose.
    ///
    /// # Errors
    /// [`AtRestError`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, AtRestError> {
        let (header, body) = Header::split(sealed)?;
        let mut plain = body.to_vec();
        self.open_detached(purpose, &mut plain, &header)?;
        Ok(plain)
    }

    /// A text for a column: [`Keys::seal`] in base64 behind a mark.
    ///
    /// # Errors
    /// As [`Keys::seal_in_place`].
    pub fn seal_text(&self, purpose: &str, plain: &str) -> Result<String, AtRestError> {
        let sealed = self.seal(purpose, plain.as_bytes())?;
        Ok(format!("{TEXT_MARK}{}", STANDARD_NO_PAD.encode(sealed)))
    }

    /// What a column holds: opened, or given back as it is where it was written before there were keys. So a plain
    /// text must never start with the mark: JSON does not.
    ///
    /// # Errors
    /// [`AtRestError`].
    pub fn open_text(&self, purpose: &str, stored: String) -> Result<String, AtRestError> {
        let Some(sealed) = stored.strip_prefix(TEXT_MARK) else {
            return Ok(stored);
        };
        let sealed = STANDARD_NO_PAD
            .decode(sealed)
            .map_err(|_| AtRestError::Header)?;
        String::from_utf8(self.open(purpose, &sealed)?).map_err(|_| AtRestError::Altered)
    }

    fn seal_detached(&self, purpose: &str, bytes: &mut [u8]) -> Result<Header, AtRestError> {
        let key = self.0.first().ok_or(AtRestError::UnknownKey)?;
        let nonce: [u8; 24] = random::bytes().map_err(|_| AtRestError::Unsealed)?;
        let tag = key
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), &bound_to(purpose), bytes.into())
            .map_err(|_| AtRestError::Unsealed)?;
        Ok(Header {
            key: key.id,
            nonce,
            tag: tag.into(),
        })
    }

    fn open_detached(
        &self,
        purpose: &str,
        bytes: &mut [u8],
        header: &Header,
    ) -> Result<(), AtRestError> {
        let key = self.0.iter().find(|key| key.id == header.key);
        key.ok_or(AtRestError::UnknownKey)?
            .cipher
            .decrypt_inout_detached(
                &XNonce::from(header.nonce),
                &bound_to(purpose),
                bytes.into(),
                &header.tag.into(),
            )
            .map_err(|_| AtRestError::Altered)
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 2 * KEY_BYTES {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let value = digit(*pair.first()?)? * 16 + digit(*pair.last()?)?;
            *byte = u8::try_from(value).ok()?;
        }
        let named = Sha256::new()
            .chain_update(b"podpis-at-rest/1 key ")
            .chain_update(*key)
            .finalize();
        Some(Self {
            id: [named[0], named[1], named[2], named[3]],
            cipher: XChaCha20Poly1305::new((&*key).into()),
        })
    }
}

/// What stands beside the ciphertext: version, id of the key, nonce, tag.
struct Header {
    key: [u8; 4],
    nonce: [u8; 24],
    tag: [u8; 16],
}

impl Header {
    const VERSION: u8 = 1;
    const BYTES: usize = 1 + 4 + 24 + 16;

    fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = Self::VERSION;
        bytes[1..5].copy_from_slice(&self.key);
        bytes[5..29].copy_from_slice(&self.nonce);
        bytes[29..].copy_from_slice(&self.tag);
        bytes
    }

    /// The header, and what follows it.
    fn split(bytes: &[u8]) -> Result<(Self, &[u8]), AtRestError> {
        let read = || {
            let (version, rest) = bytes.split_first()?;
            let (key, rest) = rest.split_first_chunk()?;
            let (nonce, rest) = rest.split_first_chunk()?;
            let (tag, rest) = rest.split_first_chunk()?;
            let (key, nonce, tag) = (*key, *nonce, *tag);
            (*version == Self::VERSION).then_some((Self { key, nonce, tag }, rest))
        };
        read().ok_or(AtRestError::Header)
    }
}

/// The associated data: form and purpose.
fn bound_to(purpose: &str) -> Vec<u8> {
    [b"podpis-at-rest/1 ", purpose.as_bytes()].concat()
}

fn not_configured(why: impl std::fmt::Display) -> Failure {
    eprintln!("error at keys: {why}");
    Failure::new(
        Code::Unavailable,
        "Ключ хранения не настроен: без него ничего не сохраняется.",
    )
}

impl std::fmt::Display for AtRestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(number) => {
                write!(f, "key {number} of storage_key is not 64 hex digits")
            }
            Self::Header => f.write_str("the header of what is sealed can't be read"),
            Self::UnknownKey => f.write_str("sealed with a key that storage_key does not hold"),
            Self::Altered => f.write_str("what is sealed was changed, or belongs elsewhere"),
            Self::Unsealed => f.write_str("it can't be sealed"),
        }
    }
}

impl std::error::Error for AtRestError {}

impl From<AtRestError> for Failure {
    fn from(error: AtRestError) -> Self {
        Self::internal("at rest", error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(digits: &[char]) -> Keys {
        let texts: Vec<String> = digits.iter().map(|d| d.to_string().repeat(64)).collect();
        Keys::parse(&texts.join(" ")).unwrap()
    }

    #[test]
    fn opens_for_its_purpose_only() {
        let keys = keys(&['1']);
        let sealed = keys.seal("blob:a", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_eq!(keys.open("blob:a", &sealed).unwrap(), b"secret");
        assert_eq!(keys.open("blob:b", &sealed), Err(AtRestError::Altered));
        assert_ne!(keys.seal("blob:a", b"secret").unwrap(), sealed, "the nonce");
    }

    #[test]
    fn in_place_keeps_the_length() {
        let keys = keys(&['1']);
        for length in [0, 1, 64, 100_001] {
            let plain: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let mut bytes = plain.clone();
            let header = keys.seal_in_place("p", &mut bytes).unwrap();
            assert_eq!(bytes.len(), plain.len());
            assert!(length == 0 || bytes != plain);
            keys.open_in_place("p", &mut bytes, &header).unwrap();
            assert_eq!(bytes, plain);
        }
    }

    #[test]
    fn keys_rotate() {
        let old = keys(&['1']).seal("p", b"x").unwrap();
        assert_eq!(keys(&['2', '1']).open("p", &old).unwrap(), b"x");
        assert_eq!(keys(&['2']).open("p", &old), Err(AtRestError::UnknownKey));
        let new = keys(&['2', '1']).seal("p", b"x").unwrap();
        assert_eq!(keys(&['1']).open("p", &new), Err(AtRestError::UnknownKey));
        assert_eq!(keys(&['2']).open("p", &new).unwrap(), b"x");
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let keys = keys(&['1', '2']);
        let sealed = keys.seal("p", b"twelve bytes").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keys.open("p", &changed).is_err(), "byte {at}");
            assert!(keys.open("p", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn texts_from_before_there_were_keys() {
        let keys = keys(&['1']);
        let text = keys.seal_text("p", "{\"id_token\":\"e\"}").unwrap();
        assert!(!text.contains("id_token"));
        assert_eq!(keys.open_text("p", text).unwrap(), "{\"id_token\":\"e\"}");
        assert_eq!(keys.open_text("p", "{}".into()).unwrap(), "{}");
        for wrong in ["sealed:", "sealed:AAAA", "sealed:ы"] {
            assert!(keys.open_text("p", wrong.into()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn malformed_keys() {
        let right = "0123456789abcdefABCDEF0123456789".repeat(2);
        assert!(Keys::parse(&format!(" {right}\n{right} ")).is_ok());
        for (wrong, number) in [
            (String::new(), 1),
            (right[1..].to_owned(), 1),
            (format!("{right}0"), 1),
            (format!("{right} {}", "g".repeat(64)), 2),
            ("+1".repeat(32), 1),
            ("ы".repeat(32), 1),
        ] {
            let error = Keys::parse(&wrong).err();
            assert_eq!(error, Some(AtRestError::Malformed(number)), "{wrong}");
        }
    }

    /// The form is stored for decades: what was sealed once must open for ever. Made with libsodium.
    #[test]
    fn the_form_stays() {
        let text =
            "sealed:AYmduJQAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhfc7BccgiuuHj3IkxpHTV+OS4UD8jKUjOU5nbK+";
        assert_eq!(keys(&['1']).open_text("p", text.into()).unwrap(), "Привет");
    }
}
