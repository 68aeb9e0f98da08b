//! From the files to the verdict: sizes, the trust list, the worker.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::UseReducerDispatcher;

use crate::api;
use crate::model::case::{Case, Event, FILE_MAX, Reason, Refusal};
use crate::verifier::{Told, Verifier};

/// A check that takes longer has been lost.
const PATIENCE_MS: u32 = 120_000;

/// The person's actions; cheap to clone.
#[derive(Clone)]
pub(crate) struct Flow {
    tell: UseReducerDispatcher<Case>,
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    verifier: RefCell<Option<Verifier>>,
    /// Number of the latest check.
    asked: Cell<u32>,
    clock: RefCell<Option<Timeout>>,
}

impl PartialEq for Flow {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Flow {
    pub(crate) fn new(tell: UseReducerDispatcher<Case>) -> Self {
        Self {
            tell,
            inner: Rc::default(),
        }
    }

    /// The person gave these files.
    pub(crate) fn give(&self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        let number = self.inner.asked.get() + 1;
        self.inner.asked.set(number);
        self.tell.dispatch(Event::Given(number));
        if let Some(large) = files.iter().find(|file| file.size() > FILE_MAX as f64) {
            self.refuse(number, Reason::TooLarge, large.name());
            return;
        }
        let flow = self.clone();
        *self.inner.clock.borrow_mut() = Some(Timeout::new(PATIENCE_MS, move || flow.broken()));
        let flow = self.clone();
        spawn_local(async move {
            let list = api::trust().await;
            // The person may have given other files, or begun anew, while the list was on its way.
            if flow.inner.asked.get() != number {
                return;
            }
            let list = list.as_ref().ok().map(|list| {
                let from = if list.kept { "kept" } else { "server" };
                (list.text.as_str(), from)
            });
            let sent = flow.with_verifier(|verifier| verifier.check(number, &files, list));
            if sent != Some(true) {
                flow.broken();
            }
        });
    }

    /// Back to an empty page; the worker forgets its files.
    pub(crate) fn reset(&self) {
        self.inner.asked.set(self.inner.asked.get() + 1);
        self.stop();
        self.tell.dispatch(Event::Reset);
    }

    fn with_verifier<T>(&self, act: impl FnOnce(&Verifier) -> T) -> Option<T> {
        let mut verifier = self.inner.verifier.borrow_mut();
        if verifier.is_none() {
            let flow = self.clone();
            *verifier = Verifier::start(move |told| flow.hear(told));
        }
        verifier.as_ref().map(act)
    }

    fn hear(&self, told: Told) {
        match told {
            Told::Event(event) => {
                self.inner.clock.take();
                self.tell.dispatch(event);
            }
            Told::Broken => self.broken(),
        }
    }

    /// The next check gets another worker.
    fn broken(&self) {
        let flow = self.clone();
        // Not from within the worker's own call to us: that is still standing on what is dropped here.
        spawn_local(async move {
            flow.stop();
            flow.refuse(flow.inner.asked.get(), Reason::Failed, String::new());
        });
    }

    fn stop(&self) {
        self.inner.clock.take();
        self.inner.verifier.take();
    }

    fn refuse(&self, number: u32, reason: Reason, name: String) {
        self.tell
            .dispatch(Event::Refused(number, Refusal { reason, name }));
    }
}
