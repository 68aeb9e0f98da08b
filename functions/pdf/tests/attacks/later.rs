//! What may follow the seal, and what only looks like it.

use super::*;

/// A form with one more field, object 300, on page 2.
pub(crate) fn with_field(widget: &str) -> Vec<Change> {
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
