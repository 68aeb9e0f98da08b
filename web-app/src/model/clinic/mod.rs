//! The state of the console's pages: who is signed in, which page is open, what was just told.
//!
//! Pure, like [`crate::model`]; what single pages fetch for themselves they keep to themselves.

pub(crate) mod beside;
pub(crate) mod draft;
pub(crate) mod journal;
pub(crate) mod matching;
pub(crate) mod passkey;
pub(crate) mod reminders;
pub(crate) mod route;
pub(crate) mod seen;
#[cfg(test)]
mod tests;
pub(crate) mod trouble;
pub(crate) mod zip;

use std::rc::Rc;

use podpis_shared::sensitive::Sensitive;
use podpis_shared::wire::account::Ended;
use podpis_shared::wire::staff::{Factor, Me, NewTotp, PasskeyChallenge};

use route::Route;
use trouble::{Trouble, What};

/// All facts that concern more than one page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Console {
    /// The open page, as the address names it.
    pub(crate) route: Route,
    /// Who is signed in.
    pub(crate) session: Session,
    /// What was just told, above the page, until the next page.
    pub(crate) note: Option<Note>,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Session {
    /// The server is asked.
    Asking,
    /// Nobody; the step of signing in that is open.
    Out(Stage),
    /// This person.
    In(Rc<Me>),
    /// The server did not tell.
    Failed(Trouble),
}

/// A step of signing in. What the address names (an invitation, a reset) stands before [`Stage::Password`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// E-mail and password.
    Password,
    /// The password is forgotten.
    Forgot,
    /// The second factor.
    Second(Rc<Proofs>),
    /// The first time: an app for codes is set up.
    Enrol(Rc<NewTotp>),
    /// The codes for a lost phone, shown once.
    Recovery(Rc<Vec<Sensitive<String>>>, Rc<Me>),
    /// Which of the person's clinics.
    Choose(Rc<Me>),
}

/// How the person may prove who they are, after the password.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Proofs {
    /// What they have.
    pub(crate) factors: Vec<Factor>,
    /// What a passkey is to sign.
    pub(crate) passkey: Option<PasskeyChallenge>,
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The session has ended, meanwhile or before the page was opened; why, where the server says so.
    Ended(Option<Ended>),
    /// Signing in has to begin anew.
    Anew,
    /// The person signed out.
    Left,
    /// Something failed.
    Failed(Trouble),
    /// Something worked; the sentence is ready.
    Done(String),
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The fragment changed.
    Routed(Route),
    /// The server told who is signed in.
    Told(Result<Rc<Me>, Trouble>),
    /// The server is asked anew.
    Again,
    /// A step of signing in.
    Stage(Stage),
    /// The person proved who they are.
    Entered(Rc<Me>),
    /// The person goes on to the pages.
    Opened(Rc<Me>),
    /// There is something to be told, or no more.
    Noted(Option<Note>),
    /// The session ended by the person's own doing.
    Left,
}

impl Console {
    /// The pages as they open.
    pub(crate) const fn new(route: Route) -> Self {
        Self {
            route,
            session: Session::Asking,
            note: None,
        }
    }

    /// The state after an event.
    pub(crate) fn after(mut self, event: Event) -> Self {
        match event {
            Event::Routed(route) => {
                if route != self.route {
                    self.note = None;
                }
                // Who follows an invitation while a step is open begins anew.
                if matches!(route, Route::Invitation(_) | Route::Reset(_))
                    && matches!(self.session, Session::Out(_))
                {
                    self.session = Session::Out(Stage::Password);
                }
                self.route = route;
            }
            Event::Told(Ok(me)) => self.session = Session::In(me),
            Event::Told(Err(trouble)) => self.lose(trouble),
            Event::Again => self.session = Session::Asking,
            Event::Stage(stage) => {
                self.note = None;
                self.session = Session::Out(stage);
            }
            Event::Entered(me) if me.clinics.len() > 1 => {
                self.session = Session::Out(Stage::Choose(me));
            }
            Event::Entered(me) | Event::Opened(me) => {
                self.note = None;
                self.session = Session::In(me);
                if matches!(self.route, Route::Invitation(_) | Route::Reset(_)) {
                    self.route = Route::Home;
                }
            }
            Event::Noted(note) => self.note = note,
            Event::Left => {
                self.session = Session::Out(Stage::Password);
                self.note = Some(Note::Left);
                self.route = Route::Home;
            }
        }
        self
    }

    /// The token of the letter whose link was followed, until it is taken.
    pub(crate) fn letter(&self) -> Option<&str> {
        let begun = matches!(&self.session, Session::Out(stage) if *stage != Stage::Password);
        match &self.route {
            Route::Invitation(token) | Route::Reset(token) if !begun => Some(token),
            _ => None,
        }
    }

    /// The value of `data-state`.
    pub(crate) fn state(&self) -> &'static str {
        match (&self.session, &self.route) {
            (Session::Asking, _) => "loading",
            (Session::Failed(trouble), _) => trouble.state(),
            _ if self.letter().is_some() => self.route.state(),
            (Session::Out(stage), _) => stage.state(),
            (Session::In(me), route) => route.for_person(me).state(),
        }
    }

    fn lose(&mut self, trouble: Trouble) {
        let was_in = matches!(self.session, Session::In(_));
        self.session = match trouble.what {
            What::SignedOut => {
                self.note = match &self.session {
                    Session::In(_) => Some(Note::Ended(trouble.ended)),
                    Session::Out(stage) if *stage != Stage::Password => Some(Note::Anew),
                    Session::Out(_) => self.note.take(),
                    // Whoever follows a letter has come for another reason.
                    _ if self.letter().is_some() => self.note.take(),
                    _ => {
                        let ended = trouble.ended.map(|why| Note::Ended(Some(why)));
                        self.note.take().or(ended)
                    }
                };
                Session::Out(Stage::Password)
            }
            // A page that is open stays so while the network is away.
            _ if was_in => {
                self.note = Some(Note::Failed(trouble));
                return;
            }
            _ => Session::Failed(trouble),
        };
    }
}

impl Stage {
    const fn state(&self) -> &'static str {
        match self {
            Self::Password => "signed-out",
            Self::Forgot => "forgot",
            Self::Second(_) => "second",
            Self::Enrol(_) => "enrol",
            Self::Recovery(..) => "recovery-codes",
            Self::Choose(_) => "choose",
        }
    }
}
