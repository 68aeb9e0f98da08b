//! After Gosuslugi: the check, then the result.

use std::rc::Rc;

use podpis_shared::wire::patient::DocumentView;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::download::{Download, Kind};
use super::flow::Flow;
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

/// The document is signed: by whom, when, what comes next, and the file.
#[component]
pub(crate) fn SignedBanner(props: &SignedBannerProps) -> Html {
    let document = &props.document;
    let heading = use_node_ref();
    use_effect_with((), {
        let heading = heading.clone();
        move |()| dom::focus(heading.cast::<HtmlElement>())
    });
    let name = text::file_name(&document.title, true);
    html! {
        <section class="card signed" data-testid="signed-banner">
            <span class="tick" aria-hidden="true"></span>
            <h2 class="notice-title" tabindex="-1" ref={heading}>{ text::SIGNED_TITLE }</h2>
            <p>{ text::signed_next(document.kind, document.status) }</p>
            <dl class="facts">
                <div><dt>{ text::SIGNED_BY }</dt><dd>{ &document.signer }</dd></div>
                if let Some(at) = document.signed_at {
                    <div><dt>{ text::SIGNED_AT }</dt><dd>{ at.moscow_words() }</dd></div>
                }
                <div><dt>{ text::SIGNED_HOW }</dt><dd>{ text::SIGNED_HOW_ESIA }</dd></div>
            </dl>
            <p>
                <Download
                    kind={Kind::Signed}
                    class="button button-main button-wide"
                    label={text::DOWNLOAD_SIGNED}
                    name={name.clone()}
                    flow={props.flow.clone()}
                />
            </p>
            if dom::can_share() {
                <p>
                    <Download
                        kind={Kind::Signed}
                        share={true}
                        class="button button-second button-wide"
                        label={text::SHARE}
                        {name}
                        flow={props.flow.clone()}
                    />
                </p>
            }
            <p><a class="link" href="/verify">{ text::HOW_TO_VERIFY }</a></p>
        </section>
    }
}
