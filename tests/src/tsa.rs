//! A real time stamping authority: OpenSSL's `ts -reply` behind a small HTTP server, which can be told to fail.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, ensure};

use crate::server::{Answer, serve};
use crate::stack::data_folder;

/// Extensions of the authority's certificate (RFC 3161, section 2.3), and what `ts -reply` needs to know.
const CONFIG: &str = "
[tsa]
default_tsa = here
[here]
dir = .
serial = ./serial
signer_cert = ./tsa.pem
certs = ./root.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[authority]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
";

/// The authority; its server lives as long as the process.
#[derive(Debug)]
pub struct Tsa {
    /// Where it answers.
    pub url: String,
    /// Its root, PEM.
    pub root: String,
    down: Arc<AtomicBool>,
}

impl Tsa {
    /// Makes keys and certificates and begins to answer.
    ///
    /// # Errors
    /// When OpenSSL can't, or no port is free.
    pub fn start() -> Result<Self> {
        let folder = data_folder()?;
        fs::write(folder.join("openssl.cnf"), CONFIG)?;
        fs::write(folder.join("serial"), "01\n")?;
        let key = ["-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "30"];
        let root = [
            "req",
            "-x509",
            "-subj",
            "/CN=TSA root",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
        ];
        openssl(&folder, root.iter().chain(&key))?;
        let request = [
            "req", "-new", "-subj", "/CN=TSA", "-keyout", "tsa.key", "-out", "tsa.csr",
        ];
        openssl(&folder, request.iter().chain(&key[..3]))?;
        openssl(
            &folder,
            "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial 2 -days 30 -extfile openssl.cnf \
             -extensions authority -out tsa.pem"
                .split_ascii_whitespace(),
        )?;
        let root = fs::read_to_string(folder.join("root.pem"))?;
        let down = Arc::new(AtomicBool::new(false));
        let fails = Arc::clone(&down);
        let url = serve(move |request| {
            let down = fails.load(Ordering::Relaxed);
            Ok(Answer {
                status: if down { 503 } else { 200 },
                content_type: "application/timestamp-reply",
                more_headers: String::new(),
                body: if down {
                    Vec::new()
                } else {
                    reply(&folder, &request.body)?
                },
            })
        })?;
        Ok(Self { url, root, down })
    }

    /// Whether it answers 503 from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }
}

fn reply(folder: &Path, query: &[u8]) -> Result<Vec<u8>> {
    fs::write(folder.join("query.tsq"), query)?;
    openssl(
        folder,
        "ts -reply -config openssl.cnf -queryfile query.tsq -out reply.tsr"
            .split_ascii_whitespace(),
    )?;
    Ok(fs::read(folder.join("reply.tsr"))?)
}

fn openssl<'a, A: AsRef<str> + ?Sized + 'a>(
    folder: &Path,
    args: impl IntoIterator<Item = &'a A>,
) -> Result<()> {
    let output = Command::new("openssl")
        .args(args.into_iter().map(AsRef::as_ref))
        .current_dir(folder)
        .output()
        .context("openssl")?;
    ensure!(
        output.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
