//! Who asks, what for, until when.

use std::rc::Rc;

use podpis_shared::wire::patient::DocumentView;
use yew::prelude::*;

use crate::model::Screen;
use crate::text;

/// Properties of [`TopBar`].
#[derive(PartialEq, Properties)]
pub(crate) struct TopBarProps {
    pub(crate) document: Option<Rc<DocumentView>>,
    /// The document is on its way.
    pub(crate) waiting: bool,
}

/// The clinic's name over everything.
#[component]
pub(crate) fn TopBar(props: &TopBarProps) -> Html {
    html! {
        <header class="top">
            if let Some(document) = &props.document {
                <p class="top-name" data-testid="clinic-name">{ &document.clinic.name }</p>
                <p class="top-what">{ text::request(document.status) }</p>
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
    pub(crate) screen: Screen,
}

/// Title and facts of the document, and the way to sign it in three steps.
#[component]
pub(crate) fn DocumentHeader(props: &DocumentHeaderProps) -> Html {
    let document = &props.document;
    let open = document.status.is_open() && props.screen.is_open();
    let fact = |name: &'static str, value: String| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <section class="card">
            <h1 data-testid="document-title">{ &document.title }</h1>
            <dl class="facts">
                { fact(text::FOR_WHOM, document.signer.clone()) }
                { for document.on_behalf_of.iter().map(|name| fact(text::ON_BEHALF, name.clone())) }
                if open {
                    { fact(text::UNTIL, document.expires_at.moscow_words()) }
                }
                { fact(text::VOLUME, text::volume(document.pages, document.size)) }
            </dl>
            if open {
                <h2 class="small-title">{ text::HOW_TITLE }</h2>
                <ol class="steps">
                    { for text::HOW_STEPS.iter().map(|step| html! { <li>{ *step }</li> }) }
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
