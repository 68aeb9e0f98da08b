//! Makes the sample forms from their sources: `cargo run -p podpis-pdf --example consent`.

mod form;

use std::path::Path;

/// Each in a folder of its name.
const FORMS: [&str; 3] = ["consent", "agreement", "pd-consent"];

fn main() -> anyhow::Result<()> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    for name in FORMS {
        let path = fixtures.join(name).join(name);
        let pdf = form::set(&std::fs::read_to_string(path.with_extension("txt"))?);
        std::fs::write(path.with_extension("pdf"), &pdf)?;
        println!("{name}.pdf: {} bytes", pdf.len());
    }
    Ok(())
}
