//! Further revisions, as a later program appends them: well meant or not.

use super::{at, certificates, detached};
use lopdf::{
    Dictionary, Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary,
};
use podpis_pdf::append_timestamp;
use podpis_shared::Timestamp;
use sha2::{Digest as _, Sha256};

/// Bytes kept for a clinic's signature and for a time stamp.
const RESERVE: usize = 1500;

/// One incremental update, written by another library than ours.
pub(crate) fn update(file: &[u8], edit: impl FnOnce(&mut IncrementalDocument)) -> Vec<u8> {
    let mut document = open(file);
    edit(&mut document);
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap();
    assert!(out.starts_with(file));
    out
}

pub(crate) fn open(file: &[u8]) -> IncrementalDocument {
    IncrementalDocument::create_from(file.to_vec(), Document::load_mem(file).unwrap())
}

/// The number of the page with this number, from 1.
pub(crate) fn page(document: &IncrementalDocument, number: u32) -> ObjectId {
    document.get_prev_documents().get_pages()[&number]
}

/// The first content stream of a page.
pub(crate) fn content(document: &IncrementalDocument, number: u32) -> ObjectId {
    let page = page(document, number);
    document.get_prev_documents().get_page_contents(page)[0]
}

/// A dictionary of an older revision, to be changed in the new one.
pub(crate) fn changed(document: &mut IncrementalDocument, id: ObjectId) -> &mut Dictionary {
    document.opt_clone_object_to_new_document(id).unwrap();
    document.new_document.get_dictionary_mut(id).unwrap()
}

pub(crate) fn catalog(document: &IncrementalDocument) -> ObjectId {
    let trailer = &document.get_prev_documents().trailer;
    trailer.get(b"Root").unwrap().as_reference().unwrap()
}

/// A document time stamp of the operator, as a revision of its own.
pub(crate) fn time_stamped(file: &[u8], time: Timestamp) -> Vec<u8> {
    let unsealed = append_timestamp(file, RESERVE).unwrap();
    let token = super::stamp::token_of_hash(unsealed.content_sha256(), time);
    unsealed.embed(&token).unwrap()
}

/// A signature of the clinic in a revision of its own; with an empty rectangle it is invisible.
pub(crate) fn clinic_signed(file: &[u8], rect: [i64; 4]) -> Vec<u8> {
    let out = update(file, |document| {
        let (page, catalog) = (page(document, 1), catalog(document));
        let new = &mut document.new_document;
        let signature = new.add_object(dictionary! {
            "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "ETSI.CAdES.detached",
            "Name" => Object::string_literal("Clinic"), "M" => Object::string_literal("D:20261202090000Z"),
            "ByteRange" => vec![0.into(), 9_999_999_999_i64.into(), 9_999_999_999_i64.into(), 9_999_999_999_i64.into()],
            "Contents" => Object::String(vec![0; RESERVE], StringFormat::Hexadecimal),
        });
        let field = new.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig", "T" => Object::string_literal("ClinicSignature"),
            "V" => signature, "F" => 132, "P" => page, "Rect" => rect.map(Object::from).to_vec(),
        });
        push(changed(document, page), b"Annots", field);
        let form = changed(document, catalog).get_mut(b"AcroForm").unwrap();
        push(form.as_dict_mut().unwrap(), b"Fields", field);
    });
    sign(out)
}

fn push(dictionary: &mut Dictionary, key: &[u8], item: ObjectId) {
    let mut items = match dictionary.get(key) {
        Ok(Object::Array(items)) => items.clone(),
        _ => Vec::new(),
    };
    items.push(item.into());
    dictionary.set(key, items);
}

/// Fills in the last `/ByteRange` and `/Contents`.
fn sign(mut file: Vec<u8>) -> Vec<u8> {
    let (start, end) = last_contents(&file);
    let blank = b"[0 9999999999 9999999999 9999999999]";
    let place = last(&file, blank);
    let range = format!("[0 {start} {end} {}", file.len() - end);
    let range = format!("{range:<width$}]", width = blank.len() - 1);
    file[place..place + blank.len()].copy_from_slice(range.as_bytes());
    let covered = [&file[..start], &file[end..]].concat();
    let keys = certificates(9, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    let cms = detached(&keys, Sha256::digest(covered).into(), |_| None);
    let hex = podpis_shared::hash::hex(&cms);
    file[start + 1..start + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    file
}

/// Where the string of the last `/Contents` stands that is a hexadecimal string, its brackets included.
pub(crate) fn last_contents(file: &[u8]) -> (usize, usize) {
    let key = b"/Contents";
    let start = last(file, key) + key.len();
    let start = start + file[start..].iter().position(|byte| *byte == b'<').unwrap();
    let end = start + file[start..].iter().position(|byte| *byte == b'>').unwrap() + 1;
    (start, end)
}

/// Where this text stands for the last time.
pub(crate) fn last(file: &[u8], text: &[u8]) -> usize {
    file.windows(text.len())
        .rposition(|window| window == text)
        .unwrap()
}

/// The moment of a time stamp a minute after the seal.
pub(crate) fn soon() -> Timestamp {
    at(super::SIGNED).plus(60)
}
