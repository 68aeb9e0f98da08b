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

    fn verify(&self, certificate: &[u8], message: &[u8], signature: &[u8]) -> anyhow::Result<bool> {
        let args = ["x509", "-engine", "gost", "-inform", "DER", "-in"];
        let rest = ["certificate.der", "-noout", "-pubkey"];
        let public = succeeded(run(
            &[("certificate.der", certificate)],
            &[&args[..], &rest].concat(),
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
        registered: &[&[u8]],
        message: &[u8],
        cms: &[u8],
    ) -> anyhow::Result<CmsVerdict> {
        let files = [("cms.der", cms), ("message", message)];
        let args = ["cms", "-verify", "-engine", "gost", "-binary", "-noverify"];
        let args = [&args[..], &["-inform", "DER", "-in", "cms.der"]].concat();
        // Attached, the text inside is printed; detached, the program misses the text.
        let attached = run(&files, &args)?;
        if attached.status.success() && attached.stdout != message {
            return Ok(CmsVerdict::Bad);
        }
        let rest = [
            "-content",
            "message",
            "-out",
            "text",
            "-signer",
            "/dev/stdout",
        ];
        let checked = run(&files, &[&args[..], &rest].concat())?;
        if !checked.status.success() {
            return Ok(CmsVerdict::Bad);
        }
        Ok(match pem_rfc7468::decode_vec(&checked.stdout) {
            Ok((_, signer)) if registered.contains(&signer.as_slice()) => CmsVerdict::Good,
            Ok(_) => CmsVerdict::Stranger,
            // Several signers.
            Err(_) => CmsVerdict::Bad,
        })
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
