//! The state of the account's pages: who is signed in, which page is open, the list, what was just told.
//!
//! Pure, like [`crate::model`]; what single sections fetch for themselves they keep to themselves.

pub(crate) mod birth;
pub(crate) mod contact;
pub(crate) mod list;
pub(crate) mod proof;
pub(crate) mod route;
pub(crate) mod trouble;
pub(crate) mod urgency;

use std::rc::Rc;

use podpis_shared::wire::account::{AccountView, ClinicRef, DocumentPage, Ended, Erased};

use list::{List, Query};
use proof::Proof;
use route::{Filter, Route};
use trouble::{Trouble, What};

/// All facts of the account's pages.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    /// The open page.
    pub(crate) route: Route,
    /// Who is signed in.
    pub(crate) session: Session,
    /// What was just told, above the page, until the next page.
    pub(crate) note: Option<Note>,
    /// The clinic whose invitation was opened.
    pub(crate) clinic: Option<ClinicRef>,
    /// The browser is leaving for Gosuslugi or for a clinic's agreement.
    pub(crate) leaving: bool,
    /// The documents.
    pub(crate) list: List,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Session {
    /// The server is asked.
    Asking,
    /// What Gosuslugi answered is being handed in.
    Completing,
    /// Nobody.
    Out(Proof),
    /// This person.
    In(Rc<AccountView>),
    /// The server did not tell.
    Failed(Trouble),
    /// The account was deleted just now; this is what stays.
    Closed(Rc<Erased>),
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The session has ended, meanwhile or before the page was opened; why, where the server says so.
    Ended(Option<Ended>),
    /// The person signed out.
    Left,
    /// Likewise, on every device.
    LeftEverywhere,
    /// The number is new to this person, and so is the account.
    Anew,
    /// The account is confirmed by Gosuslugi now.
    Confirmed,
    /// The agreement of this clinic was accepted.
    Accepted(String),
    /// A way through Gosuslugi ended badly.
    Esia(Trouble),
    /// Something else did.
    Failed(Trouble),
}

impl Note {
    /// It is bad news, so that it is said at once and stays.
    pub(crate) const fn is_bad(&self) -> bool {
        matches!(self, Self::Esia(_) | Self::Failed(_))
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The fragment changed.
    Routed(Route),
    /// The server told about the account.
    ViewRead(Result<Rc<AccountView>, Trouble>),
    /// The server is asked anew, from the beginning.
    Again,
    /// What Gosuslugi answered is being handed in.
    Completing,
    /// A step of the sign-in.
    Entry(proof::Event),
    /// The browser leaves, or stays after all.
    Leaving(bool),
    /// There is something to be told, or no more.
    Noted(Option<Note>),
    /// The clinic of the invitation.
    Clinic(ClinicRef),
    /// The session ended by the person's own doing.
    Left(Note),
    /// The account was deleted.
    Closed(Rc<Erased>),
    /// Documents are asked for.
    ListAsked(Query),
    /// Further ones are.
    ListMore,
    /// Documents came: for which query, after which cursor.
    ListHeard(Query, Option<String>, Result<DocumentPage, Trouble>),
    /// Earlier rows come back onto the screen.
    ListBack,
    /// Later rows do.
    ListForth,
}

impl Account {
    /// The page as it opens.
    pub(crate) const fn new(route: Route, returned: bool) -> Self {
        Self {
            route,
            session: if returned {
                Session::Completing
            } else {
                Session::Asking
            },
            note: None,
            clinic: None,
            leaving: false,
            list: List::new(match route {
                Route::Documents(filter) => filter,
                _ => Filter::ToSign,
            }),
        }
    }

    /// The state after an event.
    pub(crate) fn after(mut self, event: Event) -> Self {
        match event {
            Event::Routed(route) => {
                if route != self.route {
                    self.note = None;
                }
                self.route = route;
            }
            Event::ViewRead(Ok(view)) => self.session = Session::In(view),
            Event::ViewRead(Err(trouble)) => self.lose(trouble),
            Event::Again => self.session = Session::Asking,
            Event::Completing => self.session = Session::Completing,
            Event::Entry(step) => {
                if let Session::Out(proof) = self.session {
                    // The first step of a new attempt takes the old news away.
                    if matches!(step, proof::Event::Asking(_)) {
                        self.note = None;
                    }
                    self.session = Session::Out(proof.after(step));
                }
            }
            Event::Leaving(leaving) => self.leaving = leaving,
            Event::Noted(note) => self.note = note,
            Event::Clinic(clinic) => self.clinic = Some(clinic),
            Event::Left(note) => self.leave(Some(note)),
            Event::Closed(erased) => {
                self.leave(None);
                self.session = Session::Closed(erased);
            }
            Event::ListAsked(query) => self.list.ask(query),
            Event::ListMore => self.list.ask_more(),
            Event::ListHeard(query, after, answer) => {
                self.list.heard(&query, after.as_deref(), answer);
            }
            Event::ListBack => self.list.back(),
            Event::ListForth => self.list.forth(),
        }
        self
    }

    /// The value of `data-state`.
    pub(crate) fn state(&self) -> &'static str {
        match &self.session {
            Session::Asking => "loading",
            Session::Completing => "signing-in",
            Session::Out(proof) if proof.code.is_some() => "code",
            Session::Out(_) => "signed-out",
            Session::In(view) if view.gate.is_some() => "gate",
            Session::In(_) => match (self.route, &self.list.state) {
                (Route::Documents(_), list::State::Waiting) if self.list.rows().is_empty() => {
                    "loading"
                }
                (Route::Documents(_), list::State::Failed(trouble))
                    if self.list.rows().is_empty() =>
                {
                    trouble.state()
                }
                (route, _) => route.state(),
            },
            Session::Failed(trouble) => trouble.state(),
            Session::Closed(_) => "closed",
        }
    }

    /// The account, when nothing stands before it.
    pub(crate) fn open(&self) -> Option<&Rc<AccountView>> {
        match &self.session {
            Session::In(view) if view.gate.is_none() => Some(view),
            _ => None,
        }
    }

    /// The account could not be read, or a request said that it can't be.
    fn lose(&mut self, trouble: Trouble) {
        match (&self.session, trouble.what) {
            (Session::In(_), What::SignedOut) => self.leave(Some(Note::Ended(trouble.ended))),
            (Session::Out(_) | Session::Closed(_), What::SignedOut) => {}
            (_, What::SignedOut) => {
                // Whoever was never here, or signed out in this browser, has no reason to be told.
                let ended = trouble.ended.map(|why| Note::Ended(Some(why)));
                self.leave(self.note.clone().or(ended));
            }
            // What is on the screen stays while the network is away.
            (Session::In(_), _) => {}
            (_, _) => self.session = Session::Failed(trouble),
        }
    }

    /// Nothing of the account stays in the page.
    fn leave(&mut self, note: Option<Note>) {
        self.session = Session::Out(Proof::default());
        self.note = note;
        self.leaving = false;
        self.list = List::new(self.list.query.filter);
    }
}

#[cfg(test)]
mod tests;
