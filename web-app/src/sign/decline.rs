//! Declining to sign, with an optional reason.

use std::rc::Rc;

use podpis_shared::wire::patient::{DocumentView, REASON_MAX};
use web_sys::{HtmlDialogElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::flow::Flow;
use super::whom::{Size, whom};
use crate::model::Place;
use crate::text;

/// Properties of [`Decline`].
#[derive(PartialEq, Properties)]
pub(crate) struct DeclineProps {
    pub(crate) document: Rc<DocumentView>,
    pub(crate) place: Place,
    /// Another request is running.
    pub(crate) disabled: bool,
    /// This request is running.
    pub(crate) declining: bool,
    pub(crate) flow: Flow,
}

/// The button and its dialog.
#[component]
pub(crate) fn Decline(props: &DeclineProps) -> Html {
    let dialog = use_node_ref();
    let reason = use_node_ref();
    let failed = use_state(|| false);
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
    let confirm = {
        let (flow, reason, failed) = (props.flow.clone(), reason.clone(), failed.clone());
        Callback::from(move |_| {
            failed.set(false);
            let failed = failed.clone();
            let words = reason
                .cast::<HtmlTextAreaElement>()
                .map(|area| area.value())
                .unwrap_or_default();
            flow.decline(wording(&words), Callback::from(move |()| failed.set(true)));
        })
    };
    html! {
        <>
            <button type="button" class="button button-quiet" data-testid="decline" disabled={props.disabled} onclick={open}>
                { text::DECLINE }
            </button>
            <dialog class="dialog" ref={dialog} aria-labelledby="decline-title">
                <h2 id="decline-title">{ text::DECLINE_TITLE }</h2>
                { whom(&props.document, Size::Small) }
                <p>{ text::decline_body(props.place) }</p>
                { for text::decline_is_not(props.document.kind).map(|is_not| html! { <p>{ is_not }</p> }) }
                <label for="decline-reason">{ text::DECLINE_REASON }</label>
                <textarea
                    id="decline-reason"
                    data-testid="decline-reason"
                    ref={reason}
                    rows="3"
                    maxlength={REASON_MAX.to_string()}
                />
                if *failed {
                    <p class="failed" role="alert">{ text::DECLINE_FAILED }</p>
                }
                <div class="dialog-buttons">
                    <button
                        type="button"
                        class="button button-danger"
                        data-testid="decline-confirm"
                        disabled={props.disabled}
                        onclick={confirm}
                    >
                        { if props.declining { text::DECLINING } else { text::DECLINE_CONFIRM } }
                    </button>
                    <button type="button" class="button button-second" data-testid="decline-back" onclick={close}>
                        { text::DECLINE_BACK }
                    </button>
                </div>
            </dialog>
        </>
    }
}

/// The reason as it is sent: trimmed, within the limit, absent when empty.
fn wording(words: &str) -> Option<String> {
    let words: String = words.trim().chars().take(REASON_MAX).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_reason_is_none_and_a_long_one_is_cut() {
        assert_eq!(wording("  \n "), None);
        assert_eq!(wording(" не понял цену "), Some("не понял цену".into()));
        assert_eq!(
            wording(&"ы".repeat(REASON_MAX + 7))
                .unwrap()
                .chars()
                .count(),
            REASON_MAX
        );
    }
}
