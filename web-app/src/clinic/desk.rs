//! What every page of the console needs: who works at it, and the way to tell the whole of it something.

use std::rc::Rc;

use podpis_shared::staff::Permission;
use podpis_shared::wire::staff::Me;
use wasm_bindgen_futures::spawn_local;
use yew::{Properties, UseReducerDispatcher};

use super::load::patiently;
use crate::api::clinic::entry as api;
use crate::model::clinic::route::may;
use crate::model::clinic::trouble::{Trouble, What};
use crate::model::clinic::{Console, Event, Note};

/// Tells the model; cheap to clone.
#[derive(Clone, PartialEq)]
pub(super) struct Flow(UseReducerDispatcher<Console>);

impl Flow {
    pub(super) const fn new(tell: UseReducerDispatcher<Console>) -> Self {
        Self(tell)
    }

    /// Tells the model.
    pub(super) fn tell(&self, event: Event) {
        self.0.dispatch(event);
    }

    /// Tells the person that something worked.
    pub(super) fn say(&self, sentence: impl Into<String>) {
        self.tell(Event::Noted(Some(Note::Done(sentence.into()))));
    }

    /// A request of a page failed: what concerns the whole console is dealt with here.
    pub(super) fn heard(&self, trouble: &Trouble) {
        if trouble.what == What::SignedOut {
            self.tell(Event::Told(Err(trouble.clone())));
        }
    }

    /// Asks who is signed in; `patient`: again and again while the network is away.
    pub(super) fn ask(&self, patient: bool) {
        let flow = self.clone();
        spawn_local(async move {
            let answer = if patient {
                patiently(api::me).await
            } else {
                api::me().await
            };
            // A quiet look that did not work says nothing.
            if patient || answer.as_ref().is_ok_and(|_| true) || signed_out(&answer) {
                flow.tell(Event::Told(answer.map(Rc::new)));
            }
        });
    }

    /// Ends this session.
    pub(super) fn sign_out(&self) {
        let flow = self.clone();
        spawn_local(async move {
            match api::sign_out().await {
                Ok(()) => flow.tell(Event::Left),
                Err(trouble) if trouble.what == What::SignedOut => flow.tell(Event::Left),
                Err(trouble) => flow.tell(Event::Noted(Some(Note::Failed(trouble)))),
            }
        });
    }

    /// Goes over to another clinic of the same person.
    pub(super) fn to_clinic(&self, id: String) {
        let flow = self.clone();
        spawn_local(async move {
            match api::choose(id).await {
                Ok(me) => flow.tell(Event::Opened(Rc::new(me))),
                Err(trouble) => {
                    flow.heard(&trouble);
                    flow.tell(Event::Noted(Some(Note::Failed(trouble))));
                }
            }
        });
    }
}

fn signed_out<T>(answer: &Result<T, Trouble>) -> bool {
    answer
        .as_ref()
        .is_err_and(|trouble| trouble.what == What::SignedOut)
}

/// Who works at a page, and how it talks.
#[derive(Clone, PartialEq)]
pub(super) struct Desk {
    pub(super) flow: Flow,
    pub(super) me: Rc<Me>,
}

impl Desk {
    /// Whether this person may do it.
    pub(super) fn may(&self, what: Permission) -> bool {
        may(&self.me, what)
    }
}

/// Properties of a page.
#[derive(PartialEq, Properties)]
pub(super) struct PageProps {
    pub(super) desk: Desk,
}
