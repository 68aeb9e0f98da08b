//! Measures the making of a sealed PDF from within: natively by a call of [`measure`], under the runner by a POST of the PDF.

mod allocator;
#[cfg(target_family = "wasm")]
mod component;
mod facts;
mod operator;
mod scan;

pub use scan::scan;

use std::time::Instant;

use anyhow::Result;
use podpis_pdf::{Protocol, append_protocol, inspect};
use serde_json::{Value, json};

use operator::Operator;

/// Bundles of evidence are a few kilobytes of JSON.
const EVIDENCE: usize = 6_000;

/// Milliseconds of each of `runs` runs, and the most memory held beyond the input, in bytes. The first run is not counted.
///
/// # Errors
/// When the file can't be sealed.
pub fn measure(pdf: &[u8], runs: usize) -> Result<Value> {
    let facts = facts::protocol(pdf.len(), inspect(pdf)?.pages);
    let operator = Operator::new()?;
    sealed(pdf, &facts, &operator)?;
    let before = allocator::start();
    let mut millis = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        sealed(pdf, &facts, &operator)?;
        millis.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(json!({ "ms": millis, "memory": allocator::peak() - before }))
}

/// The signed PDF: the protocol's page, the evidence, the operator's seal over the whole file.
///
/// # Errors
/// When the file can't be sealed.
pub fn seal(pdf: &[u8]) -> Result<Vec<u8>> {
    let facts = facts::protocol(pdf.len(), inspect(pdf)?.pages);
    sealed(pdf, &facts, &Operator::new()?)
}

fn sealed(pdf: &[u8], facts: &Protocol, operator: &Operator) -> Result<Vec<u8>> {
    let evidence = format!(
        "{{\"filler\":\"{}\"}}",
        "0123456789abcdef".repeat(EVIDENCE / 16)
    );
    let file = append_protocol(pdf, facts, evidence.as_bytes(), Some(operator.field()))?;
    let cms = operator.sign(file.content_sha256())?;
    Ok(file.embed(&cms)?)
}
