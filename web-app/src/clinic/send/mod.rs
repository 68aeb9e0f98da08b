//! Sending a document: what, to whom, how; with the law's word while choosing and a picture of what is sent.

mod how;
mod what;
mod who;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use podpis_shared::Timestamp;
use podpis_shared::wire::mis::NewDocument;
use web_sys::{Blob, File};
use yew::prelude::*;

use super::desk::PageProps;
use super::load::{use_act, use_load};
use super::parts::{TITLE, heading, loaded, refused};
use super::preview::Preview;
use crate::api::clinic as api;
use crate::dom;
use crate::model::clinic::draft::{Draft, Flaw, Flaws, named};
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::Template;
use crate::text::clinic::send as words;

/// After a letter, the preview waits for the next one so long, in milliseconds.
const TYPING_MS: u32 = 900;

/// A change of the form.
pub(crate) struct Change(Box<dyn FnOnce(&mut Draft)>);

impl Reducible for Draft {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut draft = Rc::unwrap_or_clone(self);
        (change.0)(&mut draft);
        Rc::new(draft)
    }
}

/// The form, what is wrong with it, and the way to change it: what its parts need.
#[derive(Clone, PartialEq)]
struct Form {
    draft: Rc<Draft>,
    change: UseReducerDispatcher<Draft>,
    flaws: Rc<Flaws>,
    templates: Rc<Vec<Template>>,
    now: Timestamp,
}

/// Properties of the form's parts.
#[derive(PartialEq, Properties)]
struct PartProps {
    form: Form,
}

impl Form {
    /// The chosen template.
    fn template(&self) -> Option<&Template> {
        let id = self.draft.template.as_deref()?;
        self.templates.iter().find(|template| template.id == id)
    }

    /// Changes the form, and then whatever the law does not let stand.
    fn edit(&self, change: impl FnOnce(&mut Draft) + 'static) {
        let (templates, now) = (self.templates.clone(), self.now);
        self.change.dispatch(Change(Box::new(move |draft| {
            change(draft);
            let id = draft.template.clone();
            let template = id.and_then(|id| templates.iter().find(|t| t.id == id));
            let kind = draft.kind_of(template);
            draft.settle(kind, now);
        })));
    }

    /// For a text field.
    fn typed(&self, name: String) -> Callback<String> {
        let form = self.clone();
        Callback::from(move |value: String| {
            let name = name.clone();
            form.edit(move |draft| draft.set(name, value));
        })
    }

    /// For choices.
    fn picked(&self, pick: fn(&mut Draft, &str)) -> Callback<String> {
        let form = self.clone();
        Callback::from(move |value: String| form.edit(move |draft| pick(draft, &value)))
    }

    /// What is wrong with a field, until it is changed.
    fn flaw(&self, name: &str) -> &'static str {
        let flaw = self.flaws.get(name);
        let flaw = flaw.filter(|_| !self.draft.is_changed(name));
        flaw.map_or("", |flaw| words::flaw(*flaw))
    }
}

/// What was sent last, and under which key: the same form again is the same request.
type Sent = Option<(NewDocumentText, Option<File>, String)>;
type NewDocumentText = String;

/// The page.
#[component]
pub(super) fn Send(props: &PageProps) -> Html {
    let templates = use_load(&props.desk.flow, (), |()| api::templates());
    html! {
        <>
            { heading(words::TITLE, words::LEAD) }
            { loaded(&templates, |list| html! {
                <Filling desk={props.desk.clone()} templates={Rc::new(list.clone())} />
            }) }
        </>
    }
}

/// Properties of [`Filling`].
#[derive(PartialEq, Properties)]
struct FillingProps {
    desk: super::desk::Desk,
    templates: Rc<Vec<Template>>,
}

/// The form.
#[component]
fn Filling(props: &FillingProps) -> Html {
    let draft = use_reducer(Draft::default);
    let flaws = use_state(|| Rc::new(Flaws::new()));
    let file = use_state(|| None::<File>);
    let file_flaw = use_state_eq(|| "");
    let sent = use_state(|| None::<String>);
    let last = use_mut_ref(|| None as Sent);
    let act = use_act(&props.desk.flow);
    let now = Timestamp::from_unix(dom::unix_now());
    let form = Form {
        draft: Rc::new((*draft).clone()),
        change: draft.dispatcher(),
        flaws: (*flaws).clone(),
        templates: props.templates.clone(),
        now,
    };
    let template = form.template().cloned();
    let forbidden = draft.chosen(draft.kind_of(template.as_ref()), now).is_err();

    let submit = {
        let (form, template, file, act) =
            (form.clone(), template.clone(), (*file).clone(), act.clone());
        let (flaws, file_flaw, sent) = (flaws.setter(), file_flaw.setter(), sent.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() {
                return;
            }
            act.forget();
            form.edit(Draft::told);
            let missing = template.is_none() && file.is_none();
            file_flaw.set(if missing { words::FILE_MISSING } else { "" });
            let now = Timestamp::from_unix(dom::unix_now());
            let new = match form.draft.complete(template.as_ref(), now) {
                Ok(new) if !missing => new,
                other => {
                    flaws.set(Rc::new(other.err().unwrap_or_default()));
                    to_first_flaw();
                    return;
                }
            };
            flaws.set(Rc::default());
            let file = file.clone().filter(|_| template.is_none());
            let once = key_of(&mut last.borrow_mut(), &new, file.as_ref());
            let (sent, flaws, names) = (sent.clone(), flaws.clone(), names(template.as_ref()));
            let request = async move {
                let answer = api::send_document(new, file, once).await;
                if let Err(trouble) = &answer {
                    let found = named(&trouble.detail, names);
                    let found: Flaws = found.into_iter().map(|f| (f, Flaw::Refused)).collect();
                    flaws.set(Rc::new(found));
                }
                answer
            };
            act.run(request, move |document| sent.set(Some(document.id)));
        })
    };
    if let Some(id) = &*sent {
        let another = {
            let (change, sent, file) = (draft.dispatcher(), sent.setter(), file.setter());
            Callback::from(move |_| {
                change.dispatch(Change(Box::new(|draft| *draft = draft.next())));
                file.set(None);
                sent.set(None);
                dom::focus_id(TITLE);
            })
        };
        return done(id, another);
    }
    let flawed = !flaws.is_empty() || !file_flaw.is_empty();
    html! {
        <div class="split">
            <form class="desk-part" onsubmit={submit} novalidate=true data-testid="send-form">
                <what::What form={form.clone()} file={(*file).clone()} flaw={*file_flaw} give={
                    let (file, flaw) = (file.setter(), file_flaw.setter());
                    Callback::from(move |given: Option<File>| {
                        flaw.set("");
                        file.set(given);
                    })
                } />
                <who::Who form={form.clone()} />
                <how::How form={form.clone()} />
                <section class="card">
                    <p class="failed" role="alert" data-testid="send-flawed">{ if flawed { words::FLAWED } else { "" } }</p>
                    { refused(act.trouble()) }
                    <button
                        type="submit" class="button button-main button-wide" data-testid="send-submit"
                        disabled={act.running() || forbidden}
                    >
                        { if act.running() { words::SENDING } else { words::SUBMIT } }
                    </button>
                </section>
            </form>
            <div class="beside desk-part">
                <section class="card">
                    <h2>{ words::PREVIEW }</h2>
                    <Looks form={form.clone()} file={(*file).clone()} desk={props.desk.clone()} />
                </section>
            </div>
        </div>
    }
}

/// It is on its way.
fn done(id: &str, another: Callback<MouseEvent>) -> Html {
    html! {
        <section class="card notice notice-good narrow" role="status" data-testid="sent" data-id={id.to_owned()}>
            <h2 class="notice-title">{ words::SENT }</h2>
            <p>{ words::SENT_BODY }</p>
            <div class="actions">
                <a class="button button-main" href={Route::Document(id.to_owned()).href()} data-testid="sent-open">
                    { words::OPEN }
                </a>
                <button type="button" class="button button-second" data-testid="sent-another" onclick={another}>
                    { words::ANOTHER }
                </button>
            </div>
        </section>
    }
}

/// The key of a request: the same for the same form and file, so that a double click sends once.
fn key_of(last: &mut Sent, new: &NewDocument, file: Option<&File>) -> String {
    // The deadline counts from the click, and is no other form.
    let same = NewDocument {
        expires_at: None,
        ..new.clone()
    };
    let text = serde_json::to_string(&same).unwrap_or_default();
    if let Some((sent, with, once)) = last
        && *sent == text
        && with.as_ref() == file
    {
        return once.clone();
    }
    let once = api::once();
    *last = Some((text, file.cloned(), once.clone()));
    once
}

/// Every field that an error of the API may be about.
fn names(template: Option<&Template>) -> Vec<String> {
    use crate::model::clinic::draft as d;
    let person = [
        d::LAST,
        d::FIRST,
        d::MIDDLE,
        d::BORN,
        d::PHONE,
        d::EMAIL,
        d::SNILS,
    ];
    let people = [d::PATIENT, d::REPRESENTATIVE];
    let mut names = vec![d::TITLE.to_owned(), d::EXTERNAL_ID.to_owned()];
    names.extend(
        people
            .iter()
            .flat_map(|who| person.map(|part| d::field(who, part))),
    );
    names.extend(["basis", "record_ref"].map(|part| d::field(d::REPRESENTATIVE, part)));
    let own = template.iter().flat_map(|template| &template.fields);
    names.extend(
        own.filter(|field| field.is_ours())
            .map(|field| d::of_template(&field.name)),
    );
    names
}

/// Once it has been drawn, the focus goes to what is wrong.
fn to_first_flaw() {
    Timeout::new(50, || {
        let document = web_sys::window().and_then(|window| window.document());
        let first = document.and_then(|document| {
            document
                .query_selector("form [aria-invalid=true]")
                .ok()
                .flatten()
        });
        dom::focus(first.and_then(|first| wasm_bindgen::JsCast::dyn_into(first).ok()));
    })
    .forget();
}

/// Properties of [`Looks`].
#[derive(PartialEq, Properties)]
struct LooksProps {
    form: Form,
    file: Option<File>,
    desk: super::desk::Desk,
}

/// What will be sent, as it looks now.
#[component]
fn Looks(props: &LooksProps) -> Html {
    let template = props.form.template().cloned();
    let picture = use_state(|| None::<Blob>);
    let typing = use_mut_ref(|| None::<Timeout>);
    let act = use_act(&props.desk.flow);
    let fields = template
        .as_ref()
        .map(|t| (t.id.clone(), props.form.draft.preview(t)));
    use_effect_with(fields, {
        let (picture, act, typing) = (picture.setter(), act.clone(), typing.clone());
        move |fields| {
            let fields = fields.clone();
            if fields.is_none() {
                picture.set(None);
            }
            *typing.borrow_mut() = fields.map(|(id, fields)| {
                Timeout::new(TYPING_MS, move || {
                    act.run(api::preview(id, fields), move |blob| {
                        picture.set(Some(blob))
                    });
                })
            });
        }
    });
    let own = props.file.clone().filter(|_| template.is_none());
    let shown = own.map(Blob::from).or_else(|| (*picture).clone());
    let waits = act
        .trouble()
        .is_some_and(|trouble| trouble.is("template_fields"));
    match shown {
        Some(file) => html! { <Preview {file} /> },
        None if act.trouble().is_some() && !waits => {
            html! { <p class="soft">{ words::PREVIEW_FAILED }</p> }
        }
        None => html! { <p class="soft">{ words::PREVIEW_LATER }</p> },
    }
}
