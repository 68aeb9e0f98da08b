//! Where an old object is used: which page, by which key.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use lopdf::{Dictionary, Object};

use super::page_tree::PageTree;
use crate::reader::{Fault, Pdf};

/// The first use of an object that was found.
#[derive(Clone)]
pub(super) enum Place {
    /// Under this key of this page, counted from 1; of its resources, the kind.
    Page {
        page: u32,
        key: Vec<u8>,
        kind: Vec<u8>,
    },
    /// Under this key of the catalog.
    Catalog(Vec<u8>),
}

/// The places of the wanted numbers; those that nothing leads to are left out.
///
/// Pages are looked at in their order, what they inherit with the first of them. Each object is read once.
pub(super) fn find(
    pdf: &Pdf,
    tree: &PageTree,
    wanted: &BTreeSet<u32>,
) -> Result<HashMap<u32, Place>, Fault> {
    let pages = tree.pages.iter().filter_map(|page| page.number());
    let mut search = Search {
        pdf,
        wanted,
        // What climbs back to a page is not a use by the page that it came from.
        seen: pages.chain(tree.nodes.keys().copied()).collect(),
        places: HashMap::new(),
    };
    let mut inherited = HashSet::new();
    for (page, listed) in (1..).zip(&tree.pages) {
        if search.done() {
            return Ok(search.places);
        }
        if let Object::Dictionary(dictionary) = pdf.resolve(&listed.listed)? {
            search.page(page, &dictionary)?;
        }
        if inherited.insert(Rc::as_ptr(&listed.inherited))
            && let Some(resources) = &listed.inherited.0[0]
        {
            search.resources(page, resources)?;
        }
    }
    let (_, catalog) = pdf.catalog()?;
    for (key, value) in catalog.iter().filter(|(key, _)| *key != b"Pages") {
        search.spread(value, &Place::Catalog(key.clone()))?;
    }
    Ok(search.places)
}

struct Search<'s, 'a> {
    pdf: &'s Pdf<'a>,
    wanted: &'s BTreeSet<u32>,
    seen: HashSet<u32>,
    places: HashMap<u32, Place>,
}

impl Search<'_, '_> {
    fn done(&self) -> bool {
        self.places.len() == self.wanted.len()
    }

    fn page(&mut self, page: u32, dictionary: &Dictionary) -> Result<(), Fault> {
        // What the page shows first: an object that is used twice is named by the graver use.
        if let Ok(contents) = dictionary.get(b"Contents") {
            self.spread(contents, &place(page, b"Contents", b""))?;
        }
        if let Ok(resources) = dictionary.get(b"Resources") {
            self.resources(page, resources)?;
        }
        let rest = dictionary
            .iter()
            .filter(|(key, _)| !matches!(key.as_slice(), b"Contents" | b"Resources" | b"Parent"));
        for (key, value) in rest {
            self.spread(value, &place(page, key, b""))?;
        }
        Ok(())
    }

    fn resources(&mut self, page: u32, resources: &Object) -> Result<(), Fault> {
        if let Object::Reference((number, _)) = resources {
            if !self.seen.insert(*number) {
                return Ok(());
            }
            self.note(*number, &place(page, b"Resources", b"Resources"));
        }
        if let Object::Dictionary(kinds) = self.pdf.resolve(resources)? {
            for (kind, value) in kinds.iter() {
                self.spread(value, &place(page, b"Resources", kind))?;
            }
        }
        Ok(())
    }

    /// Goes through everything that `start` leads to.
    fn spread(&mut self, start: &Object, place: &Place) -> Result<(), Fault> {
        let mut waiting = Vec::new();
        references(start, &mut waiting);
        while let Some(number) = waiting.pop() {
            if self.done() {
                return Ok(());
            }
            if self.seen.insert(number) {
                self.note(number, place);
                if let Some(found) = self.pdf.indirect(number, None)? {
                    references(&found.object, &mut waiting);
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, number: u32, place: &Place) {
        if self.wanted.contains(&number) {
            self.places.insert(number, place.clone());
        }
    }
}

fn place(page: u32, key: &[u8], kind: &[u8]) -> Place {
    Place::Page {
        page,
        key: key.to_vec(),
        kind: kind.to_vec(),
    }
}

fn references(object: &Object, found: &mut Vec<u32>) {
    match object {
        Object::Reference((number, _)) => found.push(*number),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(dictionary) => dictionary
            .iter()
            .for_each(|(_, value)| references(value, found)),
        _ => {}
    }
}
