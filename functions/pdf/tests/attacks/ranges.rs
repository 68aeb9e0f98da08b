//! What a signature covers: universal forgery, wrapping, signatures taken away.

use super::*;

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
