//! Who did what for the clinic, out of its journal.

use podpis_shared::wire::mis::Page;
use yew::prelude::*;

use super::super::desk::PageProps;
use super::super::fields::{Select, plain};
use super::super::load::{use_act, use_load};
use super::super::parts::{act_failed, empty, heading, loaded};
use crate::api::clinic as api;
use crate::model::clinic::journal::Names;
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::Act;
use crate::text::clinic::{documents, journal as words, moment};

/// The page.
#[component]
pub(in crate::clinic) fn Journal(props: &PageProps) -> Html {
    let flow = &props.desk.flow;
    let by = use_state_eq(String::new);
    let names = use_load(flow, (), |()| api::names());
    let list = use_load(flow, (*by).clone(), |by| api::acts(by, None));
    let act = use_act(flow);
    // Whose acts are on the screen: further ones of somebody else come too late.
    let asked = use_mut_ref(String::new);
    (*by).clone_into(&mut asked.borrow_mut());
    let pick = {
        let (by, act) = (by.setter(), act.clone());
        Callback::from(move |value| {
            act.forget();
            by.set(value);
        })
    };
    let more = {
        let (act, by, asked, set) = (act.clone(), (*by).clone(), asked.clone(), list.set());
        let page = list.here().cloned();
        Callback::from(move |_: MouseEvent| {
            let Some(page) = page.clone().filter(|_| !act.running()) else {
                return;
            };
            let (by, asked, set) = (by.clone(), asked.clone(), set.clone());
            let request = api::acts(by.clone(), page.next.clone());
            act.run(request, move |further| {
                if *asked.borrow() == by {
                    let items = page.items.iter().cloned().chain(further.items).collect();
                    let next = further.next;
                    set(Page { items, next });
                }
            });
        })
    };
    let shown = list.here().map_or(&[][..], |page| &page.items);
    let choices = names.here().map_or_else(Vec::new, |names| {
        let actors = names.actors(shown, &by).into_iter();
        let actors = actors.map(|by| plain(by.clone(), words::who(&by, names)));
        [plain("", words::ANYBODY)]
            .into_iter()
            .chain(actors)
            .collect()
    });
    html! {
        <>
            { heading(words::TITLE, words::LEAD) }
            { loaded(&names, |names| html! {
                <>
                    <div class="filters narrow">
                        <Select name="journal-by" legend={words::BY} chosen={(*by).clone()} {choices} {pick} />
                    </div>
                    { loaded(&list, |page| html! {
                        <div class="desk-part narrow">
                            { acts(page, names) }
                            if page.next.is_some() {
                                { act_failed(&act) }
                                <button
                                    type="button" class="button button-second more-row" data-testid="journal-more"
                                    disabled={act.running()} onclick={more}
                                >
                                    { documents::MORE }
                                </button>
                            }
                        </div>
                    }) }
                </>
            }) }
        </>
    }
}

/// The entries.
fn acts(page: &Page<Act>, names: &Names) -> Html {
    if page.items.is_empty() {
        return empty(words::NONE, words::NONE_BODY, false);
    }
    html! {
        <>
            <p class="soft" role="status">{ words::listed(page.items.len(), page.next.is_some()) }</p>
            <section class="card">
                <ol class="lines" data-testid="acts">{ for page.items.iter().map(|act| line(act, names)) }</ol>
            </section>
        </>
    }
}

fn line(act: &Act, names: &Names) -> Html {
    let details = words::details(act, names);
    html! {
        <li
            class="line" key={act.id.clone()} data-testid="act" data-id={act.id.clone()} data-type={act.kind.clone()}
            data-by={act.by.clone()}
        >
            <div>
                <p class="line-name">{ words::what(act) }</p>
                if !details.is_empty() {
                    <p class="details-line">{ details }</p>
                }
                <p class="soft">{ words::who(&act.by, names) }{ ", " }<time>{ moment(act.at) }</time></p>
            </div>
            if let Some(id) = &act.document_id {
                <a
                    class="button button-second button-tight" href={Route::Document(id.clone()).href()}
                    aria-label={words::open(id)}
                >
                    { words::OPEN }
                </a>
            }
        </li>
    }
}
