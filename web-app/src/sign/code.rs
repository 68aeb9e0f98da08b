//! The entry of a one-time code: where it went, the field, the time left, another one, and what went wrong.

use std::rc::Rc;

use gloo::timers::callback::Interval;
use podpis_shared::wire::code::CODE_DIGITS;
use podpis_shared::wire::patient::DocumentView;
use web_sys::{Event as DomEvent, HtmlDialogElement, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::flow::Flow;
use super::otp;
use super::whom::{Size, whom};
use crate::dom;
use crate::model::code::{Entry, Resend, Slip, Stage, Step, digits, whole};
use crate::model::offers::CodeOffer;
use crate::model::{Event, Place};
use crate::text::{code as text, typeset};

/// Ids of the parts that name and describe each other.
const TITLE: &str = "code-title";
const STATEMENT: &str = "code-statement";
const FIELD: &str = "code-field";
const SLIP: &str = "code-slip";
const TIME: &str = "code-time";

/// Properties of [`CodeDialog`].
#[derive(PartialEq, Properties)]
pub(crate) struct CodeDialogProps {
    pub(crate) entry: Rc<Entry>,
    pub(crate) offer: Rc<CodeOffer>,
    pub(crate) document: Rc<DocumentView>,
    pub(crate) place: Place,
    /// Asks for another code.
    pub(crate) again: Callback<()>,
    pub(crate) flow: Flow,
}

/// The dialog; it stands closed while the person reads.
#[component]
pub(crate) fn CodeDialog(props: &CodeDialogProps) -> Html {
    let entry = &props.entry;
    let (dialog, heading, field) = (use_node_ref(), use_node_ref(), use_node_ref());
    let typed = use_state(String::new);
    let now = use_state(dom::unix_now);

    use_effect_with(entry.open, {
        let (dialog, now) = (dialog.clone(), now.setter());
        move |open| {
            show(&dialog, *open);
            now.set(dom::unix_now());
            let clock = open.then(|| Interval::new(1_000, move || now.set(dom::unix_now())));
            move || drop(clock)
        }
    });
    // A fresh code begins with an empty field, a wrong one is there to be typed over.
    use_effect_with(entry.sent.clone(), {
        let typed = typed.setter();
        move |_| typed.set(String::new())
    });
    // The clock may stand behind what has just come.
    let now = dom::unix_now().max(*now);
    let can_type = entry.can_type(now);
    let checking = entry.stage == Stage::Checking;
    use_effect_with((entry.open && !checking, can_type, entry.slip.clone()), {
        let (heading, field) = (heading.clone(), field.clone());
        move |(waits, can_type, _): &(bool, bool, Option<Slip>)| {
            // Where the field has gone, the focus would be nowhere.
            let place = if *can_type { &field } else { &heading };
            if *waits {
                dom::focus(place.cast::<HtmlElement>());
            }
            if let Some(field) = field.cast::<HtmlInputElement>().filter(|_| *waits) {
                field.select();
            }
        }
    });
    let by_email = entry
        .sent
        .as_ref()
        .map_or(props.offer.by_email, |sent| sent.by_email);
    use_effect_with(entry.open && entry.stage == Stage::Waiting && !by_email, {
        let typed = typed.setter();
        move |waits| {
            let listening = waits.then(|| otp::listen(move |code| typed.set(digits(&code))));
            move || drop(listening)
        }
    });

    let close = {
        let flow = props.flow.clone();
        Callback::from(move |()| flow.tell(Event::Code(Step::Closed)))
    };
    // A browser may close it on a second Esc whatever the page says; what is being checked stays in view.
    let closed = {
        let (close, dialog) = (close.clone(), dialog.clone());
        Callback::from(move |_| {
            if checking {
                show(&dialog, true);
            } else {
                close.emit(());
            }
        })
    };
    let submit = {
        let (flow, entry, typed) = (props.flow.clone(), entry.clone(), typed.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let (true, Some(sent), Some(code)) = (can_type, &entry.sent, whole(&typed)) {
                flow.sign_by_code(sent, code);
            }
        })
    };
    let slip = match &entry.slip {
        _ if entry.is_late(now) => Some(text::LATE.to_owned()),
        slip => slip.as_ref().map(text::slip),
    };
    html! {
        <dialog
            class="dialog code"
            ref={dialog}
            aria-labelledby={TITLE}
            onclose={closed}
            oncancel={close.reform(|event: DomEvent| event.prevent_default())}
        >
            <h2 id={TITLE} tabindex="-1" ref={heading}>{ text::title(by_email) }</h2>
            { whom(&props.document, Size::Small) }
            <p class="code-what">{ &props.document.title }</p>
            <p role="status" data-testid="code-to">{ text::progress(entry) }</p>
            <p class="failed" id={SLIP} role="alert" data-testid="code-error">{ slip.unwrap_or_default() }</p>
            if can_type || checking {
                <form onsubmit={submit}>
                    <label for={FIELD}>{ text::FIELD }</label>
                    { input(&field, &typed, matches!(entry.slip, Some(Slip::Wrong { .. })), can_type || checking) }
                    <p id={TIME} class="small">{ text::time_left(entry.time_left(now)) }</p>
                    <button
                        type="submit"
                        class={classes!("button", "button-main", "button-wide", checking.then_some("button-busy"))}
                        data-testid="code-submit"
                        aria-describedby={STATEMENT}
                        disabled={!can_type || whole(&typed).is_none()}
                    >
                        { if checking { text::CHECKING } else { text::submit(props.document.kind, props.place) } }
                    </button>
                </form>
            }
            <p class="small" id={STATEMENT}>{ typeset(&props.offer.consent.statement) }</p>
            <div class="code-more">
                { again(entry, now, &props.again) }
                <button
                    type="button"
                    class="button button-quiet"
                    data-testid="code-back"
                    disabled={checking}
                    onclick={close.reform(|_| ())}
                >
                    { text::back(props.place) }
                </button>
            </div>
            <p class="small safety">{ text::SECRET }</p>
        </dialog>
    }
}

/// The field: digits alone, filled in by the phone where it can.
fn input(node: &NodeRef, typed: &UseStateHandle<String>, wrong: bool, enabled: bool) -> Html {
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            let kept = digits(&field.value());
            // The state may be the same as before, and then nothing would correct the field.
            field.set_value(&kept);
            typed.set(kept);
        })
    };
    let onpaste = {
        let typed = typed.setter();
        Callback::from(move |event: DomEvent| {
            // «042 137» is longer than the field takes.
            if let Some(pasted) = otp::pasted(&event) {
                event.prevent_default();
                typed.set(digits(&pasted));
            }
        })
    };
    html! {
        <input
            id={FIELD}
            ref={node.clone()}
            class="code-input"
            data-testid="code-input"
            type="text"
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]{6}"
            maxlength={CODE_DIGITS.to_string()}
            required=true
            spellcheck="false"
            aria-describedby={format!("{SLIP} {TIME}")}
            aria-invalid={wrong.to_string()}
            disabled={!enabled}
            value={(**typed).clone()}
            {oninput}
            {onpaste}
        />
    }
}

/// Another code, once it may be asked for.
fn again(entry: &Entry, now: i64, again: &Callback<()>) -> Html {
    let resend = entry.resend(now);
    // Where no code can be typed, another one is the way on.
    let main = !entry.is_busy() && !entry.can_type(now);
    html! {
        <button
            type="button"
            class={classes!("button", if main { "button-main" } else { "button-second" })}
            data-testid="code-resend"
            disabled={resend != Resend::Now || entry.is_busy()}
            onclick={again.reform(|_| ())}
        >
            { text::again(entry.sent.is_some(), resend) }
        </button>
    }
}

fn show(dialog: &NodeRef, open: bool) {
    let Some(dialog) = dialog.cast::<HtmlDialogElement>() else {
        return;
    };
    match (open, dialog.open()) {
        (true, false) => {
            // Fails only when it is open already.
            let _ = dialog.show_modal();
        }
        (false, true) => dialog.close(),
        _ => {}
    }
}
