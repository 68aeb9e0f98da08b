//! Questions and answers, and the offer to install the page.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsCast as _;
use yew::prelude::*;

use super::{boot, parts};
use crate::model::account::route::Route;
use crate::text::account as words;

/// The page.
#[component]
pub(super) fn Help() -> Html {
    let offered = use_state_eq(|| boot::install_offer().is_some());
    let install = {
        let offered = offered.setter();
        Callback::from(move |_| {
            if let Some(offer) = boot::install_offer() {
                let prompt = Reflect::get(&offer, &"prompt".into()).ok();
                let prompt = prompt.and_then(|prompt| prompt.dyn_into::<Function>().ok());
                // The person may refuse, which is no error; a browser asks once only.
                let _ = prompt.map(|prompt| prompt.call0(&offer));
            }
            boot::forget_install_offer();
            offered.set(false);
        })
    };
    html! {
        <>
            { parts::heading(Route::Help) }
            <p class="lead-text">{ words::HELP_LEAD }</p>
            if *offered {
                <p>
                    <button type="button" class="button button-main" data-testid="install" onclick={install}>
                        { words::INSTALL }
                    </button>
                </p>
            }
            <div class="card questions">
                { for words::HELP.iter().map(|(question, answers)| html! {
                    <details>
                        <summary><h2>{ *question }</h2></summary>
                        <div class="answer">{ for answers.iter().map(|answer| html! { <p>{ *answer }</p> }) }</div>
                    </details>
                }) }
            </div>
        </>
    }
}
