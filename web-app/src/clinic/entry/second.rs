//! The second factor: a code of the app, a passkey, or a code that was kept for a lost phone.

use std::rc::Rc;

use podpis_shared::sensitive::Sensitive;
use podpis_shared::wire::staff::{Factor, Second as Proof};
use yew::prelude::*;

use super::super::desk::Flow;
use super::super::fields::TextField;
use super::super::load::use_act;
use super::super::parts::{TITLE, act_failed};
use super::{passkey, set};
use crate::api::clinic::entry as api;
use crate::model::clinic::{Event, Proofs, Stage};
use crate::text::clinic::entry as words;

/// Properties of [`Second`].
#[derive(PartialEq, Properties)]
pub(super) struct SecondProps {
    pub(super) proofs: Rc<Proofs>,
    pub(super) flow: Flow,
}

/// The page.
#[component]
pub(super) fn Second(props: &SecondProps) -> Html {
    let has = |factor| props.proofs.factors.contains(&factor);
    let recovery = use_state_eq(|| false);
    let code = use_state(String::new);
    let act = use_act(&props.flow);
    let entered = {
        let flow = props.flow.clone();
        move |me| flow.tell(Event::Entered(Rc::new(me)))
    };
    let onsubmit = {
        let (code, act, recovery) = (code.clone(), act.clone(), *recovery);
        let entered = entered.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() || code.trim().is_empty() {
                return;
            }
            let typed = Sensitive::new(if recovery {
                code.trim().to_owned()
            } else {
                code.chars().filter(char::is_ascii_digit).collect()
            });
            let proof = if recovery {
                Proof::Recovery(typed)
            } else {
                Proof::Totp(typed)
            };
            act.run(api::second(proof), entered.clone());
        })
    };
    let by_passkey = {
        let (act, challenge) = (act.clone(), props.proofs.passkey.clone());
        Callback::from(move |_| {
            if let Some(challenge) = challenge.clone() {
                let request = async move { api::second(passkey::prove(&challenge).await?).await };
                act.run(request, entered.clone());
            }
        })
    };
    let other = {
        let (recovery, code, act) = (recovery.clone(), code.setter(), act.clone());
        Callback::from(move |_| {
            act.forget();
            code.set(String::new());
            recovery.set(!*recovery);
        })
    };
    let back = {
        let flow = props.flow.clone();
        Callback::from(move |_| flow.tell(Event::Stage(Stage::Password)))
    };
    let (label, hint) = if *recovery {
        (words::RECOVERY_LABEL, words::RECOVERY_HINT)
    } else {
        (words::CODE_LABEL, words::CODE_HINT)
    };
    html! {
        <section class="card entry">
            <h1 id={TITLE} tabindex="-1">{ words::SECOND_TITLE }</h1>
            if props.proofs.passkey.is_some() {
                <button
                    type="button" class="button button-main button-wide" data-testid="login-passkey"
                    disabled={act.running()} onclick={by_passkey}
                >
                    { words::BY_PASSKEY }
                </button>
                <p class="or"><span>{ words::OR }</span></p>
            }
            <form class="form" {onsubmit} novalidate=true>
                <TextField
                    key={recovery.to_string()}
                    id={if *recovery { "login-recovery" } else { "login-code" }} {label} {hint}
                    value={(*code).clone()} edit={set(&code)} max=40 focused=true
                    inputmode={(!*recovery).then_some("numeric")}
                    autocomplete={if *recovery { "off" } else { "one-time-code" }}
                    class={classes!("field-code")}
                />
                { act_failed(&act) }
                <button
                    type="submit" class="button button-main button-wide" data-testid="second-submit" disabled={act.running()}
                >
                    { if act.running() { words::CHECKING } else { words::SUBMIT } }
                </button>
                if has(Factor::Recovery) || *recovery {
                    <button type="button" class="button button-quiet" data-testid="login-other" onclick={other}>
                        { if *recovery { words::BY_APP } else { words::BY_RECOVERY } }
                    </button>
                }
                <button type="button" class="button button-quiet" onclick={back}>{ words::TO_LOGIN }</button>
            </form>
        </section>
    }
}
