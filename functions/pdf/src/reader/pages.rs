//! The catalog and the page tree (ISO 32000-1, 7.7).

use std::collections::HashSet;

use lopdf::{Dictionary, Object, ObjectId};

use super::{Fault, Pdf};

/// Nodes of the page tree.
const MAX_PAGE_NODES: usize = 100_000;

impl Pdf<'_> {
    /// The catalog.
    pub(crate) fn catalog(&self) -> Result<(ObjectId, Dictionary), Fault> {
        let id = self
            .xref
            .trailer
            .get(b"Root")
            .and_then(Object::as_reference)
            .map_err(|_| Fault::Broken("there is no catalog"))?;
        match self.object(id)? {
            Object::Dictionary(catalog) => Ok((id, catalog)),
            _ => Err(Fault::Broken("the catalog cannot be read")),
        }
    }

    /// The root of the page tree: a node with `/Kids`, or a single page.
    pub(crate) fn page_root(&self) -> Result<(ObjectId, Dictionary), Fault> {
        let (_, catalog) = self.catalog()?;
        let id = catalog
            .get(b"Pages")
            .and_then(Object::as_reference)
            .map_err(|_| Fault::Broken("there is no page tree"))?;
        match self.object(id)? {
            Object::Dictionary(root) => Ok((id, root)),
            _ => Err(Fault::Broken("the page tree cannot be read")),
        }
    }

    /// Counts the pages by walking the tree. A kid that is missing does not count.
    ///
    /// # Errors
    /// A node that is its own ancestor: viewers disagree on what such a document shows.
    pub(crate) fn count_pages(&self) -> Result<u32, Fault> {
        Ok(self.pages()?.0)
    }

    /// The number of pages, and the last one's object when it has a number of its own.
    ///
    /// # Errors
    /// As [`count_pages`](Self::count_pages).
    pub(crate) fn pages(&self) -> Result<(u32, Option<ObjectId>), Fault> {
        enum Step {
            Enter(Object),
            Leave(ObjectId),
        }
        let (id, _) = self.page_root()?;
        let mut ancestors = HashSet::new();
        let mut steps = vec![Step::Enter(id.into())];
        let (mut pages, mut last, mut nodes) = (0_u32, None, 0_usize);
        while let Some(step) = steps.pop() {
            let object = match step {
                Step::Enter(object) => object,
                Step::Leave(id) => {
                    ancestors.remove(&id);
                    continue;
                }
            };
            nodes += 1;
            if nodes > MAX_PAGE_NODES {
                return Err(Fault::TooComplex("the page tree is too large"));
            }
            let Object::Dictionary(node) = self.resolve(&object)? else {
                continue;
            };
            let Some(kids) = self.kids(&node)? else {
                pages += 1;
                last = object.as_reference().ok();
                continue;
            };
            if let Object::Reference(id) = object {
                if !ancestors.insert(id) {
                    return Err(Fault::Broken("the page tree runs in a circle"));
                }
                steps.push(Step::Leave(id));
            }
            if steps.len() + kids.len() > MAX_PAGE_NODES {
                return Err(Fault::TooComplex("the page tree is too large"));
            }
            steps.extend(kids.into_iter().rev().map(Step::Enter));
        }
        Ok((pages, last))
    }

    /// The children of a node of the page tree; `None` when it is a page.
    pub(crate) fn kids(&self, node: &Dictionary) -> Result<Option<Vec<Object>>, Fault> {
        let Ok(kids) = node.get(b"Kids") else {
            return Ok(if node.has_type(b"Pages") {
                Some(Vec::new())
            } else {
                None
            });
        };
        Ok(Some(match self.resolve(kids)? {
            Object::Array(kids) => kids,
            // One child without its brackets: viewers take it.
            Object::Dictionary(_) => vec![kids.clone()],
            _ => Vec::new(),
        }))
    }
}
