//! The statements and the bar with the main buttons.

use std::rc::Rc;

use podpis_shared::problem::words::{self, Next};
use podpis_shared::wire::patient::{Consent, DocumentView, EsiaStart};
use yew::prelude::*;

use super::code::CodeDialog;
use super::decline::Decline;
use super::download::{Download, Kind};
use super::flow::Flow;
use super::leave::Leave;
use super::ways::{BY_CODE, BY_ESIA, agreement_first, statements};
use super::whom::{Size, whom};
use crate::model::code::Step as CodeStep;
use crate::model::pages::drawn;
use crate::model::{Event, File, Model, Place, Screen, Step};
use crate::{dom, text};

/// Properties of [`SignBar`].
#[derive(PartialEq, Properties)]
pub(crate) struct SignBarProps {
    pub(crate) model: Rc<Model>,
    pub(crate) document: Rc<DocumentView>,
    pub(crate) flow: Flow,
}

/// What signing means, then the buttons, which stay in view while the pages are read.
#[component]
pub(crate) fn SignBar(props: &SignBarProps) -> Html {
    let (model, document, flow) = (&props.model, &props.document, &props.flow);
    let offers = model.offers();
    let signable = model.signable().is_some();
    let downloaded = {
        let flow = flow.clone();
        Callback::from(move |()| flow.tell(Event::Downloaded))
    };
    let screen = model.screen();
    let busy = screen == Screen::Signing;
    let signs_out = matches!(screen, Screen::Refused(code)
        if words::of(code).is_some_and(|words| words.next.contains(&Next::SignOut)));
    let label = |consent: &Consent| match &model.file {
        _ if !screen.is_open() => text::SIGNING_OFF.to_owned(),
        _ if signable || model.step == Step::Declining || screen == Screen::Code => {
            text::typeset(&consent.button)
        }
        File::Here { pages, .. } => text::waiting_for_pages(drawn(pages), pages.len()),
        File::Arriving { loaded, total } => text::waiting_for_file(*loaded, *total),
        File::Failed(_) => text::SIGNING_OFF.to_owned(),
    };
    let by_esia = offers.esia.as_ref().map(|consent| {
        html! {
            <button
                type="button"
                class={classes!("button", "button-wide", rank(!offers.code_first || busy), busy.then_some("button-busy"))}
                data-testid="sign-esia"
                aria-describedby={BY_ESIA}
                disabled={!signable}
                onclick={sign(model, consent, flow)}
            >
                { if busy { text::STARTING.to_owned() } else { label(consent) } }
            </button>
        }
    });
    let by_code = offers.code.as_ref().filter(|_| !busy).map(|offer| {
        let first = offers.esia.is_none() || offers.code_first;
        html! {
            <button
                type="button"
                class={classes!("button", "button-wide", rank(first))}
                data-testid={if model.place == Place::Agreement { "agreement-accept" } else { "sign-sms" }}
                aria-describedby={BY_CODE}
                aria-haspopup="dialog"
                disabled={!signable}
                onclick={ask(model, &offer.consent, flow)}
            >
                { label(&offer.consent) }
            </button>
        }
    });
    let dialog = offers.code.as_ref().map(|offer| {
        html! {
            <CodeDialog
                entry={Rc::new(model.code.clone())}
                offer={Rc::new(offer.clone())}
                document={document.clone()}
                place={model.place}
                again={ask_again(model, &offer.consent, flow)}
                flow={flow.clone()}
            />
        }
    });
    let two = by_esia.is_some() && by_code.is_some();
    html! {
        <>
            { statements(&offers, document, model.place) }
            { for offers.agreement.iter().map(|clinic| agreement_first(clinic, document)) }
            <div
                class={classes!("bar", two.then_some("bar-two"))}
                role="region"
                aria-label={text::SIGNING_TITLE}
            >
                { whom(document, Size::Line) }
                if signable && signs_out {
                    <p class="bar-hint">{ text::SIGN_OUT_FIRST }</p>
                } else if signable && !model.reached_end {
                    <p class="bar-hint">{ text::READ_TO_END }</p>
                }
                <div class="bar-main">
                    if offers.code_first {
                        { for by_code }
                        { for by_esia }
                    } else {
                        { for by_esia }
                        { for by_code }
                    }
                </div>
                <div class="bar-quiet">
                    if model.place == Place::Agreement {
                        <Leave disabled={model.is_busy()} />
                    } else {
                        <Decline
                            document={document.clone()}
                            place={model.place}
                            disabled={model.is_busy()}
                            declining={model.step == Step::Declining}
                            flow={flow.clone()}
                        />
                    }
                    <Download
                        kind={Kind::Original}
                        class="button button-quiet"
                        label={text::DOWNLOAD}
                        name={text::file_name(&document.title, false)}
                        flow={flow.clone()}
                        done={downloaded}
                    />
                </div>
            </div>
            { for dialog }
        </>
    }
}

/// The look of the button that stands first, or second.
const fn rank(first: bool) -> &'static str {
    if first {
        "button-main"
    } else {
        "button-second"
    }
}

/// What the server is told when a button is pressed; `None` where nothing may be signed.
fn start(model: &Model, consent: &Consent) -> Option<EsiaStart> {
    let hashes = model.signable()?;
    Some(EsiaStart {
        sha256: hashes.sha256,
        streebog256: hashes.streebog256,
        consent_version: consent.version.clone(),
        presentation: model.presentation(dom::now_ms() as u64),
    })
}

/// Off to Gosuslugi.
fn sign(model: &Rc<Model>, consent: &Consent, flow: &Flow) -> Callback<MouseEvent> {
    let (model, consent, flow) = (model.clone(), consent.clone(), flow.clone());
    Callback::from(move |_| {
        if let Some(start) = start(&model, &consent) {
            flow.sign(start);
        }
    })
}

/// To the entry of a code: the one that is on its way already, or a new one.
fn ask(model: &Rc<Model>, consent: &Consent, flow: &Flow) -> Callback<MouseEvent> {
    let (model, consent, flow) = (model.clone(), consent.clone(), flow.clone());
    Callback::from(move |_| {
        let waits = model.code.can_type(dom::unix_now());
        match start(&model, &consent) {
            Some(_) if waits => {
                flow.tell(Event::Stepped(Step::Reading));
                flow.tell(Event::Code(CodeStep::Opened));
            }
            Some(start) => flow.ask_code(start),
            None => {}
        }
    })
}

/// Another code, from the entry.
fn ask_again(model: &Rc<Model>, consent: &Consent, flow: &Flow) -> Callback<()> {
    let (model, consent, flow) = (model.clone(), consent.clone(), flow.clone());
    Callback::from(move |()| {
        if let Some(start) = start(&model, &consent) {
            flow.ask_code(start);
        }
    })
}
