//! Fetching what a page shows, and doing what its buttons say.

use std::rc::Rc;

use gloo::timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::desk::Flow;
use crate::api::clinic::Answer;
use crate::dom;
use crate::model::clinic::trouble::Trouble;
use crate::patience;

/// What a page fetched.
pub(super) enum Loaded<T> {
    /// Asked, no answer yet.
    Waiting,
    /// The answer.
    Here(Rc<T>),
    /// None.
    Failed(Trouble),
}

/// A page's content, with the ways to change it.
pub(super) struct Load<T> {
    /// As it was when the page was drawn: a handle of Yew's would tell the newest, and no change could be seen.
    now: Rc<Loaded<T>>,
    setter: UseStateSetter<Rc<Loaded<T>>>,
    /// Asks again; what is shown stays until the answer comes.
    pub(super) again: Callback<()>,
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        Self {
            now: Rc::clone(&self.now),
            setter: self.setter.clone(),
            again: self.again.clone(),
        }
    }
}

impl<T> PartialEq for Load<T> {
    // Another answer is another value in another place.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.now, &other.now) && self.again == other.again
    }
}

impl<T: 'static> Load<T> {
    /// How it stands.
    pub(super) fn now(&self) -> &Loaded<T> {
        &self.now
    }

    /// The answer, where it has come.
    pub(super) fn here(&self) -> Option<&Rc<T>> {
        match self.now() {
            Loaded::Here(value) => Some(value),
            _ => None,
        }
    }

    /// Puts an answer of another request in its place.
    pub(super) fn set(&self) -> impl Fn(T) + Clone + 'static {
        let setter = self.setter.clone();
        move |value| setter.set(Rc::new(Loaded::Here(Rc::new(value))))
    }
}

/// Asks when the page appears, and whenever `key` changes; an answer to an earlier question is forgotten.
#[hook]
pub(super) fn use_load<K, T, F>(flow: &Flow, key: K, ask: fn(K) -> F) -> Load<T>
where
    K: Clone + PartialEq + 'static,
    T: 'static,
    F: Future<Output = Answer<T>> + 'static,
{
    let state = use_state(|| Rc::new(Loaded::Waiting));
    let round = use_mut_ref(|| 0_u32);
    let here = use_mut_ref(|| false);
    let again = {
        let (state, flow, here) = (state.setter(), flow.clone(), here.clone());
        use_callback(key.clone(), move |(), key: &K| {
            let (state, flow, key) = (state.clone(), flow.clone(), key.clone());
            let here = here.clone();
            let round = round.clone();
            let number = round.borrow().wrapping_add(1);
            *round.borrow_mut() = number;
            spawn_local(async move {
                let answer = patiently(|| ask(key.clone())).await;
                if *round.borrow() != number {
                    return;
                }
                // What is on the screen stays while the network is away.
                let passes = answer.as_ref().is_err_and(Trouble::passes);
                if passes && *here.borrow() {
                    return;
                }
                *here.borrow_mut() = answer.is_ok();
                state.set(Rc::new(match answer {
                    Ok(value) => Loaded::Here(Rc::new(value)),
                    Err(trouble) => {
                        flow.heard(&trouble);
                        Loaded::Failed(trouble)
                    }
                }));
            });
        })
    };
    use_effect_with(key, {
        let (again, state) = (again.clone(), state.setter());
        move |_| {
            *here.borrow_mut() = false;
            state.set(Rc::new(Loaded::Waiting));
            again.emit(());
        }
    });
    Load {
        now: Rc::clone(&state),
        setter: state.setter(),
        again,
    }
}

/// Asks again every so many milliseconds, while somebody can see the page.
#[hook]
pub(super) fn use_refresh(again: &Callback<()>, every_ms: u32) {
    use_effect_with(again.clone(), move |again| {
        let again = again.clone();
        let ticking = Interval::new(every_ms, move || {
            if dom::is_visible() {
                again.emit(());
            }
        });
        move || drop(ticking)
    });
}

/// One act at a time: whether it runs, and how the last one failed.
#[derive(Clone)]
pub(super) struct Act {
    running: UseStateHandle<bool>,
    trouble: UseStateHandle<Option<Trouble>>,
    flow: Flow,
}

impl Act {
    /// It runs.
    pub(super) fn running(&self) -> bool {
        *self.running
    }

    /// How the last one failed.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Does it; `done` hears of success.
    pub(super) fn run<T>(
        &self,
        request: impl Future<Output = Answer<T>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        let (running, trouble) = (self.running.setter(), self.trouble.setter());
        let flow = self.flow.clone();
        running.set(true);
        trouble.set(None);
        spawn_local(async move {
            match request.await {
                Ok(value) => done(value),
                Err(failed) => {
                    flow.heard(&failed);
                    trouble.set(Some(failed));
                }
            }
            running.set(false);
        });
    }

    /// The last failure is told no more.
    pub(super) fn forget(&self) {
        self.trouble.set(None);
    }
}

/// An act of a page.
#[hook]
pub(super) fn use_act(flow: &Flow) -> Act {
    Act {
        running: use_state_eq(|| false),
        trouble: use_state_eq(|| None),
        flow: flow.clone(),
    }
}

/// Calls until there is an answer; gives up after a few failures of the network.
pub(super) async fn patiently<T, F: Future<Output = Answer<T>>>(
    call: impl FnMut() -> F,
) -> Answer<T> {
    patience::patiently(call, Trouble::passes).await
}
