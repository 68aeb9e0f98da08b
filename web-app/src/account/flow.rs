//! What the account's pages do with the server, and how they go on when something fails.

use std::cell::RefCell;
use std::rc::Rc;

use podpis_shared::problem::Code;
use podpis_shared::wire::account::{
    AccountView, ClinicRef, Clock, GateAnswer, LoginPurpose, TypedCode,
};
use podpis_shared::wire::patient::EsiaComplete;
use wasm_bindgen_futures::spawn_local;
use yew::{Callback, UseReducerDispatcher};

use super::{boot, push};
use crate::api::account::{self as api, Answer};
use crate::dom;
use crate::model::account::list::Query;
use crate::model::account::proof;
use crate::model::account::route::Route;
use crate::model::account::trouble::{Trouble, What};
use crate::model::account::{Account, Event, Note};
use crate::patience;

/// The person's actions; cheap to clone.
#[derive(Clone)]
pub(super) struct Flow {
    tell: UseReducerDispatcher<Account>,
    /// Id of the clinic that invited, until it has been asked about.
    invited: Rc<RefCell<Option<String>>>,
}

impl PartialEq for Flow {
    fn eq(&self, other: &Self) -> bool {
        self.tell == other.tell
    }
}

impl Flow {
    pub(super) fn new(tell: UseReducerDispatcher<Account>) -> Self {
        Self {
            tell,
            invited: Rc::default(),
        }
    }

    /// Tells the model.
    pub(super) fn tell(&self, event: Event) {
        self.tell.dispatch(event);
    }

    /// The page has opened: read the account, or first hand in what Gosuslugi answered.
    pub(super) fn begin(&self, invited: Option<String>) {
        *self.invited.borrow_mut() = invited;
        match boot::esia_answer() {
            Some(answer) => self.complete(answer),
            None => self.read(true),
        }
    }

    /// Once more, after a failure.
    pub(super) fn retry(&self) {
        if let Some(answer) = boot::esia_answer() {
            self.complete(answer);
        } else {
            self.tell(Event::Again);
            self.read(true);
        }
    }

    /// Reads the account again, quietly.
    pub(super) fn refresh(&self) {
        self.read(false);
    }

    fn read(&self, patient: bool) {
        let flow = self.clone();
        spawn_local(async move {
            let answer = if patient {
                patiently(|| api::view(boot::take_first_answer())).await
            } else {
                api::view(None).await
            };
            flow.heard_view(answer).await;
        });
    }

    async fn heard_view(&self, answer: Answer<AccountView>) {
        match &answer {
            Ok(_) => boot::forget_code(),
            Err(trouble) => forget_push(trouble),
        }
        let open = answer.as_ref().is_ok_and(|view| view.gate.is_none());
        if open && boot::take_return().is_some_and(|address| dom::leave_for(&address)) {
            self.tell(Event::Leaving(true));
            return;
        }
        let signed_out = matches!(&answer, Err(trouble) if trouble.what == What::SignedOut);
        match &answer {
            Ok(view) if open => tell_clock(view.utc_offset),
            Ok(_) => {}
            Err(trouble) => forget_push(trouble),
        }
        self.tell(Event::ViewRead(answer.map(Rc::new)));
        let again = |kept: proof::Kept| kept.again(dom::now_ms(), dom::unix_now());
        if let Some(again) = boot::code().filter(|_| signed_out).and_then(again) {
            self.tell(Event::Entry(again));
        }
        if open {
            self.back_from_agreement();
        }
        self.look_at_invitation(open).await;
    }

    /// A request of a section failed: what concerns the whole page is dealt with here.
    pub(super) fn heard(&self, trouble: &Trouble) {
        match trouble.what {
            What::SignedOut => {
                forget_push(trouble);
                self.tell(Event::ViewRead(Err(trouble.clone())));
            }
            What::Gated => self.refresh(),
            _ => {}
        }
    }

    // --- signing in ---

    /// Another phone or e-mail, in the place of the one that a code went to.
    pub(super) fn other_contact(&self) {
        boot::forget_code();
        self.tell(Event::Entry(proof::Event::Back));
    }

    /// Asks for a code to sign in.
    pub(super) fn sign_in(&self, contact: String) {
        self.tell(Event::Entry(proof::Event::Asking(contact.clone())));
        let flow = self.clone();
        spawn_local(async move {
            flow.tell(Event::Entry(match api::sign_in(contact.clone()).await {
                Ok((sent, now)) => {
                    let kept = proof::Kept::new(contact, sent.clone(), now, dom::unix_now());
                    boot::keep_code(&kept);
                    proof::Event::Sent(Rc::new(sent), now)
                }
                Err(trouble) => proof::Event::Failed(trouble, dom::now_ms()),
            }));
        });
    }

    /// Signs in by the typed code.
    pub(super) fn type_code(&self, typed: TypedCode) {
        self.tell(Event::Entry(proof::Event::Checking));
        let flow = self.clone();
        spawn_local(async move {
            match api::sign_in_code(typed).await {
                Ok(view) => {
                    flow.tell(Event::Noted(None));
                    flow.heard_view(Ok(view)).await;
                }
                Err(trouble) => {
                    if trouble.what == What::Code(Code::CodeExpired) {
                        boot::forget_code();
                    }
                    let failed = proof::Event::Failed(trouble, dom::now_ms());
                    flow.tell(Event::Entry(failed));
                }
            }
        });
    }

    /// Off to Gosuslugi.
    pub(super) fn esia(&self, purpose: LoginPurpose, from: Route) {
        self.tell(Event::Leaving(true));
        self.tell(Event::Noted(None));
        let flow = self.clone();
        spawn_local(async move {
            let started = api::start_esia(purpose).await;
            boot::remember_way(from, purpose);
            let trouble = match started {
                Ok(started) if dom::leave_for(&started.location) => return,
                Ok(_) => Trouble::new(What::Other),
                Err(trouble) => trouble,
            };
            flow.heard(&trouble);
            flow.tell(Event::Leaving(false));
            flow.tell(Event::Noted(Some(Note::Esia(trouble))));
        });
    }

    /// Hands in Gosuslugi's answer, again and again while the network is away: that is harmless.
    fn complete(&self, answer: EsiaComplete) {
        self.tell(Event::Completing);
        let flow = self.clone();
        spawn_local(async move {
            let outcome = patiently(|| api::complete_esia(&answer)).await;
            if let Err(trouble) = &outcome
                && trouble.passes()
            {
                // «Повторить» hands in the same answer.
                flow.tell(Event::ViewRead(Err(trouble.clone())));
                return;
            }
            boot::forget_esia_answer();
            let bind = boot::take_was_bind();
            let note = match outcome {
                Ok(()) if bind => Some(Note::Confirmed),
                Ok(()) => None,
                Err(trouble) => Some(Note::Esia(trouble)),
            };
            flow.tell(Event::Noted(note));
            let view = patiently(|| api::view(None)).await;
            flow.heard_view(view).await;
        });
    }

    /// Ends the session on this device.
    pub(super) fn sign_out(&self, done: Callback<()>) {
        let flow = self.clone();
        spawn_local(async move {
            match api::sign_out().await {
                Ok(()) => flow.left(Note::Left),
                Err(trouble) if trouble.what == What::SignedOut => flow.left(Note::Left),
                Err(trouble) => flow.tell(Event::Noted(Some(Note::Failed(trouble)))),
            }
            done.emit(());
        });
    }

    /// The session has ended by the person's own doing.
    pub(super) fn left(&self, note: Note) {
        push::forget();
        self.tell(Event::Left(note));
    }

    /// Answers what stands before the account.
    pub(super) fn gate(&self, answer: GateAnswer, failed: Callback<Trouble>) {
        let flow = self.clone();
        spawn_local(async move {
            let anew = answer == GateAnswer::NotMine;
            match api::gate(answer).await {
                Ok(view) => {
                    if anew {
                        flow.tell(Event::Noted(Some(Note::Anew)));
                    }
                    flow.heard_view(Ok(view)).await;
                }
                Err(trouble) => {
                    if trouble.what != What::Gated {
                        flow.heard(&trouble);
                    }
                    failed.emit(trouble);
                }
            }
        });
    }

    // --- the clinic that invited, and agreements ---

    /// Its name for the sign-in page; once signed in, on to its agreement where that waits.
    async fn look_at_invitation(&self, open: bool) {
        let Some(id) = self.invited.borrow().clone() else {
            return;
        };
        let Ok(clinic) = api::clinic(&id).await else {
            return;
        };
        self.tell(Event::Clinic(ClinicRef {
            id: clinic.id.clone(),
            name: clinic.name.clone(),
            logo: clinic.logo.clone(),
        }));
        if !open {
            return;
        }
        // Asked once: whoever comes back from the agreement by the browser's button stays on the list.
        self.invited.borrow_mut().take();
        boot::set_address(&format!("/account{}", boot::fragment()));
        if clinic.agreement.as_deref() == Some("due") {
            self.to_agreement(&clinic.id, &clinic.name);
        }
    }

    /// Leaves for a clinic's agreement.
    pub(super) fn to_agreement(&self, id: &str, name: &str) {
        boot::remember_agreement(name);
        let left = dom::leave_for(&format!("/account/agreement#{id}"));
        self.tell(Event::Leaving(left));
    }

    /// Says thank you to whoever comes back from an agreement that was accepted there.
    pub(super) fn back_from_agreement(&self) {
        if boot::take_accepted() {
            let clinic = boot::take_agreement().unwrap_or_default();
            self.tell(Event::Noted(Some(Note::Accepted(clinic))));
        }
    }

    // --- documents ---

    /// Looks for documents.
    pub(super) fn list(&self, query: Query) {
        self.tell(Event::ListAsked(query.clone()));
        self.fetch(query, None, None);
    }

    /// Looks again for what is on the screen.
    pub(super) fn relist(&self, query: Query, limit: u32) {
        self.fetch(query, None, Some(limit));
    }

    /// Further documents.
    pub(super) fn more(&self, query: Query, after: String) {
        self.tell(Event::ListMore);
        self.fetch(query, Some(after), None);
    }

    fn fetch(&self, query: Query, after: Option<String>, limit: Option<u32>) {
        let flow = self.clone();
        spawn_local(async move {
            let answer = patiently(|| api::documents(&query, after.as_deref(), limit)).await;
            if let Err(trouble) = &answer {
                flow.heard(trouble);
            }
            flow.tell(Event::ListHeard(query, after, answer));
        });
    }
}

/// Tells the server this browser's clock where it knows another one. Nobody waits for it: what is lost is told next time.
fn tell_clock(known: Option<i32>) {
    let utc_offset = dom::utc_offset();
    if known != Some(utc_offset) {
        spawn_local(async move {
            let _ = api::set_clock(Clock { utc_offset }).await;
        });
    }
}

/// With the session the server has let go of this browser: whoever signs in next is asked anew about push messages.
fn forget_push(trouble: &Trouble) {
    if trouble.what == What::SignedOut {
        push::forget();
    }
}

/// Calls until there is an answer; gives up after a few failures of the network.
pub(super) async fn patiently<T, F: Future<Output = Answer<T>>>(
    call: impl FnMut() -> F,
) -> Answer<T> {
    patience::patiently(call, Trouble::passes).await
}
