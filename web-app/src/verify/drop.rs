//! Giving files: by the button, by the keyboard, or dropped anywhere on the page.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast as _;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};
use yew::prelude::*;

use crate::text::verify as words;

/// Properties of [`DropZone`].
#[derive(PartialEq, Properties)]
pub(crate) struct DropZoneProps {
    /// There is a report, so that files are added to it.
    pub(crate) adding: bool,
    /// Files hang over the page.
    pub(crate) dragging: bool,
    pub(crate) disabled: bool,
    /// The person gave files.
    pub(crate) give: Callback<Vec<File>>,
}

/// The place for files: an input as large as the zone, so that a finger, a mouse and a keyboard all reach it.
#[component]
pub(crate) fn DropZone(props: &DropZoneProps) -> Html {
    let onchange = {
        let give = props.give.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            let files = input.files().map(|list| list_of(&list)).unwrap_or_default();
            // So that choosing the same file again is a change as well.
            input.set_value("");
            give.emit(files);
        })
    };
    let (title, hint) = if props.adding {
        (words::ADD, words::ADD_HINT)
    } else {
        (words::CHOOSE, words::CHOOSE_HINT)
    };
    html! {
        <div class={classes!("drop", props.adding.then_some("drop-small"), props.dragging.then_some("drop-over"))}>
            <input
                type="file"
                id="verify-file"
                data-testid="verify-file"
                multiple=true
                accept=".pdf,.zip,.sig,.p7s,.sgn,.json,application/pdf,application/zip,application/json,application/pkcs7-signature"
                aria-describedby="verify-file-hint"
                disabled={props.disabled}
                {onchange}
            />
            <label class="drop-title" for="verify-file">
                { if props.dragging { words::DROP_NOW } else { title } }
                if !props.adding && !props.dragging {
                    <span class="drop-or">{ words::CHOOSE_DROP }</span>
                }
            </label>
            <p class="drop-hint" id="verify-file-hint">{ hint }</p>
        </div>
    }
}

/// Takes files that are dropped anywhere: a browser would otherwise leave the page and open them.
pub(super) fn watch_drops(
    over: impl Fn(bool) + Clone + 'static,
    give: impl Fn(Vec<File>) + 'static,
) -> impl FnOnce() {
    let listeners = web_sys::window().map(|window| {
        let options = EventListenerOptions::enable_prevent_default();
        let (hovers, leaves, drops) = (over.clone(), over.clone(), over);
        let hover = EventListener::new_with_options(&window, "dragover", options, move |event| {
            event.prevent_default();
            hovers(true);
        });
        let leave = EventListener::new(&window, "dragleave", move |event| {
            // Moving from one part of the page to another is no leaving.
            if event
                .dyn_ref::<DragEvent>()
                .is_some_and(|event| event.related_target().is_none())
            {
                leaves(false);
            }
        });
        let drop = EventListener::new_with_options(&window, "drop", options, move |event| {
            event.prevent_default();
            drops(false);
            let files = event
                .dyn_ref::<DragEvent>()
                .and_then(DragEvent::data_transfer)
                .and_then(|data| data.files());
            give(files.map(|list| list_of(&list)).unwrap_or_default());
        });
        [hover, leave, drop]
    });
    move || drop(listeners)
}

fn list_of(list: &FileList) -> Vec<File> {
    (0..list.length())
        .filter_map(|index| list.get(index))
        .collect()
}
