//! Tricks of the file's structure: some reader finds another document.

use super::later::with_field;
use super::*;

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
    // Five bytes off: one byte before the table there is only white space.
    broken[at] = b'0' + (broken[at] - b'0' + 5) % 10;
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
