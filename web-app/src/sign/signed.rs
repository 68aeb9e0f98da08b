//! After Gosuslugi: the check, then the result.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use podpis_shared::wire::patient::DocumentView;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::download::{Download, Kind};
use super::flow::Flow;
use super::whom::{Size, whom};
use crate::model::access::{after_acceptance, document_address};
use crate::{dom, text};

/// The signature is being checked.
#[component]
pub(crate) fn Completing() -> Html {
    html! {
        <div class="card notice notice-calm">
            <span class="spinner" aria-hidden="true"></span>
            <h2 class="notice-title">{ text::COMPLETING }</h2>
            <p>{ text::COMPLETING_BODY }</p>
        </div>
    }
}

/// Properties of [`SignedBanner`].
#[derive(PartialEq, Properties)]
pub(crate) struct SignedBannerProps {
    pub(crate) document: Rc<DocumentView>,
    pub(crate) flow: Flow,
}

/// The document is signed: by whom, when, what comes next, and the files.
#[component]
pub(crate) fn SignedBanner(props: &SignedBannerProps) -> Html {
    let document = &props.document;
    let heading = use_focus();
    let signed = text::file_name(&document.title, true);
    // Once the clinic has signed, the copy to keep is the final one.
    let by_clinic = !document.clinic_signed.is_empty();
    let (title, kind, label, name) = if by_clinic {
        let name = text::final_name(&document.title);
        (
            text::CLINIC_SIGNED_TITLE,
            Kind::Final,
            text::DOWNLOAD_FINAL,
            name,
        )
    } else {
        (
            text::SIGNED_TITLE,
            Kind::Signed,
            text::DOWNLOAD_SIGNED,
            signed.clone(),
        )
    };
    let download = |kind, class, label, name| {
        html! {
            <p>
                <Download
                    {kind}
                    {class}
                    {label}
                    {name}
                    flow={props.flow.clone()}
                />
            </p>
        }
    };
    html! {
        <section class="card signed" data-testid="signed-banner">
            <span class="tick" aria-hidden="true"></span>
            <h2 class="notice-title" tabindex="-1" ref={heading}>{ title }</h2>
            { whom(document, Size::Small) }
            <p>{ text::signed_next(document) }</p>
            { next_of_package(document) }
            <dl class="facts">
                <div><dt>{ text::SIGNED_BY }</dt><dd>{ &document.signer }</dd></div>
                if let Some(at) = document.signed_at {
                    <div><dt>{ text::SIGNED_AT }</dt><dd>{ at.moscow_words() }</dd></div>
                }
                <div><dt>{ text::SIGNED_HOW }</dt><dd>{ text::signed_how(document.signed_with) }</dd></div>
                { for document.clinic_signed.iter().map(|one| html! {
                    <div data-testid="clinic-signed">
                        <dt>{ text::CLINIC_SIGNED_BY }</dt>
                        <dd>{ text::clinic_signer(one) }<br />{ one.at.moscow_words() }</dd>
                    </div>
                }) }
            </dl>
            { download(kind, "button button-main button-wide", label, name.clone()) }
            if dom::can_share() {
                <p>
                    <Download
                        {kind}
                        share={true}
                        class="button button-second button-wide"
                        label={text::SHARE}
                        {name}
                        flow={props.flow.clone()}
                    />
                </p>
            }
            <div class="more">
                if by_clinic {
                    { download(Kind::Signed, "button button-quiet", text::DOWNLOAD_SIGNED_ONLY, signed) }
                }
                { download(Kind::Original, "button button-quiet", text::DOWNLOAD_AS_SENT, text::file_name(&document.title, false)) }
                { download(Kind::Evidence, "button button-quiet", text::DOWNLOAD_EVIDENCE, text::evidence_name(&document.title)) }
                <p><a class="button button-quiet" href="/verify">{ text::HOW_TO_VERIFY }</a></p>
            </div>
        </section>
    }
}

/// The way to the next document of the same package: opened and signed on its own.
fn next_of_package(document: &DocumentView) -> Html {
    let Some(next) = document.package_waiting.first() else {
        return Html::default();
    };
    let address = document_address(next);
    let onclick = Callback::from({
        let address = address.clone();
        move |event: MouseEvent| {
            // In a tab of its own it is the browser's affair.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                dom::open_anew(&address);
            }
        }
    });
    html! {
        <>
            <p data-testid="package-rest">{ text::package::rest(document.package_waiting.len()) }</p>
            <p>
                <a class="button button-main button-wide" data-testid="package-next" href={address} {onclick}>
                    { text::PACKAGE_NEXT }
                </a>
            </p>
        </>
    }
}

/// Properties of [`AcceptedBanner`].
#[derive(PartialEq, Properties)]
pub(crate) struct AcceptedBannerProps {
    pub(crate) document: Rc<DocumentView>,
    /// Just now; else it was earlier.
    pub(crate) now: bool,
}

/// An agreement is accepted: the way on, which after a moment goes by itself.
#[component]
pub(crate) fn AcceptedBanner(props: &AcceptedBannerProps) -> Html {
    /// Long enough to be read, also aloud.
    const PAUSE_MS: u32 = 4_000;
    let heading = use_focus();
    let next = after_acceptance(&dom::fragment());
    use_effect_with(props.now, {
        let next = next.clone();
        move |now| {
            let timer = now.then(|| Timeout::new(PAUSE_MS, move || dom::replace_with(&next)));
            move || drop(timer)
        }
    });
    let agreement = props.document.agreement.as_ref();
    let copy = agreement.and_then(|agreement| agreement.accepted.as_deref());
    let names_phone = agreement.is_some_and(|agreement| agreement.phone.is_some());
    html! {
        <section class="card signed" data-testid="signed-banner">
            <span class="tick" aria-hidden="true"></span>
            <h2 class="notice-title" tabindex="-1" ref={heading}>{ text::ACCEPTED_TITLE }</h2>
            <p>{ if props.now { text::accepted_body(names_phone) } else { text::ACCEPTED_BEFORE } }</p>
            if props.now {
                <p>{ text::ACCEPTED_GOING }</p>
            }
            <p><a class="button button-main button-wide" data-testid="go-on" href={next}>{ text::GO_ON }</a></p>
            if let Some(id) = copy {
                <p><a class="button button-quiet" href={document_address(id)}>{ text::ACCEPTED_COPY }</a></p>
            }
        </section>
    }
}

/// A heading that takes the focus, and with it the screen reader, when it appears.
#[hook]
fn use_focus() -> NodeRef {
    let heading = use_node_ref();
    use_effect_with((), {
        let heading = heading.clone();
        move |()| dom::focus(heading.cast::<HtmlElement>())
    });
    heading
}
