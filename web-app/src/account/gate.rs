//! What stands before the account: whose it is.

use std::rc::Rc;

use podpis_shared::Timestamp;
use podpis_shared::wire::account::{AccountView, Gate, GateAnswer, LoginPurpose};
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::flow::Flow;
use super::parts::{TITLE, refusal};
use crate::dialog::Dialog;
use crate::dom;
use crate::model::account::birth;
use crate::model::account::route::Route;
use crate::model::account::trouble::Trouble;
use crate::text::account as words;

/// Properties of [`GatePage`].
#[derive(PartialEq, Properties)]
pub(super) struct GateProps {
    pub(super) gate: Gate,
    pub(super) view: Rc<AccountView>,
    pub(super) route: Route,
    /// The browser is leaving for Gosuslugi.
    pub(super) leaving: bool,
    pub(super) flow: Flow,
}

/// The page before the account.
#[component]
pub(super) fn GatePage(props: &GateProps) -> Html {
    let busy = use_state_eq(|| false);
    let trouble = use_state_eq(|| None::<Trouble>);
    let asking = use_state_eq(|| false);
    let answer = {
        let (flow, busy, trouble) = (props.flow.clone(), busy.setter(), trouble.setter());
        Callback::from(move |answer: GateAnswer| {
            let (busy, trouble) = (busy.clone(), trouble.clone());
            busy.set(true);
            trouble.set(None);
            let failed = Callback::from(move |failed| {
                busy.set(false);
                trouble.set(Some(failed));
            });
            flow.gate(answer, failed);
        })
    };
    let esia = {
        let (flow, route) = (props.flow.clone(), props.route);
        Callback::from(move |_| flow.esia(LoginPurpose::Bind, route))
    };
    let by_email = props
        .view
        .contacts
        .iter()
        .all(|contact| contact.kind == "email");
    let (title, lead) = match props.gate {
        Gate::Who if by_email => (words::GATE_WHO_TITLE, words::GATE_WHO_EMAIL),
        Gate::Who => (words::GATE_WHO_TITLE, words::GATE_WHO_PHONE),
        Gate::Recycled => (words::GATE_RECYCLED_TITLE, words::GATE_RECYCLED),
    };
    let (title_of_refusal, what_refusal_means, act_of_refusal) = match props.gate {
        Gate::Who => (
            words::GATE_NONE_MINE_TITLE,
            words::GATE_NONE_MINE_BODY,
            words::GATE_NONE_MINE_CONFIRM,
        ),
        Gate::Recycled => (
            words::GATE_NOT_MINE_TITLE,
            words::GATE_NOT_MINE_BODY,
            words::GATE_NOT_MINE_CONFIRM,
        ),
    };
    let show = |open: bool| {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(open))
    };
    html! {
        <section class="card entry" data-gate={if props.gate == Gate::Who { "who" } else { "recycled" }}>
            <h1 id={TITLE} tabindex="-1">{ title }</h1>
            <p>{ lead }</p>
            <BirthForm
                busy={*busy}
                disabled={props.leaving}
                trouble={(*trouble).clone()}
                submit={answer.reform(|birth_date| GateAnswer::BirthDate { birth_date })}
            />
            <p class="or"><span>{ words::OR }</span></p>
            <div class="field">
                <button
                    type="button"
                    class="button button-second button-wide"
                    data-testid="gate-esia"
                    aria-describedby="gate-esia-hint"
                    disabled={*busy || props.leaving}
                    onclick={esia}
                >
                    { if props.leaving { words::LEAVING } else { words::GATE_ESIA } }
                </button>
                <p class="hint" id="gate-esia-hint">{ words::GATE_ESIA_HINT }</p>
            </div>
            <button
                type="button"
                class="button button-quiet"
                data-testid="gate-not-mine"
                disabled={*busy || props.leaving}
                onclick={show(true).reform(|_| ())}
            >
                { words::GATE_NOT_MINE }
            </button>
            <Dialog
                id="not-mine"
                open={*asking}
                title={title_of_refusal}
                confirm={act_of_refusal}
                testid="gate-not-mine-confirm"
                busy={*busy}
                on_confirm={
                    let (close, answer) = (show(false), answer.clone());
                    Callback::from(move |()| {
                        close.emit(());
                        answer.emit(GateAnswer::NotMine);
                    })
                }
                on_close={show(false)}
            >
                <p>{ what_refusal_means }</p>
            </Dialog>
        </section>
    }
}

/// Properties of [`BirthForm`].
#[derive(PartialEq, Properties)]
struct BirthFormProps {
    busy: bool,
    disabled: bool,
    trouble: Option<Trouble>,
    /// `YYYY-MM-DD`.
    submit: Callback<String>,
}

const ERROR: &str = "birth-error";

/// Day, month, year: three plain fields.
#[component]
fn BirthForm(props: &BirthFormProps) -> Html {
    let (day, month, year) = (use_node_ref(), use_node_ref(), use_node_ref());
    let wrong = use_state_eq(|| false);
    use_effect_with(props.trouble.clone(), {
        let day = day.clone();
        move |trouble: &Option<Trouble>| {
            if trouble.is_some() {
                dom::focus(day.cast::<HtmlElement>());
            }
        }
    });
    let onsubmit = {
        let (day, month, year) = (day.clone(), month.clone(), year.clone());
        let (wrong, submit, busy) = (
            wrong.setter(),
            props.submit.clone(),
            props.busy || props.disabled,
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed =
                |field: &NodeRef| field.cast::<HtmlInputElement>().map(|field| field.value());
            let chosen = month.cast::<HtmlSelectElement>().map(|field| field.value());
            let date = birth::read(
                &typed(&day).unwrap_or_default(),
                &chosen.unwrap_or_default(),
                &typed(&year).unwrap_or_default(),
                Timestamp::from_unix(dom::unix_now()).moscow_date(),
            );
            wrong.set(date.is_none());
            match date {
                Some(date) if !busy => submit.emit(date),
                Some(_) => {}
                None => dom::focus(day.cast::<HtmlElement>()),
            }
        })
    };
    let told = match &props.trouble {
        _ if *wrong => Some(words::BIRTH_WRONG.to_owned()),
        trouble => trouble.as_ref().map(words::gate_trouble),
    };
    let invalid = told.is_some().to_string();
    let number = |id: &'static str, label, node: NodeRef, autocomplete, length: &'static str| {
        html! {
            <div class="field">
                <label for={id}>{ label }</label>
                <input
                    {id}
                    ref={node}
                    class="input"
                    data-testid={id}
                    type="text"
                    inputmode="numeric"
                    {autocomplete}
                    maxlength={length}
                    aria-describedby={ERROR}
                    aria-invalid={invalid.clone()}
                />
            </div>
        }
    };
    html! {
        <form class="form" {onsubmit} novalidate=true>
            <fieldset class="birth">
                <legend>{ words::BIRTH }</legend>
                { number("birth-day", words::BIRTH_DAY, day, "bday-day", "2") }
                <div class="field">
                    <label for="birth-month">{ words::BIRTH_MONTH }</label>
                    <select
                        id="birth-month"
                        ref={month}
                        class="input"
                        data-testid="birth-month"
                        autocomplete="bday-month"
                        aria-describedby={ERROR}
                        aria-invalid={invalid.clone()}
                    >
                        <option value="" selected=true>{ words::BIRTH_CHOOSE }</option>
                        { for words::MONTH_NAMES.iter().enumerate().map(|(index, name)| html! {
                            <option value={(index + 1).to_string()}>{ *name }</option>
                        }) }
                    </select>
                </div>
                { number("birth-year", words::BIRTH_YEAR, year, "bday-year", "4") }
            </fieldset>
            { refusal(ERROR, told) }
            <button
                type="submit"
                class={classes!("button", "button-main", "button-wide", props.busy.then_some("button-busy"))}
                data-testid="gate-submit"
                disabled={props.busy || props.disabled}
            >
                { if props.busy { words::CHECKING } else { words::GATE_SUBMIT } }
            </button>
        </form>
    }
}
