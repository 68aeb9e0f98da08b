//! `/account`: sign in, find documents, and everything about the account itself.

mod agreements;
mod boot;
mod code_form;
mod contact_form;
mod contacts;
mod data;
mod devices;
mod erase;
mod flow;
mod gate;
mod help;
mod list;
mod load;
mod notices;
mod parts;
mod profile;
mod prove;
mod push;
mod row;
mod shell;
mod sign_in;
mod tools;

use std::rc::Rc;

use gloo::events::EventListener;
use podpis_shared::wire::account::AccountView;
use wasm_bindgen::JsCast as _;
use web_sys::PageTransitionEvent;
use yew::prelude::*;

use crate::dom;
use crate::model::account::route::Route;
use crate::model::account::{Account, Event, Session};
use crate::text::account as words;
use flow::Flow;
use parts::{News, TITLE};
use shell::{MAIN, Top};

impl Reducible for Account {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(event))
    }
}

/// The pages.
#[component]
pub(crate) fn AccountPage() -> Html {
    let model = use_reducer(|| {
        let route = Route::parse(&boot::fragment());
        Account::new(route, boot::esia_answer().is_some())
    });
    let flow = use_memo((), |()| Flow::new(model.dispatcher()));
    let flow = (*flow).clone();
    let state = model.state();

    use_effect_with((), {
        let flow = flow.clone();
        move |()| flow.begin(boot::invited())
    });
    use_effect_with((state, model.route), |(state, route)| {
        dom::name_page("account", state, &words::tab_title(title(state, *route)));
    });
    use_effect_with((), {
        let flow = flow.clone();
        move |()| {
            let window = web_sys::window();
            let listener = window.map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    flow.tell(Event::Routed(Route::parse(&boot::fragment())));
                    flow.back_from_agreement();
                })
            });
            move || drop(listener)
        }
    });
    use_effect_with((state == "offline", model.open().is_some()), {
        let flow = flow.clone();
        move |(offline, open): &(bool, bool)| keep_current(*offline, *open, flow)
    });
    use_focus(state, model.route, model.note.is_some());

    let signed_in = matches!(model.session, Session::In(_));
    let open = model.open().cloned();
    let wide = open.is_some();
    let closed = Callback::from({
        let flow = flow.clone();
        move |()| {
            flow.tell(Event::Noted(None));
            dom::focus_id(TITLE);
        }
    });
    html! {
        <div class={classes!("account", wide.then_some("account-open"))}>
            <Top {signed_in} flow={flow.clone()} />
            if let Some(view) = &open {
                { shell::sections(model.route, view.to_sign) }
            }
            <main class="column" id={MAIN} tabindex="-1" aria-busy={(state == "loading").to_string()}>
                // Each part has a place of its own, which stays when the part comes or goes.
                <div class="slot">
                    if let Some(note) = model.note.clone() {
                        <News {note} close={closed} />
                    }
                </div>
                <div class="slot">{ page(&model, &flow) }</div>
            </main>
        </div>
    }
}

/// The page as the session and the address have it.
fn page(model: &UseReducerHandle<Account>, flow: &Flow) -> Html {
    let flow = flow.clone();
    let retry = {
        let flow = flow.clone();
        Callback::from(move |()| flow.retry())
    };
    match &model.session {
        Session::Asking => parts::bones(),
        Session::Completing => html! {
            <div class="card notice notice-calm">
                <span class="spinner" aria-hidden="true"></span>
                <h1 id={TITLE} class="notice-title" role="status">{ words::COMPLETING }</h1>
            </div>
        },
        Session::Failed(trouble) => parts::failed(trouble, retry, "h1"),
        Session::Out(proof) => sign_in::page(
            proof,
            model.clinic.as_ref(),
            model.route,
            model.leaving,
            &flow,
        ),
        Session::Closed(erased) => erase::closed(erased),
        Session::In(view) => match view.gate {
            Some(gate) => html! {
                <gate::GatePage {gate} view={view.clone()} route={model.route} leaving={model.leaving} {flow} />
            },
            None => section(model, view.clone(), flow),
        },
    }
}

/// The page of an open account.
fn section(model: &UseReducerHandle<Account>, view: Rc<AccountView>, flow: Flow) -> Html {
    let leaving = model.leaving;
    match model.route {
        Route::Documents(filter) => html! {
            <list::Documents {filter} list={model.list.clone()} {view} {leaving} {flow} />
        },
        Route::Profile => profile::page(&view, leaving, &flow),
        Route::Devices => html! { <devices::Devices {flow} /> },
        Route::Agreements => html! { <agreements::Agreements {view} {flow} /> },
        Route::Data => html! { <data::Data {flow} /> },
        Route::Erase => html! { <erase::Erase {flow} /> },
        Route::Help => html! { <help::Help /> },
    }
}

/// In the tab's title.
fn title(state: &'static str, route: Route) -> &'static str {
    match state {
        "signed-out" => words::LOGIN_TITLE,
        "code" => words::CODE_TITLE,
        "gate" => words::GATE_TITLE,
        "closed" => words::CLOSED_TITLE,
        "loading" | "signing-in" => words::LOADING,
        _ => words::heading(route),
    }
}

/// Whoever can't see the page hears where they are once it has changed; news and forms take the focus by themselves.
#[hook]
fn use_focus(state: &'static str, route: Route, news: bool) {
    let before = use_mut_ref(|| None::<(&'static str, Route)>);
    use_effect_with((state, route), move |(state, route)| {
        // Where the person was before is what they saw, not what was on its way.
        if *state == "loading" {
            return;
        }
        let Some(last) = before.borrow_mut().replace((*state, *route)) else {
            return;
        };
        let by_itself = *state == "code" || news;
        // A tab of the list keeps the focus on itself.
        let tab =
            |(state, route): (&str, Route)| state == "list" && matches!(route, Route::Documents(_));
        if last != (*state, *route) && !by_itself && !(tab(last) && tab((*state, *route))) {
            dom::focus_id(TITLE);
        }
    });
}

/// Reads the account again when the person comes back to the page or the network does.
fn keep_current(offline: bool, open: bool, flow: Flow) -> impl FnOnce() {
    let window = web_sys::window();
    let listeners = window.map(|window| {
        let shown = flow.clone();
        let from_memory = EventListener::new(&window, "pageshow", move |event| {
            if event
                .dyn_ref::<PageTransitionEvent>()
                .is_some_and(PageTransitionEvent::persisted)
            {
                shown.tell(Event::Leaving(false));
                shown.refresh();
            }
        });
        let online = flow.clone();
        let network = EventListener::new(&window, "online", move |_| {
            if offline {
                online.retry();
            }
        });
        let foreground = window.document().map(|document| {
            EventListener::new(&document, "visibilitychange", move |_| {
                if dom::is_visible() && open {
                    flow.refresh();
                }
            })
        });
        (from_memory, network, foreground)
    });
    move || drop(listeners)
}
