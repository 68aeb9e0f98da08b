//! Makes the sample consent from its source: `cargo run -p podpis-pdf --example consent`.

mod form;

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/consent");
    let source = std::fs::read_to_string(folder.join("consent.txt"))?;
    let pdf = form::set(&source);
    std::fs::write(folder.join("consent.pdf"), &pdf)?;
    println!("consent.pdf: {} bytes", pdf.len());
    Ok(())
}
