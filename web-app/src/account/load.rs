//! Fetching what one section shows, and doing what its buttons say.

use yew::prelude::*;

use super::flow::Flow;
use crate::api::account::Answer;
use crate::load::{self, Hears};
use crate::model::account::trouble::Trouble;

pub(super) use crate::load::use_act;

/// What a section fetched.
pub(super) type Loaded<T> = load::Loaded<T, Trouble>;

/// A section's content, with the ways to change it.
pub(super) type Load<T> = load::Load<T, Trouble>;

/// One act at a time.
pub(super) type Act = load::Act<Flow>;

impl Hears for Flow {
    type Trouble = Trouble;

    fn heard(&self, trouble: &Trouble) {
        Self::heard(self, trouble);
    }

    fn passes(trouble: &Trouble) -> bool {
        trouble.passes()
    }
}

/// Asks once when the section appears.
#[hook]
pub(super) fn use_load<T, F>(flow: &Flow, ask: fn() -> F) -> Load<T>
where
    T: 'static,
    F: Future<Output = Answer<T>> + 'static,
{
    load::use_load(flow, (), move |()| ask())
}
