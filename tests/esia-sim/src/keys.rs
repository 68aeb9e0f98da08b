//! The four key files: ours at ESIA (`client.pem`, `client.pub.pem`), ESIA's own (`esia.pem`, `esia.pub.pem`).

use anyhow::Context as _;
use p256::ecdsa::{SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::rand_core::OsRng;
use rsa::{RsaPrivateKey, RsaPublicKey};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use streebog::{Digest as _, Streebog256};

/// What the simulator needs of the files.
pub(crate) struct Keys {
    /// The registered key that requests must be signed with.
    pub(crate) client: VerifyingKey,
    /// Upper-case hex of Streebog-256 over the DER SubjectPublicKeyInfo of [`Keys::client`].
    /// It stands for the hash of the certificate until requests are signed with GOST keys.
    pub(crate) client_hash: String,
    /// Signs the tokens.
    pub(crate) esia: RsaPrivateKey,
}

/// Writes the missing ones of the four files, private ones readable by the owner only.
///
/// # Errors
/// The folder can't be written, or a private key that is already there can't be read.
pub fn write_missing(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let client = dir.join("client.pem");
    if !client.exists() {
        write(
            &client,
            &SigningKey::random(&mut OsRng).to_pkcs8_pem(LineEnding::LF)?,
            0o600,
        )?;
    }
    let key: SigningKey =
        p256::pkcs8::DecodePrivateKey::from_pkcs8_pem(&read(&client)?).context("client.pem")?;
    let public = key.verifying_key().to_public_key_pem(LineEnding::LF)?;
    write_if_absent(&dir.join("client.pub.pem"), &public)?;

    let esia = dir.join("esia.pem");
    if !esia.exists() {
        write(&esia, &new_rsa()?.to_pkcs8_pem(LineEnding::LF)?, 0o600)?;
    }
    let key = RsaPrivateKey::from_pkcs8_pem(&read(&esia)?).context("esia.pem")?;
    write_if_absent(
        &dir.join("esia.pub.pem"),
        &RsaPublicKey::from(&key).to_public_key_pem(LineEnding::LF)?,
    )
}

/// A fresh RSA key of the size that ESIA uses.
pub(crate) fn new_rsa() -> anyhow::Result<RsaPrivateKey> {
    Ok(RsaPrivateKey::new(&mut OsRng, 2048)?)
}

impl Keys {
    /// Reads `client.pub.pem` and `esia.pem`.
    pub(crate) fn load(dir: &Path) -> anyhow::Result<Self> {
        let client = VerifyingKey::from_public_key_pem(&read(&dir.join("client.pub.pem"))?)
            .context("client.pub.pem")?;
        let spki = client.to_public_key_der()?;
        Ok(Self {
            client,
            client_hash: Streebog256::digest(spki.as_bytes())
                .iter()
                .map(|byte| format!("{byte:02X}"))
                .collect(),
            esia: RsaPrivateKey::from_pkcs8_pem(&read(&dir.join("esia.pem"))?)
                .context("esia.pem")?,
        })
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write_if_absent(path: &Path, text: &str) -> anyhow::Result<()> {
    if path.exists() {
        Ok(())
    } else {
        write(path, text, 0o644)
    }
}

fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
