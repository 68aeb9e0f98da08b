//! Encryption of a push message (RFC 8291) in the encoding `aes128gcm` (RFC 8188): only the browser can read it.

use super::base64url;
use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes128Gcm, KeyInit as _};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey, ecdh};
use podpis_kit::random;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Largest body that every push service takes (RFC 8030 section 7.2), and the size of our one record.
pub(crate) const BODY_MAX: usize = 4096;

/// Salt, record size, length of the key's name, the key itself (RFC 8188 section 2.1).
const HEADER: usize = 16 + 4 + 1 + POINT;

/// An uncompressed point of P-256.
const POINT: usize = 65;

/// AES-GCM's tag.
const TAG: usize = 16;

/// Largest text, in bytes; the byte after it ends it.
pub(crate) const TEXT_MAX: usize = BODY_MAX - HEADER - TAG - 1;

/// Texts are filled up to a multiple of this, in bytes: ours are shorter, so all have one length.
const STEP: usize = 1024;

/// Of the last record, before the filling (RFC 8188 section 2).
const DELIMITER: u8 = 2;

/// The keys that a browser gave with its subscription. No `Debug`.
pub(crate) struct Browser {
    public: PublicKey,
    auth: [u8; 16],
}

/// Why nothing was encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncryptError {
    /// Longer than [`TEXT_MAX`].
    TooLong,
    /// The host gives no randomness, or the cipher refuses.
    Failed,
}

impl Browser {
    /// Reads `p256dh` and `auth` of the Push API, both base64url. `None`: no point of the curve, or no 16 bytes.
    pub(crate) fn parse(p256dh: &str, auth: &str) -> Option<Self> {
        let point = base64url(p256dh)?;
        let public = PublicKey::from_sec1_bytes(&point).ok()?;
        let auth = base64url(auth)?.try_into().ok()?;
        (point.len() == POINT).then_some(Self { public, auth })
    }

    /// The body of a push message. Texts up to [`STEP`] bytes give bodies of one length, which so tells nothing.
    ///
    /// # Errors
    /// [`EncryptError`].
    pub(crate) fn encrypt(&self, text: &[u8]) -> Result<Vec<u8>, EncryptError> {
        let length = (text.len() + 1).next_multiple_of(STEP).min(TEXT_MAX + 1);
        let salt = random::bytes().map_err(|_| EncryptError::Failed)?;
        let key = ephemeral().ok_or(EncryptError::Failed)?;
        self.encrypt_with(text, length, &key, salt)
    }

    /// One record that holds `text`, filled up to `length` bytes with the delimiter.
    fn encrypt_with(
        &self,
        text: &[u8],
        length: usize,
        key: &SecretKey,
        salt: [u8; 16],
    ) -> Result<Vec<u8>, EncryptError> {
        if text.len() > TEXT_MAX {
            return Err(EncryptError::TooLong);
        }
        let ours = key.public_key().to_encoded_point(false);
        let secrets = self.secrets(key, ours.as_bytes(), &salt)?;
        let mut record = text.to_vec();
        record.push(DELIMITER);
        record.resize(length.max(record.len()), 0);
        let tag = Aes128Gcm::new((&*secrets.key).into())
            .encrypt_inout_detached(&secrets.nonce.into(), b"", record.as_mut_slice().into())
            .map_err(|_| EncryptError::Failed)?;
        let size = u32::try_from(BODY_MAX).map_err(|_| EncryptError::Failed)?;
        let key_length = u8::try_from(POINT).map_err(|_| EncryptError::Failed)?;
        let parts: [&[u8]; 6] = [
            &salt,
            &size.to_be_bytes(),
            &[key_length],
            ours.as_bytes(),
            &record,
            &tag,
        ];
        Ok(parts.concat())
    }

    /// RFC 8291 section 3.4, then RFC 8188 sections 2.2 and 2.3.
    fn secrets(&self, key: &SecretKey, ours: &[u8], salt: &[u8]) -> Result<Secrets, EncryptError> {
        let failed = |_| EncryptError::Failed;
        let shared = ecdh::diffie_hellman(key.to_nonzero_scalar(), self.public.as_affine());
        let theirs = self.public.to_encoded_point(false);
        let info = [b"WebPush: info\0", theirs.as_bytes(), ours].concat();
        let mut input = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(&self.auth), shared.raw_secret_bytes())
            .expand(&info, &mut *input)
            .map_err(failed)?;
        let content = Hkdf::<Sha256>::new(Some(salt), &*input);
        let mut secrets = Secrets {
            key: Zeroizing::default(),
            nonce: [0; 12],
        };
        content
            .expand(b"Content-Encoding: aes128gcm\0", &mut *secrets.key)
            .and_then(|()| content.expand(b"Content-Encoding: nonce\0", &mut secrets.nonce))
            .map_err(failed)?;
        Ok(secrets)
    }
}

struct Secrets {
    key: Zeroizing<[u8; 16]>,
    nonce: [u8; 12],
}

/// A new key; `None` where the host gives no randomness.
pub(crate) fn ephemeral() -> Option<SecretKey> {
    // Nearly every number of 256 bits is a key of P-256.
    (0..4).find_map(|_| SecretKey::from_slice(&*Zeroizing::new(random::bytes::<32>().ok()?)).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const P256DH: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// RFC 8291 section 5 and appendix A.
    #[test]
    fn the_example_of_the_rfc() {
        let browser = Browser::parse(P256DH, AUTH).unwrap();
        let key = base64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let key = SecretKey::from_slice(&key).unwrap();
        let salt = base64url("DGv6ra1nlYgDCS1FRnbzlw").unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let body = browser.encrypt_with(text, 0, &key, salt.try_into().unwrap());
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS\
                        6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu\
                        lcy4a-fN";
        assert_eq!(body.unwrap(), base64url(expected).unwrap());
    }

    #[test]
    fn lengths_tell_nothing() {
        let browser = Browser::parse(P256DH, AUTH).unwrap();
        let length = |text: usize| browser.encrypt(&vec![b'a'; text]).map(|body| body.len());
        for text in [0, 1, 500, STEP - 1] {
            assert_eq!(length(text), Ok(HEADER + STEP + TAG), "{text}");
        }
        assert_eq!(length(STEP), Ok(HEADER + 2 * STEP + TAG));
        assert_eq!(length(TEXT_MAX), Ok(BODY_MAX));
        assert_eq!(length(TEXT_MAX + 1), Err(EncryptError::TooLong));
    }

    #[test]
    fn each_message_has_a_key_of_its_own() {
        let browser = Browser::parse(P256DH, AUTH).unwrap();
        let (one, other) = (
            browser.encrypt(b"a").unwrap(),
            browser.encrypt(b"a").unwrap(),
        );
        assert_ne!(one[..16], other[..16]);
        assert_ne!(one[21..HEADER], other[21..HEADER]);
    }

    #[test]
    fn what_is_no_subscription() {
        let mut off_the_curve = base64url(P256DH).unwrap();
        off_the_curve[64] ^= 1;
        let off_the_curve = super::super::to_base64url(&off_the_curve);
        for (p256dh, auth) in [
            (off_the_curve.as_str(), AUTH),
            ("", AUTH),
            ("AA", AUTH),
            (P256DH, "BTBZMqHH6r4Tts7J_aSI"),
            (P256DH, "?"),
        ] {
            assert!(Browser::parse(p256dh, auth).is_none(), "{p256dh} {auth}");
        }
    }
}
