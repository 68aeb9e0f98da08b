//! A question before something that can't be undone.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::text;

/// Properties of [`Dialog`].
#[derive(PartialEq, Properties)]
pub(crate) struct DialogProps {
    pub(crate) id: &'static str,
    pub(crate) open: bool,
    pub(crate) title: AttrValue,
    pub(crate) children: Html,
    /// On the button that does it, and that button's test id.
    pub(crate) confirm: AttrValue,
    pub(crate) testid: &'static str,
    pub(crate) busy: bool,
    pub(crate) on_confirm: Callback<()>,
    pub(crate) on_close: Callback<()>,
}

/// A question before something that can't be undone.
#[component]
pub(crate) fn Dialog(props: &DialogProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with(props.open, {
        let dialog = dialog.clone();
        move |open| {
            let Some(dialog) = dialog.cast::<HtmlDialogElement>() else {
                return;
            };
            match (open, dialog.open()) {
                (true, false) => {
                    // Fails only when it is open already.
                    let _ = dialog.show_modal();
                }
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    let title = format!("{}-title", props.id);
    html! {
        <dialog class="dialog" ref={dialog} aria-labelledby={title.clone()} onclose={props.on_close.reform(|_| ())}>
            <h2 id={title}>{ props.title.clone() }</h2>
            { props.children.clone() }
            <div class="dialog-buttons">
                <button
                    type="button"
                    class="button button-danger"
                    data-testid={props.testid}
                    disabled={props.busy}
                    onclick={props.on_confirm.reform(|_| ())}
                >
                    { props.confirm.clone() }
                </button>
                <button type="button" class="button button-second" onclick={props.on_close.reform(|_| ())}>
                    { text::BACK }
                </button>
            </div>
        </dialog>
    }
}
