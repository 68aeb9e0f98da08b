//! The pages of a revision with what they inherit (ISO 32000-1, 7.7.3).

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use lopdf::{Dictionary, Object, ObjectId};

use super::attachment::reference;
use super::compare::same;
use crate::reader::{Fault, Pdf};

/// Nodes of the tree, pages included.
const MAX_NODES: usize = 100_000;

/// What pages inherit (7.7.3.4).
pub(super) const INHERITABLE: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];

/// What a node of the tree needs.
const PLAIN: [&[u8]; 4] = [b"Type", b"Kids", b"Count", b"Parent"];

/// One page.
pub(super) struct Page {
    /// As its parent lists it: a reference, rarely the dictionary itself.
    pub(super) listed: Object,
    /// The node whose list that is.
    pub(super) parent: Option<ObjectId>,
    /// The list of annotations, when it is an object of its own.
    pub(super) annotations: Option<u32>,
    pub(super) inherited: Rc<Inherited>,
}

/// An inner node.
pub(super) struct Node {
    pub(super) parent: Option<ObjectId>,
    /// Pages below it.
    pub(super) pages: usize,
    /// Whether it is nothing but a node: no reader takes it for a page, and nothing is inherited from it.
    pub(super) plain: bool,
}

impl Page {
    pub(super) fn number(&self) -> Option<u32> {
        self.listed.as_reference().ok().map(|id| id.0)
    }
}

/// The inheritable values that reach a page from its ancestors, not resolved.
#[derive(Default)]
pub(super) struct Inherited(pub(super) [Option<Rc<Object>>; 4]);

/// A page tree, flat.
#[derive(Default)]
pub(super) struct PageTree {
    pub(super) pages: Vec<Page>,
    /// The inner nodes that have a number.
    pub(super) nodes: HashMap<u32, Node>,
    /// Those that stand in their parents' lists themselves.
    pub(super) direct: Vec<Object>,
    /// Numbers of the lists of kids that are objects of their own, once for each node that has them.
    pub(super) lists: Vec<u32>,
}

impl PageTree {
    /// Reads the tree as [`Pdf::count_pages`] does.
    ///
    /// # Errors
    /// A circle, and the bounds.
    pub(super) fn read(pdf: &Pdf) -> Result<Self, Fault> {
        enum Step {
            Enter(Object, Option<ObjectId>, Rc<Inherited>),
            Leave(ObjectId, usize),
        }
        let mut tree = Self::default();
        let (root, _) = pdf.page_root()?;
        let mut ancestors = HashSet::new();
        let mut steps = vec![Step::Enter(root.into(), None, Rc::default())];
        let mut count = 0;
        while let Some(step) = steps.pop() {
            let (listed, parent, inherited) = match step {
                Step::Enter(listed, parent, inherited) => (listed, parent, inherited),
                Step::Leave(id, first) => {
                    ancestors.remove(&id);
                    if let Some(node) = tree.nodes.get_mut(&id.0) {
                        node.pages = tree.pages.len() - first;
                    }
                    continue;
                }
            };
            count += 1;
            if count > MAX_NODES {
                return Err(Fault::TooComplex("the page tree is too large"));
            }
            let Object::Dictionary(node) = pdf.resolve(&listed)? else {
                continue;
            };
            let Some(kids) = pdf.kids(&node)? else {
                tree.pages.push(Page {
                    annotations: reference(&node, b"Annots"),
                    listed,
                    parent,
                    inherited,
                });
                continue;
            };
            let id = listed.as_reference().ok();
            if let Some(id) = id {
                if !ancestors.insert(id) {
                    return Err(Fault::Broken("the page tree runs in a circle"));
                }
                let plain = node.has_type(b"Pages")
                    && node.iter().all(|(key, _)| PLAIN.contains(&key.as_slice()));
                let entered = Node {
                    parent,
                    pages: 0,
                    plain,
                };
                tree.nodes.insert(id.0, entered);
                steps.push(Step::Leave(id, tree.pages.len()));
            } else {
                tree.direct.push(listed);
            }
            tree.lists.extend(reference(&node, b"Kids"));
            let inherited = inherited.with(&node);
            if steps.len() + kids.len() > MAX_NODES {
                return Err(Fault::TooComplex("the page tree is too large"));
            }
            steps.extend(
                kids.into_iter()
                    .rev()
                    .map(|kid| Step::Enter(kid, id, Rc::clone(&inherited))),
            );
        }
        Ok(tree)
    }
}

impl Inherited {
    /// Whether a page gets the same from both.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|pair| match pair {
            (Some(a), Some(b)) => same(a, b),
            (None, None) => true,
            _ => false,
        })
    }

    fn with(self: Rc<Self>, node: &Dictionary) -> Rc<Self> {
        if !INHERITABLE.iter().any(|key| node.has(key)) {
            return self;
        }
        let mut values = self.0.clone();
        for (value, key) in values.iter_mut().zip(INHERITABLE) {
            if let Ok(own) = node.get(key) {
                *value = Some(Rc::new(own.clone()));
            }
        }
        Rc::new(Self(values))
    }
}
