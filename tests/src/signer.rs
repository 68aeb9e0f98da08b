//! Signers beside the product, as an operator puts one in front of an HSM: they hold the keys, OpenSSL signs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::server::{Answer, Request, serve};
use crate::stack::data_folder;

/// Longer than anybody waits for a signature.
const SILENCE: Duration = Duration::from_secs(60);

/// Starts a signer of seals with a private key (PEM, P-256 or RSA); gives its address. It lives as long as the process.
///
/// # Errors
/// When no port is free.
pub fn start(key_pem: &str) -> Result<String> {
    let folder = data_folder()?;
    fs::write(folder.join("key.pem"), key_pem)?;
    serve(move |request| {
        let message = message(&request, &["ES256", "RS256"])?;
        answer(&openssl(&folder, "key.pem", &["-sha256"], &message)?)
    })
}

/// How a signer for ESIA answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Right,
    /// From the last byte to the first, as CryptoPro's tools do.
    Reversed,
    /// With the signature of a key that isn't the certificate's.
    OtherKey,
    /// With a signature of 128 bytes, as a 512-bit key makes.
    Longer,
    /// With status 500.
    Error,
    /// Not at all.
    Silent,
}

/// The signer of our requests to ESIA: the GOST engine of OpenSSL. Its server lives as long as the process.
#[derive(Debug)]
pub struct EsiaSigner {
    /// Where it answers.
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    signed: Arc<AtomicU32>,
}

impl EsiaSigner {
    /// What callers must show.
    pub const TOKEN: &str = "token-of-the-signer";

    /// Starts one with a key (PKCS#8 PEM, GOST R 34.10-2012).
    pub(crate) fn start(key: &Path) -> Result<Self> {
        let folder = data_folder()?;
        fs::copy(key, folder.join("right.pem"))?;
        genpkey(&folder, "other.pem", "gost2012_256", "XA")?;
        genpkey(&folder, "longer.pem", "gost2012_512", "A")?;
        let (manner, signed) = (
            Arc::new(Mutex::new(Manner::Right)),
            Arc::new(AtomicU32::new(0)),
        );
        let (shared, counter) = (Arc::clone(&manner), Arc::clone(&signed));
        let url = serve(move |request| {
            let expected = format!("Bearer {}", Self::TOKEN);
            ensure!(request.authorization == expected, "not for everybody");
            let message = message(&request, &["GOST3410_2012_256"])?;
            let manner = *shared.lock().map_err(|_| anyhow!("a test died"))?;
            let (key, digest) = match manner {
                Manner::Right | Manner::Reversed => ("right.pem", "-md_gost12_256"),
                Manner::OtherKey => ("other.pem", "-md_gost12_256"),
                Manner::Longer => ("longer.pem", "-md_gost12_512"),
                Manner::Error => {
                    return Ok(Answer {
                        status: 500,
                        content_type: "text/plain",
                        more_headers: String::new(),
                        body: b"no token inserted".to_vec(),
                    });
                }
                Manner::Silent => {
                    thread::sleep(SILENCE);
                    bail!("nobody waits any more")
                }
            };
            let mut signature = openssl(&folder, key, &["-engine", "gost", digest], &message)?;
            if manner == Manner::Reversed {
                signature.reverse();
            }
            counter.fetch_add(1, Ordering::Relaxed);
            answer(&signature)
        })?;
        Ok(Self {
            url,
            manner,
            signed,
        })
    }

    /// How it answers from now on.
    ///
    /// # Errors
    /// When a thread of the signer has died.
    pub fn set(&self, manner: Manner) -> Result<()> {
        *self.manner.lock().map_err(|_| anyhow!("a thread died"))? = manner;
        Ok(())
    }

    /// How many signatures it has made.
    pub fn signed(&self) -> u32 {
        self.signed.load(Ordering::Relaxed)
    }
}

/// What is to be signed with one of `algorithms`.
fn message(request: &Request, algorithms: &[&str]) -> Result<Vec<u8>> {
    let asked: Value = serde_json::from_slice(&request.body)?;
    ensure!(
        algorithms.iter().any(|name| asked["algorithm"] == *name),
        "{asked}"
    );
    Ok(STANDARD.decode(asked["message"].as_str().context("no message")?)?)
}

fn answer(signature: &[u8]) -> Result<Answer> {
    let answer = json!({ "signature": STANDARD.encode(signature) });
    Ok(Answer {
        status: 200,
        content_type: "application/json",
        more_headers: String::new(),
        body: answer.to_string().into_bytes(),
    })
}

/// A new GOST key, PKCS#8 PEM.
fn genpkey(folder: &Path, name: &str, algorithm: &str, parameters: &str) -> Result<()> {
    let parameters = format!("paramset:{parameters}");
    let args = [
        "genpkey",
        "-engine",
        "gost",
        "-algorithm",
        algorithm,
        "-pkeyopt",
        &parameters,
        "-out",
        name,
    ];
    run(folder, &args).map(drop)
}

fn openssl(folder: &Path, key: &str, how: &[&str], message: &[u8]) -> Result<Vec<u8>> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    // Several may be at work at once.
    let name = format!("message-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let file: PathBuf = folder.join(&name);
    fs::write(&file, message)?;
    let args = [&["dgst"], how, &["-sign", key, &name]].concat();
    let signature = run(folder, &args);
    fs::remove_file(file)?;
    signature
}

fn run(folder: &Path, args: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("openssl")
        .args(args)
        .current_dir(folder)
        .output()
        .context("openssl")?;
    ensure!(output.status.success(), "openssl {args:?}: {output:?}");
    Ok(output.stdout)
}
