//! The sample consent: its source makes it, and sealed it convinces independent readers.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "../examples/consent/form.rs"]
mod form;
#[path = "common/judges.rs"]
mod judges;
#[path = "../examples/template/sample.rs"]
mod sample;
#[path = "common/templates.rs"]
mod templates;

use std::path::PathBuf;

use podpis_pdf::{EVIDENCE_NAME, append_protocol, inspect};

const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");

#[test]
fn the_sources_make_the_same_bytes() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    for name in ["consent", "agreement", "pd-consent"] {
        let path = fixtures.join(name).join(name);
        let source = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let pdf = std::fs::read(path.with_extension("pdf")).unwrap();
        assert!(
            form::set(&source) == pdf,
            "{name}: run `cargo run -p podpis-pdf --example consent`"
        );
        let facts = inspect(&pdf).unwrap();
        assert!((1..=4).contains(&facts.pages) && !facts.repaired);
    }
}

#[test]
fn the_sealed_consent_reads_everywhere() {
    let facts = inspect(CONSENT).unwrap();
    assert!((3..=4).contains(&facts.pages) && !facts.repaired && !facts.signed);
    let evidence = "{\"подписант\":\"Иванова\"}".as_bytes();
    let sealed = append_protocol(
        CONSENT,
        &common::protocol(CONSENT, facts.pages),
        evidence,
        None,
    )
    .unwrap()
    .into_bytes();
    assert!(sealed.starts_with(CONSENT));
    assert_eq!(inspect(&sealed).unwrap().pages, facts.pages + 1);

    let path = scratch("sealed.pdf");
    std::fs::write(&path, &sealed).unwrap();
    if let Some(severity) = judges::qpdf_severity(&path) {
        assert_eq!(severity, 0, "qpdf is not content");
    }
    if let Some(pages) = judges::poppler_pages(&path) {
        assert_eq!(pages, Some(facts.pages + 1));
    }
    if let Some(text) = judges::printed("pdftotext", &["-layout"], &path) {
        // pdftotext writes beside the file when no target is named.
        assert!(text.is_empty());
        let text = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        for words in [
            "Информированное добровольное согласие",
            "Протокол подписания электронного документа",
            "Иванова Мария Петровна",
            "Клиника „Здоровье“",
            "22.11.2026 14:05:31 МСК (UTC+3) · 2026-11-22T11:05:31Z",
            "ГОСТ Р 34.11-2012",
            "Протокол подписания · лист 1 из 1",
        ] {
            assert!(text.contains(words), "{words} is missing in\n{text}");
        }
    }
    let target = scratch(EVIDENCE_NAME);
    if judges::run(
        "pdfdetach",
        &["-save", "1", "-o", &target.to_string_lossy()],
        &path,
    )
    .is_some()
    {
        assert_eq!(std::fs::read(&target).unwrap(), evidence);
    }
    let hayro = hayro_syntax::Pdf::new(sealed).unwrap();
    assert_eq!(hayro.pages().len(), facts.pages as usize + 1);
}

#[test]
fn a_long_protocol_goes_on_over_pages() {
    let mut protocol = common::protocol(CONSENT, 3);
    protocol.document.title =
        "Очень длинное название документа, каких клиники присылают немало. ".repeat(12);
    protocol.signer.full_name = "Константинопольская-Преображенская".repeat(8);
    protocol.legal_basis = vec![
        "Федеральный закон, статья, часть, пункт и так далее".to_owned();
        40
    ];
    let sealed = append_protocol(CONSENT, &protocol, b"{}", None)
        .unwrap()
        .into_bytes();
    let pages = inspect(&sealed).unwrap().pages;
    assert!(pages >= 5, "{pages}");
    let path = scratch("long.pdf");
    std::fs::write(&path, &sealed).unwrap();
    if judges::run("pdftotext", &["-layout"], &path).is_some() {
        let text = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        assert!(text.contains("Протокол подписания · лист 2 из"));
    }
}

#[test]
fn sealing_twice_adds_a_second_revision() {
    let once = append_protocol(CONSENT, &common::protocol(CONSENT, 3), b"{\"n\":1}", None)
        .unwrap()
        .into_bytes();
    let twice = append_protocol(&once, &common::protocol(&once, 4), b"{\"n\":2}", None)
        .unwrap()
        .into_bytes();
    assert!(twice.starts_with(&once));
    let path = scratch("twice.pdf");
    std::fs::write(&path, &twice).unwrap();
    if let Some(files) = judges::printed("pdfdetach", &["-list"], &path) {
        assert!(files.contains("2 embedded files"), "{files}");
    }
}

/// A path of this process's own.
fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("podpis-consent-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}
