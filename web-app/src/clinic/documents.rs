//! The list of documents.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use podpis_shared::Status;
use podpis_shared::staff::Permission;
use podpis_shared::wire::mis::{Document, Page};
use yew::prelude::*;

use super::desk::{Desk, PageProps};
use super::fields::{Select, TextField, plain};
use super::load::{Load, use_act, use_load};
use super::parts::{act_failed, empty, heading, loaded};
use crate::api::clinic::{self as api, Query};
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::patient_of;
use crate::text::clinic::documents as words;

/// After a letter, the search waits for the next one so long, in milliseconds.
const TYPING_MS: u32 = 400;

/// The page.
#[component]
pub(super) fn Documents(props: &PageProps) -> Html {
    let status = use_state_eq(|| None::<Status>);
    let typed = use_state(String::new);
    let asked = use_state_eq(String::new);
    let typing = use_mut_ref(|| None::<Timeout>);
    let query = Query {
        status: *status,
        words: (*asked).clone(),
    };
    let list = use_load(&props.desk.flow, query.clone(), |query| {
        api::documents(query, None)
    });
    let pick = {
        let status = status.setter();
        Callback::from(move |value: String| status.set(Status::parse(&value)))
    };
    let search = {
        let (typed, asked) = (typed.setter(), asked.setter());
        Callback::from(move |value: String| {
            let (asked, text) = (asked.clone(), value.trim().to_owned());
            typed.set(value);
            *typing.borrow_mut() = Some(Timeout::new(TYPING_MS, move || asked.set(text)));
        })
    };
    let mut states = vec![plain("", words::ANY)];
    states.extend(words::STATES.map(|status| plain(status.as_str(), words::state(status))));
    let filtered = query != Query::default();
    html! {
        <>
            <div class="row row-middle">
                <div class="wide-field">{ heading(words::TITLE, "") }</div>
                if props.desk.may(Permission::DocumentsSend) {
                    <a class="button button-main" href={Route::Send.href()} data-testid="to-send">{ words::SEND }</a>
                }
            </div>
            <form class="filters" role="search" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
                <Select
                    name="documents-status" legend={words::STATE} chosen={status.map_or("", Status::as_str)}
                    choices={states} {pick}
                />
                <TextField
                    id="documents-words" label={words::WORDS} hint={words::WORDS_HINT} value={(*typed).clone()} edit={search} kind="search"
                />
            </form>
            { loaded(&list, |_| html! {
                <List desk={props.desk.clone()} list={list.clone()} {query} {filtered} />
            }) }
        </>
    }
}

/// Properties of [`List`].
#[derive(PartialEq, Properties)]
struct ListProps {
    desk: Desk,
    list: Load<Page<Document>>,
    query: Query,
    filtered: bool,
}

/// The rows, and more of them.
#[component]
fn List(props: &ListProps) -> Html {
    let page = props.list.here().cloned();
    let page = page.unwrap_or_else(|| {
        Rc::new(Page {
            items: Vec::new(),
            next: None,
        })
    });
    let act = use_act(&props.desk.flow);
    let more = {
        let (act, query, page) = (act.clone(), props.query.clone(), page.clone());
        let set = props.list.set();
        Callback::from(move |_| {
            let (page, set) = (page.clone(), set.clone());
            act.run(
                api::documents(query.clone(), page.next.clone()),
                move |further| {
                    let items = page.items.iter().cloned().chain(further.items).collect();
                    let next = further.next;
                    set(Page { items, next });
                },
            );
        })
    };
    html! {
        <>
            <p class="soft" role="status">{ words::listed(page.items.len(), page.next.is_some()) }</p>
            if page.items.is_empty() {
                if props.filtered {
                    { empty(words::NOT_FOUND, words::NOT_FOUND_BODY, false) }
                } else {
                    { empty(words::NONE, words::NONE_BODY, false) }
                }
            } else {
                <div class="table-box">
                    <table class="table" data-testid="documents">
                        <thead>
                            <tr>
                                <th scope="col">{ words::DOCUMENT }</th>
                                <th scope="col">{ words::WHO }</th>
                                <th scope="col">{ words::STATE }</th>
                                <th scope="col">{ words::CAME }</th>
                                <th scope="col">{ words::UNTIL }</th>
                            </tr>
                        </thead>
                        <tbody>{ for page.items.iter().map(row) }</tbody>
                    </table>
                </div>
            }
            if page.next.is_some() {
                { act_failed(&act) }
                <button
                    type="button" class="button button-second more-row" data-testid="documents-more"
                    disabled={act.running()} onclick={more}
                >
                    { words::MORE }
                </button>
            }
        </>
    }
}

fn row(document: &Document) -> Html {
    html! {
        <tr key={document.id.clone()} data-testid="document" data-id={document.id.clone()} data-status={document.status.as_str()}>
            <th scope="row">
                <a href={Route::Document(document.id.clone()).href()}>{ &document.title }</a>
                if let Some(external) = &document.external_id {
                    <span class="soft">{ external }</span>
                }
            </th>
            <td>{ patient_of(document) }</td>
            <td>{ state(document) }</td>
            <td>{ crate::text::clinic::day(document.created_at) }</td>
            <td>{ words::until(document) }</td>
        </tr>
    }
}

/// A state with its mark.
pub(super) fn state(document: &Document) -> Html {
    html! {
        <span class="doc-state">
            <span class={classes!("doc-mark", words::mark(document.status))} aria-hidden="true"></span>
            <span>{ words::state_of(document) }</span>
        </span>
    }
}
