//! What an installation outside the sandbox needs: keys of its own, made by OpenSSL.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::stack::data_folder;

/// Variables of seal, evidence, journal, codes and accounts, for [`crate::Settings::variables`].
///
/// # Errors
/// When OpenSSL can't make the keys.
pub fn keys() -> Result<Vec<(&'static str, String)>> {
    let folder = data_folder()?;
    let run = |args: &str| -> Result<()> {
        let output = Command::new("openssl")
            .args(args.split_ascii_whitespace())
            .current_dir(&folder)
            .output()
            .context("openssl")?;
        ensure!(
            output.status.success(),
            "openssl {args}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    };
    fs::write(
        folder.join("leaf.cnf"),
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n",
    )?;
    for key in ["root", "leaf"] {
        run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {key}.key"
        ))?;
    }
    for key in ["evidence", "journal"] {
        run(&format!("genpkey -algorithm ED25519 -out {key}.key"))?;
    }
    run("req -x509 -key root.key -sha256 -days 30 -subj /CN=Operator-root -out root.pem")?;
    run("req -new -key leaf.key -subj /CN=Operator-seal -out leaf.csr")?;
    run(
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -set_serial 7 -sha256 -days 20 -extfile leaf.cnf \
         -out leaf.pem",
    )?;
    let read = |name: &str| fs::read_to_string(folder.join(name));
    Ok(vec![
        ("SEAL_KEY", read("leaf.key")?),
        ("SEAL_CERTIFICATES", read("leaf.pem")? + &read("root.pem")?),
        ("EVIDENCE_KEY", read("evidence.key")?),
        ("JOURNAL_KEY", read("journal.key")?),
        ("JOURNAL_NAME", "podpis.test/journal".to_owned()),
        ("CODE_PEPPER", "5".repeat(64)),
        ("ACCOUNT_PEPPER", "6".repeat(64)),
    ])
}

/// OpenSSL's digest of a text, hex; `options` such as `-md5` or `-sha256 -hmac key`.
///
/// # Errors
/// When OpenSSL doesn't do it.
pub fn digest(options: &[&str], text: &str) -> Result<String> {
    let mut child = Command::new("openssl")
        .arg("dgst")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("openssl")?;
    let mut input = child.stdin.take().context("stdin")?;
    input.write_all(text.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    let line = String::from_utf8(output.stdout)?;
    let hex = line.rsplit(' ').next().unwrap_or_default().trim();
    Ok(hex.to_owned())
}
