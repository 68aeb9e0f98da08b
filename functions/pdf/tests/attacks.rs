//! Known attacks on a sealed file, each with the answer that it gets; and what is allowed.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "common/revisions.rs"]
mod revisions;
#[path = "common/sealed.rs"]
mod sealed;

use podpis_pdf::{
    Change, EVIDENCE_NAME, RangeFault, Severity, SignatureKind, Step, append_timestamp, attachment,
    changes, examine, harmful,
};
use revisions::{object, offset, replaced, update, update_compressed, update_with};
use sealed::sealed;

/// What a revision of these objects after the seal is taken for.
fn after(objects: revisions::Objects) -> Vec<Change> {
    let file = sealed();
    changes(&file, &update(&file, objects, "")).unwrap()
}

/// The same with the newest text of an object, a part of it replaced.
#[track_caller]
fn after_edit(number: u32, old: &str, new: &str) -> Vec<Change> {
    let text = object(&sealed(), number);
    assert!(text.contains(old), "{text}");
    after(&[(number, &text.replace(old, new))])
}

fn page(page: u32) -> Change {
    Change::PageContentChanged { page }
}

fn annotation(page: u32) -> Change {
    Change::AnnotationChanged { page }
}

fn resource(page: u32, kind: &str) -> Change {
    Change::ResourceChanged {
        page,
        kind: kind.to_owned(),
    }
}

fn catalog(key: &str) -> Change {
    Change::CatalogChanged {
        key: key.to_owned(),
    }
}

fn value(name: &str) -> Change {
    Change::FieldValueChanged {
        name: name.to_owned(),
    }
}

fn appended(what: &str) -> Change {
    Change::Other {
        what: format!("the appended revision: {what}"),
    }
}

#[track_caller]
fn all_harmful(found: &[Change]) {
    assert!(!found.is_empty());
    assert_eq!(
        harmful(found, Step::AfterSeal).count(),
        found.len(),
        "{found:?}"
    );
}

/// Fails unless exactly these changes are found, each of them harmful.
#[track_caller]
fn refused(found: &[Change], expected: &[Change]) {
    assert_eq!(found, expected);
    all_harmful(found);
}

#[test]
fn incremental_saving_of_contents() {
    refused(
        &after(&[(5, "<</Length 2>>stream\nQQ\nendstream")]),
        &[page(1)],
    );
    refused(&after_edit(3, "5 0 R", "17 0 R"), &[page(1)]);
    refused(&after_edit(4, "12 0 R", "17 0 R"), &[page(2)]);
    refused(&after_edit(4, "/Type", "/Rotate 90/Type"), &[page(2)]);
    // The same dictionary, other bytes.
    refused(
        &after(&[(12, "<</Length 9>>stream\n1 1 9 9 f\nendstream")]),
        &[page(2)],
    );
    refused(
        &after_edit(2, "/Type", "/Rotate 90/Type"),
        &[page(1), page(2), page(3)],
    );
    // The protocol's own page.
    let kids = object(&sealed(), 2);
    let protocol: u32 = kids
        .split("4 0 R ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let text = object(&sealed(), protocol);
    let found = after(&[(protocol, &text.replace("/Contents", "/Content_"))]);
    refused(&found, &[page(3)]);
}

#[test]
fn a_missing_object_comes_alive() {
    refused(
        &after(&[(90, "<</Length 2>>stream\nQQ\nendstream")]),
        &[page(1)],
    );
}

#[test]
fn shadow_replace_of_resources() {
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>";
    refused(&after(&[(6, font)]), &[resource(1, "Font")]);
    let form = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 9>>stream\n0 0 8 8 f\nendstream";
    refused(&after(&[(7, form)]), &[resource(1, "XObject")]);
    refused(
        &after(&[(11, "<</Type/OCG/Name(layer)/Usage<<>>>>")]),
        &[resource(1, "Properties")],
    );
    refused(
        &after(&[(13, "<</Font<</F 7 0 R>>>>")]),
        &[resource(2, "Resources")],
    );
    refused(
        &after_edit(3, "/F 6 0 R", "/F 90 0 R"),
        &[resource(1, "Font")],
    );
}

#[test]
fn shadow_hide_by_layers() {
    let text = object(&sealed(), 1);
    let hidden = text.replace("/ON", "/OFF");
    assert_ne!(text, hidden);
    refused(&after(&[(1, &hidden)]), &[catalog("OCProperties")]);
}

#[test]
fn shadow_hide_and_replace_by_the_page_tree() {
    refused(
        &after_edit(2, "3 0 R", "16 0 R"),
        &[Change::PagesRemovedOrReordered],
    );
    refused(
        &after_edit(2, "3 0 R 4 0 R", "4 0 R 3 0 R"),
        &[Change::PagesRemovedOrReordered],
    );
    refused(
        &after_edit(2, "3 0 R ", ""),
        &[Change::PagesRemovedOrReordered],
    );
    refused(
        &after_edit(2, "[3 0 R", "[16 0 R 3 0 R"),
        &[Change::PagesInserted],
    );
    // At the end, but it was there before.
    let kids = object(&sealed(), 2).replacen("]", " 16 0 R]", 1);
    refused(&after(&[(2, &kids)]), &[Change::PagesInserted]);
    refused(
        &after_edit(1, "/Pages 2", "/Pages 3"),
        &[Change::PagesRemovedOrReordered, page(1)],
    );
}

#[test]
fn pages_after_the_seal() {
    let kids = object(&sealed(), 2);
    let kids = kids.replacen("]", " 300 0 R]", 1);
    let found = after(&[(2, &kids), (300, "<</Type/Page/Parent 2 0 R>>")]);
    refused(&found, &[Change::ProtocolPagesAppended { pages: 1 }]);
}

#[test]
fn evil_annotations() {
    let note = "<</Type/Annot/Subtype/FreeText/Rect[0 0 200 200]/Contents(paid)>>";
    let text = object(&sealed(), 3).replace("10 0 R]", "10 0 R 300 0 R]");
    refused(&after(&[(3, &text), (300, note)]), &[annotation(1)]);
    refused(
        &after(&[(14, "[15 0 R 300 0 R]"), (300, note)]),
        &[annotation(2)],
    );
    refused(&after_edit(3, "10 0 R]", "]"), &[annotation(1)]);
    refused(
        &after_edit(10, "[1 1 9 9]", "[1 1 90 90]"),
        &[annotation(1)],
    );
    // A signature's widget that is in no form, and one on a page that is not its own.
    let widget = "<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 200 200]>>";
    refused(
        &after(&[(14, "[15 0 R 300 0 R]"), (300, widget)]),
        &[annotation(2)],
    );
}

#[test]
fn form_values() {
    refused(&after_edit(8, "healthy", "ill"), &[value("diagnosis")]);
    refused(&after_edit(8, "/Type", "/AA<<>>/Type"), &[annotation(1)]);
    refused(
        &after_edit(9, "/DA", "/NeedAppearances true/DA"),
        &[catalog("AcroForm/NeedAppearances")],
    );
    refused(
        &after_edit(9, "/DA", "/XFA(x)/DA"),
        &[catalog("AcroForm/XFA")],
    );
    refused(
        &after_edit(9, "/F 0 Tf", "/F 9 Tf"),
        &[catalog("AcroForm/DA")],
    );
    refused(&after_edit(9, "8 0 R ", ""), &[catalog("AcroForm/Fields")]);
    let fields = object(&sealed(), 9).replacen("]", " 300 0 R]", 1);
    let text = "<</Subtype/Widget/FT/Tx/T(note)/V(x)/Rect[0 0 9 9]>>";
    refused(&after(&[(9, &fields), (300, text)]), &[value("note")]);
    // An old object becomes the value of the empty signature field.
    refused(&after_edit(15, "/FT", "/V 13 0 R/FT"), &[value("clinic")]);
}

#[test]
fn the_catalog() {
    refused(
        &after_edit(1, "/Type", "/OpenAction<</S/JavaScript/JS(x)>>/Type"),
        &[catalog("OpenAction")],
    );
    refused(&after_edit(1, "/Type", "/AA<<>>/Type"), &[catalog("AA")]);
    let file = sealed();
    let whole = update(
        &file,
        &[(300, "<</Type/Catalog/Pages 2 0 R>>")],
        "/Root 300 0 R",
    );
    // The key stands twice then: this reader takes the last one.
    let twice = appended("its cross-reference table is malformed");
    refused(&changes(&file, &whole).unwrap(), &[twice, catalog("Root")]);
    let scripts = object(&file, names(&file)).replacen("<<", "<</JavaScript 300 0 R", 1);
    refused(
        &after(&[(names(&file), &scripts), (300, "<<>>")]),
        &[catalog("Names/JavaScript")],
    );
}

/// The number of the catalog's `/Names`.
fn names(file: &[u8]) -> u32 {
    let text = object(file, 1);
    let rest = text.split("/Names ").nth(1).unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

/// The number of the list of attachments.
fn files(file: &[u8]) -> u32 {
    let text = object(file, names(file));
    let rest = text.split("/EmbeddedFiles ").nth(1).unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn another_evidence() {
    let file = sealed();
    let list = files(&file);
    let specification = "<</Type/Filespec/F(evidence.json)/UF(evidence.json)/EF<</F 301 0 R>>>>";
    let stream = "<</Type/EmbeddedFile/Length 2>>stream\n{}\nendstream";
    let other = [
        (list, "<</Names[(evidence.json)300 0 R]>>"),
        (300, specification),
        (301, stream),
    ];
    refused(&after(&other), &[catalog("Names/EmbeddedFiles")]);
    // The caller reads what the seal covers.
    let whole = update(&file, &other, "");
    assert_eq!(attachment(&whole, EVIDENCE_NAME).unwrap().unwrap(), b"{}");
    assert!(
        attachment(&whole[..file.len()], EVIDENCE_NAME)
            .unwrap()
            .unwrap()
            .starts_with(b"{\"format")
    );

    // Beside it under the same name, the name written in another way.
    let twice = object(&file, list).replace("]", "<65766964656E63652E6A736F6E>300 0 R]");
    let whole = update(
        &file,
        &[(list, &twice), (300, specification), (301, stream)],
        "",
    );
    refused(
        &changes(&file, &whole).unwrap(),
        &[catalog("Names/EmbeddedFiles")],
    );
    assert!(attachment(&whole, EVIDENCE_NAME).is_err());

    let beside = object(&file, list).replace("]", "(z)300 0 R]");
    let found = after(&[(list, &beside), (300, specification), (301, stream)]);
    assert_eq!(
        found,
        [Change::AttachmentAdded {
            name: "z".to_owned()
        }]
    );
    assert_eq!(found[0].severity(Step::AfterSeal), Severity::Notable);
}

#[test]
fn objects_are_taken_away() {
    let file = sealed();
    let without = |number: u32| {
        let table = format!("xref\n{number} 1\n0000000000 65535 f \n");
        let previous = revisions::last_startxref(&file);
        let whole = revisions::finish(file.clone(), &table, &format!("/Prev {previous}"));
        changes(&file, &whole).unwrap()
    };
    refused(&without(6), &[resource(1, "Font")]);
    refused(&without(12), &[page(2)]);
    refused(&without(17), &[Change::ObjectRemoved { number: 17 }]);
    // Nothing refers to the hidden page.
    assert_eq!(without(16), []);
}

#[test]
fn an_old_text_comes_back() {
    // The page's older version, from before a revision of the original.
    let original = sealed::original();
    let edited = update(&original, &[(5, "<</Length 2>>stream\nQQ\nendstream")], "");
    let table = format!("xref\n5 1\n{:010} 00000 n \n", offset(&original, 5));
    let previous = revisions::last_startxref(&edited);
    let whole = revisions::finish(edited.clone(), &table, &format!("/Prev {previous}"));
    refused(&changes(&edited, &whole).unwrap(), &[page(1)]);
}

#[test]
fn encryption() {
    let file = sealed();
    let whole = update(&file, &[(300, "<</Filter/Standard>>")], "/Encrypt 300 0 R");
    refused(&changes(&file, &whole).unwrap(), &[Change::Encrypted]);
    let examined = examine(&whole).unwrap();
    assert!(examined.encrypted && examined.signatures.is_empty());
}

#[test]
fn tricks_of_the_cross_reference() {
    let file = sealed();
    let previous = revisions::last_startxref(&file);
    let found = |whole: &[u8]| changes(&file, whole).unwrap();

    // No /Prev, another /Prev, a circle.
    let chain = appended("it does not follow the revision before it");
    let lone = update_with(&file, &[(300, "<<>>")], "");
    assert!(found(&lone).contains(&chain));
    let older = revisions::last_startxref(&sealed::original());
    let skipped = update_with(&file, &[(300, "<<>>")], &format!("/Prev {older}"));
    assert!(found(&skipped).contains(&chain));
    all_harmful(&found(&skipped));
    let draft = update_with(&file, &[(300, "<<>>")], "/Prev 0000000000");
    let own = revisions::last_startxref(&draft);
    let circle = replaced(&draft, "/Prev 0000000000", &format!("/Prev {own:010}"));
    let answer = found(&circle);
    assert!(
        answer.contains(&chain) && answer.contains(&Change::RepairNeeded),
        "{answer:?}"
    );

    // A hybrid section.
    let hybrid = update(&file, &[(300, "<<>>")], &format!("/XRefStm {own}"));
    assert!(!found(&hybrid).is_empty());
    all_harmful(&found(&hybrid));

    // Broken, so that viewers scan and find another page.
    let mut broken = update(&file, &[(5, "<</Length 2>>stream\nQQ\nendstream")], "");
    let at = broken.len() - "1\n%%EOF\n".len();
    broken[at] = if broken[at] == b'0' { b'1' } else { b'0' };
    let answer = found(&broken);
    assert!(
        answer.contains(&Change::RepairNeeded) && answer.contains(&page(1)),
        "{answer:?}"
    );
    all_harmful(&answer);
    assert!(!examine(&broken).unwrap().intact_xref);

    // An entry that leads to another object: viewers that look at the number repair.
    let table = format!("xref\n3 1\n{:010} 00000 n \n", offset(&file, 16));
    let wrong = revisions::finish(file.clone(), &table, &format!("/Prev {previous}"));
    let answer = found(&wrong);
    assert!(answer.contains(&Change::RepairNeeded), "{answer:?}");

    // The same by way of an object stream.
    let text = object(&file, 3).replace("5 0 R", "17 0 R");
    let compressed = update_compressed(&file, &[(3, &text)]);
    refused(&found(&compressed), &[page(1)]);
}

#[test]
fn bytes_beside_the_objects() {
    let file = sealed();
    let stray = appended("it has bytes that belong to no object");
    let junk = [&file[..], b"junk"].concat();
    refused(
        &changes(&file, &junk).unwrap(),
        std::slice::from_ref(&stray),
    );
    assert!(!examine(&junk).unwrap().ends_with_eof);
    let newline = [&file[..], b"\n"].concat();
    assert_eq!(changes(&file, &newline).unwrap(), []);

    // Objects that no cross-reference names: a reader that repairs finds them.
    let loose = [&file[..], b"5 0 obj\n<<>>\nendobj\n"].concat();
    assert_eq!(changes(&file, &loose).unwrap().len(), 1);
    all_harmful(&changes(&file, &loose).unwrap());
    let between = update(&loose, &[(300, "<<>>")], "");
    refused(
        &changes(&file, &between).unwrap(),
        &[appended("it has an object that it does not name")],
    );

    let comment = [&file[..], b"%5 0 obj <<>> endobj\n"].concat();
    let hidden = update(&comment, &[(300, "<<>>")], "");
    refused(
        &changes(&file, &hidden).unwrap(),
        &[appended("a comment of it looks like a part of a file")],
    );
    let harmless = update(
        &[&file[..], b"%a signer of some make\n"].concat(),
        &[(300, "<<>>")],
        "",
    );
    assert_eq!(changes(&file, &harmless).unwrap(), []);

    // A whole second document.
    let second = [&file[..], &sealed::original()].concat();
    let examined = examine(&second).unwrap();
    assert!(examined.second_header);
    all_harmful(&changes(&file, &second).unwrap());

    // What readers take each in their own way.
    let repeated = after_edit(3, "/Type", "/Contents 17 0 R/Type");
    assert!(
        repeated.contains(&appended("an object of it repeats a key")),
        "{repeated:?}"
    );
    let odd = after_edit(3, "/Type", "/Tabs nil/Type");
    assert_eq!(odd, [appended("an object of it is malformed")]);
    let length = after(&[(300, "<</Length 9>>stream\nQ\nendstream")]);
    refused(&length, &[appended("a stream of it has a wrong length")]);
}

/// A form with one more field, object 300, on page 2.
fn with_field(widget: &str) -> Vec<Change> {
    let form = object(&sealed(), 9).replacen("]", " 300 0 R]", 1);
    let signature = "<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>";
    after(&[
        (9, &form),
        (14, "[15 0 R 300 0 R]"),
        (300, widget),
        (301, signature),
    ])
}

#[test]
fn later_signatures() {
    let invisible =
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(doctor)/V 301 0 R/Rect[0 0 0 0]/F 132/P 4 0 R>>";
    let new = |field: &str| Change::NewSignatureField {
        field: field.to_owned(),
    };
    assert_eq!(with_field(invisible), [new("doctor")]);
    assert_eq!(
        with_field(&invisible.replace("[0 0 0 0]/F 132", "[0 0 90 90]/F 2")),
        [new("doctor")]
    );

    let visible = with_field(&invisible.replace("[0 0 0 0]", "[90 0 0 50]"));
    let expected = Change::VisibleSignature {
        field: "doctor".to_owned(),
        page: Some(2),
        rect: [0.0, 0.0, 90.0, 50.0],
    };
    assert_eq!(visible, [expected]);
    assert_eq!(visible[0].severity(Step::AfterSeal), Severity::Notable);

    let acting = with_field(&invisible.replace("/F 132", "/F 132/AA<<>>"));
    refused(
        &acting,
        &[
            Change::Other {
                what: "the signature field doctor does more than hold a signature".to_owned(),
            },
            annotation(2),
        ],
    );
    assert!(
        harmful(
            &with_field(&invisible.replace("301 0 R", "5 0 R")),
            Step::AfterSeal
        )
        .count()
            > 0
    );

    // The field that was left empty for the clinic.
    let signed = object(&sealed(), 15).replace("/FT", "/V 301 0 R/FT");
    assert_eq!(
        after(&[(15, &signed), (301, "<</Type/Sig>>")]),
        [new("clinic")]
    );
    let moved = signed.replace("[0 0 0 0]", "[0 0 90 90]");
    refused(
        &after(&[(15, &moved), (301, "<</Type/Sig>>")]),
        &[value("clinic")],
    );
    let removed = object(&sealed(), 9);
    let seal: u32 = removed
        .split("15 0 R ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    refused(&after_edit(seal, "/V ", "/W "), &[value("PodpisSeal")]);
}

#[test]
fn harmless_updates() {
    let file = sealed();
    let stamped = append_timestamp(&file, 64)
        .unwrap()
        .embed(&[0x30, 0])
        .unwrap();
    let found = changes(&file, &stamped).unwrap();
    assert_eq!(
        found,
        [Change::DocumentTimeStamp {
            field: "PodpisTimeStamp".to_owned()
        }]
    );
    assert_eq!(harmful(&found, Step::AfterSeal).count(), 0);

    let store = after(&[
        (
            1,
            &object(&file, 1).replacen(
                "<<",
                "<</DSS 300 0 R/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>",
                1,
            ),
        ),
        (300, "<</Certs[301 0 R]>>"),
        (301, "<</Length 1>>stream\nx\nendstream"),
    ]);
    assert_eq!(store, [Change::SecurityStore, Change::VersionDeclared]);
    assert_eq!(harmful(&store, Step::AfterSeal).count(), 0);
    let info = update(&file, &[(300, "<</ModDate(D:2026)>>")], "/Info 300 0 R");
    assert_eq!(changes(&file, &info).unwrap(), [Change::MetadataReplaced]);
    // The same values in other words.
    let text = object(&file, 8)
        .replace("(healthy)", "<6865616c746879>")
        .replace("[10 ", "[10.0 ");
    assert_eq!(after(&[(8, &text)]), []);
}

/// What becomes of the seal when a text of its dictionary is replaced.
#[track_caller]
fn fault(old: &str, new: &str) -> RangeFault {
    let file = sealed();
    let examined = examine(&replaced(&file, old, &format!("{new:<0$}", old.len()))).unwrap();
    *examined.signatures[0].range.as_ref().unwrap_err()
}

#[test]
fn forged_ranges() {
    let file = sealed();
    let covered = examine(&file).unwrap().signatures[0].range.clone().unwrap();
    let (start, end) = (covered.gap.start, covered.gap.end);
    let rest = file.len() - end;
    let range = format!("[0 {start} {end} {rest}]");
    let with = |new: &str| fault(&range, new);

    assert_eq!(fault("/ByteRange ", "/ByteRang "), RangeFault::NoByteRange);
    assert_eq!(with("null"), RangeFault::NoByteRange);
    assert_eq!(with("[]"), RangeFault::NotFourIntegers);
    assert_eq!(with("0"), RangeFault::NotFourIntegers);
    assert_eq!(
        with(&format!("[0 {start} {end}]")),
        RangeFault::NotFourIntegers
    );
    assert_eq!(with("[0 3 4 5 6 7]"), RangeFault::NotFourIntegers);
    assert_eq!(with("[5 0 R 1 2 3]"), RangeFault::NotFourIntegers);
    assert_eq!(with("[0 1. 2 3]"), RangeFault::NotFourIntegers);
    assert_eq!(with("13 0 R"), RangeFault::NotFourIntegers);
    assert_eq!(
        with(&format!("[1 {start} {end} 9]")),
        RangeFault::NotFromStart
    );
    assert_eq!(with("[0 -9 9 9]"), RangeFault::OutOfBounds);
    assert_eq!(with("[0 9 -9 9]"), RangeFault::OutOfBounds);
    assert_eq!(with("[0 9 99 0]"), RangeFault::OutOfBounds);
    assert_eq!(
        with(&format!("[0 {start} {end} {}]", rest + 1)),
        RangeFault::OutOfBounds
    );
    assert_eq!(with("[0 9 99 999999999]"), RangeFault::OutOfBounds);
    // Parts that touch or overlap: the signature would sign itself, or nothing of it.
    assert_eq!(with("[0 99 99 9]"), RangeFault::Overlapping);
    assert_eq!(with("[0 99 9 99]"), RangeFault::Overlapping);
    // The gap is wider, narrower, somewhere else.
    assert_eq!(
        with(&format!("[0 {} {end} {rest}]", start - 1)),
        RangeFault::GapNotContents
    );
    assert_eq!(
        with(&format!("[0 {} {end} {rest}]", start + 1)),
        RangeFault::GapNotContents
    );
    assert_eq!(
        with(&format!("[0 {start} {} {}]", end + 1, rest - 1)),
        RangeFault::GapNotContents
    );
    assert_eq!(
        with(&format!("[0 {start} {} {rest}]", end - 1)),
        RangeFault::GapNotContents
    );
    assert_eq!(with("[0 5 9 30]"), RangeFault::GapNotContents);
    // It covers less than a revision.
    assert_eq!(
        with(&format!("[0 {start} {end} {}]", rest - 9)),
        RangeFault::NotARevision
    );
    assert_eq!(
        with(&format!("[0 {start} {end} 1]")),
        RangeFault::NotARevision
    );
}

#[test]
fn forged_contents() {
    let contents = object(&sealed(), seal_number(&sealed()));
    let at = contents.find("/Contents ").unwrap() + 10;
    let hex = &contents[at..contents.len() - 2];
    let zeros = hex.len() - 12;
    let with = |new: &str| fault(hex, new);

    assert_eq!(fault("/Contents <", "/Content <"), RangeFault::NoContents);
    assert_eq!(with("null"), RangeFault::NoContents);
    assert_eq!(with("5 0 R"), RangeFault::NoContents);
    // Shorter than the gap.
    assert_eq!(with("<>"), RangeFault::GapNotContents);
    assert_eq!(with("<3003abcdef>"), RangeFault::GapNotContents);
    assert_eq!(
        with(&format!("(3003abcdef{})", "0".repeat(zeros))),
        RangeFault::NotPlainHex
    );
    assert_eq!(with(&hex.replace("abc", "aBc")), RangeFault::NotPlainHex);
    assert_eq!(with(&hex.replacen("00", "  ", 1)), RangeFault::NotPlainHex);
    assert_eq!(with(&hex.replace("3003", "3103")), RangeFault::NotDer);
    assert_eq!(with(&hex.replace("3003", "3080")), RangeFault::NotDer);
    assert_eq!(with(&hex.replace("3003", "307f")), RangeFault::NotDer);
    assert_eq!(with(&hex.replace("3003", "3002")), RangeFault::Padding);
    assert_eq!(with(&hex.replace("0>", "1>")), RangeFault::Padding);
    // All capitals is another signer's habit, and said.
    let capitals = examine(&replaced(&sealed(), hex, &hex.to_uppercase())).unwrap();
    assert!(capitals.signatures[0].range.as_ref().unwrap().capitals);

    assert_eq!(fault("/Reason<", "/Filter<"), RangeFault::RepeatedKey);
}

/// The number of the seal's dictionary.
fn seal_number(file: &[u8]) -> u32 {
    let field = object(file, 9);
    let field: u32 = field
        .split("15 0 R ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let field = object(file, field);
    field
        .split("/V ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

/// The faults of all signatures after a revision of these objects; how many signatures vanished.
fn wrapped(objects: revisions::Objects) -> (Vec<Option<RangeFault>>, usize) {
    let examined = examine(&update(&sealed(), objects, "")).unwrap();
    let faults = examined
        .signatures
        .iter()
        .map(|s| s.range.as_ref().err().copied());
    (faults.collect(), examined.vanished.len())
}

#[test]
fn signature_wrapping() {
    let file = sealed();
    let number = seal_number(&file);
    let dictionary = object(&file, number);
    // A copy somewhere else: its range leaves out the first one's contents.
    assert_eq!(
        wrapped(&[(number, &dictionary)]),
        (vec![Some(RangeFault::GapNotContents)], 1)
    );

    let form = object(&file, 9);
    let field: u32 = form
        .split("15 0 R ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let widget = object(&file, field);
    let value = format!("/V {number} 0 R");
    let direct = widget.replace(&value, &format!("/V {dictionary}"));
    assert_eq!(
        wrapped(&[(field, &direct)]),
        (vec![Some(RangeFault::NotIndirect)], 1)
    );
    let nowhere = widget.replace(&value, "/V 333 0 R");
    assert_eq!(
        wrapped(&[(field, &nowhere)]),
        (vec![Some(RangeFault::NotADictionary)], 1)
    );
    let removed = widget.replace(&value, "");
    assert_eq!(wrapped(&[(field, &removed)]), (vec![], 1));
    assert_eq!(
        wrapped(&[(9, &form.replace(&format!("{field} 0 R"), ""))]),
        (vec![], 1)
    );
    let shared = object(&file, 15).replace("/FT", &format!("{value}/FT"));
    assert_eq!(
        wrapped(&[(15, &shared)]),
        (
            vec![Some(RangeFault::SharedValue), Some(RangeFault::SharedValue)],
            0
        )
    );

    let compressed = update_compressed(&file, &[(number, &dictionary)]);
    let examined = examine(&compressed).unwrap();
    assert_eq!(examined.signatures[0].range, Err(RangeFault::Compressed));
}

#[test]
fn the_covered_revision_must_stand_by_itself() {
    let file = sealed();
    let text = "<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange AAAAAAAAAAAAAAAAAAAAAAAAAAAA/Contents <3000>>>";
    let form = object(&file, 9).replacen("]", " 300 0 R]", 1);
    let field = "<</FT/Sig/T(x)/V 301 0 R>>";
    // Fills in a range that ends after `end` bytes.
    let ranged = |bytes: &[u8], end: usize| {
        let gap = revisions::rfind(bytes, b"<3000>").unwrap();
        let range = format!("[0 {gap} {} {}]", gap + 6, end - gap - 6);
        replaced(bytes, &"A".repeat(28), &format!("{range:<28}"))
    };
    let last = |bytes: &[u8]| examine(bytes).unwrap().signatures.last().unwrap().clone();

    let honest = update(&file, &[(9, &form), (300, field), (301, text)], "");
    let honest = ranged(&honest, honest.len());
    let found = last(&honest);
    assert!(found.range.is_ok() && found.covers_whole_file && found.kind == SignatureKind::Cades);

    // Its revision cannot be opened: only the next one leads to its objects.
    let mut broken = update(&file, &[(9, &form), (300, field), (301, text)], "");
    let (end, section) = (broken.len(), revisions::last_startxref(&broken));
    broken = replaced(
        &broken,
        &format!("startxref\n{section}"),
        &format!("startxref\n{:01$}", 7, section.to_string().len()),
    );
    let mended = update_with(&broken, &[(310, "<<>>")], &format!("/Prev {section}"));
    assert_eq!(
        last(&ranged(&mended, end)).range,
        Err(RangeFault::RevisionBroken)
    );

    // Its revision has another object under its number.
    let mut loose = file.clone();
    let at = loose.len();
    loose.extend_from_slice(format!("301 0 obj\n{text}\nendobj\n").as_bytes());
    let covered = update(&loose, &[(310, "<<>>")], "");
    let previous = revisions::last_startxref(&covered);
    let mut whole = covered.clone();
    let mut table = format!("xref\n301 1\n{at:010} 00000 n \n");
    for (number, text) in [(9, form.as_str()), (300, field)] {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", whole.len()));
        whole.extend_from_slice(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes());
    }
    let whole = revisions::finish(whole, &table, &format!("/Prev {previous}"));
    assert_eq!(
        last(&ranged(&whole, covered.len())).range,
        Err(RangeFault::NotInItsRevision)
    );
}

#[test]
fn a_byte_changed_anywhere_is_seen_and_never_panics() {
    let file = sealed();
    let original = sealed::original().len();
    let whole = examine(&file).unwrap().signatures.remove(0);
    let hash = whole.range.as_ref().unwrap().sha256(&file);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for _ in 0..600 {
        let mut changed = file.clone();
        let at = random() % file.len();
        changed[at] ^= (random() % 255 + 1) as u8;
        let same = examine(&changed).is_ok_and(|examined| {
            examined.signatures.iter().any(|now| {
                now.range == whole.range
                    && whole
                        .range
                        .as_ref()
                        .is_ok_and(|c| c.sha256(&changed) == hash)
            })
        });
        assert!(!same, "byte {at}");
        let _ = changes(&changed[..original], &changed);
        let _ = attachment(&changed, EVIDENCE_NAME);
        let revision = append_junk(&file, &changed, random());
        assert!(
            changes(&file, &revision)
                .is_ok_and(|found| harmful(&found, Step::AfterSeal).count() > 0)
                || changes(&file, &revision).is_err(),
            "byte {at}"
        );
    }
}

/// The file, and after it a piece of the changed one.
fn append_junk(file: &[u8], changed: &[u8], random: usize) -> Vec<u8> {
    let from = random % (changed.len() - 2);
    [file, b"\n", &changed[from..]].concat()
}

#[test]
fn readers_that_count_otherwise() {
    let file = sealed();
    let previous = revisions::last_startxref(&file);
    let found = |table: &str, trailer: &str| {
        let whole = revisions::finish(file.clone(), table, trailer);
        changes(&file, &whole).unwrap()
    };
    let prev = format!("/Prev {previous}");
    // As many pages as /Count says.
    refused(
        &after_edit(2, "/Count 3", "/Count 2"),
        &[catalog("Pages/Count")],
    );
    // A node that has kids for some readers and is a page for others.
    let kids = object(&file, 2).replacen("3 0 R", "300 0 R", 1);
    let node = "<</Type/Page/Kids[3 0 R]/Count 1/Parent 2 0 R/Contents 17 0 R>>";
    refused(&after(&[(2, &kids), (300, node)]), &[Change::PagesInserted]);
    let direct = object(&file, 2).replacen("3 0 R", "<</Kids[3 0 R]/Count 1/Contents 17 0 R>>", 1);
    refused(&after(&[(2, &direct)]), &[Change::PagesInserted]);
    // The first entry of a number, or the last.
    let (old, new) = (offset(&file, 3), offset(&file, 4));
    let twice = format!("xref\n3 1\n{new:010} 00000 n \n3 1\n{old:010} 00000 n \n");
    refused(
        &found(&twice, &prev),
        &[appended("its cross-reference names a number twice")],
    );
    // Lines of 20 bytes, or tokens.
    let short = format!("xref\n3 1\n{old:010} 00000 n\n");
    refused(
        &found(&short, &prev),
        &[appended("its cross-reference table is malformed")],
    );
    // Objects past the size are missing.
    let whole = revisions::finish(file.clone(), "xref\n0 0\n", &prev);
    let whole = replaced(&whole, "/Size 500", "/Size 5  ");
    let short = appended("its size leaves objects out");
    refused(&changes(&file, &whole).unwrap(), &[short]);
    // Another generation is another object.
    let mut whole = file.clone();
    let table = format!("xref\n12 1\n{:010} 00001 n \n", whole.len());
    whole.extend_from_slice(format!("12 1 obj\n{}\nendobj\n", object(&file, 12)).as_bytes());
    let whole = revisions::finish(whole, &table, &prev);
    refused(&changes(&file, &whole).unwrap(), &[page(2)]);
    // A second field of the seal's name.
    let field =
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(PodpisSeal)/V 301 0 R/Rect[0 0 0 0]/P 4 0 R>>";
    assert!(harmful(&with_field(field), Step::AfterSeal).count() > 0);
}
