//! `/verify`: a signed PDF is checked inside the browser, also without network.

mod about;
mod drop;
mod flow;
mod report;

use std::rc::Rc;

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::model::case::{Case, Event, Refusal};
use crate::text::{self, verify as words};
use crate::{dom, verifier};
use about::{About, Actions};
use drop::{DropZone, watch_drops};
use flow::Flow;
use report::{Facts, Groups, Later, Mark, VerdictCard};

impl Reducible for Case {
    type Action = Event;

    fn reduce(self: Rc<Self>, event: Event) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(event))
    }
}

/// The page.
#[component]
pub(crate) fn VerifyPage() -> Html {
    let case = use_reducer(Case::default);
    let flow = use_memo((), |()| Flow::new(case.dispatcher()));
    let flow = (*flow).clone();
    let offline = use_state_eq(|| false);
    let dragging = use_state_eq(|| false);

    let checked = case.checked().cloned();
    let file = checked.as_ref().map(|c| c.answer.file.name.clone());
    use_effect_with((case.state(), file), |(state, file)| {
        dom::name_page("verify", state, &words::tab_title(file.as_deref()));
    });
    use_effect_with((), {
        let offline = offline.setter();
        move |()| {
            spawn_local(async move {
                if let Some(kept) = verifier::offline() {
                    offline.set(
                        JsFuture::from(kept)
                            .await
                            .is_ok_and(|kept| kept.is_truthy()),
                    );
                }
            });
        }
    });
    use_effect_with((), {
        let (flow, dragging) = (flow.clone(), dragging.setter());
        move |()| {
            watch_drops(
                move |over| dragging.set(over),
                move |files| flow.give(files),
            )
        }
    });
    use_effect_with((), |()| {
        let printing = dom::open_details_for_print();
        move || drop(printing)
    });

    let give = {
        let flow = flow.clone();
        Callback::from(move |files| flow.give(files))
    };
    let status = match (&checked, case.is_checking()) {
        (_, true) => words::CHECKING,
        (Some(checked), _) => words::verdict(checked.answer.report.verdict),
        _ => "",
    };
    html! {
        <>
            <header class="top">
                <p class="top-name"><a href="/">{ text::SERVICE }</a></p>
                <p class="top-what">{ words::DOES }</p>
            </header>
            <p class="visually-hidden" role="status">{ status }</p>
            <main class="column verify" aria-busy={case.is_checking().to_string()}>
                // Each part has a place of its own, which stays when the part comes or goes.
                <div class="slot">
                    if checked.is_none() {
                        <div class="card lead">
                            <h1>{ words::TITLE }</h1>
                            <p>{ words::LEAD }</p>
                        </div>
                    }
                </div>
                <div class="slot">
                    if let Some(refusal) = case.refusal() {
                        <Refused refusal={refusal.clone()} />
                    }
                </div>
                <div class="slot">
                    if let Some(checked) = &checked {
                        <VerdictCard checked={checked.clone()} />
                        <Facts checked={checked.clone()} />
                        <Groups checked={checked.clone()} />
                        <Later checked={checked.clone()} />
                        <About checked={checked.clone()} />
                        <Actions checked={checked.clone()} flow={flow.clone()} />
                    }
                </div>
                <div class="slot">
                    if case.is_checking() {
                        <div class="card notice notice-calm">
                            <span class="spinner" aria-hidden="true"></span>
                            <h2 class="notice-title">{ words::CHECKING }</h2>
                            <p>{ words::CHECKING_BODY }</p>
                        </div>
                    }
                </div>
                <DropZone adding={checked.is_some()} dragging={*dragging} disabled={case.is_checking()} {give} />
                <div class="slot">
                    <Privacy offline={*offline} />
                    if checked.is_none() {
                        <Legend />
                    }
                </div>
            </main>
        </>
    }
}

/// Properties of [`Refused`].
#[derive(PartialEq, Properties)]
struct RefusedProps {
    refusal: Refusal,
}

/// Why nothing was checked, and what to do.
#[component]
fn Refused(props: &RefusedProps) -> Html {
    let heading = use_node_ref();
    use_effect_with(props.refusal.clone(), {
        let heading = heading.clone();
        move |_| dom::focus(heading.cast::<HtmlElement>())
    });
    let notice = words::refusal(&props.refusal);
    html! {
        <div class="card notice notice-warn" role="alert">
            <h2 class="notice-title" data-testid="error" tabindex="-1" ref={heading}>{ notice.title }</h2>
            if !props.refusal.name.is_empty() {
                <p class="file-name">{ &props.refusal.name }</p>
            }
            <p>{ notice.body }</p>
        </div>
    }
}

/// Properties of [`Privacy`].
#[derive(PartialEq, Properties)]
struct PrivacyProps {
    offline: bool,
}

/// Where the file goes: nowhere.
#[component]
fn Privacy(props: &PrivacyProps) -> Html {
    html! {
        <p class="private" data-testid="verify-private">
            { words::PRIVATE }
            if props.offline {
                { " " }
                <span data-testid="verify-offline">{ words::OFFLINE }</span>
            }
        </p>
    }
}

/// What the three marks mean, before there are any.
#[component]
fn Legend() -> Html {
    html! {
        <section class="card">
            <h2>{ words::MARKS_TITLE }</h2>
            <dl class="marks">
                { for words::MARKS.iter().map(|(outcome, meaning)| html! {
                    <div>
                        <dt><Mark outcome={*outcome} />{ words::outcome(*outcome) }</dt>
                        <dd>{ *meaning }</dd>
                    </div>
                }) }
            </dl>
        </section>
    }
}
