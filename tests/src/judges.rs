//! Programs that we didn't write look at a signed PDF: qpdf, poppler's pdfinfo, pdftotext, pdfdetach, pdftoppm and
//! pdfsig, and OpenSSL.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use podpis_shared::hash::Hashes;
use serde_json::Value;

use crate::stack::{root, target};

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
    pdfsig(&after)?;
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

/// The text of a PDF, spaces and line breaks made single spaces.
///
/// # Errors
/// When pdftotext has something against it.
pub fn text(pdf: &[u8]) -> Result<String> {
    let folder = folder()?;
    let file = folder.join("text.pdf");
    fs::write(&file, pdf)?;
    let text = run("pdftotext", &[], &file)?;
    fs::remove_dir_all(folder)?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
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
        if signature["method"] == "esia" {
            let token = signature["esia"]["id_token"].as_str().unwrap_or_default();
            ensure!(
                token.split('.').count() == 3,
                "ESIA's token is missing: {signature}"
            );
        } else {
            let text = signature["code"]["text"].as_str().unwrap_or_default();
            ensure!(
                !text.is_empty(),
                "the code's message is missing: {signature}"
            );
        }
    }
    let recorded = evidence["journal"]["entries"]
        .as_array()
        .context("no journal")?;
    // An agreement that was accepted in an account is born signed: no entry can stand inside it.
    let is_accepted = evidence["document"]["kind"] == "user_agreement" && recorded.is_empty();
    ensure!(
        is_accepted
            || recorded
                .iter()
                .any(|entry| entry["entry"]["type"] == "document.sent"),
        "{recorded:?}"
    );
    fits_its_schema(evidence)
}

/// The bundle is what `docs/evidence.schema.json` promises, also for a validator that we didn't write.
///
/// # Errors
/// What does not fit.
pub fn fits_its_schema(evidence: &Value) -> Result<()> {
    let file = root().join("docs/evidence.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(file)?)?;
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    let said = |e: String| anyhow::anyhow!("the evidence's schema: {e}");
    compiler
        .add_resource("evidence.json", schema)
        .map_err(|e| said(e.to_string()))?;
    let index = compiler
        .compile("evidence.json", &mut schemas)
        .map_err(|e| said(e.to_string()))?;
    schemas
        .validate(evidence, index)
        .map_err(|e| said(e.to_string()))
}

/// poppler: every signature is valid, and one of them covers the whole file.
fn pdfsig(file: &Path) -> Result<()> {
    let said = run("pdfsig", &[], file)?;
    let count = |text: &str| said.matches(text).count();
    ensure!(
        count("Signature Validation:") > 0
            && count("Signature Validation:") == count("Signature is Valid.")
            && count("Total document signed") == 1,
        "pdfsig: {said}"
    );
    Ok(())
}

/// OpenSSL: the first signature in the file is a CMS over its two ranges, by a certificate under one of `roots` (PEM).
///
/// # Errors
/// What OpenSSL has against it.
pub fn openssl_accepts_seal(file: &[u8], roots: &str) -> Result<()> {
    let args = "cms -verify -binary -inform DER -purpose any -in signature -content content -CAfile roots -out /dev/null";
    openssl(args, byte_ranges(file)?.first(), file, roots)
}

/// OpenSSL: the last signature in the file is a time stamp over its two ranges, by an authority under one of `roots`.
///
/// # Errors
/// What OpenSSL has against it.
pub fn openssl_accepts_time_stamp(file: &[u8], roots: &str) -> Result<()> {
    let args = "ts -verify -token_in -in signature -data content -CAfile roots";
    openssl(args, byte_ranges(file)?.last(), file, roots)
}

/// Runs OpenSSL over what a signature covers (`content`) and the signature itself (`signature`).
fn openssl(args: &str, range: Option<&[usize; 4]>, file: &[u8], roots: &str) -> Result<()> {
    let [start, gap, rest, length] = *range.context("no signature")?;
    let slice = |from: usize, to: usize| file.get(from..to).context("a range past the end");
    let covered = [slice(start, start + gap)?, slice(rest, rest + length)?].concat();
    let hex = std::str::from_utf8(slice(gap + 1, rest - 1)?)?;
    let mut der: Vec<u8> = (0..hex.len() / 2)
        .map(|at| Ok(u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16)?))
        .collect::<Result<_>>()?;
    // What follows the DER value is the padding of its place; its own last byte may be zero too.
    der.truncate(der_length(&der).context("no DER value")?);
    let folder = folder()?;
    for (name, bytes) in [
        ("content", &covered),
        ("signature", &der),
        ("roots", &roots.as_bytes().to_vec()),
    ] {
        fs::write(folder.join(name), bytes)?;
    }
    let output = Command::new("openssl")
        .args(args.split_ascii_whitespace())
        .current_dir(&folder)
        .output()
        .context("openssl")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "openssl {args}: {said}");
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// Length of the DER value (X.690, definite form) that `bytes` begin with, its head included.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let first = usize::from(*bytes.get(1)?);
    if first < 0x80 {
        return Some(2 + first);
    }
    let digits = bytes.get(2..2 + (first & 0x7f))?;
    let length = digits
        .iter()
        .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
    Some(2 + digits.len() + length)
}

/// Every `/ByteRange` of a file, in their order.
fn byte_ranges(file: &[u8]) -> Result<Vec<[usize; 4]>> {
    let key = b"/ByteRange";
    let places = file
        .windows(key.len())
        .enumerate()
        .filter(|(_, window)| window == key);
    places
        .map(|(at, _)| {
            let after = file.get(at + key.len()..).unwrap_or_default();
            let text = String::from_utf8_lossy(after.get(..70).unwrap_or(after));
            let (_, rest) = text.split_once('[').context("no array")?;
            let (inner, _) = rest.split_once(']').context("no array")?;
            let numbers: Vec<usize> = inner
                .split_ascii_whitespace()
                .map(str::parse)
                .collect::<Result<_, _>>()?;
            numbers
                .try_into()
                .map_err(|_| anyhow::anyhow!("not four numbers"))
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_ends_in_zero_keeps_its_end() {
        assert_eq!(der_length(&[4, 2, 7, 0, 0, 0]), Some(4));
        let long = [&[0x30, 0x82, 0x01, 0x00][..], &[0; 300]].concat();
        assert_eq!(der_length(&long), Some(260));
        assert_eq!(der_length(&[0x30, 0x82, 1]), None);
    }
}
