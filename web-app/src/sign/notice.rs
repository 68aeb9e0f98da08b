//! What went wrong or ended, and the one thing to do next.

use std::rc::Rc;

use podpis_shared::problem::Code;
use podpis_shared::problem::words::{self, Next};
use podpis_shared::wire::patient::DocumentView;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::download::{Download, Kind};
use super::flow::Flow;
use super::sign_in;
use crate::model::access::ACCOUNT;
use crate::model::{Place, Screen};
use crate::{dom, text};

/// Properties of [`Notice`].
#[derive(PartialEq, Properties)]
pub(crate) struct NoticeProps {
    pub(crate) screen: Screen,
    pub(crate) place: Place,
    pub(crate) document: Option<Rc<DocumentView>>,
    /// Gosuslugi's answer can be handed in again.
    pub(crate) repeat: bool,
    pub(crate) flow: Flow,
}

/// Nothing while all is well; else a card that takes the focus.
#[component]
pub(crate) fn Notice(props: &NoticeProps) -> Html {
    let heading = use_node_ref();
    let notice = text::notice::notice(props.screen, props.place);
    use_effect_with(props.screen, {
        let heading = heading.clone();
        move |_| dom::focus(heading.cast::<HtmlElement>())
    });
    let Some(notice) = notice else {
        return Html::default();
    };
    let tone = match props.screen {
        Screen::HashMismatch
        | Screen::RenderFailed
        | Screen::Error
        | Screen::Refused(Code::WrongPerson) => "notice-bad",
        Screen::Declined | Screen::Cancelled | Screen::Superseded => "notice-calm",
        _ => "notice-warn",
    };
    // Where nothing is known of the document, this is the page's first heading.
    let level = if props.document.is_some() { "h2" } else { "h1" };
    html! {
        <div class={classes!("card", "notice", tone)} role="alert">
            <@{level} class="notice-title" tabindex="-1" ref={heading} data-testid="error">{ notice.title }</@>
            <p>{ notice.body }</p>
            { next_step(props) }
        </div>
    }
}

/// Buttons under the notice; the main one, which signs, has its own place at the bottom of the page.
fn next_step(props: &NoticeProps) -> Html {
    let retry = || {
        let flow = props.flow.clone();
        button(text::RETRY, Callback::from(move |_| flow.retry()))
    };
    match (props.screen, &props.document) {
        (Screen::Offline | Screen::Error | Screen::ServiceDown | Screen::TooMany, _) => retry(),
        (Screen::SignedOut, _) => html! {
            <p>
                <button type="button" class="button button-main" data-testid="sign-in" onclick={|_| sign_in()}>
                    { text::SIGN_IN }
                </button>
            </p>
        },
        (Screen::NotFound, _) => to_account("button button-main"),
        (Screen::Superseded, Some(_)) if props.place.is_account() => {
            to_account("button button-main")
        }
        (Screen::HashMismatch, _) => button(text::RELOAD, Callback::from(|_| dom::reload())),
        (Screen::RenderFailed, Some(document)) => {
            paper(document, &props.flow, "button button-main")
        }
        (Screen::Expired | Screen::Declined | Screen::Cancelled, Some(document)) => {
            call(document, "button button-main")
        }
        (Screen::Refused(code), Some(document)) => {
            let next = words::of(code).map_or(&[][..], |words| words.next);
            let step = |next: &Next| match next {
                Next::Repeat if props.repeat => retry(),
                Next::Call => call(document, "button button-second"),
                Next::Paper => paper(document, &props.flow, "button button-second"),
                Next::Repeat | Next::SignIn | Next::SignOut => Html::default(),
            };
            next.iter().map(step).collect()
        }
        _ => Html::default(),
    }
}

fn button(label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <p><button type="button" class="button button-main" data-testid="retry" {onclick}>{ label }</button></p>
    }
}

/// The list of documents.
fn to_account(class: &'static str) -> Html {
    html! { <p><a {class} href={ACCOUNT}>{ text::MY_DOCUMENTS }</a></p> }
}

/// The clinic's phone, where it is known.
fn call(document: &DocumentView, class: &'static str) -> Html {
    let phone = document.clinic.support_phone.as_ref();
    phone.map_or_else(Html::default, |phone| {
        html! {
            <p><a {class} href={format!("tel:{phone}")} data-testid="call-clinic">{ text::CALL_CLINIC }</a></p>
        }
    })
}

/// The document as a file, to read or to take along.
fn paper(document: &DocumentView, flow: &Flow, class: &'static str) -> Html {
    html! {
        <p>
            <Download
                kind={Kind::Original}
                {class}
                label={text::DOWNLOAD_ORIGINAL}
                name={text::file_name(&document.title, false)}
                flow={flow.clone()}
            />
        </p>
    }
}
