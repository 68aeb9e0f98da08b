//! The documents: tabs, search, rows in groups, more of them.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::{AccountView, Level};
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::flow::Flow;
use super::parts::{self, TITLE};
use super::row::Row;
use crate::dom;
use crate::model::account::list::{Common, Group, List, Query, State, groups};
use crate::model::account::route::{Filter, Route};
use crate::text::account as words;

/// A list of so many documents needs no search.
const FEW: u32 = 6;

/// After a letter, the search waits for the next one so long, in milliseconds.
const TYPING_MS: u32 = 400;

/// Properties of [`Documents`].
#[derive(PartialEq, Properties)]
pub(super) struct DocumentsProps {
    pub(super) filter: Filter,
    pub(super) list: List,
    pub(super) view: Rc<AccountView>,
    /// The browser is leaving the page.
    pub(super) leaving: bool,
    pub(super) flow: Flow,
}

/// The page.
#[component]
pub(super) fn Documents(props: &DocumentsProps) -> Html {
    let list = &props.list;
    // Anew for another tab; again, quietly, whenever the account was read anew.
    use_effect_with((props.filter, props.view.clone()), {
        let (flow, query, limit) = (props.flow.clone(), list.query.clone(), list.refresh_limit());
        let fresh = list.rows().is_empty();
        move |(filter, _): &(Filter, Rc<AccountView>)| {
            if *filter != query.filter {
                flow.list(Query::of(*filter));
            } else if fresh {
                flow.list(query);
            } else {
                flow.relist(query, limit);
            }
        }
    });
    let tools = props.view.all >= FEW || list.query.is_narrowed() || list.has_more();
    html! {
        <>
            <div class="page-head">
                <h1 id={TITLE} tabindex="-1">{ words::heading(Route::Documents(props.filter)) }</h1>
                <p class="soft" data-testid="waiting">{ words::waiting(props.view.to_sign) }</p>
            </div>
            { for props.view.agreements_due.iter().map(|clinic| {
                let notice = words::agreement_due(&clinic.name);
                let open = {
                    let (flow, clinic) = (props.flow.clone(), clinic.clone());
                    Callback::from(move |_| flow.to_agreement(&clinic.id, &clinic.name))
                };
                html! {
                    <section class="card due" key={clinic.id.clone()} data-testid="agreement-due" data-clinic-id={clinic.id.clone()}>
                        <h2>{ notice.title }</h2>
                        <p>{ notice.body }</p>
                        <p>
                            <button type="button" class="button button-main" disabled={props.leaving} onclick={open}>
                                { words::AGREEMENT_OPEN }
                            </button>
                        </p>
                    </section>
                }
            }) }
            <Tabs filter={props.filter} view={props.view.clone()} />
            if tools {
                <Tools query={list.query.clone()} view={props.view.clone()} flow={props.flow.clone()} />
            }
            <p class="visually-hidden" role="status">{ announcement(list) }</p>
            { content(props) }
        </>
    }
}

/// What a screen reader says when the rows change.
fn announcement(list: &List) -> String {
    match &list.state {
        State::Waiting | State::More => words::LIST_LOADING.to_owned(),
        State::Here => words::listed(list.before() + list.rows().len(), list.has_more()),
        State::Failed(_) => String::new(),
    }
}

fn content(props: &DocumentsProps) -> Html {
    let list = &props.list;
    // What another tab holds is not shown under this one for an instant.
    if list.query.filter != props.filter {
        return parts::bones();
    }
    match (&list.state, list.rows().is_empty()) {
        (State::Waiting, true) => html! { <>{ parts::bones() }{ parts::bones() }</> },
        (State::Failed(trouble), true) => {
            let (flow, query) = (props.flow.clone(), list.query.clone());
            let again = Callback::from(move |()| flow.list(query.clone()));
            parts::failed(trouble, again, "h2")
        }
        (_, true) => html! { <div data-testid="documents-list">{ empty(props) }</div> },
        (_, false) => rows(props),
    }
}

fn rows(props: &DocumentsProps) -> Html {
    let list = &props.list;
    let now = Timestamp::from_unix(dom::unix_now());
    let tell = |event: crate::model::account::Event| {
        let flow = props.flow.clone();
        Callback::from(move |_: MouseEvent| flow.tell(event.clone()))
    };
    let more = {
        let (flow, list) = (props.flow.clone(), list.clone());
        // The first of the new rows takes the focus, where the eyes are.
        let last = list.rows().last().map(|row| row.id.clone());
        Callback::from(move |_| {
            focus_after(last.clone());
            match &list.next {
                _ if list.has_behind() => flow.tell(crate::model::account::Event::ListForth),
                Some(after) => flow.more(list.query.clone(), after.clone()),
                None => {}
            }
        })
    };
    let waiting = list.state == State::More;
    html! {
        <>
            <div class="groups" data-testid="documents-list" aria-busy={(list.state == State::Waiting).to_string()}>
                if list.before() > 0 {
                    <button
                        type="button"
                        class="button button-second"
                        data-testid="documents-earlier"
                        onclick={tell(crate::model::account::Event::ListBack)}
                    >
                        { words::EARLIER }
                    </button>
                }
                { for groups(props.filter, list.rows()).into_iter().map(|group| html_of(group, list, now)) }
            </div>
            if let State::Failed(trouble) = &list.state {
                { parts::failed(trouble, {
                    let (flow, list) = (props.flow.clone(), list.clone());
                    Callback::from(move |()| match &list.next {
                        Some(after) => flow.more(list.query.clone(), after.clone()),
                        None => flow.list(list.query.clone()),
                    })
                }, "h2") }
            } else if list.has_more() {
                <button
                    type="button"
                    class="button button-second button-wide"
                    data-testid="documents-more"
                    disabled={waiting}
                    onclick={more}
                >
                    { if waiting { words::MORE_LOADING } else { words::MORE } }
                </button>
            }
            <p class="hint centred">{ words::TIMES }</p>
        </>
    }
}

fn html_of(group: Group, list: &List, now: Timestamp) -> Html {
    // Whom they are for stands over each of the rows.
    let said = matches!(group.of, Some(Common::For(..)));
    let level = if group.of.is_some() { "h3" } else { "h2" };
    let key = group.of.as_ref().map_or_else(String::new, words::group);
    html! {
        <section class="group" {key}>
            if let Some(common) = &group.of {
                <h2 class={if said { "visually-hidden" } else { "group-name" }}>{ words::group(common) }</h2>
            }
            <ul class="docs">
                { for group.rows.iter().map(|item| {
                    let person = item.on_behalf_of.as_ref().map(|name| list.person(name));
                    html! {
                        <Row key={item.id.clone()} item={item.clone()} {level} person={person.map(person_class)} {now} />
                    }
                }) }
            </ul>
        </section>
    }
}

/// A person's colour: an addition to the name, never in its place.
fn person_class(number: usize) -> &'static str {
    const COLOURS: [&str; 5] = ["person-0", "person-1", "person-2", "person-3", "person-4"];
    COLOURS
        .get(number % COLOURS.len())
        .copied()
        .unwrap_or_default()
}

/// Waits for the row behind this one, for a few seconds.
fn focus_after(last: Option<String>) {
    let Some(last) = last else { return };
    wasm_bindgen_futures::spawn_local(async move {
        for _ in 0..50 {
            gloo::timers::future::TimeoutFuture::new(100).await;
            let here = dom::by_id(&format!("doc-{last}"));
            // At the end of a month the next row stands in the next group.
            let next = here.as_ref().and_then(|row| {
                let within = row.next_element_sibling();
                within.or_else(|| {
                    let group = row.closest(".group").ok()??;
                    group.next_element_sibling()?.query_selector("li").ok()?
                })
            });
            let link = next.and_then(|row| row.query_selector("a").ok()?);
            if let Some(link) = link {
                use wasm_bindgen::JsCast as _;
                dom::focus(link.dyn_into::<HtmlElement>().ok());
                return;
            }
        }
    });
}

fn empty(props: &DocumentsProps) -> Html {
    if props.list.query.is_narrowed() {
        let reset = {
            let (flow, filter) = (props.flow.clone(), props.filter);
            Callback::from(move |_| {
                flow.list(Query::of(filter));
                dom::focus_id(TITLE);
            })
        };
        return html! {
            <div class="card empty">
                <h2>{ words::FIND_NONE }</h2>
                <p>{ words::FIND_NONE_BODY }</p>
                <p><button type="button" class="button button-second" onclick={reset}>{ words::FIND_RESET }</button></p>
            </div>
        };
    }
    let notice = words::empty(props.filter, &props.view);
    let unconfirmed = props.view.level == Level::Contact && props.view.all == 0;
    html! {
        <div class="card empty">
            <span class={classes!("empty-mark", (props.view.all > 0).then_some("empty-done"))} aria-hidden="true"></span>
            <h2>{ notice.title }</h2>
            <p>{ notice.body }</p>
            if unconfirmed {
                <p>{ words::EMPTY_CONFIRM }</p>
                <p><a class="button button-second" href={Route::Profile.href()}>{ words::heading(Route::Profile) }</a></p>
            }
        </div>
    }
}

/// Properties of [`Tabs`].
#[derive(PartialEq, Properties)]
struct TabsProps {
    filter: Filter,
    view: Rc<AccountView>,
}

/// The three tabs: links, so that the browser's own way back goes through them.
#[component]
fn Tabs(props: &TabsProps) -> Html {
    html! {
        <nav class="tabs" aria-label={words::TABS}>
            { for Filter::ALL.iter().map(|filter| {
                let count = match filter {
                    Filter::ToSign => props.view.to_sign,
                    Filter::Signed => props.view.signed,
                    Filter::All => props.view.all,
                };
                html! {
                    <a
                        class="tab"
                        href={Route::Documents(*filter).href()}
                        data-testid={format!("tab-{}", filter.as_str())}
                        aria-current={(*filter == props.filter).then_some("page")}
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
struct ToolsProps {
    query: Query,
    view: Rc<AccountView>,
    flow: Flow,
}

/// Search by words, and by clinic where there are several.
#[component]
fn Tools(props: &ToolsProps) -> Html {
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
