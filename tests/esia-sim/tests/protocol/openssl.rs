//! The `openssl` program, as a client of ESIA uses it.

use anyhow::{Result, ensure};
use std::path::Path;
use std::process::{Command, Output};

/// Raw GOST signature: 64 bytes.
pub(crate) fn sign(dir: &Path, key: &str, message: &str) -> Result<Vec<u8>> {
    std::fs::write(dir.join("message"), message)?;
    let args = ["dgst", "-engine", "gost", "-md_gost12_256", "-sign"];
    run(dir, &[&args[..], &[key, "message"]].concat())
}

/// A PKCS#7/CMS file over the message, DER.
pub(crate) fn cms(
    dir: &Path,
    key: &str,
    certificate: &str,
    message: &str,
    options: &[&str],
) -> Result<Vec<u8>> {
    std::fs::write(dir.join("message"), message)?;
    let args = [
        "-sign",
        "-engine",
        "gost",
        "-binary",
        "-in",
        "message",
        "-outform",
        "DER",
        "-signer",
        certificate,
        "-inkey",
        key,
    ];
    run(dir, &[&["cms"], &args[..], options].concat())
}

/// The same with the older command, as the client `esia-connector` runs it.
pub(crate) fn smime(dir: &Path, key: &str, certificate: &str, message: &str) -> Result<Vec<u8>> {
    std::fs::write(dir.join("message"), message)?;
    let args = ["smime", "-sign", "-md", "sha256", "-in", "message"];
    let rest = ["-signer", certificate, "-inkey", key, "-outform", "DER"];
    run(dir, &[&args[..], &rest].concat())
}

/// Upper-case Streebog-256 of the certificate's DER form.
pub(crate) fn certificate_hash(dir: &Path, certificate: &str) -> Result<String> {
    let args = ["x509", "-engine", "gost", "-outform", "DER", "-in"];
    let der = run(dir, &[&args[..], &[certificate]].concat())?;
    std::fs::write(dir.join("certificate.der"), der)?;
    let args = ["dgst", "-engine", "gost", "-md_gost12_256", "-r"];
    let text = run(dir, &[&args[..], &["certificate.der"]].concat())?;
    let text = String::from_utf8(text)?;
    Ok(text[..64].to_ascii_uppercase())
}

/// A new key with a self-signed certificate: `<name>.pem` and `<name>.cer.pem`. `kind` names the key and the digest.
pub(crate) fn certificate(dir: &Path, name: &str, kind: &[&str]) -> Result<()> {
    let (key, certificate) = (format!("{name}.pem"), format!("{name}.cer.pem"));
    let args = [
        "req",
        "-x509",
        "-newkey",
        kind[0],
        "-nodes",
        "-engine",
        "gost",
        "-keyout",
        &key,
        "-out",
        &certificate,
        "-subj",
        "/CN=Somebody",
    ];
    run(dir, &[&args[..], &kind[1..]].concat()).map(drop)
}

/// `kind` of a GOST key on CryptoPro-A.
pub(crate) const GOST: &[&str] = &["gost2012_256", "-pkeyopt", "paramset:A", "-md_gost12_256"];
/// `kind` of an RSA key.
pub(crate) const RSA: &[&str] = &["rsa:2048", "-sha256"];

/// Whether the certificate's key signed the message.
pub(crate) fn verifies(
    dir: &Path,
    certificate: &str,
    digest: &[&str],
    message: &str,
    signature: &[u8],
) -> Result<bool> {
    let args = ["x509", "-engine", "gost", "-noout", "-pubkey", "-in"];
    let public = run(dir, &[&args[..], &[certificate]].concat())?;
    std::fs::write(dir.join("public.pem"), public)?;
    std::fs::write(dir.join("message"), message)?;
    std::fs::write(dir.join("signature"), signature)?;
    let args = [
        "-verify",
        "public.pem",
        "-signature",
        "signature",
        "message",
    ];
    let output = output(dir, &[&["dgst"], digest, &args[..]].concat())?;
    Ok(output.status.success())
}

/// That a certificate carries its own key's signature.
pub(crate) fn self_signed_is_sound(dir: &Path, certificate: &str, gost: bool) -> Result<()> {
    let engine: &[&str] = if gost { &["-engine", "gost"] } else { &[] };
    let args = ["-partial_chain", "-check_ss_sig", "-CAfile"];
    run(
        dir,
        &[&["verify"], engine, &args[..], &[certificate, certificate]].concat(),
    )
    .map(drop)
}

/// Options of `dgst` for a token's algorithm.
pub(crate) const GOST_DIGEST: &[&str] = &["-engine", "gost", "-md_gost12_256"];
pub(crate) const RSA_DIGEST: &[&str] = &["-sha256"];

fn run(dir: &Path, args: &[&str]) -> Result<Vec<u8>> {
    let output = output(dir, args)?;
    ensure!(
        output.status.success(),
        "openssl {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}

fn output(dir: &Path, args: &[&str]) -> Result<Output> {
    Ok(Command::new("openssl")
        .args(args)
        .current_dir(dir)
        .output()?)
}
