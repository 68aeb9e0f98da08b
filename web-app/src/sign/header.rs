//! Who asks, what for, until when.

use std::rc::Rc;

use podpis_shared::wire::patient::DocumentView;
use yew::prelude::*;

use super::whom::{Size, whom};
use crate::dom;
use crate::model::access::ACCOUNT;
use crate::model::{Offers, Place, Screen};
use crate::text;

/// Properties of [`TopBar`].
#[derive(PartialEq, Properties)]
pub(crate) struct TopBarProps {
    pub(crate) document: Option<Rc<DocumentView>>,
    pub(crate) place: Place,
    /// The document is on its way.
    pub(crate) waiting: bool,
}

/// The clinic's logo and name over everything; the page takes the clinic's colour.
#[component]
pub(crate) fn TopBar(props: &TopBarProps) -> Html {
    let palette = props
        .document
        .as_ref()
        .and_then(|document| document.clinic.palette);
    use_effect_with(palette, |palette| {
        if let Some(palette) = palette {
            dom::color_page(palette);
        }
    });
    html! {
        <header class="top">
            if props.place.is_account() {
                <p class="top-back"><a class="link" href={ACCOUNT} data-testid="my-documents">{ text::MY_DOCUMENTS }</a></p>
            }
            if let Some(document) = &props.document {
                if let Some(logo) = &document.clinic.logo {
                    // Its name stands below: to a screen reader the picture says nothing more.
                    <img
                        class="top-logo"
                        data-testid="clinic-logo"
                        src={logo.src.clone()}
                        alt=""
                        width={logo.width.to_string()}
                        height={logo.height.to_string()}
                    />
                }
                <p class="top-name" data-testid="clinic-name">{ &document.clinic.name }</p>
                <p class="top-what">{ text::request(document, props.place) }</p>
            } else if !props.waiting {
                <p class="top-name">{ text::SERVICE }</p>
                <p class="top-what">{ text::SERVICE_DOES }</p>
            } else {
                <p class="top-name"><span class="bone bone-name"></span></p>
                <p class="top-what"><span class="bone bone-short"></span></p>
            }
        </header>
    }
}

/// Properties of [`DocumentHeader`].
#[derive(PartialEq, Properties)]
pub(crate) struct DocumentHeaderProps {
    pub(crate) document: Rc<DocumentView>,
    pub(crate) offers: Rc<Offers>,
    pub(crate) place: Place,
    pub(crate) screen: Screen,
}

/// Title and facts of the document, and the way to sign it in three steps.
#[component]
pub(crate) fn DocumentHeader(props: &DocumentHeaderProps) -> Html {
    let document = &props.document;
    let open = document.status.is_open() && props.screen.is_open() && document.may_act;
    let steps = text::ways::steps(&props.offers, props.place);
    // A clinic's agreement has no deadline, and is addressed to whoever reads it.
    let addressed = document.agreement.is_none();
    let fact = |name: &'static str, value: String| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <section class="card">
            <h1 data-testid="document-title">{ &document.title }</h1>
            { whom(document, Size::Large) }
            <dl class="facts">
                if addressed {
                    { fact(if document.kept { text::TO_WHOM } else { text::FOR_WHOM }, document.signer.clone()) }
                }
                if open && addressed && document.consultation.is_none() {
                    { fact(text::UNTIL, document.expires_at.moscow_words()) }
                }
                { fact(text::VOLUME, text::volume(document.pages, document.size)) }
            </dl>
            if open && !document.package_waiting.is_empty() {
                <p data-testid="package-note">{ text::package::note(document.package_waiting.len()) }</p>
            }
            if open {
                <h2 class="small-title">{ text::HOW_TITLE }</h2>
                <ol class="steps">
                    { for steps.iter().map(|step| html! { <li>{ *step }</li> }) }
                </ol>
            }
        </section>
    }
}

/// The same place while nothing is known yet.
#[component]
pub(crate) fn Skeleton() -> Html {
    html! {
        <div class="card" aria-hidden="true">
            <div class="bone bone-title"></div>
            <div class="bone bone-line"></div>
            <div class="bone bone-line"></div>
            <div class="bone bone-short"></div>
        </div>
    }
}
