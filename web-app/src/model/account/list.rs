//! The list of documents: what is asked for, what has come, what of it stands on the screen.

use std::ops::Range;
use std::rc::Rc;

use podpis_shared::wire::account::{DocumentItem, DocumentPage};

use super::route::Filter;
use super::trouble::Trouble;

/// Documents of one answer.
pub(crate) const PAGE: u32 = 50;

/// Rows on the screen at most: what lies before them is let go, and comes back by a button.
pub(crate) const SHOWN_MAX: usize = 200;

/// What the person looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// The tab.
    pub(crate) filter: Filter,
    /// One clinic only.
    pub(crate) clinic: Option<String>,
    /// Words of the title.
    pub(crate) words: String,
}

impl Query {
    /// The tab as it opens.
    pub(crate) const fn of(filter: Filter) -> Self {
        Self {
            filter,
            clinic: None,
            words: String::new(),
        }
    }

    /// Something narrows the tab.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.clinic.is_some() || !self.words.is_empty()
    }
}

/// The list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct List {
    /// What is looked for.
    pub(crate) query: Query,
    /// What has come, in the server's order.
    items: Vec<Rc<DocumentItem>>,
    /// Those of `items` that stand on the screen.
    shown: Range<usize>,
    /// Cursor of what has not come yet.
    pub(crate) next: Option<String>,
    /// How the last request stands.
    pub(crate) state: State,
    /// People whom documents are about, in the order in which they were first seen: each keeps a colour.
    people: Vec<String>,
}

/// How the last request stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// The first documents are on their way.
    Waiting,
    /// Further ones are.
    More,
    /// What was asked for is here.
    Here,
    /// It ended badly.
    Failed(Trouble),
}

impl List {
    /// A tab before anything has come.
    pub(crate) const fn new(filter: Filter) -> Self {
        Self {
            query: Query::of(filter),
            items: Vec::new(),
            shown: 0..0,
            next: None,
            state: State::Waiting,
            people: Vec::new(),
        }
    }

    /// Something else is looked for.
    pub(crate) fn ask(&mut self, query: Query) {
        if query.filter != self.query.filter {
            self.items.clear();
            self.shown = 0..0;
        }
        self.query = query;
        self.next = None;
        self.state = State::Waiting;
    }

    /// Further ones are asked for.
    pub(crate) fn ask_more(&mut self) {
        self.state = State::More;
    }

    /// An answer came; what was asked before the last [`List::ask`] is left out.
    pub(crate) fn heard(
        &mut self,
        query: &Query,
        after: Option<&str>,
        answer: Result<DocumentPage, Trouble>,
    ) {
        if *query != self.query || (after.is_some() && after != self.next.as_deref()) {
            return;
        }
        match answer {
            Ok(page) => {
                let new: Vec<_> = page.items.into_iter().map(Rc::new).collect();
                self.meet(&new);
                if after.is_none() {
                    self.items = new;
                    self.shown = 0..self.items.len().min(SHOWN_MAX);
                } else {
                    self.items.extend(new);
                    let end = self.items.len();
                    self.shown = end.saturating_sub(SHOWN_MAX).max(self.shown.start)..end;
                }
                self.next = page.next;
                self.state = State::Here;
            }
            Err(trouble) => self.state = State::Failed(trouble),
        }
    }

    /// The rows on the screen.
    pub(crate) fn rows(&self) -> &[Rc<DocumentItem>] {
        self.items.get(self.shown.clone()).unwrap_or_default()
    }

    /// How many rows lie before those on the screen.
    pub(crate) const fn before(&self) -> usize {
        self.shown.start
    }

    /// Rows that have come lie behind those on the screen.
    pub(crate) fn has_behind(&self) -> bool {
        self.shown.end < self.items.len()
    }

    /// There is more, here or at the server.
    pub(crate) fn has_more(&self) -> bool {
        self.next.is_some() || self.has_behind()
    }

    /// Brings rows back that lie before those on the screen.
    pub(crate) fn back(&mut self) {
        let start = self.shown.start.saturating_sub(PAGE as usize);
        self.shown = start..(start + SHOWN_MAX).min(self.items.len());
    }

    /// Brings on rows that have come already.
    pub(crate) fn forth(&mut self) {
        let end = (self.shown.end + PAGE as usize).min(self.items.len());
        self.shown = end.saturating_sub(SHOWN_MAX)..end;
    }

    /// How many documents a fresh answer must hold so that none of the screen's gets lost, within the API's limit.
    pub(crate) fn refresh_limit(&self) -> u32 {
        u32::try_from(self.items.len())
            .unwrap_or(PAGE)
            .clamp(PAGE, 200)
    }

    /// The number of a person's colour.
    pub(crate) fn person(&self, name: &str) -> usize {
        let known = self.people.iter().position(|known| known == name);
        known.unwrap_or(self.people.len())
    }

    fn meet(&mut self, new: &[Rc<DocumentItem>]) {
        for name in new.iter().filter_map(|item| item.on_behalf_of.as_ref()) {
            if !self.people.contains(name) {
                self.people.push(name.clone());
            }
        }
    }
}

/// Rows under one heading.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// What they have in common; `None`: there is nothing to tell apart.
    pub(crate) of: Option<Common>,
    /// The rows.
    pub(crate) rows: Vec<Rc<DocumentItem>>,
}

/// What rows of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Common {
    /// They are for the signed-in person.
    Me,
    /// They are for somebody else: name and age.
    For(String, Option<i32>),
    /// They came in this month: year and month.
    Month(i32, u8),
}

/// What waits is grouped by people, where there are several; what is kept, by months.
pub(crate) fn groups(filter: Filter, rows: &[Rc<DocumentItem>]) -> Vec<Group> {
    let common = |row: &DocumentItem| match (filter, &row.on_behalf_of) {
        (Filter::ToSign, Some(name)) => Common::For(name.clone(), row.on_behalf_of_age),
        (Filter::ToSign, None) => Common::Me,
        (Filter::Signed | Filter::All, _) => {
            let (year, month, _) = row.created_at.moscow_date();
            Common::Month(year, month)
        }
    };
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let of = Some(common(row));
        match groups.iter_mut().find(|group| group.of == of) {
            Some(group) => group.rows.push(row.clone()),
            None => groups.push(Group {
                of,
                rows: vec![row.clone()],
            }),
        }
    }
    // One person's list needs no heading that says so.
    if let [only] = groups.as_mut_slice() {
        only.of = only.of.take().filter(|of| !matches!(of, Common::Me));
    }
    groups
}

#[cfg(test)]
mod tests;
