//! Over the list of documents: the three tabs, and the search.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use podpis_shared::wire::account::AccountView;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::flow::Flow;
use crate::model::account::list::Query;
use crate::model::account::route::{Filter, Route};
use crate::text::account as words;

/// After a letter, the search waits for the next one so long, in milliseconds.
const TYPING_MS: u32 = 400;

/// The three tabs: links, so that the browser's own way back goes through them.
pub(super) fn tabs(open: Filter, view: &AccountView) -> Html {
    html! {
        <nav class="tabs" aria-label={words::TABS}>
            { for Filter::ALL.iter().map(|filter| {
                let count = match filter {
                    Filter::ToSign => view.to_sign,
                    Filter::Signed => view.signed,
                    Filter::All => view.all,
                };
                html! {
                    <a
                        class="tab"
                        href={Route::Documents(*filter).href()}
                        data-testid={format!("tab-{}", filter.as_str())}
                        aria-current={(*filter == open).then_some("page")}
                    >
                        { words::tab(*filter) }
                        { " " }
                        <span class="tab-count">{ count }</span>
                    </a>
                }
            }) }
        </nav>
    }
}

/// Properties of [`Tools`].
#[derive(PartialEq, Properties)]
pub(super) struct ToolsProps {
    pub(super) query: Query,
    pub(super) view: Rc<AccountView>,
    pub(super) flow: Flow,
}

/// Search by words, and by clinic where there are several.
#[component]
pub(super) fn Tools(props: &ToolsProps) -> Html {
    let typing = use_mut_ref(|| None::<Timeout>);
    let typed = use_state_eq(|| props.query.words.clone());
    // «Показать все» empties the field too.
    use_effect_with(props.query.words.is_empty(), {
        let typed = typed.setter();
        move |empty| {
            if *empty {
                typed.set(String::new());
            }
        }
    });
    let search = {
        let (flow, query) = (props.flow.clone(), props.query.clone());
        move |words: String| {
            let words = words.trim().to_owned();
            if words != query.words {
                flow.list(Query {
                    words,
                    ..query.clone()
                });
            }
        }
    };
    let oninput = {
        let (typing, typed, search) = (typing.clone(), typed.setter(), search.clone());
        Callback::from(move |event: InputEvent| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            let search = search.clone();
            typed.set(field.value());
            *typing.borrow_mut() = Some(Timeout::new(TYPING_MS, move || search(field.value())));
        })
    };
    let onsubmit = Callback::from(|event: SubmitEvent| event.prevent_default());
    let onchange = {
        let (flow, query) = (props.flow.clone(), props.query.clone());
        Callback::from(move |event: Event| {
            let field = event.target_unchecked_into::<HtmlSelectElement>();
            flow.list(Query {
                clinic: Some(field.value()).filter(|id| !id.is_empty()),
                ..query.clone()
            });
        })
    };
    html! {
        <form class="tools" role="search" {onsubmit}>
            <div class="field">
                <label for="documents-search">{ words::SEARCH }</label>
                <input
                    id="documents-search"
                    data-testid="documents-search"
                    class="input"
                    type="search"
                    autocomplete="off"
                    maxlength="100"
                    enterkeyhint="search"
                    value={(*typed).clone()}
                    {oninput}
                />
            </div>
            if props.view.clinics.len() > 1 {
                <div class="field">
                    <label for="documents-clinic">{ words::CLINIC }</label>
                    <select id="documents-clinic" data-testid="documents-clinic" class="input" {onchange}>
                        <option value="" selected={props.query.clinic.is_none()}>{ words::CLINIC_ANY }</option>
                        { for props.view.clinics.iter().map(|clinic| html! {
                            <option
                                value={clinic.id.clone()}
                                selected={props.query.clinic.as_deref() == Some(&clinic.id)}
                            >
                                { &clinic.name }
                            </option>
                        }) }
                    </select>
                </div>
            }
        </form>
    }
}
