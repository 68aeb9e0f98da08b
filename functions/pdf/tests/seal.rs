//! The operator's seal and document time stamps before judges that know nothing of this project: OpenSSL, poppler's
//! pdfsig, qpdf.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "seal/final_version.rs"]
mod final_version;
#[path = "common/judges.rs"]
mod judges;
#[path = "common/marks.rs"]
mod marks;
#[path = "common/openssl.rs"]
mod openssl;
#[path = "common/sealer.rs"]
mod sealer;
#[path = "common/writer.rs"]
mod writer;

use std::process::Command;

use lopdf::{Document, SaveOptions};
use podpis_pdf::{AppendError, append_protocol, append_timestamp, inspect};
use sealer::{Sealer, assert_sealed, signatures};
use sha2::{Digest as _, Sha256};

const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");

#[test]
fn ecdsa_and_rsa_seals_are_valid_over_the_whole_file() {
    for (name, kind) in [
        ("ecdsa", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..]),
        ("rsa", &["rsa:2048"]),
    ] {
        let sealer = Sealer::with_key(name, kind);
        let sealed = sealer.seal(CONSENT, 3);
        assert!(sealed.starts_with(CONSENT));
        let path = sealer.write("sealed.pdf", &sealed);
        assert_sealed(&path);
        let said = &signatures(&path)[0];
        assert!(said.contains("Signature Field Name: PodpisSeal"), "{said}");
        assert!(said.contains("ETSI.CAdES.detached"), "{said}");
        assert_eq!(judges::qpdf_severity(&path), Some(0));
        assert_eq!(judges::poppler_pages(&path), Some(Some(4)));
        let facts = inspect(&sealed).unwrap();
        assert!(facts.signed && facts.pages == 4);

        // OpenSSL over the two ranges, with the signature cut out of the file.
        let covered = sealer.write("covered", &openssl::covered(&sealed).unwrap());
        let cms = sealer.write("cms", &contents(&sealed));
        let verified = Command::new("openssl")
            .args(["cms", "-verify", "-cades", "-binary", "-inform", "DER"])
            .args(["-purpose", "any", "-out", "/dev/null", "-CAfile"])
            .arg(&sealer.certificate)
            .arg("-in")
            .arg(&cms)
            .arg("-content")
            .arg(&covered)
            .output()
            .unwrap();
        assert!(verified.status.success(), "{verified:?}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let make = || {
        let protocol = common::protocol(CONSENT, 3);
        append_protocol(CONSENT, &protocol, b"{\"a\":1}", Some(&openssl::field())).unwrap()
    };
    let (one, two) = (make(), make());
    assert_eq!(one, two);
    assert_eq!(
        one.content_sha256(),
        *Sha256::digest(openssl::covered(one.bytes()).unwrap())
    );
    // The signature is not part of what it covers, and changes nothing else.
    let digest = one.content_sha256();
    let sealed = one.embed(&[0x30, 0x03, 2, 1, 7]).unwrap();
    assert_eq!(sealed, two.embed(&[0x30, 0x03, 2, 1, 7]).unwrap());
    assert_eq!(*Sha256::digest(openssl::covered(&sealed).unwrap()), digest);
    let stamp = || append_timestamp(&sealed, 6000).unwrap();
    assert_eq!(stamp(), stamp());
}

#[test]
fn the_hash_of_the_original_can_be_carried_on() {
    let protocol = common::protocol(CONSENT, 3);
    let file = append_protocol(CONSENT, &protocol, b"{}", Some(&openssl::field())).unwrap();
    let known = Sha256::new_with_prefix(CONSENT);
    assert_eq!(
        file.content_sha256_after(CONSENT.len(), known),
        file.content_sha256()
    );
}

#[test]
fn a_seal_needs_room() {
    let protocol = common::protocol(CONSENT, 3);
    let mut field = openssl::field();
    field.reserve = 4;
    let make = |seal| append_protocol(CONSENT, &protocol, b"{}", seal).unwrap();
    let too_large = |size, reserved| Err(AppendError::SealTooLarge { size, reserved });
    assert_eq!(make(Some(&field)).embed(&[0; 5]), too_large(5, 4));
    assert!(make(Some(&field)).embed(&[0; 4]).is_ok());
    assert_eq!(make(None).embed(&[0; 1]), too_large(1, 0));
    assert_eq!(
        make(None).content_sha256(),
        *Sha256::digest(make(None).bytes())
    );
}

#[test]
fn every_shape_of_file_takes_a_seal() {
    let sealer = Sealer::new("shapes");
    let widget = "<</Type/Annot/Subtype/Widget/FT/Tx/T(PodpisSeal)/F 4/Rect[0 0 9 9]/V(kept)>>";
    let utf16 = "<</FT/Tx/T<FEFF0050006F0064007000690073005300650061006C>/V(kept)>>";
    let shapes = [
        ("plain", writer::one_page("", &[])),
        (
            "junk",
            [b"junk\nbefore\n".to_vec(), writer::one_page("", &[])].concat(),
        ),
        (
            "no-newline",
            writer::one_page("", &[]).trim_ascii_end().to_vec(),
        ),
        ("streams", with_xref_stream(CONSENT)),
        // The form and its fields: direct, indirect, or nothing of the kind.
        (
            "direct",
            writer::one_page(
                "/AcroForm<</Fields[4 0 R]/DA(/Helv 9 Tf)/NeedAppearances true>>",
                &[widget],
            ),
        ),
        (
            "indirect",
            writer::one_page(
                "/AcroForm 4 0 R",
                &["<</Fields 5 0 R/DA(/Helv 9 Tf)>>", "[6 0 R]", widget],
            ),
        ),
        (
            "utf16-name",
            writer::one_page("/AcroForm<</Fields[4 0 R]>>", &[utf16]),
        ),
        ("null", writer::one_page("/AcroForm null", &[])),
        (
            "no-fields",
            writer::one_page("/AcroForm 4 0 R", &["<</Fields 17/SigFlags(x)>>"]),
        ),
        ("itself", writer::one_page("/AcroForm 1 0 R", &[])),
        ("the-pages", writer::one_page("/AcroForm 2 0 R", &[])),
        // An author who tries to be taken for our own placeholder.
        (
            "mimic",
            writer::one_page(
                "/ByteRange [0                               ]/Contents <0000>",
                &["<</Type/Sig/ByteRange [0 1 2 3]/Contents <00000000>>>"],
            ),
        ),
    ];
    for (name, original) in shapes {
        let sealed = sealer.seal(&original, 1);
        assert!(sealed.starts_with(&original), "{name}");
        let path = sealer.write(&format!("{name}.pdf"), &sealed);
        assert_sealed(&path);
        let before = sealer.write("original.pdf", &original);
        assert!(
            judges::qpdf_severity(&path) <= judges::qpdf_severity(&before),
            "{name}"
        );
        let facts = inspect(&sealed).unwrap();
        assert!(facts.signed, "{name}");
        let update = String::from_utf8_lossy(&sealed[original.len()..]).into_owned();
        let taken = ["direct", "indirect", "utf16-name"].contains(&name);
        let field = if taken {
            "/T(PodpisSeal2)"
        } else {
            "/T(PodpisSeal)"
        };
        if name != "streams" {
            assert!(update.contains(field), "{name}: {update}");
        }
        if ["direct", "indirect"].contains(&name) {
            assert!(
                update.contains("/DA(/Helv 9 Tf)") && update.contains("/SigFlags 3"),
                "{name}"
            );
        }
        assert_eq!(facts.needs_appearances, name == "direct");
    }
}

#[test]
fn a_later_signature_leaves_the_seal_valid() {
    let (operator, clinic) = (
        Sealer::new("operator"),
        Sealer::with_key("clinic", &["rsa:2048"]),
    );
    for original in [CONSENT.to_vec(), with_xref_stream(CONSENT)] {
        let sealed = operator.seal(&original, 3);
        let countersigned = clinic.seal(&sealed, 4);
        assert!(countersigned.starts_with(&sealed));
        let path = clinic.write("countersigned.pdf", &countersigned);
        let said = signatures(&path);
        assert_eq!(said.len(), 2);
        assert!(
            said.iter().all(|one| one.contains("Signature is Valid.")),
            "{said:?}"
        );
        assert!(said[0].contains("Not total document signed"), "{said:?}");
        assert_sealed(&path);
    }
}

#[test]
fn a_time_stamp_of_a_real_authority_covers_the_seal() {
    let sealer = Sealer::new("stamp");
    let authority = authority(&sealer);
    for (name, original) in [
        ("table", CONSENT.to_vec()),
        ("stream", with_xref_stream(CONSENT)),
    ] {
        let sealed = sealer.seal(&original, 3);
        let file = append_timestamp(&sealed, 6000).unwrap();
        assert!(file.bytes().starts_with(&sealed));
        let digest = hex(&file.content_sha256());
        let token = authority.stamp(&digest);
        let stamped = file.embed(&token).unwrap();
        let path = sealer.write(&format!("{name}.pdf"), &stamped);
        assert_eq!(judges::qpdf_severity(&path), Some(0));
        assert_eq!(judges::poppler_pages(&path), Some(Some(4)));
        let said = signatures(&path);
        assert!(said[0].contains("Signature is Valid."), "{said:?}");
        // poppler 22 shows such signatures without judging them; OpenSSL does below.
        assert!(said[1].contains("Total document signed"), "{said:?}");
        assert!(said[1].contains("PodpisTimeStamp"), "{said:?}");
        // What stands in the file is the authority's answer for what the file covers.
        let found = sealer.write("found", &contents(&stamped));
        authority.verify(
            &found,
            &hex(&Sha256::digest(openssl::covered(&stamped).unwrap())),
        );
        // Another one later, over both.
        assert!(
            append_timestamp(&stamped, 6000)
                .unwrap()
                .bytes()
                .starts_with(&stamped)
        );
    }
}

/// The same document with object streams and a cross-reference stream.
fn with_xref_stream(file: &[u8]) -> Vec<u8> {
    let mut document = Document::load_mem(file).unwrap();
    let options = SaveOptions::builder()
        .use_object_streams(true)
        .use_xref_streams(true)
        .build();
    let mut out = Vec::new();
    document.save_with_options(&mut out, options).unwrap();
    out
}

/// The DER in the newest `/Contents`, without padding: its own length says where it ends.
fn contents(file: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(file);
    let hex = text.rsplit("/Contents <").next().unwrap();
    let hex = hex.split('>').next().unwrap();
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let all: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    assert_eq!(all[..2], [0x30, 0x82]);
    let length = 4 + usize::from(u16::from_be_bytes([all[2], all[3]]));
    assert!(all[length..].iter().all(|byte| *byte == 0));
    all[..length].to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// OpenSSL's time stamping authority.
struct Authority<'s> {
    sealer: &'s Sealer,
}

fn authority(sealer: &Sealer) -> Authority<'_> {
    let config = "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\n\
                  signer_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n\
                  ess_cert_id_chain=no\ness_cert_id_alg=sha256\n";
    sealer.write("ts.cnf", config.as_bytes());
    sealer.write("serial", b"01");
    let authority = Authority { sealer };
    authority.openssl(&[
        "req",
        "-x509",
        "-nodes",
        "-days",
        "3650",
        "-newkey",
        "rsa:2048",
        "-keyout",
        "tsa.key",
        "-out",
        "tsa.pem",
        "-subj",
        "/CN=Test TSA",
        "-addext",
        "extendedKeyUsage=critical,timeStamping",
    ]);
    authority
}

impl Authority<'_> {
    /// The token for a SHA-256.
    fn stamp(&self, digest: &str) -> Vec<u8> {
        self.openssl(&[
            "ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", "query",
        ]);
        self.openssl(&[
            "ts",
            "-reply",
            "-config",
            "ts.cnf",
            "-queryfile",
            "query",
            "-token_out",
            "-out",
            "token",
        ]);
        std::fs::read(self.sealer.folder.join("token")).unwrap()
    }

    fn verify(&self, token: &std::path::Path, digest: &str) {
        let token = token.to_string_lossy();
        self.openssl(&[
            "ts",
            "-verify",
            "-digest",
            digest,
            "-token_in",
            "-in",
            &token,
            "-CAfile",
            "tsa.pem",
        ]);
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(&self.sealer.folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
}
