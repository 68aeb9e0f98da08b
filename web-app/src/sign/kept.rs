//! A document that the clinic sent for keeping: nothing to sign, only the file.

use std::rc::Rc;

use podpis_shared::wire::kept::KeptSignature;
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
    let sig = |number: u32| {
        html! {
            <p>
                <Download
                    kind={Kind::KeptSignature(number)}
                    class="button button-second button-wide"
                    label={text::kept::DOWNLOAD}
                    name={text::kept::file_name(&document.title, number)}
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
                { for document.kept_signatures.iter().map(signature) }
            </dl>
            if !document.kept_signatures.is_empty() {
                <p class="small">{ text::kept::NOTICE }</p>
            }
            { for files(document).into_iter().map(sig) }
            { download(false, "button button-main button-wide", text::KEPT_DOWNLOAD) }
            if dom::can_share() {
                { download(true, "button button-second button-wide", text::SHARE) }
            }
        </section>
    }
}

/// Whose signature it is, when it was made, and what the check found.
fn signature(one: &KeptSignature) -> Html {
    html! {
        <div data-testid="kept-signature">
            <dt>{ text::kept::SIGNATURE }</dt>
            <dd>{ text::kept::whose(one) }<br />{ text::kept::found(one) }</dd>
        </div>
    }
}

/// Numbers of the detached signatures' files: one may hold several.
fn files(document: &DocumentView) -> Vec<u32> {
    let mut files: Vec<u32> = document
        .kept_signatures
        .iter()
        .filter_map(|one| one.file)
        .collect();
    files.dedup();
    files
}
