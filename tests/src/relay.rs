//! A mail relay that we did not write: aiosmtpd, with Python's email package as the reader (`tests/witness/smtp_relay.py`).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::process::Process;
use crate::stack::{data_folder, root};
use crate::wait_for;

/// The name in its certificate.
const NAME: &str = "relay.test";
/// Who may send there.
pub const LOGIN: (&str, &str) = ("podpis", "relay-secret");

/// A running relay. Dropping ends it.
#[derive(Debug)]
pub struct Relay {
    /// Root of its certificate, PEM.
    pub roots: String,
    log: PathBuf,
    ports: Value,
    _process: Process,
}

impl Relay {
    /// Starts one with a certificate of its own.
    ///
    /// # Errors
    /// When OpenSSL or Python can't.
    pub fn start() -> Result<Self> {
        let folder = data_folder()?;
        certificates(&folder)?;
        let log = folder.join("relay.log");
        File::create(&log)?;
        let python = std::env::var_os("PODPIS_WITNESS").map(PathBuf::from).context(
            "the mail relay is not installed: `cargo xtask test --only e2e` does it and says what fails",
        )?;
        let script = root().join("tests/witness/smtp_relay.py");
        let script = script.to_str().context("a path")?;
        let process = Process::start(
            &python.join("python/bin/python"),
            &[script, "relay.pem", "relay.key", LOGIN.0, LOGIN.1],
            &[],
            &folder,
            &log,
        )?;
        let ports = wait_for("the relay", || Ok(lines(&log)?.into_iter().next()))?;
        Ok(Self {
            roots: fs::read_to_string(folder.join("root.pem"))?,
            log,
            ports,
            _process: process,
        })
    }

    /// Variables of an installation that sends by it. `way`: `starttls`, `tls`, `plain` (without TLS) or `silent`.
    pub fn variables(&self, way: &str) -> Vec<(&'static str, String)> {
        let security = if way == "tls" { "tls" } else { "starttls" };
        vec![
            ("SMTP_URL", format!("tcp://127.0.0.1:{}", self.ports[way])),
            ("SMTP_NAME", NAME.to_owned()),
            ("SMTP_SECURITY", security.to_owned()),
            ("SMTP_USER", LOGIN.0.to_owned()),
            ("SMTP_PASSWORD", LOGIN.1.to_owned()),
            ("SMTP_ROOTS", self.roots.clone()),
            ("MAIL_FROM", "no-reply@sign.example".to_owned()),
            ("MAIL_REPLY_TO", "help@sign.example".to_owned()),
        ]
    }

    /// The port of a way, as [`Relay::variables`] names them.
    ///
    /// # Errors
    /// When it has no such way.
    pub fn port(&self, way: &str) -> Result<u16> {
        let port = self.ports[way].as_u64().context("no such way")?;
        Ok(u16::try_from(port)?)
    }

    /// What it said so far: letters taken, and refusals for now.
    ///
    /// # Errors
    /// When its log can't be read.
    pub fn said(&self) -> Result<Vec<Value>> {
        Ok(lines(&self.log)?.into_iter().skip(1).collect())
    }

    /// Waits for a letter to an address.
    ///
    /// # Errors
    /// When none comes.
    pub fn letter(&self, to: &str) -> Result<Value> {
        wait_for("a letter", || {
            let said = self.said()?;
            Ok(said.into_iter().find(|l| l["rcpt_tos"][0] == to))
        })
    }
}

/// What the relay says, line by line; others may write into its log too.
fn lines(log: &Path) -> Result<Vec<Value>> {
    let text = fs::read_to_string(log)?;
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    Ok(whole
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect())
}

fn certificates(folder: &Path) -> Result<()> {
    fs::write(
        folder.join("leaf.cnf"),
        format!(
            "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:{NAME}\nextendedKeyUsage=serverAuth\n"
        ),
    )?;
    for args in [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 30 -subj /CN=Mail-root \
         -addext basicConstraints=critical,CA:TRUE -keyout root.key -out root.pem",
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=relay -keyout relay.key -out relay.csr",
        "x509 -req -in relay.csr -CA root.pem -CAkey root.key -set_serial 3 -sha256 -days 20 -extfile leaf.cnf \
         -out relay.pem",
    ] {
        let output = Command::new("openssl")
            .args(args.split_ascii_whitespace())
            .current_dir(folder)
            .output()
            .context("openssl")?;
        ensure!(
            output.status.success(),
            "openssl: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
