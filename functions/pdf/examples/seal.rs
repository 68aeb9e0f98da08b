//! Inspects and seals every PDF of a folder: `cargo run -p podpis-pdf --example seal -- IN OUT [KEY.pem CERT.pem]`.
//!
//! Prints a line for each: accepted with its facts, or the code and reason of the refusal, and the time it took.
//! With a key and its certificate the seal is made by OpenSSL, so that any viewer can be asked what it thinks of it.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/openssl.rs"]
mod openssl;

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use podpis_pdf::append_protocol;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let from = arguments.first().context("IN is missing")?;
    let to = Path::new(arguments.get(1).context("OUT is missing")?);
    std::fs::create_dir_all(to)?;
    let mut files: Vec<_> = std::fs::read_dir(from)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".pdf") {
            continue;
        }
        let bytes = std::fs::read(file.path())?;
        let start = Instant::now();
        let verdict = podpis_pdf::inspect(&bytes);
        let spent = start.elapsed().as_millis();
        match verdict {
            Ok(facts) => {
                let protocol = common::protocol(&bytes, facts.pages);
                let field = openssl::field();
                let keys = arguments.get(2).zip(arguments.get(3));
                let evidence = br#"{"version":1}"#;
                let file = append_protocol(&bytes, &protocol, evidence, keys.map(|_| &field))?;
                let sealed = match keys {
                    Some((key, certificate)) => {
                        let cms = openssl::sign(&file, Path::new(key), Path::new(certificate), to)?;
                        file.embed(&cms)?
                    }
                    None => file.into_bytes(),
                };
                println!(
                    "{name}: {facts:?} {spent} ms, +{} bytes",
                    sealed.len() - bytes.len()
                );
                std::fs::write(to.join(&name), sealed)?;
            }
            Err(refusal) => println!("{name}: {} — {refusal} {spent} ms", refusal.code()),
        }
    }
    Ok(())
}
