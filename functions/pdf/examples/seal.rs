//! Inspects and seals every PDF of a folder: `cargo run -p podpis-pdf --example seal -- IN OUT`.
//!
//! Prints a line for each: accepted with its facts, or the code and reason of the refusal, and the time it took.

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let from = arguments.next().context("IN is missing")?;
    let to = arguments.next().context("OUT is missing")?;
    std::fs::create_dir_all(&to)?;
    let mut files: Vec<_> = std::fs::read_dir(&from)?.collect::<Result<_, _>>()?;
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
                let sealed = podpis_pdf::append_protocol(&bytes, &protocol, br#"{"version":1}"#)?;
                println!(
                    "{name}: {facts:?} {spent} ms, +{} bytes",
                    sealed.len() - bytes.len()
                );
                std::fs::write(std::path::Path::new(&to).join(&name), sealed)?;
            }
            Err(refusal) => println!("{name}: {} — {refusal} {spent} ms", refusal.code()),
        }
    }
    Ok(())
}
