//! Documents that wait for the clinic's signature: many are fetched at once, and many signatures come back at once.

use std::collections::BTreeSet;
use std::rc::Rc;

use podpis_shared::Status;
use podpis_shared::wire::mis::{Document, Page};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::desk::{Desk, PageProps};
use super::fields::FileField;
use super::load::{Load, use_act, use_load};
use super::parts::{act_failed, empty, heading, loaded};
use super::signature::{ACCEPT, sign};
use crate::api::clinic::{self as api, Answer, Query};
use crate::dom;
use crate::model::clinic::matching::{Waiting, file_name, find};
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::patient_of;
use crate::model::clinic::trouble::{Trouble, What};
use crate::model::clinic::zip::Zip;
use crate::text::clinic::{documents, moment, sentence, to_sign as words};

/// The page.
#[component]
pub(super) fn ToSign(props: &PageProps) -> Html {
    let list = use_load(&props.desk.flow, (), |()| {
        let query = Query {
            status: Some(Status::PatientSigned),
            words: String::new(),
        };
        api::documents(query, None)
    });
    html! {
        <>
            { heading(words::TITLE, words::LEAD) }
            { loaded(&list, |page| if page.items.is_empty() {
                empty(words::NONE, words::NONE_BODY, true)
            } else {
                html! { <Fetching desk={props.desk.clone()} list={list.clone()} /> }
            }) }
            <Returning desk={props.desk.clone()} list={list.clone()} />
        </>
    }
}

/// Properties of the two parts.
#[derive(PartialEq, Properties)]
struct PartProps {
    desk: Desk,
    list: Load<Page<Document>>,
}

fn waiting(list: &Load<Page<Document>>) -> Vec<Waiting> {
    let items = list.here().map_or(&[][..], |page| page.items.as_slice());
    let name = |document: &Document| Waiting {
        id: document.id.clone(),
        name: file_name(&document.title, &document.id),
    };
    items.iter().map(name).collect()
}

/// The list, and its files as one archive.
#[component]
fn Fetching(props: &PartProps) -> Html {
    let off = use_state(BTreeSet::<String>::new);
    let progress = use_state_eq(|| 0_usize);
    let act = use_act(&props.desk.flow);
    let all = waiting(&props.list);
    let chosen: Vec<Waiting> = all
        .iter()
        .filter(|w| !off.contains(&w.id))
        .cloned()
        .collect();
    let load = {
        let (act, progress, chosen) = (act.clone(), progress.setter(), chosen.clone());
        Callback::from(move |_| {
            let (progress, chosen) = (progress.clone(), chosen.clone());
            let request = async move {
                let zip = archive(&chosen, |done| progress.set(done)).await?;
                // A browser that refuses to save tells so itself.
                let _ = dom::save(&zip, words::ARCHIVE);
                Ok(())
            };
            act.run(request, |()| {});
        })
    };
    let toggle_all = {
        let (off, all) = (off.setter(), all.clone());
        Callback::from(move |event: Event| {
            let on = event.target_unchecked_into::<HtmlInputElement>().checked();
            let all = all.iter().map(|w| w.id.clone());
            off.set(if on { BTreeSet::new() } else { all.collect() });
        })
    };
    let items = props.list.here().map(Rc::clone);
    let items = items.as_ref().map_or(&[][..], |page| page.items.as_slice());
    let further = props.list.here().is_some_and(|page| page.next.is_some());
    html! {
        <>
            <div class="table-box">
                <table class="table" data-testid="to-sign">
                    <thead>
                        <tr>
                            <th scope="col">
                                <input
                                    type="checkbox" data-testid="select-all" aria-label={words::ALL} checked={off.is_empty()}
                                    onchange={toggle_all}
                                />
                            </th>
                            <th scope="col">{ documents::DOCUMENT }</th>
                            <th scope="col">{ documents::WHO }</th>
                            <th scope="col">{ words::SIGNED }</th>
                        </tr>
                    </thead>
                    <tbody>{ for items.iter().map(|document| row(document, &off)) }</tbody>
                </table>
            </div>
            if further {
                <p class="hint">{ words::ONLY_FIRST }</p>
            }
            <div class="pair">
                <section class="card">
                    <h2 class="steps-title" data-step="1">{ words::STEP_LOAD }</h2>
                    <p class="soft">{ words::STEP_LOAD_BODY }</p>
                    <div class="actions">
                        <button
                            type="button" class="button button-main" data-testid="download-many"
                            disabled={act.running() || chosen.is_empty()} onclick={load}
                        >
                            { if act.running() {
                                words::loading(*progress, chosen.len())
                            } else {
                                words::load(chosen.len())
                            } }
                        </button>
                    </div>
                    { act_failed(&act) }
                </section>
                <section class="card">
                    <h2 class="steps-title" data-step="2">{ words::STEP_SIGN }</h2>
                    <p class="soft">{ words::STEP_SIGN_BODY }</p>
                    <p class="hint">{ documents::SIGN_TECHNICAL }</p>
                </section>
            </div>
        </>
    }
}

fn row(document: &Document, off: &UseStateHandle<BTreeSet<String>>) -> Html {
    let onchange = {
        let (off, id) = (off.clone(), document.id.clone());
        Callback::from(move |event: Event| {
            let mut next = (*off).clone();
            if event.target_unchecked_into::<HtmlInputElement>().checked() {
                next.remove(&id);
            } else {
                next.insert(id.clone());
            }
            off.set(next);
        })
    };
    html! {
        <tr key={document.id.clone()} data-testid="document" data-id={document.id.clone()}>
            <td>
                <input
                    type="checkbox" aria-label={document.title.clone()} checked={!off.contains(&document.id)} {onchange}
                />
            </td>
            <th scope="row">
                <a href={Route::Document(document.id.clone()).href()}>{ &document.title }</a>
                if let Some(external) = &document.external_id {
                    <span class="soft">{ external }</span>
                }
            </th>
            <td>{ patient_of(document) }</td>
            <td>{ document.signed_at.map(moment).unwrap_or_default() }</td>
        </tr>
    }
}

/// One after another, so that the server and this page hold one file at a time.
async fn archive(chosen: &[Waiting], progress: impl Fn(usize)) -> Answer<web_sys::Blob> {
    let mut zip = Zip::default();
    for (at, document) in chosen.iter().enumerate() {
        progress(at + 1);
        let blob = api::file(document.id.clone(), "signed").await?;
        if !zip.add(&document.name, &api::bytes(&blob).await?) {
            return Err(too_large());
        }
    }
    let bytes = zip.finish().ok_or_else(too_large)?;
    api::blob_of(&bytes, "application/zip")
}

fn too_large() -> Trouble {
    Trouble {
        detail: words::TOO_LARGE.into(),
        ..Trouble::new(What::Refused("too_many_documents".into()))
    }
}

/// What came of a file.
#[derive(Clone, PartialEq)]
enum Outcome {
    Queued,
    Checking,
    Accepted { completed: bool },
    Refused(String),
}

/// A file and what came of it.
#[derive(Clone, PartialEq)]
struct Returned {
    name: String,
    outcome: Outcome,
}

/// The signatures that came back.
enum Told {
    /// Files were given.
    Given(Vec<Returned>),
    /// Something came of one, by its place.
    Outcome(usize, Outcome),
}

#[derive(Clone, Default, PartialEq)]
struct Returns(Vec<Returned>);

impl Reducible for Returns {
    type Action = Told;

    fn reduce(self: Rc<Self>, told: Told) -> Rc<Self> {
        let mut files = self.0.clone();
        match told {
            Told::Given(given) => files.extend(given),
            Told::Outcome(at, outcome) => {
                if let Some(file) = files.get_mut(at) {
                    file.outcome = outcome;
                }
            }
        }
        Rc::new(Self(files))
    }
}

/// The place for signatures, with a result for each.
#[component]
fn Returning(props: &PartProps) -> Html {
    let files = use_reducer(Returns::default);
    let running = use_state_eq(|| false);
    // What has been on the list stays known while the list grows shorter.
    let known = use_mut_ref(Vec::<Waiting>::new);
    for one in waiting(&props.list) {
        if !known.borrow().contains(&one) {
            known.borrow_mut().push(one);
        }
    }
    let give = {
        let (tell, running, known) = (files.dispatcher(), running.setter(), known.clone());
        let (start, again, flow) = (
            files.0.len(),
            props.list.again.clone(),
            props.desk.flow.clone(),
        );
        Callback::from(move |given: Vec<File>| {
            let returned = |file: &File| Returned {
                name: file.name(),
                outcome: Outcome::Queued,
            };
            tell.dispatch(Told::Given(given.iter().map(returned).collect()));
            running.set(true);
            let (tell, running, known) = (tell.clone(), running.clone(), known.borrow().clone());
            let (again, flow) = (again.clone(), flow.clone());
            spawn_local(async move {
                for (at, file) in given.into_iter().enumerate() {
                    let place = start + at;
                    tell.dispatch(Told::Outcome(place, Outcome::Checking));
                    let outcome = hand_in(file, &known, &flow).await;
                    tell.dispatch(Told::Outcome(place, outcome));
                }
                running.set(false);
                again.emit(());
            });
        })
    };
    let count = |of: fn(&Outcome) -> bool| files.0.iter().filter(|file| of(&file.outcome)).count();
    let good = count(|outcome| matches!(outcome, Outcome::Accepted { .. }));
    let bad = count(|outcome| matches!(outcome, Outcome::Refused(_)));
    if known.borrow().is_empty() && files.0.is_empty() {
        return Html::default();
    }
    html! {
        <section class="card">
            <h2 class="steps-title" data-step="3">{ words::STEP_RETURN }</h2>
            <FileField
                id="signature-files" label={words::DROP} hint={words::DROP_HINT} accept={ACCEPT} multiple=true
                disabled={*running} {give}
            />
            if !files.0.is_empty() {
                <p role="status" data-testid="signatures-standing" data-left={(files.0.len() - good - bad).to_string()}>
                    { words::standing(good, bad, files.0.len() - good - bad) }
                </p>
                <ul class="report" data-testid="signatures" aria-label={words::RESULT}>
                    { for files.0.iter().map(line) }
                </ul>
            }
        </section>
    }
}

fn line(file: &Returned) -> Html {
    let (state, class, text) = match &file.outcome {
        Outcome::Queued => ("queued", "soft", words::QUEUED.to_owned()),
        Outcome::Checking => ("checking", "soft", words::CHECKING.to_owned()),
        Outcome::Accepted { completed: true } => ("accepted", "good", words::COMPLETED.to_owned()),
        Outcome::Accepted { completed: false } => ("accepted", "good", words::ACCEPTED.to_owned()),
        Outcome::Refused(why) => ("refused", "failed", why.clone()),
    };
    html! {
        <li data-testid="signature" data-state={state}>
            <span class="line-name">{ &file.name }</span>
            <span {class}>{ text }</span>
        </li>
    }
}

async fn hand_in(file: File, known: &[Waiting], flow: &super::desk::Flow) -> Outcome {
    let Some(document) = find(&file.name(), known) else {
        return Outcome::Refused(words::UNMATCHED.into());
    };
    match sign(document.id.clone(), file, None).await {
        Ok(document) => Outcome::Accepted {
            completed: document.status == Status::Completed,
        },
        Err(trouble) => {
            flow.heard(&trouble);
            Outcome::Refused(sentence(&trouble))
        }
    }
}
