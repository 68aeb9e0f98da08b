//! The peers of sealing: `@libpdf/core`, and `pdf-lib` with `@signpdf/signpdf`, in Node. They sign and do nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// Versions are pinned, so that figures stay comparable.
const PACKAGES: [&str; 5] = [
    "@libpdf/core@0.4.2",
    "pdf-lib@1.17.1",
    "@signpdf/signpdf@3.3.0",
    "@signpdf/signer-p12@3.3.0",
    "@signpdf/placeholder-pdf-lib@3.3.0",
];

/// A folder with the peers, their scripts and keys.
pub struct Peers {
    folder: PathBuf,
}

/// One of the peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// `@libpdf/core`, ECDSA P-256, an incremental update.
    LibPdf,
    /// `pdf-lib` and `@signpdf/signpdf`, RSA-2048, the file rewritten.
    SignPdf,
}

impl Peers {
    /// Installs them where they are not there yet.
    ///
    /// # Errors
    /// When npm or OpenSSL fail.
    pub fn install() -> Result<Self> {
        let folder = crate::scratch()?.join("sign-peers");
        fs::create_dir_all(&folder)?;
        for (name, script) in [
            ("peer.mjs", include_str!("sign/peer.mjs")),
            ("libpdf.mjs", include_str!("sign/libpdf.mjs")),
            ("signpdf.mjs", include_str!("sign/signpdf.mjs")),
        ] {
            fs::write(folder.join(name), script)?;
        }
        let peers = Self { folder };
        if !peers.folder.join("node_modules/@libpdf/core").is_dir() {
            let arguments = ["install", "--silent", "--no-save", "--prefix", "."];
            peers.run("npm", &[&arguments[..], &PACKAGES].concat())?;
        }
        peers.key("ec.p12", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"])?;
        peers.key("rsa.p12", &["rsa:2048"])?;
        Ok(peers)
    }

    /// What a peer measures over `runs` runs, and the file that it signed.
    ///
    /// # Errors
    /// When it fails.
    pub fn measure(&self, peer: Peer, pdf: &[u8], runs: usize) -> Result<(Value, PathBuf)> {
        let (input, signed) = (
            self.folder.join("input.pdf"),
            self.folder.join("signed.pdf"),
        );
        fs::write(&input, pdf)?;
        let (script, key) = match peer {
            Peer::LibPdf => ("libpdf.mjs", "ec.p12"),
            Peer::SignPdf => ("signpdf.mjs", "rsa.p12"),
        };
        let printed = self.run(
            "node",
            &[script, "input.pdf", key, "signed.pdf", &runs.to_string()],
        )?;
        Ok((serde_json::from_slice(&printed)?, signed))
    }

    /// A key with its certificate in the old PKCS#12 encryption, which both read.
    fn key(&self, name: &str, kind: &[&str]) -> Result<()> {
        if self.folder.join(name).is_file() {
            return Ok(());
        }
        let request = [
            "req",
            "-x509",
            "-nodes",
            "-days",
            "3650",
            "-subj",
            "/CN=bench",
            "-newkey",
        ];
        let files = ["-keyout", "key.pem", "-out", "certificate.pem"];
        self.run("openssl", &[&request[..], kind, &files].concat())?;
        let export = [
            "pkcs12",
            "-export",
            "-inkey",
            "key.pem",
            "-in",
            "certificate.pem",
            "-passout",
            "pass:x",
        ];
        let old = [
            "-keypbe",
            "PBE-SHA1-3DES",
            "-certpbe",
            "PBE-SHA1-3DES",
            "-macalg",
            "sha1",
            "-out",
            name,
        ];
        self.run("openssl", &[&export[..], &old].concat())?;
        Ok(())
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<Vec<u8>> {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(&self.folder)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| program.to_owned())?;
        ensure!(output.status.success(), "{program}: {}", output.status);
        Ok(output.stdout)
    }
}

/// Fails unless pdfsig finds the file's last signature valid and over the whole of it.
///
/// # Errors
/// What pdfsig said instead.
pub fn check(file: &Path) -> Result<()> {
    let output = Command::new("pdfsig")
        .arg("-nocert")
        .arg(file)
        .output()
        .context("pdfsig")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.rsplit("Signature #").next().unwrap_or_default();
    ensure!(
        last.contains("Signature is Valid.") && last.contains("Total document signed"),
        "{}: {said}",
        file.display()
    );
    Ok(())
}
