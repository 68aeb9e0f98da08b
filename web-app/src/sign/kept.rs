//! A document that the clinic sent for keeping: nothing to sign, only the file.

use std::rc::Rc;

use podpis_shared::wire::patient::DocumentView;
use yew::prelude::*;

use super::download::{Download, Kind};
use super::flow::Flow;
use super::whom::{Size, whom};
use crate::{dom, text};

/// Properties of [`KeptBanner`].
#[derive(PartialEq, Properties)]
pub(crate) struct KeptBannerProps {
    pub(crate) document: Rc<DocumentView>,
    pub(crate) flow: Flow,
}

/// What the document is there for, when it came, and the file.
#[component]
pub(crate) fn KeptBanner(props: &KeptBannerProps) -> Html {
    let document = &props.document;
    let download = |share, class, label| {
        html! {
            <p>
                <Download
                    kind={Kind::Original}
                    {share}
                    {class}
                    {label}
                    name={text::file_name(&document.title, false)}
                    flow={props.flow.clone()}
                />
            </p>
        }
    };
    html! {
        <section class="card notice notice-calm" data-testid="kept-banner">
            <h2 class="notice-title">{ text::KEPT_TITLE }</h2>
            { whom(document, Size::Small) }
            <p>{ text::KEPT_BODY }</p>
            <dl class="facts">
                <div><dt>{ text::KEPT_CAME }</dt><dd>{ document.created_at.moscow_words() }</dd></div>
            </dl>
            { download(false, "button button-main button-wide", text::KEPT_DOWNLOAD) }
            if dom::can_share() {
                { download(true, "button button-second button-wide", text::SHARE) }
            }
        </section>
    }
}
