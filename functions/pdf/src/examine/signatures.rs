//! Signatures as the newest form lists them (ISO 32000-2, 12.8; ETSI EN 319 142-1, 6.2).

use std::collections::HashMap;

use lopdf::Object;
use podpis_shared::time::Timestamp;

use super::form::Field;
use super::range::{self, Covered, RangeFault};
use super::text::{date, text};
use crate::reader::{Fault, Pdf};

/// Signatures of one file. Each one's revision is opened by itself.
const MAX_SIGNATURES: usize = 50;

/// What kind of signature `/SubFilter` promises.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureKind {
    /// `ETSI.CAdES.detached`: PAdES.
    Cades,
    /// `adbe.pkcs7.detached`: the older form of ISO 32000-1.
    Pkcs7,
    /// `ETSI.RFC3161`: a time stamp of the whole document.
    DocTimeStamp,
    /// Anything else, `/SubFilter` as it stands; empty when there is none.
    Other(String),
}

impl SignatureKind {
    pub(super) fn of(sub_filter: &Object) -> Self {
        match sub_filter {
            Object::Name(name) => match name.as_slice() {
                b"ETSI.CAdES.detached" => Self::Cades,
                b"adbe.pkcs7.detached" => Self::Pkcs7,
                b"ETSI.RFC3161" => Self::DocTimeStamp,
                other => Self::Other(String::from_utf8_lossy(other).into_owned()),
            },
            _ => Self::Other(String::new()),
        }
    }
}

/// A signature field with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundSignature {
    /// The field's qualified name.
    pub field: String,
    /// What `/SubFilter` says.
    pub kind: SignatureKind,
    /// The covered bytes, or why they are not established.
    pub range: Result<Covered, RangeFault>,
    /// Whether the covered revision is the whole file.
    pub covers_whole_file: bool,
    /// `/M`: the time that the signer claims, not proven by itself.
    pub signed_at: Option<Timestamp>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
}

/// Describes the signed fields, in the order in which they stand in the file.
pub(super) fn describe(
    file: &[u8],
    header: usize,
    pdf: &Pdf,
    fields: Vec<Field>,
) -> Result<Vec<FoundSignature>, Fault> {
    if fields.len() > MAX_SIGNATURES {
        return Err(Fault::TooComplex("the document has too many signatures"));
    }
    let mut shared: HashMap<_, usize> = HashMap::new();
    for id in fields.iter().filter_map(value_id) {
        *shared.entry(id).or_default() += 1;
    }
    let mut found = Vec::new();
    for field in fields {
        let twice = value_id(&field).is_some_and(|id| shared.get(&id).is_some_and(|n| *n > 1));
        let Some(value) = &field.value else {
            continue;
        };
        let range = if twice {
            Err(RangeFault::SharedValue)
        } else {
            range::check(file, header, pdf, value)?
        };
        let dictionary = match pdf.resolve(value)? {
            Object::Dictionary(dictionary) => dictionary,
            _ => lopdf::Dictionary::new(),
        };
        let place = match &range {
            Ok(covered) => covered.gap.start,
            Err(_) => range::locate(pdf, value).map_or(usize::MAX, |(_, offset)| offset),
        };
        let signature = FoundSignature {
            covers_whole_file: range.as_ref().is_ok_and(|c| c.end == file.len()),
            field: field.name,
            kind: SignatureKind::of(&pdf.value(&dictionary, b"SubFilter")?),
            range,
            signed_at: date(&pdf.value(&dictionary, b"M")?),
            name: text(&pdf.value(&dictionary, b"Name")?),
            reason: text(&pdf.value(&dictionary, b"Reason")?),
        };
        found.push((place, signature));
    }
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, signature)| signature).collect())
}

fn value_id(field: &Field) -> Option<lopdf::ObjectId> {
    field.value.as_ref()?.as_reference().ok()
}
