//! What went wrong or ended, and the one thing to do next.

use std::rc::Rc;

use podpis_shared::wire::patient::DocumentView;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::download::{Download, Kind};
use super::flow::Flow;
use crate::model::Screen;
use crate::{dom, text};

/// Properties of [`Notice`].
#[derive(PartialEq, Properties)]
pub(crate) struct NoticeProps {
    pub(crate) screen: Screen,
    pub(crate) document: Option<Rc<DocumentView>>,
    pub(crate) flow: Flow,
}

/// Nothing while all is well; else a card that takes the focus.
#[component]
pub(crate) fn Notice(props: &NoticeProps) -> Html {
    let heading = use_node_ref();
    let notice = text::notice(props.screen);
    use_effect_with(props.screen, {
        let heading = heading.clone();
        move |_| dom::focus(heading.cast::<HtmlElement>())
    });
    let Some(notice) = notice else {
        return Html::default();
    };
    let tone = match props.screen {
        Screen::HashMismatch | Screen::RenderFailed | Screen::Error | Screen::WrongPerson => {
            "notice-bad"
        }
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

fn next_step(props: &NoticeProps) -> Html {
    let button = |label: &'static str, onclick: Callback<MouseEvent>| {
        html! {
            <p><button type="button" class="button button-main" data-testid="retry" {onclick}>{ label }</button></p>
        }
    };
    match (props.screen, &props.document) {
        (Screen::Offline | Screen::Error, _) => {
            let flow = props.flow.clone();
            button(text::RETRY, Callback::from(move |_| flow.retry()))
        }
        (Screen::HashMismatch, _) => button(text::RELOAD, Callback::from(|_| dom::reload())),
        (Screen::RenderFailed, Some(document)) => html! {
            <p>
                <Download
                    kind={Kind::Original}
                    class="button button-main"
                    label={text::DOWNLOAD_ORIGINAL}
                    name={text::file_name(&document.title, false)}
                    flow={props.flow.clone()}
                />
            </p>
        },
        (Screen::Expired | Screen::Declined | Screen::Cancelled, Some(document)) => {
            let phone = document.clinic.support_phone.as_ref();
            phone.map_or_else(Html::default, |phone| html! {
                <p><a class="button button-main" href={format!("tel:{phone}")}>{ text::CALL_CLINIC }</a></p>
            })
        }
        _ => Html::default(),
    }
}
