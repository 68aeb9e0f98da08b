//! The `openssl` program with its GOST engine (Debian's package `libengine-gost-openssl`).

use super::{Algorithm, CmsVerdict, Crypto};
use anyhow::{Context as _, ensure};
use std::fs;
use std::process::{Command, Output};

/// Days that a certificate made here is valid.
const CERTIFICATE_DAYS: &str = "400";

/// Every call runs the program in a folder of its own, which is removed afterwards.
pub(super) struct OpenSsl;

impl OpenSsl {
    /// Looks whether the program and its engine are there.
    pub(super) fn new() -> anyhow::Result<Self> {
        let seen = run(&[], &["engine", "-t", "gost"])?;
        ensure!(
            String::from_utf8_lossy(&seen.stdout).contains("[ available ]"),
            "openssl has no GOST engine: install libengine-gost-openssl"
        );
        Ok(Self)
    }
}

impl Crypto for OpenSsl {
    fn new_key(&self, algorithm: Algorithm) -> anyhow::Result<String> {
        let args: &[&str] = match algorithm {
            Algorithm::Gost => &[
                "genpkey",
                "-engine",
                "gost",
                "-algorithm",
                "gost2012_256",
                "-pkeyopt",
                "paramset:XA",
            ],
            Algorithm::Rs256 => &[
                "genpkey",
                "-algorithm",
                "RSA",
                "-pkeyopt",
                "rsa_keygen_bits:2048",
            ],
        };
        Ok(String::from_utf8(succeeded(run(&[], args)?)?)?)
    }

    fn self_signed(
        &self,
        algorithm: Algorithm,
        key: &str,
        common_name: &str,
    ) -> anyhow::Result<String> {
        let subject = format!("/CN={common_name}");
        let mut args = vec!["req", "-new", "-x509", "-utf8", "-key", "key.pem"];
        args.extend(["-subj", &subject, "-days", CERTIFICATE_DAYS]);
        match algorithm {
            Algorithm::Gost => args.extend(["-engine", "gost", "-md_gost12_256"]),
            Algorithm::Rs256 => args.push("-sha256"),
        }
        let files = [("key.pem", key.as_bytes())];
        Ok(String::from_utf8(succeeded(run(&files, &args)?)?)?)
    }

    fn sign(&self, algorithm: Algorithm, key: &str, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let digest: &[&str] = match algorithm {
            Algorithm::Gost => &["-engine", "gost", "-md_gost12_256"],
            Algorithm::Rs256 => &["-sha256"],
        };
        let args = [&["dgst"], digest, &["-sign", "key.pem", "message"]].concat();
        succeeded(run(
            &[("key.pem", key.as_bytes()), ("message", message)],
            &args,
        )?)
    }

    fn streebog(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        let args = ["dgst", "-engine", "gost", "-md_gost12_256", "-binary"];
        succeeded(run(
            &[("message", message)],
            &[&args[..], &["message"]].concat(),
        )?)
    }

    fn verify(&self, certificate: &str, message: &[u8], signature: &[u8]) -> anyhow::Result<bool> {
        let args = ["x509", "-engine", "gost", "-noout", "-pubkey", "-in"];
        let public = succeeded(run(
            &[("certificate.pem", certificate.as_bytes())],
            &[&args[..], &["certificate.pem"]].concat(),
        )?)?;
        let files = [
            ("public.pem", public.as_slice()),
            ("signature", signature),
            ("message", message),
        ];
        let args = ["dgst", "-engine", "gost", "-md_gost12_256", "-verify"];
        let rest = ["public.pem", "-signature", "signature", "message"];
        Ok(run(&files, &[&args[..], &rest].concat())?.status.success())
    }

    fn verify_cms(
        &self,
        registered: &[&str],
        message: &[u8],
        cms: &[u8],
    ) -> anyhow::Result<CmsVerdict> {
        let certificates = registered.concat();
        let files = [
            ("cms.der", cms),
            ("message", message),
            ("registered.pem", certificates.as_bytes()),
        ];
        let signed_by = |whose: &[&str]| -> anyhow::Result<bool> {
            let args = ["cms", "-verify", "-engine", "gost", "-binary", "-noverify"];
            let args = [&args[..], &["-inform", "DER", "-in", "cms.der"], whose].concat();
            // Attached: the text inside is printed. Detached: the program asks for the text.
            let attached = run(&files, &args)?;
            if attached.status.success() {
                return Ok(attached.stdout == message);
            }
            let detached = run(&files, &[&args[..], &["-content", "message"]].concat())?;
            Ok(detached.status.success())
        };
        Ok(
            if signed_by(&["-nointern", "-certfile", "registered.pem"])? {
                CmsVerdict::Good
            } else if signed_by(&[])? {
                CmsVerdict::Stranger
            } else {
                CmsVerdict::Bad
            },
        )
    }
}

/// Runs `openssl` among these files.
fn run(files: &[(&str, &[u8])], args: &[&str]) -> anyhow::Result<Output> {
    let folder = tempfile::tempdir()?;
    for (name, content) in files {
        fs::write(folder.path().join(name), content)?;
    }
    Command::new("openssl")
        .args(args)
        .current_dir(folder.path())
        .output()
        .context("the openssl program doesn't start")
}

fn succeeded(output: Output) -> anyhow::Result<Vec<u8>> {
    ensure!(
        output.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(output.stdout)
}
