//! PDF/A stays PDF/A: what the result claims is true, and what we add is as ISO 19005-3 asks.
//!
//! With `PODPIS_VERAPDF` naming a jar that holds veraPDF's engine, veraPDF judges each file as a whole (see the README);
//! the checks of this file run everywhere.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
#[path = "common/judges.rs"]
mod judges;
#[path = "common/openssl.rs"]
mod openssl;
#[path = "../examples/template/sample.rs"]
mod sample;
#[path = "common/sealer.rs"]
mod sealer;

use std::path::PathBuf;
use std::process::Command;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId, SaveOptions, Stream};
use podpis_pdf::append_timestamp;
use sealer::{Sealer, assert_sealed};

/// Set by our own typesetter: embedded fonts, calibrated colours.
const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");

/// What a packet carries besides its claim, to be found again byte for byte.
const REST: &str = "<rdf:Description rdf:about=''  xmlns:dc='http://purl.org/dc/elements/1.1/'>\
                    <dc:format>application/pdf</dc:format></rdf:Description>";

#[test]
fn parts_2_and_3_stay_and_others_withdraw() {
    let sealer = Sealer::new("pdfa");
    let mut to_judge = Vec::new();
    for (claim, expected) in [
        ("2B", Some("3B")),
        ("2U", Some("3U")),
        ("2A", Some("3U")),
        ("3B", Some("3B")),
        ("3A", Some("3U")),
        ("1B", None),
        ("1A", None),
    ] {
        for streams in [false, true] {
            let original = original(Some(claim), streams);
            let sealed = sealer.seal(&original, 3);
            let path = sealer.write(&format!("{claim}-{streams}.pdf"), &sealed);
            assert_sealed(&path);
            assert_eq!(judges::qpdf_severity(&path), Some(0));
            assert_eq!(judges::poppler_pages(&path), Some(Some(4)));
            let document = Document::load_mem(&sealed).unwrap();
            let packet = packet(&document);
            assert!(packet.contains(REST), "{packet}");
            assert_eq!(claimed(&packet).as_deref(), expected, "{claim}: {packet}");
            if expected.is_some() {
                assert_additions(&document);
                to_judge.extend(expected.map(|expected| (path, expected)));
                // Any CMS will do here: PDF/A asks for one signer with a certificate.
                let stamped = sealer.embed(append_timestamp(&sealed, 4000).unwrap());
                let path = sealer.write(&format!("{claim}-{streams}-stamped.pdf"), &stamped);
                to_judge.extend(expected.map(|expected| (path, expected)));
            }
            if expected == Some(claim) {
                // Nothing to change: the stream is the original's own object.
                let packets = String::from_utf8_lossy(&sealed)
                    .matches("<?xpacket begin")
                    .count();
                assert_eq!(packets, 1);
            }
        }
    }
    vera(&to_judge);
}

#[test]
fn a_document_of_a_template_is_2a_and_sealed_3u() {
    let sealer = Sealer::new("template");
    let mut to_judge = Vec::new();
    for template in podpis_shared::templates::all() {
        let filled = template.fill(&sample::values(template, true)).unwrap();
        let original = podpis_pdf::template::typeset(&filled).unwrap();
        let document = Document::load_mem(&original).unwrap();
        assert_eq!(claimed(&packet(&document)).as_deref(), Some("2A"));
        for page in document.get_pages().values() {
            let page = document.get_dictionary(*page).unwrap();
            assert_colours(&document, page);
            assert_fonts(&document, page);
        }
        let pages = document.get_pages().len();
        let path = sealer.write(&format!("{}.pdf", template.id()), &original);
        to_judge.push((path, "2A"));
        let sealed = sealer.seal(&original, pages.try_into().unwrap());
        assert_eq!(
            claimed(&packet(&Document::load_mem(&sealed).unwrap())).as_deref(),
            Some("3U")
        );
        let path = sealer.write(&format!("{}-sealed.pdf", template.id()), &sealed);
        assert_sealed(&path);
        assert_eq!(judges::qpdf_severity(&path), Some(0));
        to_judge.push((path, "3U"));
    }
    vera(&to_judge);
}

#[test]
fn no_claim_is_added() {
    let sealer = Sealer::new("no-claim");
    for original in [original(None, false), CONSENT.to_vec()] {
        let sealed = sealer.seal(&original, 3);
        let text = String::from_utf8_lossy(&sealed[original.len()..]).into_owned();
        assert!(!text.contains("pdfaid") && !text.contains("/Metadata/"));
    }
}

/// The consent with a packet that claims this part and level; in the older or the newer form of file.
fn original(claim: Option<&str>, streams: bool) -> Vec<u8> {
    let mut document = Document::load_mem(CONSENT).unwrap();
    let claim = claim.map_or(String::new(), |claim| {
        let (part, level) = claim.split_at(1);
        format!(
            "<rdf:Description rdf:about='' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'><pdfaid:part>{part}\
             </pdfaid:part><pdfaid:conformance>{level}</pdfaid:conformance></rdf:Description>"
        )
    });
    let packet = format!(
        "<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
         xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{REST}{claim}</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    );
    let mut metadata = Dictionary::new();
    metadata.set("Type", "Metadata");
    metadata.set("Subtype", "XML");
    let metadata = Stream::new(metadata, packet.into_bytes()).with_compression(false);
    let id = document.add_object(metadata);
    document.catalog_mut().unwrap().set("Metadata", id);
    let mut out = Vec::new();
    let options = SaveOptions::builder()
        .use_object_streams(streams)
        .use_xref_streams(streams)
        .build();
    document.save_with_options(&mut out, options).unwrap();
    out
}

fn packet(document: &Document) -> String {
    let id = document.catalog().unwrap().get(b"Metadata").unwrap();
    let stream = stream(document, id);
    assert!(stream.dict.get(b"Filter").is_err(), "the packet is packed");
    String::from_utf8(stream.content.clone()).unwrap()
}

fn claimed(packet: &str) -> Option<String> {
    let value = |name: &str| {
        let (_, rest) = packet.split_once(&format!("<pdfaid:{name}>"))?;
        Some(rest.split('<').next()?.to_owned())
    };
    Some(value("part")? + &value("conformance")?)
}

/// What ISO 19005-3 asks of all that the update adds; the clauses are its.
fn assert_additions(document: &Document) {
    let catalog = document.catalog().unwrap();
    // 6.1.3: identifier, no encryption.
    assert!(document.trailer.get(b"ID").is_ok() && document.trailer.get(b"Encrypt").is_err());

    // 6.8: the attachment names its type, date and relationship, and is associated with the document.
    let associated = array(document, catalog.get(b"AF").unwrap());
    let file = dictionary(document, associated.last().unwrap());
    assert!(file.has(b"F") && file.has(b"UF"));
    assert_eq!(name(file, b"AFRelationship"), "Data");
    let embedded = dictionary(document, file.get(b"EF").unwrap());
    let embedded = stream(document, embedded.get(b"F").unwrap());
    assert_eq!(name(&embedded.dict, b"Subtype"), "application/json");
    let parameters = dictionary(document, embedded.dict.get(b"Params").unwrap());
    assert!(parameters.has(b"ModDate"));

    // 6.3.2, 6.3.3, 6.4.1: the widget prints, is not hidden, has no size and so no appearance, and runs nothing.
    let form = dictionary(document, catalog.get(b"AcroForm").unwrap());
    assert!(!form.has(b"NeedAppearances") && !form.has(b"XFA"));
    let fields = array(document, form.get(b"Fields").unwrap());
    let field = dictionary(document, fields.last().unwrap());
    assert_eq!(field.get(b"F").unwrap().as_i64().unwrap() & 0b10_0111, 4);
    let sides = array(document, field.get(b"Rect").unwrap());
    assert!(sides.iter().all(|side| side.as_i64().unwrap() == 0));
    assert!(!field.has(b"A") && !field.has(b"AA") && !field.has(b"AP"));

    let pages = document.get_pages();
    let page = pages.last_key_value().unwrap().1;
    let page = document.get_dictionary(*page).unwrap();
    assert!(!page.has(b"Group"));
    assert_colours(document, page);
    assert_fonts(document, page);
}

/// 6.2.4.3: no colour of a device is chosen; 6.2.2: no operator that the standard does not know.
fn assert_colours(document: &Document, page: &Dictionary) {
    let content = stream(document, page.get(b"Contents").unwrap());
    let content = content.decompressed_content().unwrap();
    let content = Content::decode(&content).unwrap();
    for operation in &content.operations {
        let operator = operation.operator.as_str();
        assert!(
            !["g", "G", "rg", "RG", "k", "K", "sh", "Do", "gs"].contains(&operator),
            "{operator}"
        );
        if operator == "cs" || operator == "CS" {
            assert_eq!(operation.operands[0].as_name().unwrap(), b"Cs");
        }
    }
    let resources = dictionary(document, page.get(b"Resources").unwrap());
    let spaces = dictionary(document, resources.get(b"ColorSpace").unwrap());
    let space = array(document, spaces.get(b"Cs").unwrap());
    assert_eq!(space[0].as_name().unwrap(), b"CalRGB");
}

/// 6.2.11: fonts are embedded as subsets whose characters are mapped to glyphs and to Unicode.
fn assert_fonts(document: &Document, page: &Dictionary) {
    let resources = dictionary(document, page.get(b"Resources").unwrap());
    for (_, font) in dictionary(document, resources.get(b"Font").unwrap()) {
        let font = dictionary(document, font);
        assert!(font.has(b"ToUnicode"));
        let descendants = array(document, font.get(b"DescendantFonts").unwrap());
        let descendant = dictionary(document, &descendants[0]);
        assert!(descendant.has(b"CIDToGIDMap") && descendant.has(b"W"));
        let descriptor = dictionary(document, descendant.get(b"FontDescriptor").unwrap());
        let program = stream(document, descriptor.get(b"FontFile2").unwrap());
        assert!(program.decompressed_content().unwrap().len() > 1000);
        assert_eq!(name(descriptor, b"FontName").as_bytes()[6], b'+');
    }
}

/// veraPDF's verdict: each file is what it claims, nothing wrong.
fn vera(files: &[(PathBuf, &str)]) {
    let Ok(jar) = std::env::var("PODPIS_VERAPDF") else {
        return;
    };
    let output = Command::new("java")
        .args(["-cp", &jar])
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/common/Vera.java"
        ))
        .args(files.iter().map(|(path, _)| path))
        .output()
        .unwrap();
    let verdict = |(path, flavour): &(PathBuf, &str)| {
        format!(
            "{}\t{}\tcompliant\n",
            path.display(),
            flavour.to_lowercase()
        )
    };
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        files.iter().map(verdict).collect::<String>(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn resolved<'d>(document: &'d Document, object: &'d Object) -> &'d Object {
    let (_, object): (Option<ObjectId>, _) = document.dereference(object).unwrap();
    object
}

fn dictionary<'d>(document: &'d Document, object: &'d Object) -> &'d Dictionary {
    resolved(document, object).as_dict().unwrap()
}

fn array<'d>(document: &'d Document, object: &'d Object) -> &'d Vec<Object> {
    resolved(document, object).as_array().unwrap()
}

fn stream<'d>(document: &'d Document, object: &'d Object) -> &'d Stream {
    resolved(document, object).as_stream().unwrap()
}

fn name(dictionary: &Dictionary, key: &[u8]) -> String {
    String::from_utf8(dictionary.get(key).unwrap().as_name().unwrap().to_vec()).unwrap()
}
