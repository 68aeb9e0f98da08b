//! The peer: a plain page with pdf.js, precompressed as well as our own files, from a server that does nothing else.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, RwLock};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

/// Pinned, so that figures stay comparable.
pub const VERSION: &str = "6.5.438";

const PAGE: &str = include_str!("pdfjs/index.html");
const SCRIPT: &str = include_str!("pdfjs/page.js");

/// What a page may ask for besides its own two files; the legacy build and the viewer are not served.
const SERVED: [&str; 5] = [
    "build/pdf.min.mjs",
    "build/pdf.worker.min.mjs",
    "cmaps",
    "standard_fonts",
    "wasm",
];

/// The server.
#[derive(Clone, Debug)]
pub struct PdfJs {
    /// Its port on 127.0.0.1.
    pub port: u16,
    document: Arc<RwLock<Bytes>>,
}

struct File {
    kind: &'static str,
    encoding: Option<&'static str>,
    bytes: Bytes,
}

#[derive(Clone)]
struct Served {
    files: Arc<HashMap<String, File>>,
    document: Arc<RwLock<Bytes>>,
}

impl PdfJs {
    /// Gets pdf.js from npm into `folder` when it isn't there yet, compresses it, and serves it.
    ///
    /// # Errors
    /// When npm, or the port, can't be had.
    pub fn start(folder: &Path) -> Result<Self> {
        let package = fetch(folder)?;
        let mut files = HashMap::new();
        for served in SERVED {
            let path = package.join(served);
            let found = if path.is_dir() {
                fs::read_dir(&path)?
                    .map(|e| Ok(e?.path()))
                    .collect::<Result<_>>()?
            } else {
                vec![path]
            };
            for file in found {
                let name = file.strip_prefix(&package)?.to_string_lossy().into_owned();
                files.insert(format!("/{name}"), compressed(&name, &fs::read(&file)?)?);
            }
        }
        files.insert("/".to_owned(), compressed("index.html", PAGE.as_bytes())?);
        files.insert(
            "/page.js".to_owned(),
            compressed("page.js", SCRIPT.as_bytes())?,
        );
        let document = Arc::new(RwLock::new(Bytes::new()));
        let served = Served {
            files: Arc::new(files),
            document: document.clone(),
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::spawn(move || {
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                axum::serve(listener, Router::new().fallback(serve).with_state(served)).await
            })
        });
        Ok(Self { port, document })
    }

    /// The document that the page shows from now on.
    ///
    /// # Errors
    /// When the server has stopped.
    pub fn show(&self, document: Vec<u8>) -> Result<()> {
        let mut place = self
            .document
            .write()
            .ok()
            .context("the server has stopped")?;
        *place = document.into();
        Ok(())
    }
}

async fn serve(State(served): State<Served>, uri: Uri) -> Response {
    if uri.path() == "/document.pdf" {
        let document = served
            .document
            .read()
            .map(|document| document.clone())
            .unwrap_or_default();
        return (
            [
                (CONTENT_TYPE, "application/pdf"),
                (CACHE_CONTROL, "no-store"),
            ],
            document,
        )
            .into_response();
    }
    let Some(file) = served.files.get(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, file.kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    let encoding = file.encoding.map(|encoding| [(CONTENT_ENCODING, encoding)]);
    match encoding {
        Some(encoding) => (headers, encoding, file.bytes.clone()).into_response(),
        None => (headers, file.bytes.clone()).into_response(),
    }
}

fn compressed(name: &str, bytes: &[u8]) -> Result<File> {
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    // As in our own build: what brotli doesn't make smaller is served as it is.
    let mut smaller = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut smaller, 64 * 1024, 11, 22);
    writer.write_all(bytes)?;
    drop(writer);
    let worth = smaller.len() < bytes.len();
    Ok(File {
        kind,
        encoding: worth.then_some("br"),
        bytes: if worth {
            smaller.into()
        } else {
            bytes.to_vec().into()
        },
    })
}

/// The unpacked package.
fn fetch(folder: &Path) -> Result<PathBuf> {
    let package = folder.join(format!("pdfjs-dist-{VERSION}"));
    if package.join("package.json").is_file() {
        return Ok(package);
    }
    fs::create_dir_all(&package)?;
    let run = |command: &mut Command| -> Result<()> {
        let status = command
            .current_dir(folder)
            .status()
            .with_context(|| format!("{:?}", command.get_program()))?;
        ensure!(status.success(), "{:?}: {status}", command.get_program());
        Ok(())
    };
    run(Command::new("npm").args(["pack", "--silent", &format!("pdfjs-dist@{VERSION}")]))?;
    let archive = format!("pdfjs-dist-{VERSION}.tgz");
    run(Command::new("tar")
        .args(["xzf", &archive, "--strip-components=1", "-C"])
        .arg(&package))?;
    Ok(package)
}
