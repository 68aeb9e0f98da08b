//! The lines of a table on their way, one after another: a line's request has its own `Idempotency-Key`, so that a run may be
//! broken off and begun again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;
use podpis_shared::bulk::{Bulk, Line, Outcome, Reported, Request, report};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::desk::{Desk, Flow};
use crate::api::clinic as api;
use crate::dom;
use crate::model::clinic::route::Route;
use crate::model::clinic::trouble::{Trouble, What};
use crate::model::retry;
use crate::text::clinic::{bulk as words, sentence};

/// Lines that the page shows.
const ROWS_MAX: usize = 200;
/// What is waited where the server asks to wait and says not how long, in seconds.
const PAUSE_S: u32 = 5;

/// The lines, the same as long as it is the same reading.
#[derive(Clone)]
pub(super) struct Lines(pub(super) Rc<Bulk>);

impl PartialEq for Lines {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Properties of [`Run`].
#[derive(PartialEq, Properties)]
pub(super) struct RunProps {
    pub(super) table: Lines,
    pub(super) desk: Desk,
}

/// How far it is.
#[derive(Default)]
struct State {
    /// What came of lines, by their place.
    done: BTreeMap<usize, Result<String, String>>,
    /// The line that is on its way.
    going: Option<usize>,
    running: bool,
    /// The server has asked to wait.
    waiting: bool,
    /// Why it stopped by itself.
    stopped: Option<String>,
}

/// The list, the buttons, the report.
#[component]
pub(super) fn Run(props: &RunProps) -> Html {
    let state = use_mut_ref(State::default);
    let redraw = use_force_update();
    let flawed = use_state_eq(|| false);
    let table = &props.table.0;
    let good: Vec<usize> = places(table, |line| line.request.is_ok());
    let bad = table.lines.len() - good.len();
    // Another reading of the file begins anew.
    let read = use_mut_ref(|| props.table.clone());
    if *read.borrow() != props.table {
        *read.borrow_mut() = props.table.clone();
        *state.borrow_mut() = State::default();
    }
    use_effect_with((), {
        let state = state.clone();
        // Whoever leaves the page stops the run.
        move |()| move || state.borrow_mut().running = false
    });
    let start = {
        let (state, redraw) = (state.clone(), redraw.clone());
        let (table, flow) = (table.clone(), props.desk.flow.clone());
        Callback::from(move |_| {
            {
                let mut state = state.borrow_mut();
                if state.running || state.going.is_some() {
                    state.running = true;
                    return;
                }
                (state.running, state.stopped) = (true, None);
            }
            redraw.force_update();
            spawn_local(run(
                table.clone(),
                state.clone(),
                flow.clone(),
                redraw.clone(),
            ));
        })
    };
    let pause = {
        let (state, redraw) = (state.clone(), redraw.clone());
        Callback::from(move |_| {
            state.borrow_mut().running = false;
            redraw.force_update();
        })
    };
    let save = {
        let (state, table) = (state.clone(), table.clone());
        Callback::from(move |_| {
            let lines: Vec<Reported> = reported(&table, &state.borrow());
            // A browser that refuses to save tells so itself.
            let _ = dom::save_text(
                &report(&lines),
                "text/csv;charset=utf-8",
                words::REPORT_NAME,
            );
        })
    };
    let filter = {
        let flawed = flawed.setter();
        Callback::from(move |event: Event| {
            flawed.set(event.target_unchecked_into::<HtmlInputElement>().checked());
        })
    };
    let now = state.borrow();
    let sent = now.done.values().filter(|outcome| outcome.is_ok()).count();
    let refused = now.done.len() - sent;
    let finished = sent == good.len();
    let begun = !now.done.is_empty() || now.running;
    let kind = match (now.running, finished) {
        (true, _) => "running",
        (_, true) if begun => "done",
        _ if begun => "paused",
        _ => "ready",
    };
    let shown: Vec<usize> = places(table, |line| !*flawed || line.request.is_err());
    html! {
        <section class="card" data-testid="bulk" data-state={kind} data-sent={sent.to_string()}>
            <h2 class="steps-title" data-step="3">{ words::CHECK }</h2>
            <p role="status" data-testid="bulk-found">{ words::found(good.len(), bad) }</p>
            if !table.ignored.is_empty() {
                <p class="hint">{ words::ignored(&table.ignored) }</p>
            }
            <div class="actions">
                if now.running {
                    <button type="button" class="button button-second" data-testid="bulk-pause" onclick={pause}>
                        { words::PAUSE }
                    </button>
                } else if !finished {
                    <button
                        type="button" class="button button-main" data-testid="bulk-start" disabled={good.is_empty()}
                        onclick={start}
                    >
                        { if begun { words::GO_ON.to_owned() } else { words::start(good.len()) } }
                    </button>
                }
                <button type="button" class="button button-second" data-testid="bulk-report" onclick={save}>
                    { words::REPORT }
                </button>
            </div>
            <p class="hint">{ words::SAFE }</p>
            if begun {
                <progress
                    class="bar-progress" max={good.len().to_string()} value={now.done.len().to_string()}
                    aria-label={words::TITLE}
                />
                <p role="status" data-testid="bulk-progress">{ words::progress(sent, refused, good.len()) }</p>
            }
            if now.waiting {
                <p class="soft">{ words::WAITING }</p>
            }
            if let Some(why) = &now.stopped {
                <p class="failed" role="alert" data-testid="error">{ words::STOPPED }{ " " }{ why }</p>
            }
            <p class="check">
                <input type="checkbox" id="bulk-flawed" checked={*flawed} onchange={filter} />
                <label for="bulk-flawed">{ words::ONLY_FLAWED }</label>
            </p>
            <div class="table-box" role="group" tabindex="0" aria-label={words::TABLE}>
                <table class="table" data-testid="bulk-lines">
                    <thead>
                        <tr>
                            <th scope="col" class="number">{ words::ROW }</th>
                            <th scope="col">{ words::WHO }</th>
                            <th scope="col">{ words::STATE }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { for shown.iter().take(ROWS_MAX).filter_map(|at| Some(row(*at, table.lines.get(*at)?, &now))) }
                    </tbody>
                </table>
            </div>
            if shown.len() > ROWS_MAX {
                <p class="hint">{ words::ROWS_MAX_HINT }</p>
            }
        </section>
    }
}

fn places(table: &Bulk, of: impl Fn(&Line) -> bool) -> Vec<usize> {
    let lines = table.lines.iter().enumerate();
    lines
        .filter(|(_, line)| of(line))
        .map(|(at, _)| at)
        .collect()
}

fn row(at: usize, line: &Line, state: &State) -> Html {
    let (kind, told) = match (&line.request, state.done.get(&at)) {
        (Err(errors), _) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            (
                "invalid",
                html! { <span class="failed">{ errors.join("; ") }</span> },
            )
        }
        (Ok(_), Some(Ok(id))) => {
            let href = Route::Document(id.clone()).href();
            ("sent", html! { <a {href}>{ words::SENT }</a> })
        }
        (Ok(_), Some(Err(why))) => ("refused", html! { <span class="failed">{ why }</span> }),
        (Ok(_), None) if state.going == Some(at) => ("going", html! { words::SENDING }),
        (Ok(_), None) => ("ready", html! { words::READY }),
    };
    html! {
        <tr key={line.row} data-testid="bulk-line" data-state={kind}>
            <td class="number">{ line.row }</td>
            <td>{ line.who.expose() }</td>
            <td>{ told }</td>
        </tr>
    }
}

fn reported(table: &Bulk, state: &State) -> Vec<Reported> {
    let lines = table.lines.iter().enumerate().map(|(at, line)| {
        let outcome = match (&line.request, state.done.get(&at)) {
            (Err(errors), _) => Outcome::Invalid(errors.clone()),
            (Ok(_), Some(Ok(id))) => Outcome::Sent(id.clone()),
            (Ok(_), Some(Err(why))) => Outcome::Refused(why.clone()),
            (Ok(_), None) => Outcome::Waiting,
        };
        let request = line.request.as_ref().ok();
        Reported {
            row: line.row,
            who: line.who.clone(),
            external_id: request.and_then(|request| request.document.external_id.clone()),
            outcome,
        }
    });
    lines.collect()
}

/// Sends what is not sent yet, until it is paused or something stands in the way of all lines.
async fn run(table: Rc<Bulk>, state: Rc<RefCell<State>>, flow: Flow, redraw: UseForceUpdateHandle) {
    for (at, line) in table.lines.iter().enumerate() {
        let Ok(request) = &line.request else { continue };
        let over = matches!(state.borrow().done.get(&at), Some(Ok(_)));
        if over {
            continue;
        }
        if !state.borrow().running {
            break;
        }
        state.borrow_mut().going = Some(at);
        redraw.force_update();
        let outcome = send(request, &state, &redraw).await;
        let mut state = state.borrow_mut();
        state.going = None;
        match outcome {
            Ok(id) => drop(state.done.insert(at, Ok(id))),
            Err(trouble) if matches!(trouble.what, What::Refused(_)) && !trouble.is("role") => {
                drop(state.done.insert(at, Err(sentence(&trouble))));
            }
            Err(trouble) => {
                (state.running, state.stopped) = (false, Some(sentence(&trouble)));
                flow.heard(&trouble);
            }
        }
        redraw.force_update();
    }
    state.borrow_mut().running = false;
    redraw.force_update();
}

/// One line; what passes by itself is waited for.
async fn send(
    request: &Request,
    state: &RefCell<State>,
    redraw: &UseForceUpdateHandle,
) -> Result<String, Trouble> {
    let mut failures = 0;
    loop {
        let (document, key) = (request.document.clone(), request.key.clone());
        let answer = api::send_document(document, None, Rc::default(), key).await;
        let trouble = match answer {
            Ok(document) => return Ok(document.id),
            Err(trouble) => trouble,
        };
        let pause = match &trouble.what {
            // The server says when; it is no failure.
            What::TooMany => Some(trouble.wait_s.unwrap_or(PAUSE_S).saturating_mul(1000)),
            What::Refused(code) if code == "idempotency_busy" => Some(1000),
            _ if trouble.passes() => {
                failures += 1;
                retry::pause_after(failures)
            }
            _ => None,
        };
        let (Some(pause), true) = (pause, state.borrow().running) else {
            return Err(trouble);
        };
        state.borrow_mut().waiting = true;
        redraw.force_update();
        TimeoutFuture::new(pause).await;
        state.borrow_mut().waiting = false;
    }
}
