//! Signing in: by a code to a phone or an e-mail, or at Gosuslugi.

use podpis_shared::wire::account::{ClinicRef, LoginPurpose};
use yew::prelude::*;

use super::code_form::CodeForm;
use super::contact_form::{ContactForm, Kind};
use super::flow::Flow;
use super::parts::TITLE;
use crate::model::account::proof::{Proof, Sent};
use crate::model::account::route::Route;
use crate::text::account as words;

/// The page of somebody who is not signed in and wants to `route`. `leaving`: the browser is on its way to Gosuslugi.
pub(super) fn page(
    proof: &Proof,
    clinic: Option<&ClinicRef>,
    route: Route,
    leaving: bool,
    flow: &Flow,
) -> Html {
    if let Some(code) = &proof.code {
        return second_step(proof, code, flow);
    }
    let submit = {
        let flow = flow.clone();
        Callback::from(move |contact| flow.sign_in(contact))
    };
    let esia = {
        let flow = flow.clone();
        Callback::from(move |_| flow.esia(LoginPurpose::SignIn, route))
    };
    let lead = clinic.map_or_else(
        || words::LOGIN_LEAD.to_owned(),
        |clinic| words::invited_lead(&clinic.name),
    );
    let kind = if proof.contact.contains('@') {
        Kind::Email
    } else {
        Kind::Phone
    };
    html! {
        <section class="card entry">
            if let Some(clinic) = clinic {
                if let Some(src) = &clinic.logo {
                    <img class="top-logo" src={src.clone()} alt="" />
                }
                <p class="eyebrow" data-testid="clinic-name">{ words::invited(&clinic.name) }</p>
            }
            <h1 id={TITLE} tabindex="-1">{ words::LOGIN_TITLE }</h1>
            <p>{ lead }</p>
            <ContactForm
                proof={proof.clone()}
                {kind}
                either=true
                testids={("login-contact", "login-submit")}
                disabled={leaving}
                {submit}
            />
            <p class="or"><span>{ words::OR }</span></p>
            <div class="field">
                <button
                    type="button"
                    class="button button-second button-wide"
                    data-testid="login-esia"
                    aria-describedby="login-esia-hint"
                    disabled={leaving || proof.busy}
                    onclick={esia}
                >
                    { if leaving { words::LEAVING } else { words::LOGIN_ESIA } }
                </button>
                <p class="hint" id="login-esia-hint">{ words::LOGIN_ESIA_HINT }</p>
            </div>
        </section>
    }
}

/// The second step.
fn second_step(proof: &Proof, code: &Sent, flow: &Flow) -> Html {
    let check = {
        let flow = flow.clone();
        Callback::from(move |typed| flow.type_code(typed))
    };
    let resend = {
        let (flow, contact) = (flow.clone(), proof.contact.clone());
        Callback::from(move |()| flow.sign_in(contact.clone()))
    };
    let other = {
        let flow = flow.clone();
        Callback::from(move |()| {
            flow.other_contact();
            crate::dom::focus_id(TITLE);
        })
    };
    let help = if code.is_sms() {
        words::CODE_HELP_SMS
    } else {
        words::CODE_HELP_EMAIL
    };
    html! {
        <>
            <section class="card entry">
                <h1 id={TITLE} tabindex="-1">{ words::CODE_TITLE }</h1>
                <CodeForm
                    proof={proof.clone()}
                    code={code.clone()}
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
