//! The first time: an app for codes is set up, and the codes for a lost phone are shown.

use std::rc::Rc;

use podpis_shared::sensitive::Sensitive;
use podpis_shared::wire::staff::{Me, NewTotp};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::desk::Flow;
use super::super::fields::TextField;
use super::super::load::use_act;
use super::super::parts::{TITLE, act_failed};
use super::set;
use crate::api::clinic::entry as api;
use crate::dom;
use crate::model::clinic::{Event, Stage};
use crate::text::clinic::entry as words;

/// Properties of [`Enrol`].
#[derive(PartialEq, Properties)]
pub(super) struct EnrolProps {
    pub(super) totp: Rc<NewTotp>,
    pub(super) flow: Flow,
}

/// The picture for the phone, and the first code.
#[component]
pub(super) fn Enrol(props: &EnrolProps) -> Html {
    let code = use_state(String::new);
    let act = use_act(&props.flow);
    let onsubmit = {
        let (code, act, flow) = (code.clone(), act.clone(), props.flow.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() {
                return;
            }
            let flow = flow.clone();
            let digits = code.chars().filter(char::is_ascii_digit).collect();
            act.run(api::confirm_totp(digits), move |enrolled| {
                let me = Rc::new(enrolled.me);
                let codes = Rc::new(enrolled.recovery_codes);
                flow.tell(Event::Stage(Stage::Recovery(codes, me)));
            });
        })
    };
    let picture = format!(
        "data:image/svg+xml,{}",
        js_sys::encode_uri_component(props.totp.qr_svg.expose())
    );
    html! {
        <section class="card entry">
            <h1 id={TITLE} tabindex="-1">{ words::ENROL_TITLE }</h1>
            <p>{ words::ENROL_LEAD }</p>
            <ol class="steps">
                { for words::ENROL_STEPS.iter().map(|step| html! { <li>{ *step }</li> }) }
            </ol>
            <img class="qr" src={picture} alt={words::QR_ALT} width="220" height="220" />
            <details>
                <summary>{ words::SECRET_TITLE }</summary>
                <p class="secret" data-testid="totp-secret">{ props.totp.secret.expose() }</p>
            </details>
            <form class="form" {onsubmit} novalidate=true>
                <TextField
                    id="totp-code" label={words::CODE_LABEL} hint={words::CODE_HINT} value={(*code).clone()}
                    edit={set(&code)} max=12 inputmode={Some("numeric")} autocomplete="one-time-code"
                    class={classes!("field-code")}
                />
                { act_failed(&act) }
                <button
                    type="submit" class="button button-main button-wide" data-testid="totp-submit" disabled={act.running()}
                >
                    { if act.running() { words::CHECKING } else { words::ENROL_SUBMIT } }
                </button>
            </form>
        </section>
    }
}

/// Properties of [`Recovery`].
#[derive(PartialEq, Properties)]
pub(super) struct RecoveryProps {
    pub(super) codes: Rc<Vec<Sensitive<String>>>,
    pub(super) me: Rc<Me>,
    pub(super) flow: Flow,
}

/// The codes for a lost phone: this once.
#[component]
pub(super) fn Recovery(props: &RecoveryProps) -> Html {
    let kept = use_state_eq(|| false);
    let onchange = {
        let kept = kept.setter();
        Callback::from(move |event: yew::Event| {
            kept.set(event.target_unchecked_into::<HtmlInputElement>().checked());
        })
    };
    let save = {
        let (codes, email) = (props.codes.clone(), props.me.email.clone());
        Callback::from(move |_| {
            let lines: Vec<&str> = codes.iter().map(|code| code.expose().as_str()).collect();
            let text = words::recovery_file(&email, &lines.join("\r\n"));
            // What can't be saved can still be copied from the page.
            let _ = dom::save_text(&text, "text/plain;charset=utf-8", words::RECOVERY_NAME);
        })
    };
    let go_on = {
        let (flow, me) = (props.flow.clone(), props.me.clone());
        Callback::from(move |_| flow.tell(Event::Entered(me.clone())))
    };
    html! {
        <section class="card entry">
            <h1 id={TITLE} tabindex="-1">{ words::RECOVERY_TITLE }</h1>
            <p>{ words::RECOVERY_LEAD }</p>
            <ul class="codes" data-testid="recovery-codes">
                { for props.codes.iter().map(|code| html! { <li>{ code.expose() }</li> }) }
            </ul>
            <button type="button" class="button button-second" data-testid="recovery-save" onclick={save}>
                { words::RECOVERY_SAVE }
            </button>
            <p class="check">
                <input type="checkbox" id="recovery-kept" data-testid="recovery-kept" checked={*kept} {onchange} />
                <label for="recovery-kept">{ words::RECOVERY_KEPT }</label>
            </p>
            <button
                type="button" class="button button-main button-wide" data-testid="recovery-continue" disabled={!*kept}
                onclick={go_on}
            >
                { words::GO_ON }
            </button>
        </section>
    }
}
