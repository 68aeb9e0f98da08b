//! A real time stamping authority: OpenSSL's `ts -reply` behind a small HTTP server, which can be told to fail.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result, ensure};

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
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://localhost:{}", listener.local_addr()?.port());
        let root = fs::read_to_string(folder.join("root.pem"))?;
        let down = Arc::new(AtomicBool::new(false));
        let fails = Arc::clone(&down);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A caller that went away is its own affair.
                let _ = answer(stream, &folder, fails.load(Ordering::Relaxed));
            }
        });
        Ok(Self { url, root, down })
    }

    /// Whether it answers 503 from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }
}

fn answer(stream: TcpStream, folder: &Path, down: bool) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length, mut chunked) = (String::new(), 0, false);
    while reader.read_line(&mut line)? > 2 {
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        line.clear();
    }
    let query = if chunked {
        read_chunks(&mut reader)?
    } else {
        let mut query = vec![0; length];
        reader.read_exact(&mut query)?;
        query
    };
    let mut stream = reader.into_inner();
    if down {
        stream.write_all(b"HTTP/1.1 503 Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
        return Ok(());
    }
    let (asked, told) = (folder.join("query.tsq"), folder.join("reply.tsr"));
    fs::write(&asked, query)?;
    openssl(
        folder,
        "ts -reply -config openssl.cnf -queryfile query.tsq -out reply.tsr"
            .split_ascii_whitespace(),
    )?;
    let reply = fs::read(told)?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        reply.len()
    )?;
    stream.write_all(&reply)?;
    Ok(())
}

fn read_chunks(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16)?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        chunk.truncate(size);
        body.extend(chunk);
    }
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
