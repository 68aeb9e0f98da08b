//! Sets every template with sample values: `cargo run -p podpis-pdf --example template -- FOLDER`.

mod sample;

use std::path::Path;

use podpis_shared::templates;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for template in templates::all() {
        for represented in [false, true] {
            let filled = template.fill(&sample::values(template, represented))?;
            let pdf = podpis_pdf::template::typeset(&filled)?;
            let suffix = if represented { "-represented" } else { "" };
            let name = format!("{}{suffix}.pdf", template.id());
            std::fs::write(Path::new(&folder).join(&name), &pdf)?;
            println!("{name}: {} bytes", pdf.len());
        }
    }
    Ok(())
}
