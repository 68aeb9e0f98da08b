//! The field for a code that is on its way, another code, and the way back.

use gloo::timers::callback::Interval;
use podpis_shared::wire::account::TypedCode;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::parts::refusal;
use crate::dom;
use crate::model::account::contact::code_digits;
use crate::model::account::proof::{Proof, Sent};
use crate::sign::otp;
use crate::text::account as words;

/// Properties of [`CodeForm`].
#[derive(PartialEq, Properties)]
pub(super) struct CodeFormProps {
    pub(super) proof: Proof,
    pub(super) code: Sent,
    /// On the button.
    pub(super) submit: &'static str,
    pub(super) check: Callback<TypedCode>,
    /// Asks for another code.
    pub(super) resend: Callback<()>,
    /// Back to the contact.
    pub(super) other: Callback<()>,
    /// The contact can't be changed.
    #[prop_or_default]
    pub(super) fixed: bool,
}

const FIELD: &str = "code-field";
const SENT: &str = "code-sent";
const ERROR: &str = "code-error";

/// The form.
#[component]
pub(super) fn CodeForm(props: &CodeFormProps) -> Html {
    let field = use_node_ref();
    let short = use_state_eq(|| false);
    let now = use_clock();
    let code = &props.code;
    // The field is where the person goes on: at the beginning, and after a code that was wrong.
    use_effect_with((code.round, props.proof.busy), {
        let field = field.clone();
        move |(_, busy): &(u32, bool)| {
            if !busy && let Some(field) = field.cast::<HtmlInputElement>() {
                dom::focus(Some(field.clone().into()));
                field.select();
            }
        }
    });
    let check = {
        let (check, id) = (props.check.clone(), code.sent.code_id.clone());
        Callback::from(move |digits: String| {
            check.emit(TypedCode {
                code_id: id.clone(),
                code: digits,
            });
        })
    };
    use_effect_with((code.round, code.is_sms()), {
        let (field, check) = (field.clone(), check.clone());
        move |(_, sms): &(u32, bool)| {
            let heard = move |code: String| {
                if let (Some(field), Some(digits)) =
                    (field.cast::<HtmlInputElement>(), code_digits(&code))
                {
                    field.set_value(&digits);
                    check.emit(digits);
                }
            };
            let listening = sms.then(|| otp::listen(heard));
            move || drop(listening)
        }
    });
    let onsubmit = {
        let (field, short, busy) = (field.clone(), short.setter(), props.proof.busy);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let digits = code_digits(&input.value());
            short.set(digits.is_none());
            match digits {
                Some(digits) if !busy => check.emit(digits),
                Some(_) => {}
                None => dom::focus(Some(input.into())),
            }
        })
    };
    let over = code.is_over(now);
    let told = match &props.proof.trouble {
        _ if *short => Some(words::CODE_SHORT.to_owned()),
        Some(trouble) => Some(words::code_trouble(trouble)),
        None if over => Some(words::CODE_OVER.to_owned()),
        None => None,
    };
    let wrong = told.is_some();
    let checking = props.proof.busy;
    html! {
        <>
            <p id={SENT}>{ words::code_sent(code) }</p>
            <p class="visually-hidden" role="status">
                { if code.round > 1 { words::code_again(code) } else { "" } }
            </p>
            <form class="form" {onsubmit} novalidate=true>
                <div class="field">
                    <label for={FIELD}>{ words::code_label(code) }</label>
                    <input
                        id={FIELD}
                        ref={field}
                        class="input input-code"
                        data-testid="code-input"
                        type="text"
                        name="code"
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        spellcheck="false"
                        maxlength="12"
                        aria-describedby={format!("{ERROR} {SENT}")}
                        aria-invalid={wrong.to_string()}
                    />
                    { refusal(ERROR, told) }
                </div>
                <button
                    type="submit"
                    class={classes!("button", "button-main", "button-wide", checking.then_some("button-busy"))}
                    data-testid="code-submit"
                    disabled={checking || over}
                >
                    { if checking { words::CHECKING } else { props.submit } }
                </button>
                { again(code, now, checking, &props.resend) }
                if !props.fixed {
                    <button
                        type="button"
                        class="button button-quiet"
                        data-testid="code-other"
                        disabled={checking}
                        onclick={props.other.reform(|_| ())}
                    >
                        { words::CODE_OTHER }
                    </button>
                }
            </form>
        </>
    }
}

/// Another code, once it may be asked for.
fn again(code: &Sent, now: f64, disabled: bool, ask: &Callback<()>) -> Html {
    match code.resend_in(now) {
        None => {
            html! { <p class="hint centred" data-testid="code-none-left">{ words::CODE_NONE_LEFT }</p> }
        }
        Some(seconds) => html! {
            <button
                type="button"
                class="button button-second button-wide"
                data-testid="code-resend"
                disabled={disabled || seconds > 0}
                onclick={ask.reform(|_| ())}
            >
                { if seconds > 0 { words::code_resend_in(seconds) } else { words::CODE_RESEND.to_owned() } }
            </button>
        },
    }
}

/// The page's clock in milliseconds, once a second.
#[hook]
fn use_clock() -> f64 {
    let now = use_state(dom::now_ms);
    use_effect_with((), {
        let now = now.setter();
        move |()| {
            let ticking = Interval::new(1_000, move || now.set(dom::now_ms()));
            move || drop(ticking)
        }
    });
    // The clock may stand behind what has just come.
    dom::now_ms().max(*now)
}
