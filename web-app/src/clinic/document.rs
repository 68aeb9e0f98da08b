//! One document: its state, its history, what can be done with it.

use podpis_shared::staff::Permission;
use podpis_shared::wire::mis::Document as View;
use podpis_shared::{Purpose, Status};
use yew::prelude::*;

use super::desk::Desk;
use super::documents::state;
use super::kept::Kept;
use super::load::{Load, use_act, use_load, use_refresh};
use super::parts::{TITLE, act_failed, bones, fact, loaded};
use super::preview::Preview;
use super::signature::Signature;
use crate::api::clinic as api;
use crate::dialog::Dialog;
use crate::model::clinic::route::Route;
use crate::model::clinic::seen::{Message, patient_of};
use crate::text::clinic::{documents as words, moment};
use crate::{dom, text};

/// A state that changed is seen so soon, in milliseconds.
const REFRESH_MS: u32 = 20_000;

/// Properties of [`Document`].
#[derive(PartialEq, Properties)]
pub(super) struct DocumentProps {
    pub(super) desk: Desk,
    pub(super) id: String,
}

/// The page.
#[component]
pub(super) fn Document(props: &DocumentProps) -> Html {
    let view = use_load(&props.desk.flow, props.id.clone(), api::document);
    use_refresh(&view.again, REFRESH_MS);
    html! {
        <>
            <p><a class="link up" href={Route::Documents.href()}>{ words::TO_LIST }</a></p>
            if view.here().is_none() {
                <h1 id={TITLE} class="visually-hidden" tabindex="-1">{ words::DOCUMENT }</h1>
            }
            { loaded(&view, |document| html! {
                <Whole desk={props.desk.clone()} document={document.clone()} view={view.clone()} />
            }) }
        </>
    }
}

/// Properties of [`Whole`].
#[derive(Properties)]
struct WholeProps {
    desk: Desk,
    document: View,
    view: Load<View>,
}

impl PartialEq for WholeProps {
    // The document has no equality of its own; it changes with every answer only.
    fn eq(&self, other: &Self) -> bool {
        self.desk == other.desk && self.view == other.view
    }
}

/// Everything about it.
#[component]
fn Whole(props: &WholeProps) -> Html {
    let document = &props.document;
    let waits = document.status == Status::PatientSigned && props.desk.may(Permission::Sign);
    let shown = use_state(|| None::<web_sys::Blob>);
    html! {
        <>
            <div class="page-head">
                <h1 id={TITLE} tabindex="-1" data-testid="document-title">{ &document.title }</h1>
                <p class="soft">{ patient_of(document) }</p>
            </div>
            <div class="split">
                <div class="desk-part">
                    <section class="card">
                        <div data-testid="document-status" data-status={document.status.as_str()}>{ state(document) }</div>
                        <p>{ words::next_of(document) }</p>
                        if props.desk.may(Permission::DocumentsSend) {
                            <Actions desk={props.desk.clone()} document={document.clone()} view={props.view.clone()} />
                        }
                    </section>
                    if waits {
                        <Signature desk={props.desk.clone()} document={document.clone()} view={props.view.clone()} />
                    }
                    if document.purpose == Purpose::Keeping {
                        <Kept desk={props.desk.clone()} document={document.clone()} />
                    }
                    <section class="card">
                        <h2>{ words::HISTORY }</h2>
                        { history(document) }
                    </section>
                    <Messages desk={props.desk.clone()} id={document.id.clone()} />
                </div>
                <div class="beside desk-part">
                    <section class="card">
                        <h2>{ words::FILES }</h2>
                        <Files desk={props.desk.clone()} document={document.clone()} look={
                            let shown = shown.setter();
                            Callback::from(move |blob| shown.set(blob))
                        } looking={shown.is_some()} />
                    </section>
                    if let Some(file) = (*shown).clone() {
                        <Preview {file} />
                    }
                    <section class="card">
                        <h2>{ words::FACTS }</h2>
                        { facts(document) }
                    </section>
                </div>
            </div>
        </>
    }
}

fn history(document: &View) -> Html {
    html! {
        <ol class="history-line" data-testid="history">
            { for words::history(document).into_iter().map(|(line, at, done)| html! {
                <li class={classes!((!done).then_some("later"))}>
                    { line }
                    if let Some(at) = at {
                        <time>{ moment(at) }</time>
                    }
                </li>
            }) }
        </ol>
    }
}

fn facts(document: &View) -> Html {
    let volume = text::volume(document.pages, document.size);
    html! {
        <dl class="facts facts-narrow">
            { fact(words::KIND, words::kind(document.kind)) }
            { fact(words::HOW_SENT, words::delivery(document.delivery)) }
            if document.purpose == Purpose::Signing {
                { fact(words::HOW_SIGNED, words::method(document.method)) }
            }
            if document.status.is_open() {
                { fact(words::UNTIL, words::until(document)) }
            }
            if let Some(external) = &document.external_id {
                { fact(words::EXTERNAL, external.clone()) }
            }
            { fact(words::VOLUME, volume) }
            { fact(words::ID, document.id.clone()) }
        </dl>
    }
}

/// Properties of [`Actions`].
#[derive(Properties)]
struct ActionsProps {
    desk: Desk,
    document: View,
    view: Load<View>,
}

impl PartialEq for ActionsProps {
    fn eq(&self, other: &Self) -> bool {
        self.desk == other.desk && self.view == other.view
    }
}

/// Reminding and taking back.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let (remind, cancel) = (use_act(&props.desk.flow), use_act(&props.desk.flow));
    let asking = use_state_eq(|| false);
    let told = use_state_eq(String::new);
    let id = props.document.id.clone();
    let on_remind = {
        let (remind, id, told) = (remind.clone(), id.clone(), told.setter());
        Callback::from(move |_| {
            let told = told.clone();
            told.set(String::new());
            remind.run(api::remind(id.clone(), api::once()), move |reminded| {
                told.set(words::reminded(&reminded.channels, reminded.scheduled_for));
            });
        })
    };
    let on_cancel = {
        let (cancel, again, asking) = (cancel.clone(), props.view.again.clone(), asking.setter());
        let flow = props.desk.flow.clone();
        Callback::from(move |()| {
            let (again, flow) = (again.clone(), flow.clone());
            asking.set(false);
            cancel.run(api::cancel(id.clone(), api::once()), move |_| {
                flow.say(words::CANCELLED);
                again.emit(());
            });
        })
    };
    let kept = props.document.purpose == Purpose::Keeping;
    let open = props.document.status.is_open();
    let may_cancel = open || (kept && props.document.status == Status::Completed);
    let ask = |to: bool| {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(to))
    };
    html! {
        <>
            <div class="actions">
                if open {
                    <button
                        type="button" class="button button-second" data-testid="remind" disabled={remind.running()}
                        aria-describedby="remind-hint" onclick={on_remind}
                    >
                        { words::REMIND }
                    </button>
                }
                if may_cancel {
                    <button
                        type="button" class="button button-danger" data-testid="cancel" disabled={cancel.running()}
                        onclick={ask(true).reform(|_| ())}
                    >
                        { words::CANCEL }
                    </button>
                }
            </div>
            if open {
                <p class="hint" id="remind-hint">{ words::REMIND_HINT }</p>
            }
            <p class="told" role="status" data-testid="told">{ (*told).clone() }</p>
            { act_failed(&remind) }
            { act_failed(&cancel) }
            <Dialog
                id="cancel-dialog" open={*asking} title={words::CANCEL_TITLE} confirm={words::CANCEL} testid="cancel-confirm"
                busy={cancel.running()} on_confirm={on_cancel} on_close={ask(false)}
            >
                <p>{ words::CANCEL_BODY }</p>
            </Dialog>
        </>
    }
}

/// Properties of [`Files`].
#[derive(Properties)]
struct FilesProps {
    desk: Desk,
    document: View,
    look: Callback<Option<web_sys::Blob>>,
    looking: bool,
}

impl PartialEq for FilesProps {
    fn eq(&self, other: &Self) -> bool {
        self.document.id == other.document.id
            && self.document.status == other.document.status
            && self.looking == other.looking
    }
}

/// Its files.
#[component]
fn Files(props: &FilesProps) -> Html {
    let act = use_act(&props.desk.flow);
    let load = |which: &'static str| {
        let (act, id) = (act.clone(), props.document.id.clone());
        let name = file_name(&props.document, which);
        Callback::from(move |_| {
            let name = name.clone();
            act.run(api::file(id.clone(), which), move |blob| {
                // A browser that refuses to save tells so itself.
                let _ = dom::save(&blob, &name);
            });
        })
    };
    let look = {
        let (act, look, looking) = (act.clone(), props.look.clone(), props.looking);
        let (id, status) = (props.document.id.clone(), props.document.status);
        Callback::from(move |_| {
            let which = match status {
                Status::Completed => "final",
                Status::PatientSigned => "signed",
                _ => "original",
            };
            if looking {
                look.emit(None);
                return;
            }
            let look = look.clone();
            act.run(api::file(id.clone(), which), move |blob| {
                look.emit(Some(blob))
            });
        })
    };
    html! {
        <>
            <button type="button" class="button button-second" data-testid="look" disabled={act.running()} onclick={look}>
                { if props.looking { words::HIDE } else { words::LOOK } }
            </button>
            <ul class="lines">
                { for words::files(&props.document).into_iter().map(|(which, title, testid)| html! {
                    <li>
                        <button
                            type="button" class="link link-button" data-testid={testid} disabled={act.running()}
                            onclick={load(which)}
                        >
                            { title }
                        </button>
                    </li>
                }) }
            </ul>
            <p class="soft" role="status">{ if act.running() { words::DOWNLOADING } else { "" } }</p>
            { act_failed(&act) }
        </>
    }
}

fn file_name(document: &View, which: &str) -> String {
    match which {
        "original" => text::file_name(&document.title, false),
        "signed" => text::file_name(&document.title, true),
        "final" => text::final_name(&document.title),
        "evidence" => text::evidence_name(&document.title),
        _ => text::final_name(&document.title).replace(".pdf", ".zip"),
    }
}

/// Properties of [`Messages`].
#[derive(PartialEq, Properties)]
struct MessagesProps {
    desk: Desk,
    id: String,
}

/// What was sent about it.
#[component]
fn Messages(props: &MessagesProps) -> Html {
    let messages = use_load(&props.desk.flow, props.id.clone(), api::messages);
    html! {
        <section class="card">
            <h2>{ words::MESSAGES }</h2>
            if messages.here().is_some_and(|messages| messages.is_empty()) {
                <p class="soft">{ words::NO_MESSAGES }</p>
            } else if messages.here().is_some() {
                { loaded(&messages, |messages| html! {
                    <ul class="lines" data-testid="messages">{ for messages.iter().map(message) }</ul>
                }) }
            } else {
                { bones() }
            }
        </section>
    }
}

fn message(message: &Message) -> Html {
    let (outcome, good) = words::outcome(&message.status, message.reason.as_deref());
    html! {
        <li class="line" data-testid="message" data-status={message.status.clone()}>
            <div>
                <p class="line-name">
                    { words::capital(words::channel(&message.channel)) }{ ": " }{ words::notice(message.notice.as_deref()) }
                </p>
                <p class="soft">{ &message.to_masked }{ ", " }{ moment(message.sent_at.unwrap_or(message.created_at)) }</p>
            </div>
            <p class={if good { "told" } else { "failed" }}>{ outcome }</p>
        </li>
    }
}
