//! An authenticator in software, and what it must not get through with.

use super::*;
use p256::SecretKey;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::EncodePublicKey as _;
use serde_json::json;

const ORIGIN: &str = "https://sign.example.ru";
const CHALLENGE: &str = "Y2hhbGxlbmdl";

/// What a browser and its device may say otherwise than they should.
struct Device {
    key: SigningKey,
    id: &'static [u8],
    rp_id: &'static str,
    origin: &'static str,
    challenge: &'static str,
    kind: Option<&'static str>,
    cross_origin: bool,
    flags: u8,
    count: u32,
}

impl Device {
    fn new() -> Self {
        Self {
            key: SecretKey::from_slice(&[7; 32]).unwrap().into(),
            id: b"credential one",
            rp_id: "sign.example.ru",
            origin: ORIGIN,
            challenge: CHALLENGE,
            kind: None,
            cross_origin: false,
            flags: PRESENT | VERIFIED,
            count: 0,
        }
    }

    fn public_key(&self) -> String {
        let key = PublicKey::from(self.key.verifying_key());
        BASE64URL.encode(key.to_public_key_der().unwrap())
    }

    fn client_data(&self, kind: &str) -> Vec<u8> {
        let data = json!({
            "type": self.kind.unwrap_or(kind), "challenge": self.challenge, "origin": self.origin,
            "crossOrigin": self.cross_origin, "other": {"unknown": 1},
        });
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id).to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn create(&self) -> NewPasskey {
        let mut data = self.data(self.flags | ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(self.id);
        let point = self.key.verifying_key().to_encoded_point(false);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]);
        data.extend([0x21, 0x58, 0x20]);
        data.extend(point.x().unwrap());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().unwrap());
        NewPasskey {
            name: "Телефон".into(),
            credential_id: BASE64URL.encode(self.id),
            public_key: self.public_key(),
            algorithm: ES256,
            authenticator_data: BASE64URL.encode(data),
            client_data_json: BASE64URL.encode(self.client_data("webauthn.create")),
        }
    }

    fn get(&self) -> PasskeyAnswer {
        let (data, client) = (self.data(self.flags), self.client_data("webauthn.get"));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        PasskeyAnswer {
            credential_id: BASE64URL.encode(self.id),
            authenticator_data: BASE64URL.encode(data),
            client_data_json: BASE64URL.encode(client),
            signature: BASE64URL.encode(signature.to_der()),
        }
    }
}

fn site() -> Site {
    Site::of(ORIGIN.into())
}

fn asserts(device: &Device, count: i64) -> Result<i64, Refused> {
    let key = Device::new().public_key();
    asserted(&site(), CHALLENGE, (&key, count), &device.get())
}

#[test]
fn the_host_is_the_site() {
    for (url, host) in [
        ("https://sign.example.ru", "sign.example.ru"),
        ("http://localhost:3000", "localhost"),
        ("https://a.example/b:c", "a.example"),
    ] {
        assert_eq!(rp_id(url), host);
    }
}

#[test]
fn a_passkey_is_added_and_signs() {
    let mut device = Device::new();
    assert_eq!(registered(&site(), CHALLENGE, &device.create()), Ok(0));
    assert_eq!(asserts(&device, 0), Ok(0), "one that counts nothing");
    device.count = 5;
    assert_eq!(registered(&site(), CHALLENGE, &device.create()), Ok(5));
    assert_eq!(asserts(&device, 4), Ok(5));
    assert_eq!(asserts(&device, 0), Ok(5));
}

#[test]
fn a_counter_that_does_not_move_is_a_copy() {
    let mut device = Device::new();
    assert_eq!(asserts(&device, 1), Err(Refused::Counter));
    device.count = 5;
    assert_eq!(asserts(&device, 5), Err(Refused::Counter));
    assert_eq!(asserts(&device, 6), Err(Refused::Counter));
}

#[test]
fn whatever_is_otherwise_is_refused() {
    type Change = fn(&mut Device);
    let changes: [(Change, Refused); 11] = [
        (|d| d.origin = "https://evil.example", Refused::ClientData),
        (|d| d.origin = "http://sign.example.ru", Refused::ClientData),
        (
            |d| d.origin = "https://sign.example.ru:8443",
            Refused::ClientData,
        ),
        (|d| d.challenge = "Y2hhbGxlbmdm", Refused::ClientData),
        (|d| d.challenge = "", Refused::ClientData),
        (|d| d.kind = Some("payment.get"), Refused::ClientData),
        (|d| d.cross_origin = true, Refused::ClientData),
        (|d| d.rp_id = "example.ru", Refused::Site),
        (|d| d.flags = PRESENT, Refused::Person),
        (|d| d.flags = VERIFIED, Refused::Person),
        (|d| d.flags = 0, Refused::Person),
    ];
    for (number, (change, why)) in changes.into_iter().enumerate() {
        let mut device = Device::new();
        change(&mut device);
        assert_eq!(asserts(&device, 0), Err(why), "sign in: {number}");
        let added = registered(&site(), CHALLENGE, &device.create());
        assert_eq!(added, Err(why), "add: {number}");
    }
    let mut other = Device::new();
    other.key = SecretKey::from_slice(&[8; 32]).unwrap().into();
    assert_eq!(asserts(&other, 0), Err(Refused::Signature));
}

#[test]
fn one_kind_of_answer_is_not_the_other() {
    let mut device = Device::new();
    device.kind = Some("webauthn.create");
    assert_eq!(asserts(&device, 0), Err(Refused::ClientData));
    device.kind = Some("webauthn.get");
    let added = registered(&site(), CHALLENGE, &device.create());
    assert_eq!(added, Err(Refused::ClientData));
}

#[test]
fn a_key_is_that_of_the_credential() {
    let right = Device::new().create();
    let mut other = Device::new();
    other.key = SecretKey::from_slice(&[8; 32]).unwrap().into();
    let with = |change: fn(&mut NewPasskey, &Device), other: &Device| {
        let mut new = right.clone();
        change(&mut new, other);
        registered(&site(), CHALLENGE, &new)
    };
    let key = with(|new, other| new.public_key = other.public_key(), &other);
    assert_eq!(key, Err(Refused::Credential));
    let id = with(
        |new, _| new.credential_id = BASE64URL.encode("another"),
        &other,
    );
    assert_eq!(id, Err(Refused::Credential));
    let algorithm = with(|new, _| new.algorithm = -257, &other);
    assert_eq!(algorithm, Err(Refused::Key));
    let form = with(|new, _| new.public_key = "AAAA".into(), &other);
    assert_eq!(form, Err(Refused::Key));
    // Without attested credential data.
    let bare = with(
        |new, other| new.authenticator_data = other.get().authenticator_data,
        &other,
    );
    assert_eq!(bare, Err(Refused::Credential));
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    let key = Device::new().public_key();
    let right = Device::new().get();
    let fields: [fn(&mut PasskeyAnswer) -> &mut String; 3] = [
        |answer| &mut answer.authenticator_data,
        |answer| &mut answer.client_data_json,
        |answer| &mut answer.signature,
    ];
    for field in fields {
        let bytes = BASE64URL.decode(field(&mut right.clone())).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            for wrong in [&changed[..], &bytes[..at]] {
                let mut answer = right.clone();
                *field(&mut answer) = BASE64URL.encode(wrong);
                assert!(
                    asserted(&site(), CHALLENGE, (&key, 0), &answer).is_err(),
                    "{at}"
                );
            }
        }
    }
}
