//! The documents: tabs, search, rows in groups, more of them.

use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::{AccountView, Level};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::flow::Flow;
use super::parts::{self, TITLE};
use super::row::Row;
use super::tools::{Tools, tabs};
use crate::dom;
use crate::model::account::Event;
use crate::model::account::list::{Common, Group, List, Query, State, groups};
use crate::model::account::route::{Filter, Route};
use crate::text::account as words;

/// A list of so many documents needs no search.
const FEW: u32 = 6;

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
            { tabs(props.filter, &props.view) }
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
    let tell = |event: Event| {
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
                _ if list.has_behind() => flow.tell(Event::ListForth),
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
                        onclick={tell(Event::ListBack)}
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
    spawn_local(async move {
        for _ in 0..50 {
            TimeoutFuture::new(100).await;
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
