//! Fetching what one section shows, and doing what its buttons say.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::flow::{Flow, patiently};
use crate::api::account::Answer;
use crate::model::account::trouble::Trouble;

/// What a section fetched.
pub(super) enum Loaded<T> {
    /// Asked, no answer yet.
    Waiting,
    /// The answer.
    Here(Rc<T>),
    /// None.
    Failed(Trouble),
}

/// A section's content, with the ways to change it.
pub(super) struct Load<T> {
    state: UseStateHandle<Loaded<T>>,
    /// Asks again.
    pub(super) again: Callback<()>,
}

impl<T: 'static> Load<T> {
    /// How it stands.
    pub(super) fn now(&self) -> &Loaded<T> {
        &self.state
    }

    /// Puts an answer of another request in its place.
    pub(super) fn set(&self) -> impl Fn(T) + 'static {
        let state = self.state.setter();
        move |value| state.set(Loaded::Here(Rc::new(value)))
    }
}

/// Asks once when the section appears.
#[hook]
pub(super) fn use_load<T, F>(flow: &Flow, ask: fn() -> F) -> Load<T>
where
    T: 'static,
    F: Future<Output = Answer<T>> + 'static,
{
    let state = use_state(|| Loaded::Waiting);
    let again = {
        let (state, flow) = (state.setter(), flow.clone());
        use_callback((), move |(), ()| {
            let (state, flow) = (state.clone(), flow.clone());
            spawn_local(async move {
                state.set(match patiently(ask).await {
                    Ok(value) => Loaded::Here(Rc::new(value)),
                    Err(trouble) => {
                        flow.heard(&trouble);
                        Loaded::Failed(trouble)
                    }
                });
            });
        })
    };
    use_effect_with((), {
        let again = again.clone();
        move |()| again.emit(())
    });
    Load { state, again }
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
}

/// An act of a section.
#[hook]
pub(super) fn use_act(flow: &Flow) -> Act {
    Act {
        running: use_state_eq(|| false),
        trouble: use_state_eq(|| None),
        flow: flow.clone(),
    }
}
