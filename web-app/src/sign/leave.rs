//! Not accepting an agreement: there is nothing to decline, the person just goes back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::model::access::ACCOUNT;
use crate::text::leave as text;

/// Properties of [`Leave`].
#[derive(PartialEq, Properties)]
pub(crate) struct LeaveProps {
    /// A request is running.
    pub(crate) disabled: bool,
}

/// The button and what it means.
#[component]
pub(crate) fn Leave(props: &LeaveProps) -> Html {
    let dialog = use_node_ref();
    let open = {
        let dialog = dialog.clone();
        Callback::from(move |_| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // Fails only when it is open already.
                let _ = dialog.show_modal();
            }
        })
    };
    let close = {
        let dialog = dialog.clone();
        Callback::from(move |_| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    html! {
        <>
            <button
                type="button"
                class="button button-quiet"
                data-testid="agreement-refuse"
                disabled={props.disabled}
                onclick={open}
            >
                { text::BUTTON }
            </button>
            <dialog class="dialog" ref={dialog} aria-labelledby="leave-title">
                <h2 id="leave-title">{ text::TITLE }</h2>
                { for text::BODY.iter().map(|line| html! { <p>{ *line }</p> }) }
                <div class="dialog-buttons">
                    <a class="button button-main" data-testid="agreement-leave" href={ACCOUNT}>{ text::GO }</a>
                    <button type="button" class="button button-second" onclick={close}>{ text::BACK }</button>
                </div>
            </dialog>
        </>
    }
}
