//! `/clinic`: the console of a clinic's staff.

mod bulk;
mod desk;
mod document;
mod documents;
mod entry;
mod fields;
mod kept;
mod load;
mod office;
mod parts;
mod preview;
mod send;
mod shell;
mod signature;
mod to_sign;

use std::rc::Rc;

use gloo::events::EventListener;
use yew::prelude::*;

use crate::dom;
use crate::model::clinic::route::Route;
use crate::model::clinic::{Console, Event, Session};
use crate::text::clinic as words;
use desk::{Desk, Flow};
use parts::{News, TITLE};
use shell::{MAIN, Top};

impl Reducible for Console {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(event))
    }
}

/// The pages.
#[component]
pub(crate) fn ClinicPage() -> Html {
    let model = use_reducer(|| Console::new(Route::parse(&dom::fragment())));
    let flow = Flow::new(model.dispatcher());
    let state = model.state();

    use_effect_with((), {
        let flow = flow.clone();
        move |()| flow.ask(true)
    });
    use_effect_with(state, |state| {
        dom::name_page("clinic", state, &words::tab_title(state));
    });
    use_effect_with((), {
        let flow = flow.clone();
        move |()| {
            let window = web_sys::window();
            let listener = window.map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    flow.tell(Event::Routed(Route::parse(&dom::fragment())));
                })
            });
            move || drop(listener)
        }
    });
    use_effect_with(matches!(model.session, Session::In(_)), {
        let flow = flow.clone();
        move |signed_in| keep_current(*signed_in, flow)
    });
    use_focus(state, model.route.clone(), model.note.is_some());

    let me = match &model.session {
        Session::In(me) if model.letter().is_none() => Some(Rc::clone(me)),
        _ => None,
    };
    let close = {
        let flow = flow.clone();
        Callback::from(move |()| {
            flow.tell(Event::Noted(None));
            dom::focus_id(TITLE);
        })
    };
    let open = me.is_some();
    html! {
        <div class={classes!("console", open.then_some("console-open"))}>
            <Top me={me.clone()} flow={flow.clone()} />
            if let Some(me) = &me {
                { shell::sections(&model.route.for_person(me).section(), me) }
            }
            <main class={if open { "desk" } else { "column" }} id={MAIN} tabindex="-1" aria-busy={(state == "loading").to_string()}>
                // Each part has a place of its own, which stays when the part comes or goes.
                <div class="slot">
                    if let Some(note) = model.note.clone() {
                        <News {note} {close} />
                    }
                </div>
                <div class="slot">{ page(&model, &flow, me) }</div>
            </main>
        </div>
    }
}

/// The page as the session and the address have it.
fn page(model: &Console, flow: &Flow, me: Option<Rc<podpis_shared::wire::staff::Me>>) -> Html {
    if let (Some(token), false) = (model.letter(), matches!(model.session, Session::Asking)) {
        return html! { <entry::letter::Letter token={token.to_owned()} flow={flow.clone()} /> };
    }
    match &model.session {
        Session::Asking => parts::bones(),
        Session::Failed(trouble) => {
            let flow = flow.clone();
            let again = Callback::from(move |()| {
                flow.tell(Event::Again);
                flow.ask(true);
            });
            parts::failed(trouble, again, "h1")
        }
        Session::Out(stage) => entry::page(stage, flow),
        Session::In(_) => me.map_or_else(Html::default, |me| {
            let route = model.route.for_person(&me);
            let desk = Desk {
                flow: flow.clone(),
                me,
            };
            section(route, desk)
        }),
    }
}

/// The page of somebody who is signed in. Another clinic is another page: nothing of the first one stays.
fn section(route: Route, desk: Desk) -> Html {
    let key = desk.me.clinic.id.clone();
    match route {
        Route::Document(id) => {
            let key = format!("{key}-{id}");
            html! { <document::Document {key} {desk} {id} /> }
        }
        Route::ToSign => html! { <to_sign::ToSign {key} {desk} /> },
        Route::Bulk => html! { <bulk::Bulk {key} {desk} /> },
        Route::Usage => html! { <office::usage::Usage {key} {desk} /> },
        Route::Clinic => html! { <office::clinic::Clinic {key} {desk} /> },
        Route::Look => html! { <office::look::Look {key} {desk} /> },
        Route::Staff => html! { <office::staff::Staff {key} {desk} /> },
        Route::Journal => html! { <office::journal::Journal {key} {desk} /> },
        Route::Keys => html! { <office::keys::Keys {key} {desk} /> },
        Route::Webhook => html! { <office::webhook::Webhook {key} {desk} /> },
        Route::Archive => html! { <office::archive::Archive {key} {desk} /> },
        Route::Me => html! { <office::me::Me {key} {desk} /> },
        Route::Send => html! { <send::Send {key} {desk} /> },
        _ => html! { <documents::Documents {key} {desk} /> },
    }
}

/// Whoever can't see the page hears where they are once it has changed; news take the focus by themselves.
#[hook]
fn use_focus(state: &'static str, route: Route, news: bool) {
    let before = use_mut_ref(|| None::<(&'static str, Route)>);
    use_effect_with((state, route), move |(state, route)| {
        // Where the person was before is what they saw, not what was on its way.
        if *state == "loading" {
            return;
        }
        let last = before.borrow_mut().replace((state, route.clone()));
        if last.is_some_and(|last| last != (*state, route.clone())) && !news {
            dom::focus_id(TITLE);
        }
    });
}

/// Looks whether the session still lives when the person comes back to the page.
fn keep_current(signed_in: bool, flow: Flow) -> impl FnOnce() {
    let document = web_sys::window().and_then(|window| window.document());
    let listener = document.map(|document| {
        EventListener::new(&document, "visibilitychange", move |_| {
            if signed_in && dom::is_visible() {
                flow.ask(false);
            }
        })
    });
    move || drop(listener)
}
