//! Old pages in a newer revision: in their order, with the same contents, with no annotation but a signature's.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use lopdf::{Dictionary, Object};

use super::changes::Change;
use super::compare::{keys, same, same_value};
use super::comparison::{Comparison, appended, dictionary};
use super::page_tree::{INHERITABLE, Inherited};
use super::signature_fields::NewField;
use crate::reader::Fault;

impl Comparison<'_, '_> {
    /// Compares the pages, and tells of the new signature fields, whose widgets may stand on them.
    pub(super) fn pages(&mut self, mut fields: Vec<NewField>) -> Result<(), Fault> {
        self.order();
        self.nodes()?;
        let widgets: HashMap<u32, usize> = fields
            .iter()
            .enumerate()
            .flat_map(|(index, field)| field.widgets.iter().map(move |number| (*number, index)))
            .collect();
        let placed = self.each_page(&widgets)?;
        for (index, page) in placed {
            fields[index].page = Some(page);
        }
        for field in fields {
            self.push(field.into_change());
        }
        Ok(())
    }

    /// The old pages must be there first, in the same order, and what follows must be new.
    fn order(&mut self) {
        let (old, new) = (&self.old_pages.pages, &self.new_pages.pages);
        let kept = old.iter().zip(new).all(|(a, b)| same(&a.listed, &b.listed));
        if kept && old.len() <= new.len() {
            let mut seen = HashSet::new();
            let added = &new[old.len()..];
            let fresh = added.iter().all(|page| {
                let id = self.fresh(&page.listed);
                id.is_some_and(|id| seen.insert(id))
            });
            if !fresh {
                self.push(Change::PagesInserted);
            } else if let Some(pages) = u32::try_from(added.len()).ok().filter(|n| *n > 0) {
                self.push(Change::ProtocolPagesAppended { pages });
            }
            return;
        }
        let mut rest = new.iter();
        let still_there = old
            .iter()
            .all(|page| rest.any(|now| same(&page.listed, &now.listed)));
        self.push(if still_there {
            Change::PagesInserted
        } else {
            Change::PagesRemovedOrReordered
        });
    }

    /// Inner nodes may get other kids, since the pages themselves are compared, and what is inherited with them.
    fn nodes(&mut self) -> Result<(), Fault> {
        let (old, new) = (&self.old_pages, &self.new_pages);
        let added = |number: &u32| !old.nodes.contains_key(number);
        let odd = new
            .nodes
            .iter()
            .any(|(number, node)| added(number) && !node.plain)
            || old.direct.len() != new.direct.len()
            || !old.direct.iter().zip(&new.direct).all(|(a, b)| same(a, b));
        if odd {
            self.push(Change::PagesInserted);
        }
        let lists = std::mem::take(&mut self.old_pages.lists);
        lists.into_iter().for_each(|list| self.claim(Some(list)));
        let nodes = self.old_pages.nodes.keys().copied();
        let mut numbers: Vec<u32> = nodes.filter(|number| self.differs(*number)).collect();
        numbers.sort_unstable();
        for number in numbers {
            let (Some(before), Some(after)) = (
                self.older.indirect(number, None)?,
                self.newer.indirect(number, None)?,
            ) else {
                continue;
            };
            let (before, after) = (dictionary(before.object), dictionary(after.object));
            let node = self.new_pages.nodes.get(&number);
            let parent = node.and_then(|node| node.parent);
            let pages = node.map(|node| node.pages);
            let inherits = node.is_some();
            for key in keys(&before, &after) {
                let allowed = match key {
                    _ if same_value(&before, &after, key) => true,
                    b"Kids" => true,
                    // Some readers show as many pages as it says.
                    b"Count" => {
                        let count = after.get(key).and_then(Object::as_i64).ok();
                        count.and_then(|count| usize::try_from(count).ok()) == pages
                    }
                    b"Parent" => after.get(key).and_then(Object::as_reference).ok() == parent,
                    other => inherits && INHERITABLE.contains(&other),
                };
                if !allowed {
                    self.catalog_changed(&format!("Pages/{}", String::from_utf8_lossy(key)));
                }
            }
            self.settled.insert(number);
        }
        Ok(())
    }

    /// Looks at each old page; answers on which one each new field's widgets stand.
    fn each_page(&mut self, widgets: &HashMap<u32, usize>) -> Result<HashMap<usize, u32>, Fault> {
        let mut placed = HashMap::new();
        let old = std::mem::take(&mut self.old_pages.pages);
        let new = std::mem::take(&mut self.new_pages.pages);
        let now: HashMap<u32, usize> = new
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(index, page)| Some((page.number()?, index)))
            .collect();
        let mut compared: HashMap<(*const Inherited, *const Inherited), bool> = HashMap::new();
        for (index, (page, before)) in (1_u32..).zip(&old).enumerate() {
            self.claim(before.annotations);
            let after = match before.number() {
                Some(number) => now.get(&number).and_then(|index| new.get(*index)),
                None => new
                    .get(index)
                    .filter(|now| same(&now.listed, &before.listed)),
            };
            let Some(after) = after else {
                continue;
            };
            let pair = (Rc::as_ptr(&before.inherited), Rc::as_ptr(&after.inherited));
            let alike = *compared
                .entry(pair)
                .or_insert_with(|| before.inherited.same(&after.inherited));
            if !alike {
                self.push(Change::PageContentChanged { page });
            }
            let Some(number) = before.number() else {
                continue;
            };
            let listed_apart = before.annotations.is_some_and(|list| self.differs(list));
            if !self.differs(number) && !listed_apart {
                continue;
            }
            let was = dictionary(self.older.resolve(&before.listed)?);
            let is = dictionary(self.newer.resolve(&after.listed)?);
            self.annotations(page, &was, &is, widgets, &mut placed)?;
            for key in keys(&was, &is) {
                let parent = || is.get(key).and_then(Object::as_reference).ok();
                match key {
                    b"Annots" => {}
                    _ if same_value(&was, &is, key) => {}
                    b"Parent" if parent() == after.parent => {}
                    b"Resources" => self.push(Change::ResourceChanged {
                        page,
                        kind: changed_kind(&was, &is),
                    }),
                    _ => self.push(Change::PageContentChanged { page }),
                }
            }
            self.settled.insert(number);
        }
        self.old_pages.pages = old;
        self.new_pages.pages = new;
        Ok(placed)
    }

    fn annotations(
        &mut self,
        page: u32,
        before: &Dictionary,
        after: &Dictionary,
        widgets: &HashMap<u32, usize>,
        placed: &mut HashMap<usize, u32>,
    ) -> Result<(), Fault> {
        let old = self.older.value(before, b"Annots")?;
        let new = self.newer.value(after, b"Annots")?;
        let Some(added) = appended(&old, &new) else {
            self.push(Change::AnnotationChanged { page });
            return Ok(());
        };
        for annotation in added {
            let number = annotation.as_reference().ok().map(|id| id.0);
            match number.and_then(|number| widgets.get(&number)) {
                Some(field) => {
                    placed.insert(*field, page);
                }
                None => self.push(Change::AnnotationChanged { page }),
            }
        }
        Ok(())
    }
}

/// The first kind of resource that differs, where both have their resources in themselves.
fn changed_kind(before: &Dictionary, after: &Dictionary) -> String {
    let inner = |page: &Dictionary| match page.get(b"Resources") {
        Ok(Object::Dictionary(resources)) => Some(resources.clone()),
        _ => None,
    };
    let kind = inner(before).zip(inner(after)).and_then(|(old, new)| {
        keys(&old, &new)
            .find(|kind| !same_value(&old, &new, kind))
            .map(|kind| String::from_utf8_lossy(kind).into_owned())
    });
    kind.unwrap_or_else(|| "Resources".to_owned())
}
