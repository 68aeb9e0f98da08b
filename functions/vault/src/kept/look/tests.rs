//! Signatures by the sandbox's own key, over files that are made here.

use super::*;
use podpis_cms::{Detached, SoftwareKey, make};
use podpis_shared::Timestamp;

const FILE: &[u8] = b"%PDF-1.7 signed elsewhere\n%%EOF\n";

struct Party {
    key: SoftwareKey,
    leaf: Certificate,
    root: Certificate,
    at: Timestamp,
}

impl Party {
    fn new() -> Self {
        let day = |text| Timestamp::parse(text).unwrap();
        let (from, until) = (day("2026-01-01T00:00:00Z"), day("2028-01-01T00:00:00Z"));
        let made = make::root_and_leaf(&[9; 32], from, until).unwrap();
        let one = |pem: &str| Certificate::from_pem_many(pem).unwrap().remove(0);
        Self {
            key: SoftwareKey::from_pem(&made.leaf_key).unwrap(),
            leaf: one(&made.leaf),
            root: one(&made.root),
            at: day("2026-11-01T00:00:00Z"),
        }
    }

    fn sign(&self, content: &[u8]) -> Vec<u8> {
        let message = Detached::new(content, &self.leaf, self.at).unwrap();
        let signature = self.key.sign(message.message()).unwrap();
        message.finish(&signature).unwrap()
    }

    /// What is found by somebody who believes in these authorities, at some moment.
    fn found(
        pdf: &[u8],
        detached: &[Vec<u8>],
        roots: &[Certificate],
        now: Timestamp,
    ) -> Result<Vec<KeptSignature>> {
        let against = Against {
            roots,
            tsa_roots: &[],
            lists: &[],
            now,
        };
        Look { pdf, against }.at(&brought(pdf, detached)?)
    }
}

fn code(found: Result<Vec<KeptSignature>>) -> Option<Code> {
    found.err().and_then(|failure| failure.code())
}

fn summary(one: &KeptSignature) -> (Place, Verdict, Option<&str>) {
    (one.place, one.verdict, one.code.as_deref())
}

#[test]
fn a_detached_one_is_valid_unproven_or_refused() {
    let party = Party::new();
    let roots = [party.root.clone()];
    let own = party.sign(FILE);
    let found = Party::found(FILE, std::slice::from_ref(&own), &roots, party.at).unwrap();
    assert_eq!(summary(&found[0]), (Place::Detached, Verdict::Valid, None));
    assert_eq!((found[0].file, found[0].covers_all), (Some(1), true));
    assert_eq!(found[0].owner.as_deref(), Some(make::LEAF_NAME));
    assert_eq!(found[0].signed_at, Some(party.at));
    assert_eq!(found[0].time_evidence, Some(TimeEvidence::SigningTime));

    let found = Party::found(FILE, &[own.clone(), own.clone()], &[], party.at).unwrap();
    let untrusted = Some("certificate_untrusted");
    for (number, one) in (1..).zip(&found) {
        let unproven = (Place::Detached, Verdict::Unproven, untrusted);
        assert_eq!((summary(one), one.file), (unproven, Some(number)));
        assert_eq!(one.owner.as_deref(), Some(make::LEAF_NAME));
        assert_eq!(
            (one.signed_at, one.level.as_deref()),
            (Some(party.at), None)
        );
    }
    let late = Timestamp::parse("2028-06-01T00:00:00Z").unwrap();
    let found = Party::found(FILE, std::slice::from_ref(&own), &roots, late).unwrap();
    let expired = (
        Place::Detached,
        Verdict::Unproven,
        Some("certificate_expired"),
    );
    assert_eq!(summary(&found[0]), expired);

    let refused = |detached: Vec<u8>| code(Party::found(FILE, &[detached], &roots, party.at));
    let other = party.sign(b"%PDF-1.7 something else\n%%EOF\n");
    assert_eq!(refused(other), Some(Code::DigestMismatch));
    assert_eq!(refused(b"none".to_vec()), Some(Code::SignatureInvalid));
    // Over these bytes, and yet not by this key: it is told and refuses nothing.
    let mut broken = own;
    *broken.last_mut().unwrap() ^= 1;
    let found = Party::found(FILE, &[broken], &roots, party.at).unwrap();
    let invalid = (Place::Detached, Verdict::Invalid, Some("signature_invalid"));
    assert_eq!(summary(&found[0]), invalid);
}

/// A PDF of one empty page, signed inside.
fn signed_inside(party: &Party) -> Vec<u8> {
    const ROOM: usize = 8192;
    let (range, contents) = ("#".repeat(50), "0".repeat(ROOM));
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>".to_owned(),
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]/F 132/P 3 0 R/V 5 0 R>>".to_owned(),
        format!(
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange{range}/Contents<{contents}>>>"
        ),
    ];
    let (mut text, mut table) = ("%PDF-1.7\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        table += &format!("{:010} 00000 n \n", text.len());
        text += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = text.len();
    text += &format!(
        "xref\n0 6\n0000000000 65535 f \n{table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    let from = text.find(&contents).unwrap() - 1;
    let to = from + ROOM + 2;
    let covered = format!("[0 {from} {to} {}]", text.len() - to);
    let text = text.replace(&range, &format!("{covered:<50}"));
    let message = party.sign(&[&text.as_bytes()[..from], &text.as_bytes()[to..]].concat());
    let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    text.replace(&contents, &format!("{hex:0<ROOM$}"))
        .into_bytes()
}

#[test]
fn one_inside_is_told_whatever_it_is() {
    let party = Party::new();
    let roots = [party.root.clone()];
    let told = |pdf: &[u8], roots: &[Certificate]| {
        let found = Party::found(pdf, &[], roots, party.at).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    };
    let pdf = signed_inside(&party);
    assert!(podpis_pdf::inspect(&pdf).is_ok(), "it would be taken in");
    let valid = told(&pdf, &roots);
    assert_eq!(summary(&valid), (Place::Inside, Verdict::Valid, None));
    assert_eq!((valid.covers_all, valid.file), (true, None));
    assert_eq!(valid.owner.as_deref(), Some(make::LEAF_NAME));
    let unproven = told(&pdf, &[]);
    let untrusted = Some("certificate_untrusted");
    assert_eq!(
        summary(&unproven),
        (Place::Inside, Verdict::Unproven, untrusted)
    );

    // Something after it.
    let text = String::from_utf8_lossy(&pdf).into_owned();
    let again = &text[text.rfind("startxref").unwrap()..];
    let longer = told(format!("{text}%x\n{again}").as_bytes(), &roots);
    assert_eq!((longer.verdict, longer.covers_all), (Verdict::Valid, false));

    // Another page than the one that was signed.
    let changed = text.replace("[0 0 200 200]", "[0 0 300 200]");
    let invalid = told(changed.as_bytes(), &roots);
    let mismatch = (Place::Inside, Verdict::Invalid, Some("digest_mismatch"));
    assert_eq!(summary(&invalid), mismatch);
    // No signature that is known here.
    let other = text.replace("ETSI.CAdES.detached", "Somebodys.own.style");
    let unknown = told(other.as_bytes(), &roots);
    let unsupported = Some("signature_unsupported");
    assert_eq!(
        summary(&unknown),
        (Place::Inside, Verdict::Unproven, unsupported)
    );
    assert!(
        Party::found(FILE, &[], &roots, party.at)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn words_of_strangers_are_short_and_on_one_line() {
    assert_eq!(words("Иванова\nАнна"), "Иванова Анна");
    assert_eq!(words(&"я".repeat(1000)).chars().count(), WORDS_MAX);
}
