//! Hostile input: every case ends with a clean answer, within the bounds of the README.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "common/writer.rs"]
mod writer;

use std::io::Write;

use podpis_pdf::{Refusal, append_protocol, inspect};
use writer::{one_page, pdf};

const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{dictionary}/Length {}>>stream\n", data.len()).into_bytes();
    object.extend_from_slice(data);
    object.extend_from_slice(b"\nendstream");
    object
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[track_caller]
fn refused(bytes: &[u8], code: &str) {
    let refusal = inspect(bytes).unwrap_err();
    assert_eq!(refusal.code(), code, "{refusal}");
}

#[test]
fn what_is_no_pdf() {
    refused(b"", "not_pdf");
    refused(b"PK\x03\x04 a letter", "not_pdf");
    refused(&[vec![b' '; 1100], one_page("", &[])].concat(), "not_pdf");
    refused(b"%PDF-1.7\n", "broken_pdf");
    inspect(&[vec![b' '; 900], one_page("", &[])].concat()).unwrap();
}

#[test]
fn active_content_in_every_disguise() {
    let active = [
        ("/OpenAction<</S/JavaScript/JS(app.alert(1))>>", vec![]),
        ("/OpenAction<</S/Java#53cript/J#53(x)>>", vec![]),
        (
            "/OpenAction 4 0 R",
            vec!["<</S 5 0 R/JS(x)>>", "/JavaScript"],
        ),
        ("/OpenAction 4 0 R", vec!["<</S/URI/S/JavaScript/JS(x)>>"]),
        ("/OpenAction 4 0 R", vec!["<</S/JavaScript/S/URI/JS(x)>>"]),
        (
            "/Names<</JavaScript 4 0 R>>",
            vec!["<</Names[(a)<</S/X>>]>>"],
        ),
        ("/AA<</WC<</S/Launch/F(calc.exe)>>>>", vec![]),
        ("/AcroForm<</Fields[]/XFA[(a) 4 0 R]>>", vec!["<<>>"]),
        (
            "",
            vec!["<</Type/Annot/Subtype/Widget/A<</S/SubmitForm/F(http://x)>>>>"],
        ),
        (
            "",
            vec!["<</Type/Annot/Subtype/Widget/A<</S/ImportData/F(x)>>>>"],
        ),
        (
            "",
            vec!["<</Type/Annot/Subtype/Link/A<</S/GoToR/F(\\\\\\\\host\\\\share)>>>>"],
        ),
        ("", vec!["<</Type/Annot/Subtype/RichMedia>>"]),
        ("", vec!["<</Type/Annot/Subtype 5 0 R>>", "/Screen"]),
        (
            "",
            vec![
                "<</Type/Filespec/F(invoice.pdf.exe)/EF<</F 5 0 R>>>>",
                "<<>>",
            ],
        ),
        (
            "",
            vec![
                "<</Type/Filespec/UF(a.txt)/EF<</F 5 0 R>>>>",
                "<</Length 4>>stream\nMZ\x01\x02\nendstream",
            ],
        ),
    ];
    for (catalog, objects) in active {
        let file = one_page(catalog, &objects);
        assert_eq!(
            inspect(&file).unwrap_err().code(),
            "active_content",
            "{catalog} {objects:?}"
        );
    }
}

#[test]
fn active_content_in_an_object_stream() {
    let hidden = b"4 0 <</S/JavaScript/JS(x)>>";
    let container = stream(
        "/Type/ObjStm/N 1/First 4/Filter/FlateDecode",
        &deflated(hidden),
    );
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    let objects: [&[u8]; 4] = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        &[b"5 0 obj", container.as_slice(), b"endobj\n"].concat(),
    ];
    for object in objects {
        offsets.push(out.len() as u32);
        out.extend_from_slice(object);
    }
    let start = out.len() as u32;
    let mut entries = vec![0_u8; 6];
    for offset in &offsets[..3] {
        entries.push(1);
        entries.extend(offset.to_be_bytes());
        entries.push(0);
    }
    entries.extend([2, 0, 0, 0, 5, 0]);
    for offset in [offsets[3], start] {
        entries.push(1);
        entries.extend(offset.to_be_bytes());
        entries.push(0);
    }
    out.extend_from_slice(b"6 0 obj");
    out.extend(stream("/Type/XRef/Size 7/W[1 4 1]/Root 1 0 R", &entries));
    write!(out, "endobj\nstartxref\n{start}\n%%EOF").unwrap();
    refused(&out, "active_content");
}

#[test]
fn harmless_actions_and_attachments_pass() {
    let file = one_page(
        "/OpenAction[3 0 R/Fit]/AF[4 0 R]",
        &[
            "<</Type/Filespec/F(lab.xml)/EF<</F 5 0 R>>>>",
            "<</Length 6>>stream\n<lab/>\nendstream",
            "<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.ru)>>>>",
            "<</Type/StructElem/S/Sound/P 1 0 R/K[]>>",
        ],
    );
    let facts = inspect(&file).unwrap();
    assert_eq!(
        (facts.pages, facts.version.as_str(), facts.repaired),
        (1, "1.7", false)
    );
}

#[test]
fn encryption_and_certification() {
    let plain = one_page("", &[]);
    let encrypted = String::from_utf8(plain)
        .unwrap()
        .replace("/Root 1 0 R", "/Encrypt 9 0 R/Root 1 0 R");
    refused(encrypted.as_bytes(), "encrypted_pdf");
    let certified = one_page("/Perms<</DocMDP 4 0 R>>", &["<</Type/Sig>>"]);
    assert_eq!(inspect(&certified).unwrap_err(), Refusal::Certified);
}

#[test]
fn bombs_of_compression() {
    let zeros = vec![0_u8; 40 << 20];
    let bomb = deflated(&zeros);
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R>>".to_vec(),
        stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &bomb),
    ];
    // By itself it is not even unpacked: nothing lives in it.
    inspect(&pdf(&objects)).unwrap();
    // With a broken cross-reference the scan looks into it.
    let mut broken = pdf(&objects);
    let at = broken.windows(9).rposition(|w| w == b"startxref").unwrap();
    broken.truncate(at);
    refused(&broken, "broken_pdf");
    // A page's content is never unpacked here.
    objects[2] = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".to_vec();
    objects[3] = stream("/Filter/FlateDecode", &bomb);
    inspect(&pdf(&objects)).unwrap();

    let mut xref = b"%PDF-1.7\n".to_vec();
    let start = xref.len();
    xref.extend_from_slice(b"1 0 obj");
    xref.extend(stream(
        "/Type/XRef/Size 9/W[1 4 1]/Root 1 0 R/Filter/FlateDecode",
        &bomb,
    ));
    write!(xref, "endobj\nstartxref\n{start}\n%%EOF").unwrap();
    refused(&xref, "broken_pdf");
}

#[test]
fn circles_and_depths() {
    refused(
        &pdf(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[2 0 R]/Count 1>>".to_vec(),
        ]),
        "broken_pdf",
    );
    refused(
        &pdf(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[]/Count 0>>".to_vec(),
        ]),
        "broken_pdf",
    );
    // A stream whose length is itself.
    let looped = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Contents 4 0 R>>".to_vec(),
        b"<</Length 4 0 R>>stream\nq Q\nendstream".to_vec(),
    ]);
    inspect(&looped).unwrap();
    let deep = one_page(
        "",
        &[&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))],
    );
    refused(&deep, "broken_pdf");
    // A tree whose every node names the next twice: 2^60 pages.
    let mut objects = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()];
    objects.extend(
        (3..63).map(|next| {
            format!("<</Type/Pages/Kids[{next} 0 R {next} 0 R]/Count 2>>").into_bytes()
        }),
    );
    objects.push(b"<</Type/Page>>".to_vec());
    refused(&pdf(&objects), "broken_pdf");
    // Revisions that lead to each other.
    let mut circle = one_page("", &[]);
    let start = circle.len();
    write!(
        circle,
        "xref\n0 0\ntrailer\n<</Root 1 0 R/Prev {start}>>\nstartxref\n{start}\n%%EOF"
    )
    .unwrap();
    let _ = inspect(&circle);
}

#[test]
fn a_dangling_reference_stays_dangling() {
    // The update's objects would be numbers 4 to 40, and one of them a second page 2.
    let kids: String = (3..40).map(|number| format!("{number} 0 R ")).collect();
    let file = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count 1>>").into_bytes(),
        b"<</Type/Page>>".to_vec(),
    ]);
    let pages = inspect(&file).unwrap().pages;
    assert_eq!(pages, 1);
    let sealed = append_protocol(&file, &common::protocol(&file, pages), b"{}", None)
        .unwrap()
        .into_bytes();
    assert_eq!(inspect(&sealed).unwrap().pages, 2);
}

#[test]
fn overlapping_streams_cost_nothing() {
    // Each of these streams reaches to the end of the file: copied, they would take 10 GB.
    let mut out = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page>>endobj\n".to_vec();
    let (count, width) = (20_000, 50);
    let end = out.len() + count * width;
    for number in 4..count + 4 {
        let start = out.len();
        let length = end - start - width + 10;
        let head = format!("{number} 0 obj<</Length {length:08}>>stream\n");
        out.extend_from_slice(head.as_bytes());
        out.resize(start + width, b' ');
    }
    out.extend_from_slice(b"\nendstream endobj\ntrailer<</Root 1 0 R>>");
    let _ = inspect(&out);
}

#[test]
fn damaged_consents_end_cleanly() {
    let sealed = append_protocol(CONSENT, &common::protocol(CONSENT, 3), b"{}", None)
        .unwrap()
        .into_bytes();
    // A linear congruential generator: the same damage on every run.
    let mut state = 20_261_122_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let structure = [
        one_page("/Lang(ru)", &["<</Type/Annot>>", "[1 2 (x) <</A/B>>]"]),
        tail(CONSENT),
        tail(&sealed),
    ];
    for round in 0..600 {
        let mut damaged = structure[round % structure.len()].clone();
        match next(4) {
            0 => damaged.truncate(next(damaged.len())),
            1 => {
                for _ in 0..1 + next(12) {
                    let at = next(damaged.len());
                    damaged[at] = next(256) as u8;
                }
            }
            2 => {
                let (from, to, length) = (next(damaged.len()), next(damaged.len()), next(400));
                let piece = damaged[from..damaged.len().min(from + length)].to_vec();
                damaged.splice(to..to, piece);
            }
            _ => {
                let at = next(damaged.len());
                let digits: Vec<usize> = (at..damaged.len())
                    .filter(|at| damaged[*at].is_ascii_digit())
                    .take(3)
                    .collect();
                for at in digits {
                    damaged[at] = b'0' + next(10) as u8;
                }
            }
        }
        if let Ok(facts) = inspect(&damaged) {
            let again = append_protocol(
                &damaged,
                &common::protocol(&damaged, facts.pages),
                b"{}",
                None,
            )
            .unwrap()
            .into_bytes();
            assert!(again.starts_with(&damaged));
        }
    }
}

/// The file with its long streams cut short, so that damage hits structure and not pictures.
fn tail(file: &[u8]) -> Vec<u8> {
    let mut short = Vec::new();
    let mut rest = file;
    while let Some(at) = rest.windows(7).position(|w| w == b"stream\n") {
        let end = rest[at..]
            .windows(10)
            .position(|w| w == b"\nendstream")
            .map_or(rest.len(), |end| at + end);
        short.extend_from_slice(&rest[..(at + 60).min(end)]);
        rest = &rest[end..];
        if rest.len() > 10 {
            short.extend_from_slice(&rest[..10]);
            rest = &rest[10..];
        }
    }
    short.extend_from_slice(rest);
    short
}
