//! Fetching what a page shows, and doing what its buttons say.

use super::desk::Flow;
use crate::api::clinic::Answer;
use crate::load::{self, Hears};
use crate::model::clinic::trouble::Trouble;
use crate::patience;

pub(super) use crate::load::{use_act, use_load, use_refresh};

/// What a page fetched.
pub(super) type Loaded<T> = load::Loaded<T, Trouble>;

/// A page's content, with the ways to change it.
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

/// Calls until there is an answer; gives up after a few failures of the network.
pub(super) async fn patiently<T, F: Future<Output = Answer<T>>>(
    call: impl FnMut() -> F,
) -> Answer<T> {
    patience::patiently(call, Trouble::passes).await
}
