//! Sending a document: what, to whom, how; with the law's word while choosing and a picture of what is sent.

mod how;
mod looks;
mod signatures;
mod what;
mod who;

use std::rc::Rc;

use podpis_shared::wire::mis::NewDocument;
use podpis_shared::{Purpose, Timestamp};
use web_sys::File;
use yew::prelude::*;

use super::desk::PageProps;
use super::fields::to_first_flaw;
use super::load::{use_act, use_load};
use super::parts::{TITLE, heading, loaded, refused};
use crate::api::clinic as api;
use crate::dom;
use crate::model::clinic::draft::{Draft, Flaw, Flaws, named};
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::Template;
use crate::model::clinic::trouble::What;
use crate::text::clinic::send as words;

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
type Sent = Option<(NewDocumentText, Files, String)>;
type NewDocumentText = String;

/// The clinic's own file, and the signatures beside it.
type Files = (Option<File>, Rc<Vec<File>>);

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
    let signatures = use_state(|| Rc::new(Vec::<File>::new()));
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

    // Signatures go with what is for keeping, and with nothing else.
    let kept = draft.purpose == Purpose::Keeping;
    let beside = Rc::clone(&signatures);
    let beside = if kept { beside } else { Rc::default() };

    let submit = {
        let (form, template, act) = (form.clone(), template.clone(), act.clone());
        let (file, beside) = ((*file).clone(), Rc::clone(&beside));
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
            let flawed = missing || !signatures::flaw_of(&beside).is_empty();
            let now = Timestamp::from_unix(dom::unix_now());
            let new = match form.draft.complete(template.as_ref(), now) {
                Ok(new) if !flawed => new,
                other => {
                    flaws.set(Rc::new(other.err().unwrap_or_default()));
                    to_first_flaw();
                    return;
                }
            };
            flaws.set(Rc::default());
            let file = file.clone().filter(|_| template.is_none());
            let files = (file, Rc::clone(&beside));
            let once = key_of(&mut last.borrow_mut(), &new, &files);
            let (sent, flaws, names) = (sent.clone(), flaws.clone(), names(template.as_ref()));
            let request = async move {
                let answer = api::send_document(new, files.0, files.1, once).await;
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
            let signatures = signatures.setter();
            Callback::from(move |_| {
                change.dispatch(Change(Box::new(|draft| *draft = draft.next())));
                file.set(None);
                signatures.set(Rc::default());
                sent.set(None);
                dom::focus_id(TITLE);
            })
        };
        return done(id, another);
    }
    let refusal = act.trouble().filter(|_| !beside.is_empty());
    let refusal = refusal.and_then(|trouble| match &trouble.what {
        What::Refused(code) => words::beside_refused(code),
        _ => None,
    });
    let unfit = !signatures::flaw_of(&beside).is_empty() || refusal.is_some();
    let flawed = !flaws.is_empty() || !file_flaw.is_empty() || unfit;
    let give = {
        let (signatures, act) = (signatures.setter(), act.clone());
        Callback::from(move |given| {
            act.forget();
            signatures.set(given);
        })
    };
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
                <how::How
                    form={form.clone()} signatures={Rc::clone(&signatures)} refused={refusal.unwrap_or_default()} {give}
                />
                <section class="card">
                    <p class="failed" role="alert" data-testid="send-flawed">{ if flawed { words::FLAWED } else { "" } }</p>
                    { refused(act.trouble().filter(|_| refusal.is_none())) }
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
                    <looks::Looks form={form.clone()} file={(*file).clone()} desk={props.desk.clone()} />
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

/// The key of a request: the same for the same form and files, so that a double click sends once.
fn key_of(last: &mut Sent, new: &NewDocument, files: &Files) -> String {
    // The deadline counts from the click, and is no other form.
    let same = NewDocument {
        expires_at: None,
        ..new.clone()
    };
    let text = serde_json::to_string(&same).unwrap_or_default();
    if let Some((sent, with, once)) = last
        && *sent == text
        && with == files
    {
        return once.clone();
    }
    let once = api::once();
    *last = Some((text, files.clone(), once.clone()));
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
