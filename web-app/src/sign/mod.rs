//! `/d/#<token>`, `/c/#<token>`, `/account/document#<id>`, `/account/agreement#<clinic>`: read a document and sign it.

mod bar;
mod checks;
mod code;
mod consultation;
mod decline;
mod download;
mod flow;
mod header;
mod history;
mod kept;
mod leave;
mod notice;
pub(crate) mod otp;
mod signed;
mod viewer;
mod ways;
mod whom;

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use podpis_shared::Timestamp;
use wasm_bindgen::JsCast as _;
use web_sys::PageTransitionEvent;
use yew::prelude::*;

use crate::api::Api;
use crate::model::access::ACCOUNT;
use crate::model::{Event, File, Model, Page, Place, Screen, Step, View};
use crate::{boot, dom, text};
use bar::SignBar;
use checks::{Checks, Contact};
use consultation::ConsultationCard;
use flow::Flow;
use header::{DocumentHeader, TopBar};
use history::History;
use kept::KeptBanner;
use notice::Notice;
use signed::{AcceptedBanner, Completing, SignedBanner};
use viewer::Viewer;
use ways::seen_only;

impl Reducible for Model {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(event))
    }
}

/// The page.
#[component]
pub(crate) fn SignPage() -> Html {
    let place = Place::of_path(&dom::path());
    let model = use_reducer(|| {
        Model::new(
            place,
            boot::access().is_some(),
            boot::esia_answer().is_some(),
        )
    });
    let flow = use_memo((), |()| {
        let api = boot::access().map(Api::new).map(Rc::new);
        Flow::new(api, model.dispatcher())
    });
    let flow = (*flow).clone();
    let screen = model.screen();

    use_effect_with((), {
        let flow = flow.clone();
        move |()| flow.begin()
    });
    use_effect_with((screen, model.document().cloned()), |(screen, document)| {
        let page = if dom::path().starts_with("/c") {
            "consultation"
        } else {
            "sign"
        };
        dom::name_page(page, screen.name(), &text::tab_title(document.as_deref()));
    });
    // At once, where nothing of the document is on the screen; else the notice leads there.
    use_effect_with(
        screen == Screen::SignedOut && model.document().is_none(),
        |signed_out| {
            if *signed_out {
                sign_in();
            }
        },
    );
    use_effect_with((model.is_busy(), screen == Screen::Offline), {
        let flow = flow.clone();
        move |(busy, offline): &(bool, bool)| keep_current(*busy, *offline, flow)
    });
    let beginning = model.document().and_then(|view| {
        let booked = view.consultation.as_ref()?;
        view.status.is_open().then_some(booked.starts_at)
    });
    use_effect_with(beginning, {
        let flow = flow.clone();
        move |starts_at| read_at(*starts_at, flow)
    });
    let on_screen = model.pages().iter().any(Page::is_drawn)
        && model.document().is_some_and(|view| {
            view.status == podpis_shared::Status::Sent || screen == Screen::Kept
        });
    use_effect_with(on_screen, {
        let flow = flow.clone();
        move |on_screen| {
            if *on_screen {
                flow.tell_opened();
            }
        }
    });

    let document = model.document().cloned();
    let completing = model.step == Step::Completing && screen == Screen::Signing;
    let shows_file =
        !completing && model.view != View::Missing && !matches!(model.view, View::Failed(_));
    let result = match &document {
        _ if completing => html! { <Completing /> },
        Some(document) if screen == Screen::Kept => {
            html! { <KeptBanner document={document.clone()} flow={flow.clone()} /> }
        }
        Some(document) if screen == Screen::Signed => {
            if place == Place::Agreement {
                html! { <AcceptedBanner document={document.clone()} now={model.is_signed_now()} /> }
            } else {
                html! { <SignedBanner document={document.clone()} flow={flow.clone()} /> }
            }
        }
        _ => Html::default(),
    };
    let heading = match &document {
        Some(document) => {
            let offers = Rc::new(model.offers());
            html! {
                <>
                    <DocumentHeader document={document.clone()} {offers} {place} {screen} />
                    if screen.is_open() && !document.may_act {
                        { seen_only(document, &flow) }
                    }
                </>
            }
        }
        None if shows_file => html! { <header::Skeleton /> },
        None => Html::default(),
    };
    let bar = match &document {
        Some(document) if screen.has_bar() && document.may_act && !document.kept && !completing => {
            html! { <SignBar model={Rc::new((*model).clone())} document={document.clone()} flow={flow.clone()} /> }
        }
        _ => Html::default(),
    };
    html! {
        <>
            <TopBar document={document.clone()} {place} waiting={model.view == View::Waiting} />
            <p class="visually-hidden" role="status">{ announcement(&model, screen) }</p>
            <main class="column" aria-busy={(screen == Screen::Loading).to_string()}>
                // Each part has a place of its own, which stays when the part comes or goes.
                <div class="slot">
                    if let Some(document) = &document {
                        <ConsultationCard document={document.clone()} />
                    }
                </div>
                <div class="slot">{ result }</div>
                <div class="slot">
                    <Notice
                        {screen}
                        {place}
                        document={document.clone()}
                        repeat={model.can_repeat()}
                        flow={flow.clone()}
                    />
                </div>
                <div class="slot">{ heading }</div>
                <div class="slot" hidden={!shows_file}>
                    <Viewer model={Rc::new((*model).clone())} flow={flow.clone()} />
                </div>
                <div class="slot">{ bar }</div>
            </main>
            <footer class="column" hidden={document.is_none()}>
                if let Some(document) = document {
                    if shows_file && !matches!(model.file, File::Failed(_)) {
                        <Checks authentic={model.is_authentic()} hashes={model.hashes().cloned()} />
                    }
                    if place == Place::Document {
                        <History flow={flow.clone()} />
                    }
                    <Contact clinic={document.clinic.clone()} {place} />
                }
            </footer>
        </>
    }
}

/// To the account, to sign in or to give the proof that it asks for; and then back here.
fn sign_in() {
    boot::come_back_to(&dom::address());
    dom::replace_with(ACCOUNT);
}

/// Reads the document's state again when the person comes back to the page or the network does.
fn keep_current(busy: bool, offline: bool, flow: Flow) -> impl FnOnce() {
    let window = web_sys::window();
    let listeners = window.map(|window| {
        let shown = flow.clone();
        let from_memory = EventListener::new(&window, "pageshow", move |event| {
            if event
                .dyn_ref::<PageTransitionEvent>()
                .is_some_and(PageTransitionEvent::persisted)
            {
                shown.start_over();
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
                if dom::is_visible() && !busy {
                    flow.refresh();
                }
            })
        });
        (from_memory, network, foreground)
    });
    move || drop(listeners)
}

/// Reads the document's state again when its consultation begins, where that is today.
fn read_at(starts_at: Option<Timestamp>, flow: Flow) -> impl FnOnce() {
    const DAY_S: i64 = 86_400;
    let seconds = starts_at.map(|at| at.unix() - dom::unix_now() + 1);
    let seconds = seconds.filter(|seconds| (0..DAY_S).contains(seconds));
    let timer = seconds
        .and_then(|seconds| u32::try_from(seconds * 1000).ok())
        .map(|ms| Timeout::new(ms, move || flow.refresh()));
    move || drop(timer)
}

/// What a screen reader says when the state changes; short, and not on every kilobyte.
fn announcement(model: &Model, screen: Screen) -> String {
    match (screen, &model.file) {
        (Screen::Loading, File::Here { .. }) => text::OPENING.into(),
        (Screen::Loading, _) => text::arriving(0, 0),
        (Screen::Ready, File::Here { pages, .. }) => text::ready(pages.len()),
        (Screen::Signing, _) if model.step == Step::Completing => text::COMPLETING.into(),
        (Screen::Signing, _) => text::STARTING.into(),
        _ => String::new(),
    }
}
