//! A sealed file of many parts, each of which somebody may want to change.

use podpis_pdf::{SealField, append_protocol};
use time::macros::datetime;

use crate::common;

/// What the attacks aim at; the numbers start at 1.
const OBJECTS: [&str; 17] = [
    "<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R/OCProperties<</OCGs[11 0 R]/D<</ON[11 0 R]>>>>>>",
    "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 200 200]>>",
    // The first page refers to object 90, which does not exist.
    "<</Type/Page/Parent 2 0 R/Contents[5 0 R 90 0 R]/Resources<</Font<</F 6 0 R>>/XObject<</X 7 0 R>>/Properties<</L 11 0 R>>>>/Annots[8 0 R 10 0 R]>>",
    "<</Type/Page/Parent 2 0 R/Contents 12 0 R/Resources 13 0 R/Annots 14 0 R>>",
    "<</Length 39>>stream\nBT /F 12 Tf 20 100 Td (I agree) Tj ET /X\nendstream",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 9>>stream\n0 0 9 9 f\nendstream",
    "<</Type/Annot/Subtype/Widget/FT/Tx/T(diagnosis)/V(healthy)/Rect[10 10 90 20]/P 3 0 R>>",
    "<</Fields[8 0 R 15 0 R]/DA(/F 0 Tf)>>",
    "<</Type/Annot/Subtype/Link/Rect[1 1 9 9]/Dest[4 0 R/Fit]>>",
    "<</Type/OCG/Name(layer)>>",
    "<</Length 9>>stream\n1 1 8 8 f\nendstream",
    "<</Font<</F 6 0 R>>>>",
    "[15 0 R]",
    "<</Type/Annot/Subtype/Widget/FT/Sig/T(clinic)/Rect[0 0 0 0]/F 132/P 4 0 R>>",
    // A page that nothing shows, with its text: what "hide and replace" prepares.
    "<</Type/Page/Parent 2 0 R/Contents 17 0 R/Resources 13 0 R>>",
    "<</Length 21>>stream\nBT (I disagree) Tj ET \nendstream",
];

/// The original, two pages.
pub(crate) fn original() -> Vec<u8> {
    let mut out = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", OBJECTS.len() + 1);
    for (number, text) in (1..).zip(OBJECTS) {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{number} 0 obj\n{text}\nendobj\n"));
    }
    let start = out.len();
    let size = OBJECTS.len() + 1;
    out.push_str(&format!(
        "{table}trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n"
    ));
    out.into_bytes()
}

/// The same, sealed, with three bytes for a CMS.
pub(crate) fn sealed() -> Vec<u8> {
    let original = original();
    append_protocol(
        &original,
        &common::protocol(&original, 2),
        br#"{"format":"podpis-evidence/1"}"#,
        Some(&field()),
    )
    .unwrap()
    .embed(&[0x30, 3, 0xAB, 0xCD, 0xEF])
    .unwrap()
}

pub(crate) fn field() -> SealField {
    SealField {
        name: "ООО «Оператор»".to_owned(),
        reason: "Подписано пациентом".to_owned(),
        at: datetime!(2026-11-22 11:05:31 UTC),
        reserve: 64,
    }
}
