//! A picture of what will be sent.

use gloo::timers::callback::Timeout;
use web_sys::{Blob, File};
use yew::prelude::*;

use super::super::desk::Desk;
use super::super::load::use_act;
use super::super::preview::Preview;
use super::Form;
use crate::api::clinic as api;
use crate::text::clinic::send as words;

/// After a letter, the preview waits for the next one so long, in milliseconds.
const TYPING_MS: u32 = 900;

/// Properties of [`Looks`].
#[derive(PartialEq, Properties)]
pub(super) struct LooksProps {
    pub(super) form: Form,
    pub(super) file: Option<File>,
    pub(super) desk: Desk,
}

/// What will be sent, as it looks now.
#[component]
pub(super) fn Looks(props: &LooksProps) -> Html {
    let template = props.form.template().cloned();
    let picture = use_state(|| None::<Blob>);
    let typing = use_mut_ref(|| None::<Timeout>);
    let act = use_act(&props.desk.flow);
    let fields = template
        .as_ref()
        .map(|t| (t.id.clone(), props.form.draft.preview(t)));
    use_effect_with(fields, {
        let (picture, act, typing) = (picture.setter(), act.clone(), typing.clone());
        move |fields| {
            let fields = fields.clone();
            if fields.is_none() {
                picture.set(None);
            }
            *typing.borrow_mut() = fields.map(|(id, fields)| {
                Timeout::new(TYPING_MS, move || {
                    act.run(api::preview(id, fields), move |blob| {
                        picture.set(Some(blob))
                    });
                })
            });
        }
    });
    let own = props.file.clone().filter(|_| template.is_none());
    let shown = own.map(Blob::from).or_else(|| (*picture).clone());
    let waits = act
        .trouble()
        .is_some_and(|trouble| trouble.is("template_fields"));
    match shown {
        Some(file) => html! { <Preview {file} /> },
        None if act.trouble().is_some() && !waits => {
            html! { <p class="soft">{ words::PREVIEW_FAILED }</p> }
        }
        None => html! { <p class="soft">{ words::PREVIEW_LATER }</p> },
    }
}
