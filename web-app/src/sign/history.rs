//! What has happened to the document, in plain words; read when somebody wants to know.

use podpis_shared::wire::account::HistoryItem;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::flow::Flow;
use crate::model::Trouble;
use crate::text::history as text;

/// Properties of [`History`].
#[derive(PartialEq, Properties)]
pub(crate) struct HistoryProps {
    pub(crate) flow: Flow,
}

/// The folded list.
#[component]
pub(crate) fn History(props: &HistoryProps) -> Html {
    let read = use_state(|| None::<Result<Vec<HistoryItem>, Trouble>>);
    let ontoggle = {
        let (read, flow) = (read.setter(), props.flow.clone());
        Callback::from(move |event: Event| {
            let open = event
                .target_unchecked_into::<HtmlElement>()
                .has_attribute("open");
            if let (true, Some(api)) = (open, flow.api()) {
                let read = read.clone();
                // Each time anew: things happen while the page is open.
                spawn_local(async move { read.set(Some(api.history().await)) });
            }
        })
    };
    html! {
        <details class="history" data-testid="history" {ontoggle}>
            <summary>{ text::TITLE }</summary>
            { match &*read {
                None => html! { <p role="status">{ text::READING }</p> },
                Some(Err(_)) => html! { <p class="failed" role="alert">{ text::FAILED }</p> },
                Some(Ok(items)) => html! {
                    <ol>
                        { for items.iter().map(|item| html! {
                            <li>
                                <span class="history-at">{ item.at.moscow_words() }</span>
                                <span>{ &item.text }</span>
                            </li>
                        }) }
                    </ol>
                },
            } }
        </details>
    }
}
