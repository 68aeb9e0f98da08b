//! The key files: ours at ESIA (`client.*`), ESIA's own (`esia.*`), and `storage.key`.

use crate::crypto::{self, Algorithm, Crypto, CryptoKind};
use anyhow::{Context as _, ensure};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use x509_cert::der::Decode as _;

/// Private key, certificate, algorithm and the certificate's name.
const PAIRS: [(&str, &str, Algorithm, &str); 3] = [
    (
        "client.pem",
        "client.cer.pem",
        Algorithm::Gost,
        "Podpis at the ESIA simulator",
    ),
    ("esia.pem", "esia.cer.pem", Algorithm::Gost, ESIA_NAME),
    (
        "esia.rsa.pem",
        "esia.rsa.cer.pem",
        Algorithm::Rs256,
        ESIA_NAME,
    ),
];

const ESIA_NAME: &str = "ESIA simulator (not the real ESIA)";

/// Writes the missing ones of `client.pem`, `client.cer.pem`, `esia.pem`, `esia.cer.pem`, `esia.rsa.pem`,
/// `esia.rsa.cer.pem` and `storage.key`; private ones are readable by the owner only. A key of another
/// algorithm (of an older version of this program) is kept beside as `*.old`.
///
/// # Errors
/// The folder can't be written, or the crypto of that kind can't work here.
pub fn write_missing(dir: &Path, kind: CryptoKind) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let crypto = crypto::open(kind)?;
    for (key, certificate, algorithm, name) in PAIRS {
        let (key, certificate) = (dir.join(key), dir.join(certificate));
        if key.exists() && certificate.exists() {
            continue;
        }
        if key.exists() {
            match crypto.self_signed(algorithm, &read(&key)?, name) {
                Ok(pem) => {
                    write(&certificate, &pem, 0o644)?;
                    continue;
                }
                Err(_) => fs::rename(&key, older(&key))?,
            }
        }
        let pem = crypto.new_key(algorithm)?;
        // A certificate without its key is of no use any more.
        if certificate.exists() {
            fs::rename(&certificate, older(&certificate))?;
        }
        write(
            &certificate,
            &crypto.self_signed(algorithm, &pem, name)?,
            0o644,
        )?;
        write(&key, &pem, 0o600)?;
    }
    let storage = dir.join("storage.key");
    if !storage.exists() {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
        write(&storage, &hex(&bytes), 0o600)?;
    }
    Ok(())
}

/// A key with its certificate, both PEM.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) key: String,
    pub(crate) certificate: String,
}

/// The keys that tokens are signed with.
#[derive(Clone)]
pub(crate) struct EsiaKeys {
    pub(crate) gost: Pair,
    pub(crate) rs256: Pair,
}

impl EsiaKeys {
    /// Reads `esia.*`.
    pub(crate) fn load(dir: &Path) -> anyhow::Result<Self> {
        let pair = |name: &str| -> anyhow::Result<Pair> {
            Ok(Pair {
                key: read(&dir.join(format!("{name}.pem")))?,
                certificate: read(&dir.join(format!("{name}.cer.pem")))?,
            })
        };
        Ok(Self {
            gost: pair("esia")?,
            rs256: pair("esia.rsa")?,
        })
    }

    /// The key of an algorithm.
    pub(crate) const fn of(&self, algorithm: Algorithm) -> &Pair {
        match algorithm {
            Algorithm::Gost => &self.gost,
            Algorithm::Rs256 => &self.rs256,
        }
    }

    /// Likewise, to put another in its place.
    pub(crate) const fn of_mut(&mut self, algorithm: Algorithm) -> &mut Pair {
        match algorithm {
            Algorithm::Gost => &mut self.gost,
            Algorithm::Rs256 => &mut self.rs256,
        }
    }
}

/// A fresh key of ESIA.
pub(crate) fn new_pair(algorithm: Algorithm, crypto: &dyn Crypto) -> anyhow::Result<Pair> {
    let key = crypto.new_key(algorithm)?;
    let certificate = crypto.self_signed(algorithm, &key, ESIA_NAME)?;
    Ok(Pair { key, certificate })
}

/// A registered certificate of a client.
pub(crate) struct Registered {
    pub(crate) der: Vec<u8>,
    /// Streebog-256 over the DER form, upper-case hexadecimal.
    pub(crate) hash: String,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

impl Registered {
    /// Reads the one certificate of a PEM file.
    pub(crate) fn load(path: &Path, crypto: &dyn Crypto) -> anyhow::Result<Self> {
        let pem = read(path)?;
        let (label, der) = pem_rfc7468::decode_vec(pem.as_bytes())
            .map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        ensure!(
            label == "CERTIFICATE",
            "{}: not a certificate",
            path.display()
        );
        let parsed = x509_cert::Certificate::from_der(&der)
            .map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
        let validity = parsed.tbs_certificate.validity;
        let at = |time: x509_cert::time::Time| OffsetDateTime::UNIX_EPOCH + time.to_unix_duration();
        Ok(Self {
            hash: hex(&crypto.streebog(&der)?).to_ascii_uppercase(),
            der,
            not_before: at(validity.not_before),
            not_after: at(validity.not_after),
        })
    }

    /// Whether the certificate is valid at a moment (seconds since 1970).
    pub(crate) fn valid_at(&self, now: i64) -> bool {
        (self.not_before.unix_timestamp()..=self.not_after.unix_timestamp()).contains(&now)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn older(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".old");
    name.into()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
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
