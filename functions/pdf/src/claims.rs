//! What the document's XMP claims about itself, kept true: PDF/A (ISO 19005) and PDF/UA (ISO 14289).
//!
//! The update attaches a JSON file and adds pages without tags. A claim that this would make false is changed to one
//! that is true, or withdrawn; a claim that the original does not make is never added. All else in the packet stays
//! as it is, byte for byte.

use std::ops::Range;

use lopdf::{Dictionary, Object, Stream};
use roxmltree::{Document, Node, ParsingOptions};

use crate::attach;
use crate::reader::Fault;
use crate::update::Update;

const PDFA: &str = "http://www.aiim.org/pdfa/ns/id/";
const PDFUA: &str = "http://www.aiim.org/pdfua/ns/id/";

/// Bytes of a packet that is looked into. An honest one has a few thousand.
const MAX_PACKET: usize = 2 << 20;
/// Elements and texts of a packet.
const MAX_NODES: u32 = 100_000;

/// Puts a new metadata stream into the update where the claims need it. To be called before the evidence is attached.
///
/// A packet that cannot be read makes no claim that anybody could read, and is left alone.
pub(crate) fn keep_true(update: &mut Update) -> Result<(), Fault> {
    let Ok(id) = update
        .catalog
        .get(b"Metadata")
        .and_then(Object::as_reference)
    else {
        return Ok(());
    };
    let Some(found) = update.pdf.indirect(id.0, None)? else {
        return Ok(());
    };
    let (Object::Dictionary(dictionary), Some(range)) = (&found.object, &found.stream) else {
        return Ok(());
    };
    if range.len() > MAX_PACKET || update.changes(id) {
        return Ok(());
    }
    let Ok(packet) = update.pdf.decoded(dictionary, range) else {
        return Ok(());
    };
    if packet.len() > MAX_PACKET {
        return Ok(());
    }
    update.pdf.pay(packet.len() * 8)?;
    let has_attachments = attach::any(update)?;
    let Some(packet) = std::str::from_utf8(&packet)
        .ok()
        .and_then(|packet| rewritten(packet, has_attachments))
    else {
        return Ok(());
    };
    // Unfiltered, so that whoever files it can read it (ISO 19005-2, 6.6.2.1).
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", "Metadata");
    dictionary.set("Subtype", "XML");
    update
        .revision
        .set(id, Stream::new(dictionary, packet.into_bytes()));
    Ok(())
}

/// The packet with true claims; `None` when they are true as they are, or cannot be read.
fn rewritten(packet: &str, has_attachments: bool) -> Option<String> {
    // A byte order mark is part of the packet, not of the XML.
    let xml = packet.trim_start_matches('\u{feff}');
    let skipped = packet.len() - xml.len();
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options).ok()?;
    let claims = claims(&document);
    let stated = |name: &str| {
        let mut values = claims
            .iter()
            .filter(|claim| claim.namespace == PDFA && claim.name == name)
            .map(|claim| claim.value);
        let first = values.next();
        // Two answers are no answer.
        first.filter(|first| values.all(|value| value == *first))
    };
    let verdict = Verdict::of(stated("part"), stated("conformance"), has_attachments);
    let mut edits: Vec<(Range<usize>, &str)> = Vec::new();
    for claim in &claims {
        match (claim.namespace, claim.name, verdict) {
            (PDFA, "part", Verdict::Part3) if claim.value != "3" => {
                edits.push((claim.place.clone(), "3"));
            }
            (PDFA, "conformance", Verdict::Part3) if claim.value == "A" => {
                edits.push((claim.place.clone(), "U"));
            }
            // Pages without tags make every claim of accessibility false.
            (PDFUA, _, _) | (PDFA, _, Verdict::None) => edits.push((claim.whole.clone(), "")),
            _ => {}
        }
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(place, _)| place.start);
    let mut result = packet.to_owned();
    for (place, text) in edits.into_iter().rev() {
        result.replace_range(place.start + skipped..place.end + skipped, text);
    }
    Some(result)
}

/// What the result may claim of PDF/A.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Part 3, which allows attachments of any kind.
    Part3,
    /// What it claims already.
    Same,
    /// Nothing.
    None,
}

impl Verdict {
    fn of(part: Option<&str>, conformance: Option<&str>, has_attachments: bool) -> Self {
        match (part, conformance) {
            (Some("3"), Some("A" | "B" | "U")) => Self::Part3,
            // Part 3 differs from part 2 in nothing but attachments, and asks more of those that are there already.
            (Some("2"), Some("A" | "B" | "U")) if !has_attachments => Self::Part3,
            // Part 4 has a level with attachments of any kind.
            (Some("4"), Some("F")) => Self::Same,
            // Part 1 forbids attachments, and is not contained in part 3: it allows, for example, glyphs that do not
            // exist and resources that are inherited.
            _ => Self::None,
        }
    }
}

/// One property: an attribute of `rdf:Description`, or an element in it.
struct Claim<'d> {
    namespace: &'d str,
    name: &'d str,
    value: &'d str,
    /// The value in the packet, without quotes or tags.
    place: Range<usize>,
    /// All of it.
    whole: Range<usize>,
}

fn claims<'d>(document: &'d Document<'_>) -> Vec<Claim<'d>> {
    let xml = document.input_text();
    let mut claims = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        for attribute in node.attributes() {
            if let Some(namespace) = attribute
                .namespace()
                .filter(|uri| [PDFA, PDFUA].contains(uri))
            {
                let mut whole = attribute.range();
                let before = &xml[..whole.start];
                whole.start = before.trim_end().len();
                claims.push(Claim {
                    namespace,
                    name: attribute.name(),
                    value: attribute.value().trim(),
                    place: attribute.range_value(),
                    whole,
                });
            }
        }
        let name = node.tag_name();
        if let Some(namespace) = name.namespace().filter(|uri| [PDFA, PDFUA].contains(uri)) {
            let text = node.first_child().filter(Node::is_text);
            claims.push(Claim {
                namespace,
                name: name.name(),
                value: text.and_then(|text| text.text()).unwrap_or("").trim(),
                place: text.map_or(node.range().end..node.range().end, |text| text.range()),
                whole: node.range(),
            });
        }
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(inner: &str) -> String {
        format!(
            "\u{feff}<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
             <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{inner}</rdf:RDF></x:xmpmeta>   \n\
             <?xpacket end='w'?>"
        )
    }

    fn attributes(part: &str, conformance: &str) -> String {
        packet(&format!(
            "<rdf:Description rdf:about='' xmlns:pdfaid='{PDFA}' pdfaid:part='{part}' pdfaid:conformance=\"{conformance}\"/>"
        ))
    }

    fn elements(part: &str, conformance: &str) -> String {
        packet(&format!(
            "<rdf:Description rdf:about='' xmlns:a='{PDFA}'><a:part> {part}</a:part>\n\
             <a:conformance>{conformance}</a:conformance></rdf:Description>"
        ))
    }

    #[test]
    fn part_2_becomes_part_3() {
        for form in [attributes, elements] {
            let was = form("2", "B");
            let now = rewritten(&was, false).unwrap();
            assert_eq!(now.replace("'3'", "'2'").replace(">3<", "> 2<"), was);
            let now = rewritten(&form("2", "A"), false).unwrap();
            assert!(now.contains("\"U\"") || now.contains(">U<"), "{now}");
        }
    }

    #[test]
    fn true_claims_stay() {
        for form in [attributes, elements] {
            assert_eq!(rewritten(&form("3", "B"), true), None);
            assert_eq!(rewritten(&form("3", "U"), false), None);
            assert_eq!(rewritten(&form("4", "F"), false), None);
            assert_eq!(rewritten(&form("3", "A"), false), Some(form("3", "U")));
        }
        assert_eq!(rewritten(&packet("<rdf:Description/>"), false), None);
    }

    #[test]
    fn what_cannot_be_kept_true_is_withdrawn() {
        let bare = format!("<rdf:Description rdf:about='' xmlns:pdfaid='{PDFA}'/>");
        for (part, conformance, attachments) in [
            ("1", "B", false),
            ("2", "U", true),
            ("4", "", false),
            ("7", "X", false),
        ] {
            assert_eq!(
                rewritten(&attributes(part, conformance), attachments),
                Some(packet(&bare))
            );
            let now = rewritten(&elements(part, conformance), attachments).unwrap();
            assert!(
                !now.contains("a:part") && !now.contains("conformance"),
                "{now}"
            );
        }
    }

    #[test]
    fn accessibility_is_not_claimed_for_pages_without_tags() {
        let was = packet(&format!(
            "<rdf:Description xmlns:ua='{PDFUA}' xmlns:a='{PDFA}' ua:part='1' a:part='3' a:conformance='A'/>"
        ));
        let now = rewritten(&was, false).unwrap();
        assert_eq!(now, was.replace(" ua:part='1'", "").replace("'A'", "'U'"));
    }

    #[test]
    fn contradictions_and_broken_packets_claim_nothing() {
        let both = packet(&format!(
            "<rdf:Description xmlns:a='{PDFA}' a:part='2' a:conformance='B'><a:part>3</a:part></rdf:Description>"
        ));
        let now = rewritten(&both, false).unwrap();
        assert!(!now.contains("a:part"), "{now}");
        for broken in [
            "",
            "<a",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "no xml",
        ] {
            assert_eq!(rewritten(broken, false), None);
        }
        let deep = "<a>".repeat(200_000);
        assert_eq!(rewritten(&deep, false), None);
    }
}
