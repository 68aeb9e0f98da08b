//! Makes the sample user agreement from its source: `cargo run -p podpis-pdf --example agreement`.

#[path = "../consent/form.rs"]
mod form;

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/agreement");
    let source = std::fs::read_to_string(folder.join("agreement.txt"))?;
    let pdf = form::set(&source);
    std::fs::write(folder.join("agreement.pdf"), &pdf)?;
    println!("agreement.pdf: {} bytes", pdf.len());
    Ok(())
}
