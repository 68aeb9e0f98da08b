//! Proving once more that it is the person who is signed in: by a code to what the account has, or by Gosuslugi.

use std::rc::Rc;

use podpis_shared::wire::account::{AccountView, LoginPurpose, TypedCode};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::code_form::CodeForm;
use super::flow::Flow;
use super::parts::refusal;
use crate::api::account as api;
use crate::dom;
use crate::model::account::Event;
use crate::model::account::proof::{self, Proof};
use crate::model::account::route::Route;
use crate::text::account as words;

impl Reducible for Proof {
    type Action = proof::Event;

    fn reduce(self: Rc<Self>, event: proof::Event) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(event))
    }
}

/// Asks for a code to a phone or an e-mail of the account, or for one that it gets.
pub(super) fn ask(tell: UseReducerDispatcher<Proof>, flow: Flow, contact: String) {
    tell.dispatch(proof::Event::Asking(contact.clone()));
    spawn_local(async move {
        tell.dispatch(match api::new_contact(contact).await {
            Ok((sent, now)) => proof::Event::Sent(Rc::new(sent), now),
            Err(trouble) => {
                flow.heard(&trouble);
                proof::Event::Failed(trouble, dom::now_ms())
            }
        });
    });
}

/// Hands in the typed code; `done` hears when it was right.
pub(super) fn check(
    tell: UseReducerDispatcher<Proof>,
    flow: Flow,
    typed: TypedCode,
    done: Callback<()>,
) {
    tell.dispatch(proof::Event::Checking);
    spawn_local(async move {
        match api::contact_code(typed).await {
            Ok(view) => {
                flow.tell(Event::ViewRead(Ok(Rc::new(view))));
                done.emit(());
            }
            Err(trouble) => {
                flow.heard(&trouble);
                tell.dispatch(proof::Event::Failed(trouble, dom::now_ms()));
            }
        }
    });
}

/// Properties of [`Prove`].
#[derive(PartialEq, Properties)]
pub(super) struct ProveProps {
    pub(super) view: Rc<AccountView>,
    /// The browser is leaving for Gosuslugi.
    pub(super) leaving: bool,
    pub(super) flow: Flow,
    /// It is the person.
    pub(super) done: Callback<()>,
    /// The person thinks better of it.
    pub(super) end: Callback<()>,
}

/// The part of the page that asks for it.
#[component]
pub(super) fn Prove(props: &ProveProps) -> Html {
    let proof = use_reducer(Proof::default);
    use_effect_with((), |()| dom::focus_id("prove-title"));
    let by = |kind: &str| {
        props
            .view
            .contacts
            .iter()
            .find(|contact| contact.kind == kind)
    };
    let own = by("phone").or_else(|| by("email"));
    let send = {
        let (tell, flow) = (proof.dispatcher(), props.flow.clone());
        let own = own.map(|contact| contact.value.clone()).unwrap_or_default();
        Callback::from(move |()| ask(tell.clone(), flow.clone(), own.clone()))
    };
    let check = {
        let (tell, flow, done) = (proof.dispatcher(), props.flow.clone(), props.done.clone());
        Callback::from(move |typed| check(tell.clone(), flow.clone(), typed, done.clone()))
    };
    let back = {
        let tell = proof.dispatcher();
        Callback::from(move |()| tell.dispatch(proof::Event::Back))
    };
    let esia = {
        let flow = props.flow.clone();
        Callback::from(move |_| flow.esia(LoginPurpose::Bind, Route::Profile))
    };
    let waits = proof.busy || props.leaving;
    html! {
        <div class="inset" data-testid="prove">
            <h3 id="prove-title" tabindex="-1">{ words::PROVE_TITLE }</h3>
            <p class="soft">{ words::PROVE_BODY }</p>
            if let Some(code) = &proof.code {
                <CodeForm
                    proof={(*proof).clone()}
                    code={code.clone()}
                    submit={words::CODE_CONFIRM}
                    {check}
                    resend={send}
                    other={back}
                    fixed=true
                />
            } else {
                { refusal("prove-error", proof.trouble.as_ref().map(words::contact_trouble)) }
                if let Some(own) = own {
                    <button
                        type="button"
                        class="button button-main button-wide"
                        data-testid="prove-code"
                        disabled={waits}
                        onclick={send.reform(|_| ())}
                    >
                        { if proof.busy { words::SENDING.to_owned() } else { words::prove_by(&own.value) } }
                    </button>
                }
                <button
                    type="button"
                    class="button button-second button-wide"
                    data-testid="prove-esia"
                    disabled={waits}
                    onclick={esia}
                >
                    { if props.leaving { words::LEAVING } else { words::PROOF_ESIA } }
                </button>
            }
            <button type="button" class="button button-quiet" data-testid="prove-cancel" onclick={props.end.reform(|_| ())}>
                { words::CANCEL }
            </button>
        </div>
    }
}
