//! Every odd PDF ends in acceptance or a clean refusal, and what is accepted can be sealed so that others read it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod common;
#[path = "common/judges.rs"]
mod judges;
#[path = "common/openssl.rs"]
mod openssl;
#[path = "common/sealer.rs"]
mod sealer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use podpis_pdf::{append_protocol, inspect};
use sealer::{Sealer, assert_sealed};

const CODES: [&str; 4] = ["not_pdf", "encrypted_pdf", "active_content", "broken_pdf"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/odd-pdfs")
}

#[test]
fn the_fixtures_end_as_expected() {
    let folder = fixtures();
    let verdicts: String = check(&folder, "odd-fixtures")
        .iter()
        .map(|(name, verdict)| format!("{name}: {verdict}\n"))
        .collect();
    let expected = folder.join("expected.txt");
    if std::env::var("BLESS").is_ok_and(|bless| bless == "1") {
        std::fs::write(&expected, &verdicts).unwrap();
    }
    assert_eq!(verdicts, std::fs::read_to_string(expected).unwrap());
}

#[test]
fn another_folder_ends_cleanly() {
    if let Ok(folder) = std::env::var("PODPIS_ODD_PDFS") {
        for (name, verdict) in check(Path::new(&folder), "odd-others") {
            println!("{name}: {verdict}");
        }
    }
}

/// Names and verdicts of a folder's PDFs; fails on anything that is not clean.
fn check(folder: &Path, run: &str) -> BTreeMap<String, String> {
    let sealer = Sealer::new(run);
    let mut verdicts = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let verdict = match inspect(&bytes) {
            Ok(facts) => {
                seal_and_judge(&path, &bytes, facts.pages, &sealer);
                format!(
                    "{} pages{}",
                    facts.pages,
                    if facts.repaired { ", repaired" } else { "" }
                )
            }
            Err(refusal) => {
                assert!(CODES.contains(&refusal.code()), "{name}");
                refusal.code().to_owned()
            }
        };
        verdicts.insert(name, verdict);
    }
    verdicts
}

fn seal_and_judge(original: &Path, bytes: &[u8], pages: u32, sealer: &Sealer) {
    let name = original.display();
    let sealed = sealer.seal(bytes, pages);
    assert!(
        sealed.starts_with(bytes),
        "{name}: the original is not the first revision"
    );
    let again = || {
        let protocol = common::protocol(bytes, pages);
        append_protocol(bytes, &protocol, b"{}", Some(&openssl::field())).unwrap()
    };
    assert_eq!(again(), again(), "{name}: other bytes the second time");
    let sealed_path = &sealer.write("sealed.pdf", &sealed);
    assert_sealed(sealed_path);

    if let (Some(before), Some(after)) = (
        judges::qpdf_severity(original),
        judges::qpdf_severity(sealed_path),
    ) {
        assert!(
            after <= before,
            "{name}: qpdf finds {after} where it found {before}"
        );
    }
    // The protocol of these facts is one page.
    if let Some(found) = judges::poppler_pages(sealed_path) {
        assert_eq!(found, Some(pages + 1), "{name}: pages in poppler");
    }
    if let Some(files) = judges::printed("pdfdetach", &["-list"], sealed_path) {
        assert!(files.contains("evidence.json"), "{name}: {files}");
    }
    // Only the last page first: other pages may be bombs. Where poppler skips a page, the protocol has another number.
    let last = (pages + 1).to_string();
    let has_protocol = |arguments: &[&str]| {
        judges::run("pdftotext", arguments, sealed_path)?;
        let text = std::fs::read(sealed_path.with_extension("txt")).unwrap_or_default();
        Some(String::from_utf8_lossy(&text).contains("Протокол подписания электронного документа"))
    };
    if has_protocol(&["-f", &last]) == Some(false) {
        assert_eq!(
            has_protocol(&[]),
            Some(true),
            "{name}: the protocol is not in the text"
        );
    }
    let hayro = hayro_syntax::Pdf::new(sealed)
        .unwrap_or_else(|error| panic!("{name}: hayro does not open it: {error:?}"));
    // What cannot be opened before may be after: the update carries a whole cross-reference.
    if let Ok(before) = hayro_syntax::Pdf::new(bytes.to_vec()) {
        assert_eq!(
            before.pages().len(),
            pages as usize,
            "{name}: pages in hayro before"
        );
        assert_eq!(
            hayro.pages().len(),
            pages as usize + 1,
            "{name}: pages in hayro after"
        );
    }
}
