//! Programs that we didn't write look at a signed PDF: qpdf, and poppler's pdfinfo, pdftotext, pdfdetach, pdftoppm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use podpis_shared::hash::Hashes;
use serde_json::Value;

use crate::stack::target;

/// What the judges found in a signed PDF.
#[derive(Debug)]
pub struct Verdict {
    /// Pages, as pdfinfo counts them.
    pub pages: usize,
    /// The text of the pages behind the original ones: the protocol.
    pub protocol: String,
    /// The attached `evidence.json`.
    pub evidence: Value,
}

/// Judges `signed`, made of `original`.
///
/// # Errors
/// The first judge that has something against it.
pub fn judge(original: &[u8], signed: &[u8]) -> Result<Verdict> {
    ensure!(signed.len() > original.len(), "nothing was added");
    ensure!(
        signed.starts_with(original),
        "the first revision isn't the original"
    );
    let first = signed.get(..original.len()).unwrap_or_default();
    ensure!(
        Hashes::of(first) == Hashes::of(original),
        "the first revision's hashes differ"
    );

    let folder = folder()?;
    let (before, after) = (folder.join("original.pdf"), folder.join("signed.pdf"));
    fs::write(&before, original)?;
    fs::write(&after, signed)?;
    run("qpdf", &["--check"], &after)?;
    let (old, new) = (pages(&before)?, pages(&after)?);
    ensure!(new > old, "no protocol page: {new} pages");
    let protocol = run(
        "pdftotext",
        &["-layout", "-f", &(old + 1).to_string()],
        &after,
    )?;
    every_page_is_shown(&after, new)?;
    let evidence = evidence(&after, &folder)?;
    agrees(&evidence, &Hashes::of(original), old)?;
    fs::remove_dir_all(folder)?;
    Ok(Verdict {
        pages: new,
        protocol,
        evidence,
    })
}

/// How many pages a PDF has.
fn pages(file: &Path) -> Result<usize> {
    let info = run("pdfinfo", &[], file)?;
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("Pages:"))
        .context("pdfinfo counts no pages")?;
    Ok(line.trim().parse()?)
}

/// Each page paints to a picture that isn't of one colour.
fn every_page_is_shown(file: &Path, pages: usize) -> Result<()> {
    for page in 1..=pages {
        let number = page.to_string();
        let output = Command::new("pdftoppm")
            .args(["-gray", "-r", "30", "-f", &number, "-l", &number])
            .arg(file)
            .output()
            .context("pdftoppm")?;
        ensure!(
            output.stderr.is_empty(),
            "pdftoppm, page {page}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        // The header is a few digits long; the pixels come last.
        let pixels = output.stdout.get(20..).unwrap_or_default();
        ensure!(
            pixels.iter().any(|pixel| Some(pixel) != pixels.first()),
            "page {page} is empty"
        );
    }
    Ok(())
}

fn evidence(file: &Path, folder: &Path) -> Result<Value> {
    let status = Command::new("pdfdetach")
        .arg("-saveall")
        .arg("-o")
        .arg(folder)
        .arg(file)
        .status()
        .context("pdfdetach")?;
    ensure!(status.success(), "pdfdetach: {status}");
    let bytes = fs::read(folder.join("evidence.json")).context("no evidence.json attached")?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// The bundle speaks of this document: what came, what the browser saw and what was signed are the same bytes.
fn agrees(evidence: &Value, hashes: &Hashes, pages: usize) -> Result<()> {
    ensure!(
        evidence["format"] == "podpis-evidence/1",
        "format: {evidence}"
    );
    let signatures = evidence["signatures"].as_array().context("no signatures")?;
    ensure!(signatures.len() == 1, "not one signature: {evidence}");
    for signature in signatures {
        for place in [&evidence["document"], &signature["browser"]] {
            let same =
                place["sha256"] == *hashes.sha256 && place["streebog256"] == *hashes.streebog256;
            ensure!(same, "other hashes than the file's: {place}");
        }
        let shown = signature["presentation"]["pages"].as_array().map(Vec::len);
        ensure!(
            shown == Some(pages),
            "{shown:?} pages were shown of {pages}"
        );
        let consent = signature["consent"]["statement"]
            .as_str()
            .unwrap_or_default();
        ensure!(
            !consent.is_empty(),
            "the words that were agreed to are missing: {signature}"
        );
        let token = signature["esia"]["id_token"].as_str().unwrap_or_default();
        ensure!(
            token.split('.').count() == 3,
            "ESIA's token is missing: {signature}"
        );
    }
    let recorded = evidence["journal"].as_array().context("no journal")?;
    ensure!(
        recorded
            .iter()
            .any(|entry| entry["type"] == "document.sent"),
        "{recorded:?}"
    );
    Ok(())
}

/// Runs a judge over a file; text goes to its standard output.
fn run(program: &str, args: &[&str], file: &Path) -> Result<String> {
    let mut command = Command::new(program);
    command.args(args).arg(file);
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().with_context(|| program.to_owned())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.success() && complained.is_empty(),
        "{program} {args:?}: {said}{complained}"
    );
    Ok(said)
}

fn folder() -> Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!(
        "{}-judge-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = target().join("test-data").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
