//! Passkeys: what a browser says of one, checked after WebAuthn level 2, sections 7.1 and 7.2. ES256 only, no attestation, the
//! person verified by the device. Browsers hand the public key over as `SubjectPublicKeyInfo`, so no CBOR is read here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use p256::PublicKey;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::pkcs8::DecodePublicKey as _;
use podpis_shared::wire::staff::{NewPasskey, PasskeyAnswer};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// COSE's number of ES256.
const ES256: i64 = -7;

/// Bits of `flags`: present, verified, with attested credential data.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// Longest credential id that WebAuthn allows, in bytes.
const CREDENTIAL_MAX: usize = 1023;

/// Whom passkeys are for.
pub(crate) struct Site {
    origin: String,
    rp_id: String,
}

/// Why a passkey is refused; for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A value is no base64url, or shorter than it must be.
    Form,
    /// `clientDataJSON` is of another kind, challenge or origin.
    ClientData,
    /// Made for another site.
    Site,
    /// Nobody touched the device, or it did not verify the person.
    Person,
    /// Another algorithm, or no key of it.
    Key,
    /// The credential in `authenticatorData` is another one, or has another key.
    Credential,
    /// The signature is not by this passkey.
    Signature,
    /// Its counter has not moved: there may be a copy of it.
    Counter,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Site {
    /// Of the address of this installation.
    pub(crate) fn of(base_url: String) -> Self {
        Self {
            rp_id: rp_id(&base_url).to_owned(),
            origin: base_url,
        }
    }
}

/// The host in an address.
pub(crate) fn rp_id(base_url: &str) -> &str {
    let authority = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    authority.split(['/', ':']).next().unwrap_or_default()
}

/// Checks a passkey that is being added; gives its counter.
///
/// # Errors
/// Why it is refused.
pub(crate) fn registered(site: &Site, challenge: &str, new: &NewPasskey) -> Result<u32, Refused> {
    if new.algorithm != ES256 {
        return Err(Refused::Key);
    }
    let client_data = decoded(&new.client_data_json)?;
    check_client_data(site, "webauthn.create", challenge, &client_data)?;
    let data = decoded(&new.authenticator_data)?;
    let read = AuthenticatorData::read(&data)?;
    read.check(site)?;
    let id = decoded(&new.credential_id)?;
    let (named, cose) = read.credential.ok_or(Refused::Credential)?;
    if id.is_empty() || id.len() > CREDENTIAL_MAX || named != id {
        return Err(Refused::Credential);
    }
    // The same key in COSE's form: -2 and -3 name the coordinates.
    let point = key(&new.public_key)?.to_encoded_point(false);
    let (Some(x), Some(y)) = (point.x(), point.y()) else {
        return Err(Refused::Key);
    };
    let holds = |label: u8, number: &[u8]| {
        let field = [&[label, 0x58, 0x20], number].concat();
        cose.windows(field.len()).any(|window| window == field)
    };
    if !holds(0x21, x) || !holds(0x22, y) {
        return Err(Refused::Credential);
    }
    Ok(read.count)
}

/// Checks what a passkey with this key (base64url) and counter has signed; gives its new counter.
///
/// # Errors
/// Why it is refused.
pub(crate) fn asserted(
    site: &Site,
    challenge: &str,
    (public_key, count): (&str, i64),
    answer: &PasskeyAnswer,
) -> Result<i64, Refused> {
    let client_data = decoded(&answer.client_data_json)?;
    check_client_data(site, "webauthn.get", challenge, &client_data)?;
    let data = decoded(&answer.authenticator_data)?;
    let read = AuthenticatorData::read(&data)?;
    read.check(site)?;
    let signature = decoded(&answer.signature)?;
    let signature = Signature::from_der(&signature).map_err(|_| Refused::Signature)?;
    let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
    VerifyingKey::from(key(public_key)?)
        .verify(&signed, &signature)
        .map_err(|_| Refused::Signature)?;
    // Passkeys that live on several devices count nothing and say 0.
    let moved = i64::from(read.count);
    if (moved != 0 || count != 0) && moved <= count {
        return Err(Refused::Counter);
    }
    Ok(moved)
}

fn decoded(text: &str) -> Result<Vec<u8>, Refused> {
    BASE64URL.decode(text).map_err(|_| Refused::Form)
}

fn key(public_key: &str) -> Result<PublicKey, Refused> {
    PublicKey::from_public_key_der(&decoded(public_key)?).map_err(|_| Refused::Key)
}

/// `CollectedClientData`.
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

fn check_client_data(site: &Site, kind: &str, challenge: &str, json: &[u8]) -> Result<(), Refused> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| Refused::ClientData)?;
    let right = data.r#type == kind
        && data.challenge == challenge
        && data.origin == site.origin
        && !data.cross_origin;
    right.then_some(()).ok_or(Refused::ClientData)
}

/// Section 6.1.
struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    count: u32,
    /// Id of the credential, and what follows it: its key in COSE's form.
    credential: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> AuthenticatorData<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let read = || {
            let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
            let (flags, rest) = rest.split_first()?;
            let (count, rest) = rest.split_first_chunk::<4>()?;
            let credential = if flags & ATTESTED == 0 {
                None
            } else {
                let (_aaguid, rest) = rest.split_first_chunk::<16>()?;
                let (length, rest) = rest.split_first_chunk::<2>()?;
                Some(rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?)
            };
            Some(Self {
                rp_id_hash,
                flags: *flags,
                count: u32::from_be_bytes(*count),
                credential,
            })
        };
        read().ok_or(Refused::Form)
    }

    fn check(&self, site: &Site) -> Result<(), Refused> {
        if self.rp_id_hash.as_slice() != Sha256::digest(&site.rp_id).as_slice() {
            return Err(Refused::Site);
        }
        if self.flags & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
            return Err(Refused::Person);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
