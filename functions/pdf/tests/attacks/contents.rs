//! What the pages show and what the document holds, changed after the seal.

use super::*;

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
