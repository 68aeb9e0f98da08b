//! What the renderer makes of real and of odd documents, on the host.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use podpis_renderer::{Document, Flaw, Intake, OpenError, Picture, Substitutes, substitutes};
use podpis_shared::Hashes;

/// Width of the drawings, in pixels: enough to see letters, quick to draw.
const WIDTH: f64 = 600.0;

#[test]
fn the_sample_consent_is_drawn_whole() {
    let bytes = std::fs::read(folder("../../tests/fixtures/consent").join("consent.pdf")).unwrap();
    let pictures = draw(&bytes, fonts()).unwrap();
    assert!(pictures.len() > 1);
    for (index, picture) in pictures.iter().enumerate() {
        assert_eq!(picture.flaws, [], "page {}", index + 1);
        assert_eq!(picture.width, 600);
        assert!(has_ink(picture), "page {} is blank", index + 1);
    }
}

/// Whatever a clinic sends: no panic, no hang, and pictures of the size that was asked for.
#[test]
fn odd_documents_are_drawn_or_refused() {
    for path in pdfs(&folder("../../tests/fixtures/odd-pdfs")) {
        let bytes = std::fs::read(&path).unwrap();
        match draw(&bytes, fonts()) {
            Ok(pictures) => {
                for picture in pictures {
                    let pixels = usize::from(picture.width) * usize::from(picture.height);
                    assert_eq!(picture.rgba.len(), pixels * 4, "{}", path.display());
                }
            }
            Err(OpenError::Encrypted | OpenError::Broken | OpenError::Empty) => {}
        }
    }
}

#[test]
fn the_hashes_are_those_of_the_bytes_however_they_arrive() {
    let bytes = one_line("A");
    for size in [1, 7, 100_000] {
        let mut intake = Intake::with_capacity(bytes.len());
        bytes.chunks(size).for_each(|chunk| intake.push(chunk));
        let opened = intake.finish();
        assert_eq!(
            (opened.hashes, opened.size),
            (Hashes::of(&bytes), bytes.len() as u64)
        );
    }
}

#[test]
fn cyrillic_in_a_font_that_is_not_embedded_is_drawn() {
    let pictures = draw(&one_line("A"), fonts()).unwrap();
    assert_eq!(pictures[0].flaws, []);
    assert!(has_ink(&pictures[0]));
}

#[test]
fn a_letter_that_the_substitute_lacks_is_told() {
    assert_eq!(
        draw(&one_line("AB"), fonts()).unwrap()[0].flaws,
        [Flaw::MissingGlyph]
    );
}

#[test]
fn a_substitute_that_can_not_be_fetched_is_told_and_asked_for_again() {
    let none = Arc::new(Substitutes::new(Box::new(|_| None)));
    let flaws = draw(&one_line("A"), none).unwrap().remove(0).flaws;
    assert!(flaws.contains(&Flaw::MissingFile), "{flaws:?}");
}

#[test]
fn what_would_stay_invisible_is_told() {
    let field = "/Type/Annot/Subtype/Widget/Rect[10 10 90 30]/T(f)";
    for (annotation, whole) in [
        (format!("{field}/FT/Tx/V(Ivanova)"), false),
        (format!("{field}/FT/Tx/V()"), true),
        (format!("{field}/FT/Sig/V<</Type/Sig>>"), true),
        // A box that isn't ticked: only the ticked one has a look.
        (
            format!("{field}/FT/Btn/V/Off/AS/Off/AP<</N<</Yes 5 0 R>>>>"),
            true,
        ),
        (
            "/Type/Annot/Subtype/Line/L[0 0 50 50]/Rect[0 0 50 50]".into(),
            false,
        ),
        (
            "/Type/Annot/Subtype/Line/L[0 0 50 50]/Rect[0 0 50 50]/F 2".into(),
            true,
        ),
        ("/Type/Annot/Subtype/Link/Rect[0 0 50 50]".into(), true),
    ] {
        let flaws = draw(&page("A", &annotation), fonts())
            .unwrap()
            .remove(0)
            .flaws;
        let expected: &[Flaw] = if whole { &[] } else { &[Flaw::Annotation] };
        assert_eq!(flaws, expected, "{annotation}");
    }
}

#[test]
fn every_substitute_is_there() {
    for name in substitutes::FILES {
        assert!(font_folder().join(name).is_file(), "{name}");
    }
}

fn draw(bytes: &[u8], substitutes: Arc<Substitutes>) -> Result<Vec<Picture>, OpenError> {
    let mut intake = Intake::default();
    intake.push(bytes);
    let pdf = intake.finish().pdf?;
    let mut document = Document::new(&pdf, substitutes);
    let pages = document.page_sizes().len();
    Ok((0..pages)
        .map(|page| document.draw(page, WIDTH).unwrap())
        .collect())
}

fn fonts() -> Arc<Substitutes> {
    Arc::new(Substitutes::new(Box::new(|name| {
        std::fs::read(font_folder().join(name)).ok()
    })))
}

fn font_folder() -> PathBuf {
    folder("../static/fonts")
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn pdfs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pdfs: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|ext| ext == "pdf"))
        .collect();
    assert!(pdfs.len() > 10);
    pdfs
}

fn has_ink(picture: &Picture) -> bool {
    picture.rgba.chunks_exact(4).any(|pixel| pixel[0] < 100)
}

/// A page with one line in Helvetica, which it doesn't carry; `A` means the Cyrillic А, `B` a Chinese sign.
fn one_line(text: &str) -> Vec<u8> {
    page(text, "/Type/Annot/Subtype/Link/Rect[0 0 1 1]")
}

/// The same page with an annotation.
fn page(text: &str, annotation: &str) -> Vec<u8> {
    let content = format!("BT /F 24 Tf 20 40 Td ({text}) Tj ET");
    let length = content.len();
    format!(
        "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n\
         2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
         3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[<<{annotation}>>]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>> endobj\n\
         4 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[65/afii10017/uni4E2D]>>>> endobj\n\
         5 0 obj <</Length {length}>> stream\n{content}\nendstream endobj\n\
         trailer <</Root 1 0 R>>\n%%EOF\n"
    )
    .into_bytes()
}
