//! Forgeries of the file: revisions that change its look, and signatures made to cover something else.
//!
//! Shadow attacks: Mainka, Mladenov, Rohlmann (NDSS 2021). Universal signature forgery, incremental saving, signature
//! wrapping: Mladenov et al., "1 Trillion Dollar Refund" (CCS 2019). Evil annotations: Rohlmann et al. (S&P 2021).
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "forged/final_version.rs"]
mod final_version;

use common::update::{
    catalog, changed, clinic_signed, content, last, last_contents, page, soon, time_stamped, update,
};
use common::{CONSENT, Operator, SIGNED, assert_forged, at, check, found, stamp};
use lopdf::{Document, Object, Stream, dictionary};
use podpis_verify::{CheckId, Outcome, Verdict};

/// What a forger would rather have the patient sign.
const OTHER_TEXT: &[u8] = b"BT /F1 20 Tf 72 700 Td (I waive every claim.) Tj ET";

#[test]
fn shadow_hide() {
    // The text of the first page disappears: its content stream becomes an empty one.
    let operator = Operator::new();
    let forged = update(&operator.signed(), |document| {
        let id = content(document, 1);
        let empty = Stream::new(dictionary! {}, Vec::new());
        document.new_document.set_object(id, empty);
    });
    let report = check(&operator, &forged);
    assert_forged(&report, &[CheckId::LaterChanges]);
    let details = &found(&report, CheckId::LaterChanges).details;
    assert!(
        details.iter().any(|fact| fact.value.contains("страницы 1")),
        "{details:?}"
    );
}

#[test]
fn shadow_hide_by_an_overlay_that_goes_away() {
    // The sealed revision shows a picture over the text; the later one takes the picture away.
    let mut operator = Operator::new();
    let mut overlay = None;
    prepare(&mut operator, |document| {
        let form = Stream::new(
            dictionary! {"Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 600.into(), 800.into()]},
            b"1 g 0 0 600 800 re f".to_vec(),
        );
        let form = document.add_object(form);
        let page = document.get_pages()[&1];
        document.add_xobject(page, "Over", form).unwrap();
        document
            .add_page_contents(page, b"q /Over Do Q".to_vec())
            .unwrap();
        overlay = Some(form);
    });
    let genuine = operator.signed();
    common::assert_valid(&check(&operator, &genuine));
    let forged = update(&genuine, |document| {
        let nothing = Stream::new(
            dictionary! {"Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(); 4]},
            Vec::new(),
        );
        document.new_document.set_object(overlay.unwrap(), nothing);
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
}

#[test]
fn shadow_replace_of_a_font() {
    // Harmless at the first look, a font says which glyph stands for which letter.
    let operator = Operator::new();
    let forged = update(&operator.signed(), |document| {
        let page = page(document, 1);
        let fonts = document.get_prev_documents().get_page_fonts(page).unwrap();
        let id = *document
            .get_prev_documents()
            .objects
            .iter()
            .find(|(_, object)| {
                object
                    .as_dict()
                    .is_ok_and(|dict| fonts.values().any(|font| *font == dict))
            })
            .unwrap()
            .0;
        changed(document, id).set("Encoding", "WinAnsiEncoding");
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
}

#[test]
fn shadow_hide_and_replace() {
    // The sealed file holds a second tree of pages that nothing leads to; a later catalog switches to it.
    let mut operator = Operator::new();
    let mut hidden = None;
    prepare(&mut operator, |document| {
        let content = document.add_object(Stream::new(dictionary! {}, OTHER_TEXT.to_vec()));
        let tree = document.new_object_id();
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        });
        let pages = dictionary! {"Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1};
        document.objects.insert(tree, pages.into());
        hidden = Some(tree);
    });
    let genuine = operator.signed();
    common::assert_valid(&check(&operator, &genuine));
    let forged = update(&genuine, |document| {
        let root = catalog(document);
        changed(document, root).set("Pages", hidden.unwrap());
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
}

#[test]
fn incremental_saving() {
    // Another page follows, as any editor would save it.
    let operator = Operator::new();
    let genuine = operator.signed();
    let forged = update(&genuine, |document| {
        let first = page(document, 1);
        let prev = document.get_prev_documents();
        let parent = prev
            .get_dictionary(first)
            .unwrap()
            .get(b"Parent")
            .unwrap()
            .as_reference()
            .unwrap();
        let content = document
            .new_document
            .add_object(Stream::new(dictionary! {}, OTHER_TEXT.to_vec()));
        let added = document.new_document.add_object(dictionary! {
            "Type" => "Page", "Parent" => parent, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        });
        let tree = changed(document, parent);
        let count = tree.get(b"Count").unwrap().as_i64().unwrap();
        tree.set("Count", count + 1);
        let kids = tree.get_mut(b"Kids").unwrap().as_array_mut().unwrap();
        kids.push(added.into());
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
}

#[test]
fn incremental_saving_without_a_table() {
    // Only the body of an update: careless readers rebuild the table and take the new object.
    let operator = Operator::new();
    let mut forged = operator.signed();
    let id = content(&common::update::open(&forged), 1);
    let object = format!(
        "\n{} {} obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n",
        id.0, id.1
    );
    forged.extend(object.as_bytes());
    let report = check(&operator, &forged);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(found(&report, CheckId::LaterChanges).result, Outcome::Fail);
}

#[test]
fn an_annotation_over_the_text() {
    let operator = Operator::new();
    let forged = update(&operator.signed(), |document| {
        let page = page(document, 1);
        let note = document.new_document.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "FreeText", "Rect" => vec![50.into(), 50.into(), 500.into(), 700.into()],
            "Contents" => Object::string_literal("I waive every claim."), "F" => 4,
        });
        changed(document, page).set("Annots", vec![note.into()]);
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
}

#[test]
fn two_files_glued_together() {
    let operator = Operator::new();
    let forged = [operator.signed(), CONSENT.to_vec()].concat();
    assert_ne!(check(&operator, &forged).verdict, Verdict::Valid);
    let forged = [CONSENT.to_vec(), operator.signed()].concat();
    assert_ne!(check(&operator, &forged).verdict, Verdict::Valid);
}

#[test]
fn universal_forgery_of_the_byte_range() {
    // Every one of these made some reader say "valid".
    let operator = Operator::new();
    let genuine = operator.signed();
    let start = last(&genuine, b"/ByteRange ") + b"/ByteRange ".len();
    let width = genuine[start..]
        .iter()
        .position(|byte| *byte == b'/')
        .unwrap();
    let (from, to) = last_contents(&genuine);
    let rest = genuine.len() - to;
    for range in [
        String::new(),
        "null".into(),
        "[]".into(),
        "[0]".into(),
        "[0 0 0 0]".into(),
        format!("[0 {from}]"),
        format!("[0 {from} {to} -{rest}]"),
        format!("[0 -{from} {to} {rest}]"),
        format!("[1 {from} {to} {rest}]"),
        format!("[0 {from} {to} {}]", rest - 1),
        format!("[0 {} {to} {rest}]", from - 9),
        format!("[0 {from} {from} {rest}]"),
    ] {
        let mut forged = genuine.clone();
        let padded = format!("{range:<width$}");
        assert_eq!(padded.len(), width);
        forged[start..start + width].copy_from_slice(padded.as_bytes());
        let report = check(&operator, &forged);
        assert_forged(&report, &[CheckId::SealSignature]);
    }
}

#[test]
fn universal_forgery_of_the_contents() {
    let operator = Operator::new();
    let genuine = operator.signed();
    let (from, to) = last_contents(&genuine);
    let zeros = vec![b'0'; to - from - 2];
    for contents in [
        [b"<".as_slice(), &zeros, b">"].concat(),
        [b"(".as_slice(), &zeros, b")"].concat(),
        [b"null".as_slice(), &vec![b' '; to - from - 4]].concat(),
        [b"<3000".as_slice(), &zeros[4..], b">"].concat(),
        [b"<3080".as_slice(), &zeros[4..], b">"].concat(),
    ] {
        let mut forged = genuine.clone();
        forged[from..to].copy_from_slice(&contents);
        let report = check(&operator, &forged);
        assert_forged(&report, &[CheckId::SealSignature]);
    }
}

#[test]
fn signature_wrapping() {
    // What was signed moves to the file's end, and the forger's own bytes take its place.
    let operator = Operator::new();
    let genuine = operator.signed();
    let (from, to) = last_contents(&genuine);
    let rest = genuine.len() - to;
    let filling = b"\n9 0 obj\n<<>>\nendobj\n";
    let place = last(&genuine, b"/ByteRange ") + b"/ByteRange ".len();
    let mut forged = genuine[..to].to_vec();
    forged.extend(filling);
    forged.extend(&genuine[to..]);
    let range = format!("[0 {from} {} {rest}]", to + filling.len());
    forged[place..place + range.len()].copy_from_slice(range.as_bytes());
    // The table of the moved part leads astray as well.
    let failed = [CheckId::PdfStructure, CheckId::SealSignature];
    assert_forged(&check(&operator, &forged), &failed);
}

#[test]
fn a_seal_taken_away_is_missed() {
    let operator = Operator::new();
    let forged = update(&operator.signed(), |document| {
        let root = catalog(document);
        let root = changed(document, root);
        root.remove(b"AcroForm");
        root.remove(b"Names");
        root.remove(b"AF");
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
    let forged = update(&operator.signed(), |document| {
        let root = catalog(document);
        changed(document, root).remove(b"AcroForm");
    });
    assert_forged(&check(&operator, &forged), &[CheckId::SealSignature]);
}

#[test]
fn evidence_without_a_seal_pretends() {
    let operator = Operator::new();
    let unsealed = operator.unsealed(&operator.evidence(operator.bundle()), at(SIGNED));
    assert_forged(
        &check(&operator, unsealed.bytes()),
        &[CheckId::SealSignature],
    );
}

#[test]
fn a_seal_from_another_file() {
    let operator = Operator::new();
    let mut forged = operator.signed();
    let mut bundle = operator.bundle();
    bundle["signatures"][0]["signer"]["name"] = "Петров Пётр".into();
    let other = operator.signed_with(bundle);
    let ((from, to), (other_from, other_to)) = (last_contents(&forged), last_contents(&other));
    forged[from..to].copy_from_slice(&other[other_from..other_to]);
    assert_forged(&check(&operator, &forged), &[CheckId::SealSignature]);
}

#[test]
fn an_expired_seal_certificate() {
    let mut operator = Operator::new();
    operator.seal = common::certificates(1, "2025-01-01T00:00:00Z", "2026-11-30T00:00:00Z");
    let report = check(&operator, &operator.signed());
    assert_eq!(
        found(&report, CheckId::SealCertificate).result,
        Outcome::Fail
    );
    assert_forged(&report, &[CheckId::SealCertificate]);
}

#[test]
fn a_seal_certificate_that_was_not_valid_yet() {
    let mut operator = Operator::new();
    operator.seal = common::certificates(1, "2026-12-02T00:00:00Z", "2028-01-01T00:00:00Z");
    assert_forged(
        &check(&operator, &operator.signed()),
        &[CheckId::SealCertificate],
    );
}

#[test]
fn a_seal_of_another_authority_under_the_operators_name() {
    let operator = Operator::new();
    let mut forger = Operator::new();
    forger.seal = common::certificates(66, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    // Both roots have the same name: only the key tells them apart.
    let report = check(&operator, &forger.signed());
    assert_forged(&report, &[CheckId::SealCertificate]);
}

#[test]
fn a_seal_dated_otherwise_than_the_signature() {
    let operator = Operator::new();
    let evidence = operator.evidence(operator.bundle());
    let forged = operator.sealed(&evidence, at("2026-06-01T00:00:00Z"), |_| None);
    assert_forged(&check(&operator, &forged), &[CheckId::SealTime]);
}

#[test]
fn a_time_stamp_over_another_signature() {
    let operator = Operator::new();
    let evidence = operator.evidence(operator.bundle());
    let mut right = None;
    let genuine = operator.sealed(&evidence, at(SIGNED), |signature| {
        right = Some(stamp::token(signature, soon()));
        right.clone()
    });
    let right = podpis_shared::hash::hex(&right.unwrap());
    // Our own writer refuses such a token, so it takes the right one's place: one of the same length.
    let wrong = (0..)
        .map(|number| stamp::token(format!("another signature {number}").as_bytes(), soon()))
        .map(|token| podpis_shared::hash::hex(&token))
        .find(|token| token.len() == right.len())
        .unwrap();
    let place = last(&genuine, right.as_bytes());
    let mut forged = genuine;
    forged[place..place + wrong.len()].copy_from_slice(wrong.as_bytes());
    assert_forged(&check(&operator, &forged), &[CheckId::SealTime]);
}

#[test]
fn a_document_time_stamp_over_something_else() {
    let operator = Operator::new();
    let genuine = time_stamped(&operator.signed(), soon());
    let (from, _) = last_contents(&genuine);
    let token = stamp::token(b"another file", soon());
    let hex = podpis_shared::hash::hex(&token);
    let mut forged = genuine;
    let room = last_contents(&forged);
    forged[room.0 + 1..room.1 - 1].fill(b'0');
    forged[from + 1..from + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    assert_forged(&check(&operator, &forged), &[CheckId::SealTime]);
}

#[test]
fn a_time_stamp_before_the_seal() {
    let operator = Operator::new();
    let evidence = operator.evidence(operator.bundle());
    let forged = operator.sealed(&evidence, at(SIGNED), |signature| {
        Some(stamp::token(signature, at("2026-11-30T00:00:00Z")))
    });
    assert_forged(&check(&operator, &forged), &[CheckId::SealTime]);
}

#[test]
fn a_clinics_signature_that_does_not_fit() {
    let operator = Operator::new();
    let mut forged = clinic_signed(&operator.signed(), [0; 4]);
    let place = last(&forged, b"D:20261202090000Z");
    forged[place + 2] = b'1';
    assert_forged(&check(&operator, &forged), &[CheckId::ClinicSignature]);
}

/// Another original, prepared by a forger, in the place of the consent.
fn prepare(operator: &mut Operator, edit: impl FnOnce(&mut Document)) {
    let mut document = Document::load_mem(CONSENT).unwrap();
    edit(&mut document);
    let mut original = Vec::new();
    document.save_to(&mut original).unwrap();
    operator.log =
        common::log::Log::of_a_document("doc_1", &podpis_shared::hash::sha256_hex(&original));
    operator.original = original;
}
