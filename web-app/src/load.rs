//! Fetching what a part of a page shows, and doing what its buttons say: for the account and for the console, which differ in
//! what can go wrong.

use std::rc::Rc;

use gloo::timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::dom;
use crate::patience;

/// What stands behind all parts of a page, and deals with failures that concern more than one of them.
pub(crate) trait Hears: Clone + PartialEq + 'static {
    /// Why a request did not work.
    type Trouble: Clone + PartialEq + 'static;

    /// A request failed.
    fn heard(&self, trouble: &Self::Trouble);

    /// Whether the same request may work a little later without anybody's doing.
    fn passes(trouble: &Self::Trouble) -> bool;
}

/// What a part fetched.
pub(crate) enum Loaded<T, E> {
    /// Asked, no answer yet.
    Waiting,
    /// The answer.
    Here(Rc<T>),
    /// None.
    Failed(E),
}

/// A part's content, with the ways to change it.
pub(crate) struct Load<T, E> {
    /// As it was when the page was drawn: a handle of Yew's would tell the newest, and no change could be seen.
    now: Rc<Loaded<T, E>>,
    setter: UseStateSetter<Rc<Loaded<T, E>>>,
    /// Asks again; what is shown stays until the answer comes.
    pub(crate) again: Callback<()>,
}

impl<T, E> Clone for Load<T, E> {
    fn clone(&self) -> Self {
        Self {
            now: Rc::clone(&self.now),
            setter: self.setter.clone(),
            again: self.again.clone(),
        }
    }
}

impl<T, E> PartialEq for Load<T, E> {
    // Another answer is another value in another place.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.now, &other.now) && self.again == other.again
    }
}

impl<T: 'static, E: 'static> Load<T, E> {
    /// How it stands.
    pub(crate) fn now(&self) -> &Loaded<T, E> {
        &self.now
    }

    /// The answer, where it has come.
    pub(crate) fn here(&self) -> Option<&Rc<T>> {
        match self.now() {
            Loaded::Here(value) => Some(value),
            _ => None,
        }
    }

    /// Puts an answer of another request in its place.
    pub(crate) fn set(&self) -> impl Fn(T) + Clone + 'static {
        let setter = self.setter.clone();
        move |value| setter.set(Rc::new(Loaded::Here(Rc::new(value))))
    }
}

/// Asks when the part appears, and whenever `key` changes; an answer to an earlier question is forgotten.
#[hook]
pub(crate) fn use_load<H, K, T, F>(
    flow: &H,
    key: K,
    ask: impl Fn(K) -> F + Clone + 'static,
) -> Load<T, H::Trouble>
where
    H: Hears,
    K: Clone + PartialEq + 'static,
    T: 'static,
    F: Future<Output = Result<T, H::Trouble>> + 'static,
{
    let state = use_state(|| Rc::new(Loaded::Waiting));
    let round = use_mut_ref(|| 0_u32);
    let here = use_mut_ref(|| false);
    let again = {
        let (state, flow, here) = (state.setter(), flow.clone(), here.clone());
        use_callback(key.clone(), move |(), key: &K| {
            let (state, flow, key) = (state.clone(), flow.clone(), key.clone());
            let (here, ask) = (here.clone(), ask.clone());
            let round = round.clone();
            let number = round.borrow().wrapping_add(1);
            *round.borrow_mut() = number;
            spawn_local(async move {
                let answer = patience::patiently(|| ask(key.clone()), H::passes).await;
                if *round.borrow() != number {
                    return;
                }
                // What is on the screen stays while the network is away.
                let passes = answer.as_ref().is_err_and(H::passes);
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
pub(crate) fn use_refresh(again: &Callback<()>, every_ms: u32) {
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
pub(crate) struct Act<H: Hears> {
    running: UseStateHandle<bool>,
    trouble: UseStateHandle<Option<H::Trouble>>,
    flow: H,
}

impl<H: Hears> Act<H> {
    /// It runs.
    pub(crate) fn running(&self) -> bool {
        *self.running
    }

    /// How the last one failed.
    pub(crate) fn trouble(&self) -> Option<&H::Trouble> {
        self.trouble.as_ref()
    }

    /// Does it; `done` hears of success.
    pub(crate) fn run<T>(
        &self,
        request: impl Future<Output = Result<T, H::Trouble>> + 'static,
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
    pub(crate) fn forget(&self) {
        self.trouble.set(None);
    }
}

/// An act of a part.
#[hook]
pub(crate) fn use_act<H: Hears>(flow: &H) -> Act<H> {
    Act {
        running: use_state_eq(|| false),
        trouble: use_state_eq(|| None),
        flow: flow.clone(),
    }
}
