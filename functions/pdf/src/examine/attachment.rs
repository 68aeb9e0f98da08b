//! Reading an embedded file (ISO 32000-2, 7.11.4 and 7.9.6).

use std::collections::HashSet;

use lopdf::{Dictionary, Object};

use super::ExamineError;
use super::form::array;
use super::text::text;
use crate::inspect::header_position;
use crate::reader::{Fault, Pdf};

/// What an attachment may unpack to.
const MAX_ATTACHMENT: usize = 8 << 20;

/// Nodes and entries of the name tree.
const MAX_NAMES: usize = 10_000;

/// The embedded file of this name in the newest revision of `file`, unpacked; `None` when there is none.
///
/// To read what a signature covers, hand in `file[..covered.end]`: a later revision may list another file under the
/// same name.
///
/// # Errors
/// [`ExamineError::Broken`] also when two files share the name or when `/F` and `/UF` lead to different ones, since
/// readers differ in which one they take; [`ExamineError::TooComplex`] past 8 MiB.
pub fn attachment(file: &[u8], name: &str) -> Result<Option<Vec<u8>>, ExamineError> {
    let pdf = Pdf::open(file, header_position(file)?)?;
    if pdf.xref().encrypted() {
        return Err(ExamineError::Encrypted);
    }
    let (_, catalog) = pdf.catalog()?;
    let Some(names) = pdf.dictionary(&catalog, b"Names")? else {
        return Ok(None);
    };
    let Some(root) = pdf.dictionary(&names, b"EmbeddedFiles")? else {
        return Ok(None);
    };
    let mut listed = embedded_files(&pdf, root)?
        .files
        .into_iter()
        .filter(|(key, _)| text(key).as_deref() == Some(name));
    let Some((_, specification)) = listed.next() else {
        return Ok(None);
    };
    if listed.next().is_some() {
        return Err(Fault::Broken("two attachments share a name").into());
    }
    Ok(Some(unpack(&pdf, &specification)?))
}

/// A name tree, flat.
#[derive(Default)]
pub(super) struct NameTree {
    /// Keys and values in the order of the tree, not resolved.
    pub(super) files: Vec<(Object, Object)>,
    /// Numbers of the tree's own nodes and arrays, once for each reference followed.
    pub(super) nodes: Vec<u32>,
}

/// The files that a tree of any shape lists.
pub(super) fn embedded_files(pdf: &Pdf, root: Dictionary) -> Result<NameTree, Fault> {
    let mut tree = NameTree::default();
    let mut waiting = vec![root];
    let mut seen = HashSet::new();
    let mut count = 0;
    while let Some(node) = waiting.pop() {
        count += 1;
        if count + waiting.len() > MAX_NAMES {
            return Err(Fault::TooComplex("the list of attachments is too long"));
        }
        for key in [&b"Kids"[..], b"Names"] {
            tree.nodes.extend(reference(&node, key));
        }
        for kid in array(pdf, &node, b"Kids")?.into_iter().rev() {
            if let Object::Reference(id) = kid {
                tree.nodes.push(id.0);
                if !seen.insert(id) {
                    continue;
                }
            }
            if let Object::Dictionary(kid) = pdf.resolve(&kid)? {
                waiting.push(kid);
            }
        }
        for pair in array(pdf, &node, b"Names")?.chunks_exact(2) {
            let key = pdf.resolve(&pair[0])?;
            tree.files.push((key, pair[1].clone()));
        }
        if tree.files.len() > MAX_NAMES {
            return Err(Fault::TooComplex("the list of attachments is too long"));
        }
    }
    Ok(tree)
}

/// The number that a key refers to.
pub(super) fn reference(dictionary: &Dictionary, key: &[u8]) -> Option<u32> {
    let id = dictionary.get(key).ok()?.as_reference().ok()?;
    Some(id.0)
}

fn unpack(pdf: &Pdf, specification: &Object) -> Result<Vec<u8>, Fault> {
    let missing = Fault::Broken("the attachment holds no file");
    let Object::Dictionary(specification) = pdf.resolve(specification)? else {
        return Err(missing);
    };
    let embedded = pdf
        .dictionary(&specification, b"EF")?
        .ok_or(missing.clone())?;
    let number = match (reference(&embedded, b"UF"), reference(&embedded, b"F")) {
        (Some(unicode), Some(plain)) if unicode != plain => {
            return Err(Fault::Broken("the attachment holds two files"));
        }
        (unicode, plain) => unicode.or(plain).ok_or(missing.clone())?,
    };
    let found = pdf.indirect(number, None)?.ok_or(missing.clone())?;
    let (Object::Dictionary(dictionary), Some(range)) = (&found.object, &found.stream) else {
        return Err(missing);
    };
    let data = pdf
        .plain_stream(dictionary, range)?
        .get_plain_content_with_limit(MAX_ATTACHMENT)
        .map_err(|error| match error {
            lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Fault::TooComplex("the attachment is larger than 8 MiB")
            }
            _ => Fault::Broken("the attachment cannot be unpacked"),
        })?;
    Ok(data)
}
