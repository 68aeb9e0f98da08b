//! Measures `append_protocol` from within: natively by a call of [`measure`], under the runner by a POST of the PDF.

mod allocator;
#[cfg(target_family = "wasm")]
mod component;
mod facts;
mod scan;

pub use scan::scan;

use std::time::Instant;

use anyhow::Result;
use podpis_pdf::{append_protocol, inspect};
use serde_json::{Value, json};

/// Bundles of evidence are a few kilobytes of JSON.
const EVIDENCE: usize = 6_000;

/// Milliseconds of each of `runs` runs, and the most memory held beyond the input, in bytes. The first run is not counted.
///
/// # Errors
/// When the file can't be signed.
pub fn measure(pdf: &[u8], runs: usize) -> Result<Value> {
    let facts = facts::protocol(pdf.len(), inspect(pdf)?.pages);
    let evidence = format!(
        "{{\"filler\":\"{}\"}}",
        "0123456789abcdef".repeat(EVIDENCE / 16)
    );
    append_protocol(pdf, &facts, evidence.as_bytes(), None)?;
    let before = allocator::start();
    let mut millis = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        append_protocol(pdf, &facts, evidence.as_bytes(), None)?;
        millis.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(json!({ "ms": millis, "memory": allocator::peak() - before }))
}
