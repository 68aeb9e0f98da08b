//! The field for a phone or an e-mail address, at sign-in and for a further contact.

use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::parts::refusal;
use crate::dom;
use crate::model::account::contact::{self, Flaw};
use crate::model::account::proof::Proof;
use crate::text::account as words;

/// Which keyboard a phone shows; both take either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits.
    Phone,
    /// Letters and `@`.
    Email,
}

impl Kind {
    const fn other(self) -> Self {
        match self {
            Self::Phone => Self::Email,
            Self::Email => Self::Phone,
        }
    }
}

/// Properties of [`ContactForm`].
#[derive(PartialEq, Properties)]
pub(super) struct ContactFormProps {
    pub(super) proof: Proof,
    pub(super) kind: Kind,
    /// The person may change between phone and e-mail.
    #[prop_or_default]
    pub(super) either: bool,
    /// Takes the focus when it appears.
    #[prop_or_default]
    pub(super) focused: bool,
    /// Test ids of field and button.
    pub(super) testids: (&'static str, &'static str),
    /// Another request is running.
    #[prop_or_default]
    pub(super) disabled: bool,
    pub(super) submit: Callback<String>,
}

const FIELD: &str = "contact-field";
const HINT: &str = "contact-hint";
const ERROR: &str = "contact-error";

/// The form.
#[component]
pub(super) fn ContactForm(props: &ContactFormProps) -> Html {
    let field = use_node_ref();
    let kind = use_state_eq(|| props.kind);
    let flaw = use_state_eq(|| None::<Flaw>);
    let typed = use_state_eq(|| props.proof.contact.clone());
    use_effect_with((), {
        let (field, focused) = (field.clone(), props.focused);
        move |()| {
            if focused {
                dom::focus(field.cast::<HtmlElement>());
            }
        }
    });
    let onsubmit = {
        let (field, flaw, submit) = (field.clone(), flaw.setter(), props.submit.clone());
        let busy = props.proof.busy || props.disabled;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            match contact::read(&input.value()) {
                Ok(typed) if !busy => {
                    flaw.set(None);
                    submit.emit(typed);
                }
                Ok(_) => {}
                Err(found) => {
                    flaw.set(Some(found));
                    dom::focus(Some(input.into()));
                }
            }
        })
    };
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let switch = {
        let (field, kind, flaw) = (field.clone(), kind.clone(), flaw.setter());
        Callback::from(move |_| {
            kind.set(kind.other());
            flaw.set(None);
            dom::focus(field.cast::<HtmlElement>());
        })
    };
    let (label, hint, other, inputmode, autocomplete) = match *kind {
        Kind::Phone => (
            words::LOGIN_PHONE,
            if props.either {
                words::LOGIN_HINT_PHONE
            } else {
                words::HINT_PHONE
            },
            words::LOGIN_BY_EMAIL,
            "tel",
            "tel",
        ),
        Kind::Email => (
            words::LOGIN_EMAIL,
            if props.either {
                words::LOGIN_HINT_EMAIL
            } else {
                words::HINT_EMAIL
            },
            words::LOGIN_BY_PHONE,
            "email",
            "email",
        ),
    };
    let told = match (*flaw, &props.proof.trouble) {
        (Some(flaw), _) => Some(words::flaw(flaw).to_owned()),
        (None, Some(trouble)) => Some(words::contact_trouble(trouble)),
        (None, None) => None,
    };
    let wrong = told.is_some();
    html! {
        <form class="form" {onsubmit} novalidate=true>
            <div class="field">
                <label for={FIELD}>{ label }</label>
                <input
                    id={FIELD}
                    ref={field}
                    class="input"
                    data-testid={props.testids.0}
                    type="text"
                    name={autocomplete}
                    {inputmode}
                    {autocomplete}
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="254"
                    value={(*typed).clone()}
                    {oninput}
                    aria-describedby={format!("{ERROR} {HINT}")}
                    aria-invalid={wrong.to_string()}
                />
                { refusal(ERROR, told) }
                <p class="hint" id={HINT}>{ hint }</p>
            </div>
            <button
                type="submit"
                class={classes!("button", "button-main", "button-wide", props.proof.busy.then_some("button-busy"))}
                data-testid={props.testids.1}
                disabled={props.proof.busy || props.disabled}
            >
                { if props.proof.busy { words::SENDING } else { words::LOGIN_SUBMIT } }
            </button>
            if props.either {
                <button type="button" class="button button-quiet" data-testid="login-switch" onclick={switch}>
                    { other }
                </button>
            }
        </form>
    }
}
