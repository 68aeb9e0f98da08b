//! Signing in: by a code to a phone or an e-mail, or at Gosuslugi.

use podpis_shared::wire::account::{ClinicRef, LoginPurpose};
use yew::prelude::*;

use super::code_form::CodeForm;
use super::contact_form::{ContactForm, Kind};
use super::flow::Flow;
use super::parts::TITLE;
use crate::model::account::Event;
use crate::model::account::proof::{self, Proof, Sent};
use crate::model::account::route::Route;
use crate::text::account as words;

/// Properties of [`SignIn`].
#[derive(PartialEq, Properties)]
pub(super) struct SignInProps {
    pub(super) proof: Proof,
    pub(super) clinic: Option<ClinicRef>,
    /// Where the person wants to.
    pub(super) route: Route,
    /// The browser is leaving for Gosuslugi.
    pub(super) leaving: bool,
    pub(super) flow: Flow,
}

/// The page of somebody who is not signed in.
#[component]
pub(super) fn SignIn(props: &SignInProps) -> Html {
    match &props.proof.code {
        Some(code) => {
            html! { <Code proof={props.proof.clone()} code={code.clone()} flow={props.flow.clone()} /> }
        }
        None => contact(props),
    }
}

fn contact(props: &SignInProps) -> Html {
    let submit = {
        let flow = props.flow.clone();
        Callback::from(move |contact| flow.sign_in(contact))
    };
    let esia = {
        let (flow, route) = (props.flow.clone(), props.route);
        Callback::from(move |_| flow.esia(LoginPurpose::SignIn, route))
    };
    let lead = props.clinic.as_ref().map_or_else(
        || words::LOGIN_LEAD.to_owned(),
        |clinic| words::invited_lead(&clinic.name),
    );
    let kind = if props.proof.contact.contains('@') {
        Kind::Email
    } else {
        Kind::Phone
    };
    html! {
        <section class="card entry">
            if let Some(clinic) = &props.clinic {
                <p class="eyebrow" data-testid="clinic-name">{ words::invited(&clinic.name) }</p>
            }
            <h1 id={TITLE} tabindex="-1">{ words::LOGIN_TITLE }</h1>
            <p>{ lead }</p>
            <ContactForm
                proof={props.proof.clone()}
                {kind}
                either=true
                testids={("login-contact", "login-submit")}
                disabled={props.leaving}
                {submit}
            />
            <p class="or"><span>{ words::OR }</span></p>
            <div class="field">
                <button
                    type="button"
                    class="button button-second button-wide"
                    data-testid="login-esia"
                    aria-describedby="login-esia-hint"
                    disabled={props.leaving || props.proof.busy}
                    onclick={esia}
                >
                    { if props.leaving { words::LEAVING } else { words::LOGIN_ESIA } }
                </button>
                <p class="hint" id="login-esia-hint">{ words::LOGIN_ESIA_HINT }</p>
            </div>
        </section>
    }
}

/// Properties of [`Code`].
#[derive(PartialEq, Properties)]
struct CodeProps {
    proof: Proof,
    code: Sent,
    flow: Flow,
}

/// The second step.
#[component]
fn Code(props: &CodeProps) -> Html {
    let check = {
        let flow = props.flow.clone();
        Callback::from(move |typed| flow.type_code(typed))
    };
    let resend = {
        let (flow, contact) = (props.flow.clone(), props.proof.contact.clone());
        Callback::from(move |()| flow.sign_in(contact.clone()))
    };
    let other = {
        let flow = props.flow.clone();
        Callback::from(move |()| {
            flow.tell(Event::Entry(proof::Event::Back));
            crate::dom::focus_id(TITLE);
        })
    };
    let help = if props.code.is_sms() {
        words::CODE_HELP_SMS
    } else {
        words::CODE_HELP_EMAIL
    };
    html! {
        <>
            <section class="card entry">
                <h1 id={TITLE} tabindex="-1">{ words::CODE_TITLE }</h1>
                <CodeForm
                    proof={props.proof.clone()}
                    code={props.code.clone()}
                    submit={words::CODE_SUBMIT}
                    {check}
                    {resend}
                    {other}
                />
                <p class="hint safety">{ words::SAFETY }</p>
            </section>
            <details class="card help">
                <summary>{ words::CODE_HELP }</summary>
                <ul>{ for help.iter().map(|line| html! { <li>{ *line }</li> }) }</ul>
            </details>
        </>
    }
}
