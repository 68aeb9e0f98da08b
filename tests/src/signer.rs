//! A signer beside the product, as an operator puts one in front of an HSM: it holds the key, OpenSSL signs.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::server::{Answer, serve};
use crate::stack::data_folder;

/// Starts a signer with a private key (PEM, P-256 or RSA); gives its address. It lives as long as the process.
///
/// # Errors
/// When no port is free.
pub fn start(key_pem: &str) -> Result<String> {
    let folder = data_folder()?;
    fs::write(folder.join("key.pem"), key_pem)?;
    serve(move |body| {
        let asked: Value = serde_json::from_slice(&body)?;
        ensure!(
            asked["algorithm"] == "ES256" || asked["algorithm"] == "RS256",
            "{asked}"
        );
        let message = STANDARD.decode(asked["message"].as_str().context("no message")?)?;
        let answer = json!({ "signature": STANDARD.encode(sign(&folder, &message)?) });
        Ok(Answer {
            status: 200,
            content_type: "application/json",
            body: answer.to_string().into_bytes(),
        })
    })
}

fn sign(folder: &Path, message: &[u8]) -> Result<Vec<u8>> {
    fs::write(folder.join("message"), message)?;
    let output = Command::new("openssl")
        .args(["dgst", "-sha256", "-sign", "key.pem", "message"])
        .current_dir(folder)
        .output()
        .context("openssl")?;
    ensure!(output.status.success(), "openssl dgst: {output:?}");
    Ok(output.stdout)
}
