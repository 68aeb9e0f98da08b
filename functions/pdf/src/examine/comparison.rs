//! Old objects with another value, each explained by its part in the document or named as harmful.

use std::collections::{BTreeSet, HashMap, HashSet};

use lopdf::{Dictionary, Object, ObjectId};

use super::attachment::{embedded_files, reference};
use super::changes::Change;
use super::compare::{Survey, keys, same, same_value};
use super::form::{Field, fields};
use super::labels::{self, Place};
use super::page_tree::PageTree;
use super::signature_fields::NewField;
use super::text::text;
use crate::reader::{Entry, Fault, Pdf};

/// Changes that are listed.
const MAX_CHANGES: usize = 1000;

/// Lists of the security store.
const MAX_STORE: usize = 10_000;

/// Compares two opened revisions of one file.
///
/// # Errors
/// Only past the bounds, and where one of the page trees runs in a circle.
pub(super) fn compare(older: &Pdf, newer: &Pdf) -> Result<Vec<Change>, Fault> {
    let survey = Survey::take(older, newer)?;
    let (before, after) = (&older.xref().trailer, &newer.xref().trailer);
    if !same_value(before, after, b"Root") {
        return Ok(vec![Change::CatalogChanged {
            key: "Root".to_owned(),
        }]);
    }
    let nothing = survey.differing.is_empty() && survey.revived.is_empty();
    if nothing && same_value(before, after, b"Info") {
        return Ok(Vec::new());
    }
    let mut comparison = Comparison {
        older,
        newer,
        old_fields: fields(older)?,
        old_pages: PageTree::read(older)?,
        new_pages: PageTree::read(newer)?,
        survey,
        changes: Vec::new(),
        claims: HashMap::new(),
        settled: HashSet::new(),
    };
    comparison.information();
    let new_fields = comparison.catalog()?;
    comparison.pages(new_fields)?;
    comparison.rest()?;
    Ok(comparison.changes)
}

/// The two revisions, and how far the differences are explained.
pub(super) struct Comparison<'c, 'a> {
    pub(super) older: &'c Pdf<'a>,
    pub(super) newer: &'c Pdf<'a>,
    pub(super) old_fields: Vec<Field>,
    pub(super) old_pages: PageTree,
    pub(super) new_pages: PageTree,
    pub(super) survey: Survey,
    changes: Vec<Change>,
    /// Objects that may change in any way as long as nothing else refers to them: how many references are known.
    claims: HashMap<u32, u32>,
    /// Objects whose differences have been looked at key by key.
    pub(super) settled: HashSet<u32>,
}

impl Comparison<'_, '_> {
    pub(super) fn push(&mut self, change: Change) {
        if self.changes.len() < MAX_CHANGES && !self.changes.contains(&change) {
            self.changes.push(change);
            // Whatever comes after would not be seen, so the list itself becomes harmful.
            if self.changes.len() == MAX_CHANGES {
                self.changes.push(Change::Other {
                    what: "there are too many changes to list".to_owned(),
                });
            }
        }
    }

    pub(super) fn catalog_changed(&mut self, key: &str) {
        self.push(Change::CatalogChanged {
            key: key.to_owned(),
        });
    }

    pub(super) fn differs(&self, number: u32) -> bool {
        self.survey.differing.contains(&number)
    }

    pub(super) fn claim(&mut self, number: Option<u32>) {
        if let Some(number) = number {
            *self.claims.entry(number).or_default() += 1;
        }
    }

    /// A key's value in both, resolved. The old object is claimed: the caller compares what it holds.
    pub(super) fn both(
        &mut self,
        before: &Dictionary,
        after: &Dictionary,
        key: &[u8],
    ) -> Result<(Object, Object), Fault> {
        self.claim(reference(before, key));
        Ok((
            self.older.value(before, key)?,
            self.newer.value(after, key)?,
        ))
    }

    /// The reference to an object that the older revision does not have.
    pub(super) fn fresh(&self, object: &Object) -> Option<ObjectId> {
        let id = object.as_reference().ok()?;
        matches!(
            self.older.xref().entries.get(&id.0),
            None | Some(Entry::Free)
        )
        .then_some(id)
    }

    fn information(&mut self) {
        let (before, after) = (&self.older.xref().trailer, &self.newer.xref().trailer);
        let number = reference(before, b"Info");
        if let Some(number) = number {
            self.claims.entry(number).or_default();
        }
        if !same_value(before, after, b"Info") || number.is_some_and(|n| self.differs(n)) {
            self.push(Change::MetadataReplaced);
        }
    }

    fn catalog(&mut self) -> Result<Vec<NewField>, Fault> {
        let (id, before) = self.older.catalog()?;
        let (_, after) = self.newer.catalog()?;
        self.settled.insert(id.0);
        let fields = self.form(&before, &after)?;
        self.names(&before, &after)?;
        self.store(&before, &after)?;
        let metadata = reference(&before, b"Metadata");
        self.claim(metadata);
        if !same_value(&before, &after, b"Metadata") || metadata.is_some_and(|n| self.differs(n)) {
            self.push(Change::MetadataReplaced);
        }
        for key in keys(&before, &after) {
            match key {
                b"Pages" | b"AcroForm" | b"Names" | b"AF" | b"DSS" | b"Metadata" => {}
                b"Extensions" | b"Version" => {
                    let (old, new) = self.both(&before, &after, key)?;
                    if !same(&old, &new) {
                        self.push(Change::VersionDeclared);
                    }
                }
                other if !same_value(&before, &after, other) => {
                    self.catalog_changed(&String::from_utf8_lossy(other));
                }
                _ => {}
            }
        }
        Ok(fields)
    }

    /// `/Names` and `/AF`: files may be added, under names of their own.
    fn names(&mut self, before: &Dictionary, after: &Dictionary) -> Result<(), Fault> {
        let (old, new) = self.both(before, after, b"Names")?;
        let (old_names, new_names) = (dictionary(old), dictionary(new));
        for key in keys(&old_names, &new_names) {
            if key != b"EmbeddedFiles" && !same_value(&old_names, &new_names, key) {
                self.catalog_changed(&format!("Names/{}", String::from_utf8_lossy(key)));
            }
        }
        let (old, new) = self.both(&old_names, &new_names, b"EmbeddedFiles")?;
        let old = embedded_files(self.older, dictionary(old))?;
        let new = embedded_files(self.newer, dictionary(new))?;
        old.nodes.iter().for_each(|node| self.claim(Some(*node)));

        let mut listed: HashMap<String, Vec<Object>> = HashMap::new();
        for (key, value) in new.files {
            if let Some(name) = text(&key) {
                listed.entry(name).or_default().push(value);
            }
        }
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut kept = true;
        for (key, value) in &old.files {
            if let Some(name) = text(key) {
                let now = listed.get(&name).map_or(&[][..], Vec::as_slice);
                kept &= now.iter().any(|now| same(value, now));
                *known.entry(name).or_default() += 1;
            }
        }
        // A second file under a name that is taken hides the first one in some readers.
        kept &= listed
            .iter()
            .all(|(name, files)| files.len() == known.get(name).copied().unwrap_or(1));
        if !kept {
            self.catalog_changed("Names/EmbeddedFiles");
        }
        let mut attached = HashSet::new();
        let mut added: Vec<_> = listed
            .into_iter()
            .filter(|(name, _)| !known.contains_key(name))
            .collect();
        added.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, files) in added {
            match files.first().and_then(|file| self.fresh(file)) {
                Some(id) => {
                    attached.insert(id);
                    self.push(Change::AttachmentAdded { name });
                }
                None => self.catalog_changed("Names/EmbeddedFiles"),
            }
        }
        self.associated(before, after, &attached)
    }

    fn associated(
        &mut self,
        before: &Dictionary,
        after: &Dictionary,
        attached: &HashSet<ObjectId>,
    ) -> Result<(), Fault> {
        let (old, new) = self.both(before, after, b"AF")?;
        let Some(added) = appended(&old, &new) else {
            self.catalog_changed("AF");
            return Ok(());
        };
        for file in added {
            let Some(id) = self.fresh(file) else {
                self.catalog_changed("AF");
                continue;
            };
            if !attached.contains(&id) {
                let specification = dictionary(self.newer.object(id)?);
                let name = match text(&self.newer.value(&specification, b"UF")?) {
                    Some(name) => name,
                    None => text(&self.newer.value(&specification, b"F")?).unwrap_or_default(),
                };
                self.push(Change::AttachmentAdded { name });
            }
        }
        Ok(())
    }

    /// `/DSS`: what it holds is data for checking signatures, as long as nothing else uses it.
    fn store(&mut self, before: &Dictionary, after: &Dictionary) -> Result<(), Fault> {
        let mut numbers: Vec<u32> = reference(before, b"DSS").into_iter().collect();
        let store = dictionary(self.older.value(before, b"DSS")?);
        for key in [&b"Certs"[..], b"CRLs", b"OCSPs"] {
            self.store_list(&store, key, &mut numbers)?;
        }
        numbers.extend(reference(&store, b"VRI"));
        let related = dictionary(self.older.value(&store, b"VRI")?);
        for (name, value) in related.iter().take(MAX_STORE) {
            numbers.extend(reference(&related, name));
            let entry = dictionary(self.older.resolve(value)?);
            for key in [&b"Cert"[..], b"CRL", b"OCSP"] {
                self.store_list(&entry, key, &mut numbers)?;
            }
        }
        if !same_value(before, after, b"DSS") || numbers.iter().any(|n| self.differs(*n)) {
            self.push(Change::SecurityStore);
        }
        numbers.iter().for_each(|number| self.claim(Some(*number)));
        Ok(())
    }

    fn store_list(
        &self,
        holder: &Dictionary,
        key: &[u8],
        numbers: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        // The streams themselves never change; only the lists grow.
        if matches!(self.older.value(holder, key)?, Object::Array(_)) {
            numbers.extend(reference(holder, key));
        }
        Ok(())
    }

    /// Names what is left.
    fn rest(&mut self) -> Result<(), Fault> {
        let explained = |number: &u32| {
            let references = self.survey.references(*number);
            // What nothing refers to shows nothing; a new reference to it stands in another changed object.
            self.settled.contains(number)
                || references == 0
                || self.claims.get(number) == Some(&references)
        };
        let differing = self.survey.differing.iter();
        let mut wanted: BTreeSet<u32> = differing.filter(|n| !explained(n)).copied().collect();
        wanted.extend(&self.survey.revived);
        if wanted.is_empty() {
            return Ok(());
        }
        let mut places = labels::find(self.older, &self.old_pages, &wanted)?;
        let field_names: HashMap<u32, String> = self
            .old_fields
            .iter()
            .filter_map(|field| Some((field.id?.0, field.name.clone())))
            .collect();
        for number in wanted {
            let change = match (places.remove(&number), field_names.get(&number)) {
                (Some(Place::Page { page, key, kind }), _) => match key.as_slice() {
                    b"Annots" => Change::AnnotationChanged { page },
                    b"Resources" => Change::ResourceChanged {
                        page,
                        kind: String::from_utf8_lossy(&kind).into_owned(),
                    },
                    _ => Change::PageContentChanged { page },
                },
                (_, Some(name)) => Change::FieldValueChanged { name: name.clone() },
                (Some(Place::Catalog(key)), None) => Change::CatalogChanged {
                    key: String::from_utf8_lossy(&key).into_owned(),
                },
                (None, None) if self.newer.indirect(number, None)?.is_none() => {
                    Change::ObjectRemoved { number }
                }
                (None, None) => Change::Other {
                    what: format!("object {number} has another value"),
                },
            };
            self.push(change);
        }
        Ok(())
    }
}

/// The dictionary, or an empty one.
pub(super) fn dictionary(object: Object) -> Dictionary {
    match object {
        Object::Dictionary(dictionary) => dictionary,
        _ => Dictionary::new(),
    }
}

/// What an array has after the items that it had before; `None` when those are not all there.
pub(super) fn appended<'n>(before: &Object, after: &'n Object) -> Option<&'n [Object]> {
    let old = before.as_array().map_or(&[][..], Vec::as_slice);
    let new = after.as_array().map_or(&[][..], Vec::as_slice);
    let (kept, added) = new.split_at_checked(old.len())?;
    kept.iter()
        .zip(old)
        .all(|(a, b)| same(a, b))
        .then_some(added)
}
