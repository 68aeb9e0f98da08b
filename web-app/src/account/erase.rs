//! Deleting the account: first what would go and what must stay, then the deed.

use std::rc::Rc;

use podpis_shared::wire::account::{Erased, Kept};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::flow::Flow;
use super::load::{use_act, use_load};
use super::parts::{self, TITLE, act_failed, refusal};
use super::push;
use crate::api::account as api;
use crate::dom;
use crate::model::account::Event;
use crate::model::account::route::Route;
use crate::text::account as words;

/// Properties of [`Erase`].
#[derive(PartialEq, Properties)]
pub(super) struct EraseProps {
    pub(super) flow: Flow,
}

const ERROR: &str = "erase-error";

/// The page.
#[component]
pub(super) fn Erase(props: &EraseProps) -> Html {
    let plan = use_load(&props.flow, api::erasure);
    let erasing = use_act(&props.flow);
    let sure = use_node_ref();
    let missing = use_state_eq(|| false);
    let erase = {
        let (erasing, sure, missing) = (erasing.clone(), sure.clone(), missing.setter());
        let flow = props.flow.clone();
        Callback::from(move |_| {
            let checked = sure
                .cast::<HtmlInputElement>()
                .is_some_and(|field| field.checked());
            missing.set(!checked);
            if !checked {
                dom::focus(sure.cast::<HtmlElement>());
                return;
            }
            let flow = flow.clone();
            erasing.run(api::erase(), move |erased| {
                push::forget();
                flow.tell(Event::Closed(Rc::new(erased)));
            });
        })
    };
    html! {
        <>
            { parts::heading(Route::Erase) }
            { parts::loaded(&plan, |plan| html! {
                <>
                    <section class="card" data-testid="erase-plan">
                        <h2>{ words::ERASE_DELETED }</h2>
                        { deleted(&plan.deleted) }
                    </section>
                    <section class="card">
                        <h2>{ words::ERASE_KEPT }</h2>
                        <p class="soft">{ if plan.kept.is_empty() { words::ERASE_KEPT_NONE } else { words::ERASE_KEPT_BODY } }</p>
                        { kept(&plan.kept) }
                    </section>
                    <section class="card notice notice-bad erase">
                        <p>{ words::ERASE_SAVE_FIRST }</p>
                        <div class="check">
                            <input
                                id="erase-sure"
                                ref={sure}
                                type="checkbox"
                                data-testid="erase-sure"
                                aria-describedby={ERROR}
                                aria-invalid={missing.to_string()}
                            />
                            <label for="erase-sure">{ words::ERASE_ASK }</label>
                        </div>
                        { refusal(ERROR, missing.then(|| words::ERASE_ASK_MISSING.to_owned())) }
                        { act_failed(&erasing) }
                        <div class="actions">
                            <button
                                type="button"
                                class="button button-danger"
                                data-testid="erase-confirm"
                                disabled={erasing.running()}
                                onclick={erase}
                            >
                                { if erasing.running() { words::ERASING } else { words::ERASE_DO } }
                            </button>
                            <a class="button button-second" href={Route::Data.href()}>{ words::ERASE_BACK }</a>
                        </div>
                    </section>
                </>
            }) }
        </>
    }
}

/// After the deed: the last page of the account.
pub(super) fn closed(erased: &Erased) -> Html {
    html! {
        <>
            <section class="card notice notice-calm" data-testid="erased">
                <h1 id={TITLE} class="notice-title" tabindex="-1">{ words::CLOSED_TITLE }</h1>
                <p>{ words::CLOSED_BODY }</p>
                <p><a class="button button-second" href="/account">{ words::CLOSED_LOGIN }</a></p>
            </section>
            <section class="card">
                <h2>{ words::CLOSED_DELETED }</h2>
                { deleted(&erased.deleted) }
            </section>
            if !erased.kept.is_empty() {
                <section class="card">
                    <h2>{ words::ERASE_KEPT }</h2>
                    { kept(&erased.kept) }
                </section>
            }
        </>
    }
}

fn deleted(items: &[String]) -> Html {
    html! {
        <ul class="plain">{ for items.iter().map(|item| html! { <li>{ item }</li> }) }</ul>
    }
}

fn kept(items: &[Kept]) -> Html {
    html! {
        <ul class="lines">
            { for items.iter().map(|item| html! {
                <li class="line">
                    <div>
                        <p class="line-name">{ words::kept(item) }</p>
                        <p class="soft">{ words::kept_until(item) }</p>
                    </div>
                </li>
            }) }
        </ul>
    }
}
