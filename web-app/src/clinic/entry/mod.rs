//! Signing in: e-mail and password, the second factor, the first time, the choice of a clinic.

mod enrol;
pub(super) mod letter;
mod passkey;
mod second;

use std::rc::Rc;

use podpis_shared::wire::staff::{Me, Step};
use yew::prelude::*;

use super::desk::Flow;
use super::fields::TextField;
use super::load::use_act;
use super::parts::{TITLE, act_failed};
use crate::api::clinic::entry as api;
use crate::model::clinic::{Event, Proofs, Stage};
use crate::text::clinic::entry as words;

pub(in crate::clinic) use passkey::{can_be_made, create};

/// The page of a step.
pub(super) fn page(stage: &Stage, flow: &Flow) -> Html {
    let flow = flow.clone();
    match stage {
        Stage::Password => html! { <Password {flow} /> },
        Stage::Forgot => html! { <Forgot {flow} /> },
        Stage::Second(proofs) => html! { <second::Second proofs={proofs.clone()} {flow} /> },
        Stage::Enrol(totp) => html! { <enrol::Enrol totp={totp.clone()} {flow} /> },
        Stage::Recovery(codes, me) => html! {
            <enrol::Recovery codes={codes.clone()} me={me.clone()} {flow} />
        },
        Stage::Choose(me) => choose(me, &flow),
    }
}

/// What the server says comes next.
fn next(step: Step) -> Event {
    Event::Stage(match step {
        Step::Prove { second, passkey } => Stage::Second(Rc::new(Proofs {
            factors: second,
            passkey,
        })),
        Step::Enrol { totp, .. } => Stage::Enrol(Rc::new(totp)),
    })
}

/// Properties of a step.
#[derive(PartialEq, Properties)]
pub(super) struct StepProps {
    pub(super) flow: Flow,
}

/// E-mail and password.
#[component]
fn Password(props: &StepProps) -> Html {
    let (email, password) = (use_state(String::new), use_state(String::new));
    let act = use_act(&props.flow);
    let onsubmit = {
        let (email, password, act) = (email.clone(), password.clone(), act.clone());
        let flow = props.flow.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if act.running() {
                return;
            }
            let flow = flow.clone();
            let request = api::sign_in(email.trim().to_owned(), (*password).clone());
            act.run(request, move |step| flow.tell(next(step)));
        })
    };
    let forgot = {
        let flow = props.flow.clone();
        Callback::from(move |_| flow.tell(Event::Stage(Stage::Forgot)))
    };
    html! {
        <section class="card entry">
            <h1 id={TITLE} tabindex="-1">{ words::TITLE }</h1>
            <p>{ words::LEAD }</p>
            <form class="form" {onsubmit} novalidate=true>
                <TextField
                    id="login-email" label={words::EMAIL} kind="email" autocomplete="username" inputmode={Some("email")}
                    value={(*email).clone()} edit={set(&email)} focused=true
                />
                <TextField
                    id="login-password" label={words::PASSWORD} kind="password" autocomplete="current-password"
                    value={(*password).clone()} edit={set(&password)} max=200
                />
                { act_failed(&act) }
                <button
                    type="submit" class="button button-main button-wide" data-testid="login-submit" disabled={act.running()}
                >
                    { if act.running() { words::CHECKING } else { words::SUBMIT } }
                </button>
                <button type="button" class="button button-quiet" data-testid="login-forgot" onclick={forgot}>
                    { words::FORGOT }
                </button>
            </form>
            <p class="hint safety">{ words::NO_ACCESS }</p>
        </section>
    }
}

/// The password is forgotten.
#[component]
fn Forgot(props: &StepProps) -> Html {
    let (email, sent) = (use_state(String::new), use_state_eq(|| false));
    let act = use_act(&props.flow);
    let onsubmit = {
        let (email, sent, act) = (email.clone(), sent.setter(), act.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let sent = sent.clone();
            if !act.running() {
                act.run(api::forgot(email.trim().to_owned()), move |()| {
                    sent.set(true)
                });
            }
        })
    };
    let back = {
        let flow = props.flow.clone();
        Callback::from(move |_| flow.tell(Event::Stage(Stage::Password)))
    };
    html! {
        <section class="card entry">
            <h1 id={TITLE} tabindex="-1">{ words::FORGOT_TITLE }</h1>
            if *sent {
                <p role="status" data-testid="reset-sent">{ words::FORGOT_SENT }</p>
            } else {
                <p>{ words::FORGOT_LEAD }</p>
                <form class="form" {onsubmit} novalidate=true>
                    <TextField
                        id="reset-email" label={words::EMAIL} kind="email" autocomplete="username"
                        inputmode={Some("email")} value={(*email).clone()} edit={set(&email)}
                    />
                    { act_failed(&act) }
                    <button
                        type="submit" class="button button-main button-wide" data-testid="reset-submit"
                        disabled={act.running() || email.trim().is_empty()}
                    >
                        { words::FORGOT_SUBMIT }
                    </button>
                </form>
            }
            <button type="button" class="button button-quiet" onclick={back}>{ words::TO_LOGIN }</button>
        </section>
    }
}

/// Which of the person's clinics.
fn choose(me: &Rc<Me>, flow: &Flow) -> Html {
    html! {
        <section class="card entry">
            <h1 id={TITLE} tabindex="-1">{ words::CHOOSE }</h1>
            <ul class="ways">
                { for me.clinics.iter().map(|clinic| {
                    let (flow, me, id) = (flow.clone(), me.clone(), clinic.id.clone());
                    let onclick = Callback::from(move |_| {
                        if id == me.clinic.id {
                            flow.tell(Event::Opened(me.clone()));
                        } else {
                            flow.to_clinic(id.clone());
                        }
                    });
                    html! {
                        <li key={clinic.id.clone()}>
                            <button type="button" class="way way-button" data-testid="choose-clinic" {onclick}>
                                <span class="way-name">{ &clinic.name }</span>
                                <span class="soft">{ clinic.role.title() }</span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </section>
    }
}

/// Puts what is typed into a state.
pub(in crate::clinic) fn set(state: &UseStateHandle<String>) -> Callback<String> {
    let state = state.setter();
    Callback::from(move |value| state.set(value))
}
