//! What is stored about the person: to take along, to look through, to have deleted (152-FZ).

use podpis_shared::Timestamp;
use yew::prelude::*;

use super::flow::Flow;
use super::load::{use_act, use_load};
use super::parts::{self, act_failed};
use crate::api::account as api;
use crate::dom;
use crate::model::account::route::Route;
use crate::model::account::trouble::{Trouble, What};
use crate::text::account as words;

/// Lines of the log that are shown at first.
const FIRST: usize = 10;

/// Properties of [`Data`].
#[derive(PartialEq, Properties)]
pub(super) struct DataProps {
    pub(super) flow: Flow,
}

/// The page.
#[component]
pub(super) fn Data(props: &DataProps) -> Html {
    let log = use_load(&props.flow, api::log);
    let exporting = use_act(&props.flow);
    let saved = use_state_eq(|| false);
    let whole = use_state_eq(|| false);
    let now = Timestamp::from_unix(dom::unix_now());
    let export = {
        let (exporting, saved) = (exporting.clone(), saved.setter());
        Callback::from(move |_| {
            saved.set(false);
            let saved = saved.clone();
            let request = async move {
                let blob = api::export().await?;
                dom::save(&blob, &words::export_name(now)).map_err(|_| Trouble::new(What::Other))
            };
            exporting.run(request, move |()| saved.set(true));
        })
    };
    let show_all = {
        let whole = whole.setter();
        Callback::from(move |_| whole.set(true))
    };
    html! {
        <>
            { parts::heading(Route::Data) }
            <section class="card">
                <h2>{ words::EXPORT }</h2>
                <p>{ words::EXPORT_BODY }</p>
                { act_failed(&exporting) }
                <p>
                    <button
                        type="button"
                        class="button button-second"
                        data-testid="export"
                        disabled={exporting.running()}
                        onclick={export}
                    >
                        { if exporting.running() { words::DOWNLOADING } else { words::EXPORT_GET } }
                    </button>
                </p>
                <p class="told" role="status">{ if *saved { words::EXPORTED } else { "" } }</p>
            </section>
            { parts::loaded(&log, |items| html! {
                <section class="card">
                    <h2>{ words::LOG }</h2>
                    <p class="soft">{ if items.is_empty() { words::LOG_NONE } else { words::LOG_LEAD } }</p>
                    <ol class="log" data-testid="log">
                        { for items.iter().take(if *whole { usize::MAX } else { FIRST }).map(|item| html! {
                            <li>
                                <time datetime={item.at.to_string()}>{ words::moment(item.at, now) }</time>
                                <span>{ &item.text }</span>
                            </li>
                        }) }
                    </ol>
                    if items.len() > FIRST && !*whole {
                        <p>
                            <button type="button" class="button button-second" onclick={show_all.clone()}>
                                { words::LOG_ALL }
                            </button>
                        </p>
                    }
                </section>
            }) }
            <section class="card">
                <h2>{ words::ERASE }</h2>
                <p>{ words::ERASE_BODY }</p>
                <p><a class="button button-second" data-testid="erase-open" href={Route::Erase.href()}>{ words::ERASE_OPEN }</a></p>
            </section>
        </>
    }
}
