//! The logical structure of tagged pages (ISO 32000-1, 14.7 and 14.8): what a screen reader goes by.

use lopdf::{Dictionary, Object, ObjectId};

use crate::revision::Revision;

/// What a piece of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The title.
    H1,
    /// Heading of a section.
    H2,
    /// A paragraph.
    P,
    /// A table; its rows are made by [`super::Composer::row`].
    Table,
    /// A list with marks; its items are made by [`super::Composer::item`].
    List,
    /// A numbered list.
    NumberedList,
    /// A row of a table.
    Row,
    /// What a row is about.
    Label,
    /// What a row says.
    Value,
    /// An item of a list.
    Item,
    /// The mark or number of an item.
    Mark,
    /// The text of an item.
    Body,
}

impl Tag {
    /// The standard structure type (14.8.4).
    const fn name(self) -> &'static str {
        match self {
            Self::H1 => "H1",
            Self::H2 => "H2",
            Self::P => "P",
            Self::Table => "Table",
            Self::List | Self::NumberedList => "L",
            Self::Row => "TR",
            Self::Label => "TH",
            Self::Value => "TD",
            Self::Item => "LI",
            Self::Mark => "Lbl",
            Self::Body => "LBody",
        }
    }

    /// Text may stand in it without a paragraph of its own.
    const fn holds_text(self) -> bool {
        !matches!(
            self,
            Self::Table | Self::List | Self::NumberedList | Self::Row | Self::Item
        )
    }

    fn attributes(self) -> Option<Dictionary> {
        let (owner, key, value) = match self {
            Self::Label => ("Table", "Scope", "Row"),
            Self::List => ("List", "ListNumbering", "Disc"),
            Self::NumberedList => ("List", "ListNumbering", "Decimal"),
            _ => return None,
        };
        let mut attributes = Dictionary::new();
        attributes.set("O", owner);
        attributes.set(key, value);
        Some(attributes)
    }
}

/// What the marked-content sequence that is being written belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    /// None is open.
    Nothing,
    /// Hairlines and grounds: nothing to be read.
    Artifact,
    /// The foot of a page.
    Footer,
    /// An element's text.
    Element(usize),
}

enum Kid {
    Element(usize),
    Content { page: usize, id: i64 },
}

struct Element {
    tag: Tag,
    parent: Option<usize>,
    kids: Vec<Kid>,
}

/// The structure of a document while its pages are being written.
#[derive(Default)]
pub(super) struct Tags {
    elements: Vec<Element>,
    /// Elements that are directly in the document.
    top: Vec<usize>,
    open: Vec<usize>,
    /// Which element each sequence of each page belongs to, by its number there.
    owners: Vec<Vec<usize>>,
    marked: Option<Marked>,
    in_footer: bool,
}

impl Tags {
    pub(super) fn open(&mut self, tag: Tag) {
        let parent = self.open.last().copied();
        let index = self.elements.len();
        self.elements.push(Element {
            tag,
            parent,
            kids: Vec::new(),
        });
        match parent.and_then(|parent| self.elements.get_mut(parent)) {
            Some(parent) => parent.kids.push(Kid::Element(index)),
            None => self.top.push(index),
        }
        self.open.push(index);
    }

    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    /// Whether text needs a paragraph around it here.
    pub(super) fn needs_paragraph(&self) -> bool {
        let holds = |index: &usize| {
            self.elements
                .get(*index)
                .is_some_and(|e| e.tag.holds_text())
        };
        !self.in_footer && !self.open.last().is_some_and(holds)
    }

    pub(super) fn begin_footers(&mut self) {
        self.in_footer = true;
    }

    /// What text belongs to here.
    pub(super) fn text(&self) -> Marked {
        match self.open.last() {
            Some(index) if !self.in_footer => Marked::Element(*index),
            _ => Marked::Footer,
        }
    }

    /// What lines and grounds belong to here.
    pub(super) fn drawing(&self) -> Marked {
        if self.in_footer {
            Marked::Footer
        } else {
            Marked::Artifact
        }
    }

    /// The operators that end the sequence before and begin another one on a page; none where it goes on.
    pub(super) fn switch(&mut self, to: Marked, page: usize) -> String {
        let before = self.marked.replace(to).unwrap_or(Marked::Nothing);
        if before == to {
            return String::new();
        }
        let mut operators = String::new();
        if before != Marked::Nothing {
            operators.push_str("EMC\n");
        }
        match to {
            Marked::Nothing => {}
            Marked::Artifact => operators.push_str("/Artifact BMC\n"),
            Marked::Footer => {
                operators.push_str("/Artifact <</Type /Pagination /Subtype /Footer>> BDC\n");
            }
            Marked::Element(index) => {
                let id = self.number(index, page);
                let name = self.elements.get(index).map_or("P", |e| e.tag.name());
                operators.push_str(&format!("/{name} <</MCID {id}>> BDC\n"));
            }
        }
        operators
    }

    /// The number of a new sequence of an element on a page.
    fn number(&mut self, element: usize, page: usize) -> i64 {
        while self.owners.len() <= page {
            self.owners.push(Vec::new());
        }
        let owners = &mut self.owners[page];
        let id = owners.len() as i64;
        owners.push(element);
        if let Some(element) = self.elements.get_mut(element) {
            element.kids.push(Kid::Content { page, id });
        }
        id
    }

    /// Writes the structure tree of these pages and gives its root.
    pub(super) fn into_objects(self, revision: &mut Revision, pages: &[ObjectId]) -> ObjectId {
        let root_id = revision.reserve();
        let document_id = revision.reserve();
        let ids: Vec<ObjectId> = self.elements.iter().map(|_| revision.reserve()).collect();
        for (element, id) in self.elements.iter().zip(&ids) {
            let parent = element.parent.map_or(document_id, |parent| ids[parent]);
            let object = structure(element, parent, &ids, pages);
            revision.set(*id, object);
        }

        let mut document = Dictionary::new();
        document.set("Type", "StructElem");
        document.set("S", "Document");
        document.set("P", root_id);
        document.set("K", references(self.top.iter().map(|index| ids[*index])));
        revision.set(document_id, document);

        let mut numbers = Vec::new();
        for (page, _) in pages.iter().enumerate() {
            let owners = self.owners.get(page).into_iter().flatten();
            numbers.push(Object::from(page as i64));
            numbers.push(references(owners.map(|index| ids[*index])));
        }
        let mut tree = Dictionary::new();
        tree.set("Nums", numbers);
        let mut root = Dictionary::new();
        root.set("Type", "StructTreeRoot");
        root.set("K", document_id);
        root.set("ParentTree", revision.add(tree));
        root.set("ParentTreeNextKey", pages.len() as i64);
        revision.set(root_id, root);
        root_id
    }
}

fn structure(
    element: &Element,
    parent: ObjectId,
    ids: &[ObjectId],
    pages: &[ObjectId],
) -> Dictionary {
    let mut object = Dictionary::new();
    object.set("Type", "StructElem");
    object.set("S", element.tag.name());
    object.set("P", parent);
    if let Some(attributes) = element.tag.attributes() {
        object.set("A", attributes);
    }
    let first = element.kids.iter().find_map(|kid| match kid {
        Kid::Content { page, .. } => Some(*page),
        Kid::Element(_) => None,
    });
    if let Some(page) = first {
        object.set("Pg", pages[page]);
    }
    let kid = |kid: &Kid| match kid {
        Kid::Element(index) => Object::from(ids[*index]),
        Kid::Content { page, id } if Some(*page) == first => Object::from(*id),
        Kid::Content { page, id } => {
            let mut reference = Dictionary::new();
            reference.set("Type", "MCR");
            reference.set("Pg", pages[*page]);
            reference.set("MCID", *id);
            reference.into()
        }
    };
    object.set("K", element.kids.iter().map(kid).collect::<Vec<_>>());
    object
}

fn references(ids: impl Iterator<Item = ObjectId>) -> Object {
    ids.map(Object::from).collect::<Vec<_>>().into()
}
