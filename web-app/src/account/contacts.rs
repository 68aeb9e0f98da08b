//! Phones and e-mails of the account: adding, changing, taking away.

use std::rc::Rc;

use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{AccountView, ContactView, Level};
use yew::prelude::*;

use super::code_form::CodeForm;
use super::contact_form::{ContactForm, Kind};
use super::flow::Flow;
use super::load::use_act;
use super::parts::act_failed;
use super::prove::{self, Prove};
use crate::api::account as api;
use crate::dialog::Dialog;
use crate::dom;
use crate::model::account::Event;
use crate::model::account::proof::{self, Proof};
use crate::model::account::trouble::{Trouble, What};
use crate::text::account as words;

/// Properties of [`Contacts`].
#[derive(PartialEq, Properties)]
pub(super) struct ContactsProps {
    pub(super) view: Rc<AccountView>,
    /// The browser is leaving for Gosuslugi.
    pub(super) leaving: bool,
    pub(super) flow: Flow,
}

/// Id of the section's heading.
const TITLE: &str = "contacts-title";

/// The section.
#[component]
pub(super) fn Contacts(props: &ContactsProps) -> Html {
    let ContactsProps { view, flow, .. } = props;
    let adding = use_state_eq(|| None::<Kind>);
    let removing = use_state_eq(|| None::<ContactView>);
    let told = use_state_eq(|| "");
    let remove = use_act(flow);
    let has = |kind: &str| view.contacts.iter().any(|contact| contact.kind == kind);
    let begin = |kind: Kind| {
        let (adding, told) = (adding.setter(), told.setter());
        Callback::from(move |_| {
            told.set("");
            adding.set(Some(kind));
        })
    };
    let end = {
        let (adding, told) = (adding.setter(), told.setter());
        Callback::from(move |done: bool| {
            adding.set(None);
            told.set(if done { words::CONTACT_ADDED } else { "" });
            dom::focus_id(TITLE);
        })
    };
    let ask = {
        let (removing, told) = (removing.setter(), told.setter());
        Callback::from(move |contact: Option<ContactView>| {
            told.set("");
            removing.set(contact);
        })
    };
    // What is to be taken off, until a proof has come that it is the person who wants it.
    let held_up = use_state_eq(|| None::<String>);
    let take_off = {
        let (remove, told, held_up) = (remove.clone(), told.setter(), held_up.setter());
        let flow = flow.clone();
        Callback::from(move |id: String| {
            held_up.set(Some(id.clone()));
            let (flow, told, held_up) = (flow.clone(), told.clone(), held_up.clone());
            remove.run(api::remove_contact(id), move |view| {
                held_up.set(None);
                flow.tell(Event::ViewRead(Ok(Rc::new(view))));
                told.set(words::CONTACT_REMOVED);
                dom::focus_id(TITLE);
            });
        })
    };
    let confirm = {
        let (removing, take_off) = (removing.clone(), take_off.clone());
        Callback::from(move |()| {
            if let Some(contact) = &*removing {
                take_off.emit(contact.id.clone());
            }
            removing.set(None);
        })
    };
    let proving = (*held_up)
        .clone()
        .filter(|_| remove.trouble().is_some_and(needs_proof));
    let now = Timestamp::from_unix(dom::unix_now());
    // Gosuslugi are a way in as well.
    let last = view.contacts.len() < 2 && view.level == Level::Contact;
    html! {
        <section class="card">
            <h2 id={TITLE} tabindex="-1">{ words::CONTACTS }</h2>
            <p class="soft">{ words::CONTACTS_LEAD }</p>
            <ul class="lines">
                { for view.contacts.iter().map(|contact| html! {
                    <li class="line" key={contact.id.clone()} data-testid="contact" data-kind={contact.kind.clone()}>
                        <div>
                            <p class="line-name">{ breakable(&contact.value) }</p>
                            <p class="soft">
                                { if contact.kind == "email" { words::EMAIL } else { words::PHONE } }
                                { ", " }{ words::contact_since(contact.since, now) }
                            </p>
                            if last {
                                <p class="soft">{ words::LAST_CONTACT }</p>
                            }
                        </div>
                        if !last {
                            <button
                                type="button"
                                class="button button-second button-small"
                                data-testid="contact-remove"
                                aria-label={words::remove_label(&contact.value)}
                                disabled={remove.running()}
                                onclick={
                                    let contact = contact.clone();
                                    ask.reform(move |_| Some(contact.clone()))
                                }
                            >
                                { words::REMOVE }
                            </button>
                        }
                    </li>
                }) }
            </ul>
            if let Some(id) = &proving {
                <Prove
                    view={view.clone()}
                    leaving={props.leaving}
                    flow={flow.clone()}
                    done={
                        let id = id.clone();
                        take_off.reform(move |()| id.clone())
                    }
                    end={
                        let held_up = held_up.setter();
                        Callback::from(move |()| {
                            held_up.set(None);
                            dom::focus_id(TITLE);
                        })
                    }
                />
            } else if held_up.is_some() || !remove.trouble().is_some_and(needs_proof) {
                { act_failed(&remove) }
            }
            <p class="told" role="status">{ *told }</p>
            if let Some(kind) = *adding {
                <Adding
                    {kind}
                    view={view.clone()}
                    replaces={kind == Kind::Phone && has("phone")}
                    leaving={props.leaving}
                    flow={flow.clone()}
                    end={end}
                />
            } else {
                <div class="actions">
                    <button type="button" class="button button-second" data-testid="contact-add-phone" onclick={begin(Kind::Phone)}>
                        { if has("phone") { words::CHANGE_PHONE } else { words::ADD_PHONE } }
                    </button>
                    <button type="button" class="button button-second" data-testid="contact-add-email" onclick={begin(Kind::Email)}>
                        { words::ADD_EMAIL }
                    </button>
                </div>
            }
            <Dialog
                id="remove-contact"
                open={removing.is_some()}
                title={words::REMOVE_TITLE}
                confirm={words::REMOVE}
                testid="contact-remove-confirm"
                busy={remove.running()}
                on_confirm={confirm}
                on_close={ask.reform(|()| None)}
            >
                <p>{ removing.as_ref().map(|contact| words::remove_body(&contact.value)).unwrap_or_default() }</p>
            </Dialog>
        </section>
    }
}

/// Nothing changes without a fresh proof.
fn needs_proof(trouble: &Trouble) -> bool {
    trouble.what == What::Code(Code::ProofNeeded)
}

/// A long address breaks before its `@` first.
fn breakable(value: &str) -> Html {
    match value.split_once('@') {
        Some((name, host)) => html! { <>{ name }<wbr />{ "@" }{ host }</> },
        None => words::contact(value).into(),
    }
}

/// Properties of [`Adding`].
#[derive(PartialEq, Properties)]
struct AddingProps {
    kind: Kind,
    view: Rc<AccountView>,
    /// The new phone takes the place of another.
    replaces: bool,
    leaving: bool,
    flow: Flow,
    /// Told whether something was added.
    end: Callback<bool>,
}

/// The steps to a further contact: which one, a proof where one is needed, its code.
#[component]
fn Adding(props: &AddingProps) -> Html {
    let proof = use_reducer(Proof::default);
    let ask = {
        let (tell, flow) = (proof.dispatcher(), props.flow.clone());
        Callback::from(move |contact| prove::ask(tell.clone(), flow.clone(), contact))
    };
    let again = {
        let contact = proof.contact.clone();
        ask.reform(move |()| contact.clone())
    };
    if proof.trouble.as_ref().is_some_and(needs_proof) {
        return html! {
            <Prove
                view={props.view.clone()}
                leaving={props.leaving}
                flow={props.flow.clone()}
                done={again}
                end={props.end.reform(|()| false)}
            />
        };
    }
    let check = {
        let (tell, flow) = (proof.dispatcher(), props.flow.clone());
        let done = props.end.reform(|()| true);
        Callback::from(move |typed| prove::check(tell.clone(), flow.clone(), typed, done.clone()))
    };
    let other = {
        let tell = proof.dispatcher();
        Callback::from(move |()| tell.dispatch(proof::Event::Back))
    };
    let (title, why) = match (props.kind, props.replaces) {
        (Kind::Phone, true) => (words::CHANGE_PHONE, words::CHANGE_PHONE_WHY),
        (Kind::Phone, false) => (words::ADD_PHONE, words::ADD_WHY),
        (Kind::Email, _) => (words::ADD_EMAIL, words::ADD_EMAIL_WHY),
    };
    html! {
        <div class="inset" data-testid="contact-adding">
            <h3>{ title }</h3>
            if let Some(code) = &proof.code {
                <CodeForm
                    proof={(*proof).clone()}
                    code={code.clone()}
                    submit={words::CODE_CONFIRM}
                    {check}
                    resend={again}
                    {other}
                />
            } else {
                <p class="soft">{ why }</p>
                <ContactForm
                    proof={(*proof).clone()}
                    kind={props.kind}
                    focused=true
                    testids={("contact-new", "contact-submit")}
                    disabled={props.leaving}
                    submit={ask}
                />
            }
            <button
                type="button"
                class="button button-quiet"
                data-testid="contact-cancel"
                onclick={props.end.reform(|_| false)}
            >
                { words::CANCEL }
            </button>
        </div>
    }
}
