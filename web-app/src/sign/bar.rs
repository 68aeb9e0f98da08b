//! The statement and the bar with the main button.

use std::rc::Rc;

use podpis_shared::problem::words::{self, Next};
use podpis_shared::wire::patient::{DocumentView, EsiaStart};
use yew::prelude::*;

use super::decline::Decline;
use super::download::{Download, Kind};
use super::flow::Flow;
use crate::model::pages::drawn;
use crate::model::{Event, File, Model, Screen, Step};
use crate::{dom, text};

/// Properties of [`SignBar`].
#[derive(PartialEq, Properties)]
pub(crate) struct SignBarProps {
    pub(crate) model: Rc<Model>,
    pub(crate) document: Rc<DocumentView>,
    pub(crate) flow: Flow,
}

/// What signing means, then the button, which stays in view while the pages are read.
#[component]
pub(crate) fn SignBar(props: &SignBarProps) -> Html {
    let model = &props.model;
    let signable = model.signable();
    let sign = {
        let (model, document, flow) = (model.clone(), props.document.clone(), props.flow.clone());
        Callback::from(move |_| {
            if let Some(hashes) = model.signable() {
                flow.sign(EsiaStart {
                    sha256: hashes.sha256,
                    streebog256: hashes.streebog256,
                    consent_version: document.consent.version.clone(),
                    presentation: model.presentation(dom::now_ms() as u64),
                });
            }
        })
    };
    let downloaded = {
        let flow = props.flow.clone();
        Callback::from(move |()| flow.tell(Event::Downloaded))
    };
    let screen = model.screen();
    let busy = screen == Screen::Signing;
    let signs_out = matches!(screen, Screen::Refused(code)
        if words::of(code).is_some_and(|words| words.next.contains(&Next::SignOut)));
    let label = match &model.file {
        _ if busy => text::STARTING.to_owned(),
        _ if !screen.is_open() => text::SIGNING_OFF.to_owned(),
        _ if signable.is_some() || model.step == Step::Declining => {
            props.document.consent.button.clone()
        }
        File::Here { pages, .. } => text::waiting_for_pages(drawn(pages), pages.len()),
        File::Arriving { loaded, total } => text::waiting_for_file(*loaded, *total),
        File::Failed(_) => text::SIGNING_OFF.to_owned(),
    };
    html! {
        <>
            <section class="card statement">
                <h2>{ text::SIGNING_TITLE }</h2>
                <p id="statement">{ &props.document.consent.statement }</p>
            </section>
            <div class="bar" role="region" aria-label={text::SIGNING_TITLE}>
                if signable.is_some() && signs_out {
                    <p class="bar-hint">{ text::SIGN_OUT_FIRST }</p>
                } else if signable.is_some() && !model.reached_end {
                    <p class="bar-hint">{ text::READ_TO_END }</p>
                }
                <button
                    type="button"
                    class={classes!("button", "button-main", "button-wide", busy.then_some("button-busy"))}
                    data-testid="sign-esia"
                    aria-describedby="statement"
                    disabled={signable.is_none()}
                    onclick={sign}
                >
                    { label }
                </button>
                <div class="bar-quiet">
                    <Decline
                        document={props.document.clone()}
                        disabled={model.is_busy()}
                        declining={model.step == Step::Declining}
                        flow={props.flow.clone()}
                    />
                    <Download
                        kind={Kind::Original}
                        class="button button-quiet"
                        label={text::DOWNLOAD}
                        name={text::file_name(&props.document.title, false)}
                        flow={props.flow.clone()}
                        done={downloaded}
                    />
                </div>
            </div>
        </>
    }
}
