//! The second factor: a code of the app, a passkey, or a code that was kept for a lost phone.

use std::rc::Rc;

use podpis_shared::sensitive::Sensitive;
use podpis_shared::wire::staff::{Factor, Second as Proof};
use yew::prelude::*;

use super::super::desk::Flow;
use super::super::fields::TextField;
use super::super::load::{Act, use_act};
use super::super::parts::{TITLE, act_failed};
use super::{passkey, set};
use crate::api::clinic::entry as api;
use crate::model::clinic::passkey::NoPasskey;
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
    let (act, by_key) = (use_act(&props.flow), use_act(&props.flow));
    let busy = act.running() || by_key.running();
    let entered = {
        let flow = props.flow.clone();
        move |me| flow.tell(Event::Entered(Rc::new(me)))
    };
    let onsubmit = {
        let (code, act, recovery) = (code.clone(), act.clone(), *recovery);
        let (entered, by_key) = (entered.clone(), by_key.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() || by_key.running() || code.trim().is_empty() {
                return;
            }
            by_key.forget();
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
        let (act, by_key) = (act.clone(), by_key.clone());
        let challenge = props.proofs.passkey.clone();
        Callback::from(move |_| {
            let free = !act.running() && !by_key.running();
            if let Some(challenge) = challenge.clone().filter(|_| free) {
                act.forget();
                let request = async move { api::second(passkey::prove(&challenge).await?).await };
                by_key.run(request, entered.clone());
            }
        })
    };
    let other = {
        let (recovery, code) = (recovery.clone(), code.setter());
        let acts = [act.clone(), by_key.clone()];
        Callback::from(move |_| {
            acts.iter().for_each(Act::forget);
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
            if props.proofs.passkey.is_some() && passkey::is_possible() {
                <button
                    type="button" class="button button-main button-wide" data-testid="login-passkey"
                    disabled={busy} onclick={by_passkey}
                >
                    { if by_key.running() { words::PASSKEY_WAITS } else { words::BY_PASSKEY } }
                </button>
                { act_failed(&by_key) }
                <p class="or"><span>{ words::OR }</span></p>
            } else if props.proofs.passkey.is_some() {
                <p class="hint" data-testid="passkey-impossible">{ words::no_passkey(NoPasskey::Impossible) }</p>
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
                    type="submit" class="button button-main button-wide" data-testid="second-submit" disabled={busy}
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
