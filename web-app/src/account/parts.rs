//! Small parts that several of the account's pages are made of.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::load::{Act, Load, Loaded};
use crate::dom;
use crate::model::account::Note;
use crate::model::account::route::Route;
use crate::model::account::trouble::{Trouble, What};
use crate::text::account as words;

/// Id of a page's heading: the focus goes there when the page changes.
pub(super) const TITLE: &str = "page-title";

/// A page's heading, with the way one level up where there is one.
pub(super) fn heading(route: Route) -> Html {
    html! {
        <div class="page-head">
            if let Some(parent) = route.parent() {
                <p><a class="link up" href={parent.href()}>{ words::heading(parent) }</a></p>
            }
            <h1 id={TITLE} tabindex="-1">{ words::heading(route) }</h1>
        </div>
    }
}

/// Properties of [`News`].
#[derive(PartialEq, Properties)]
pub(super) struct NewsProps {
    pub(super) note: Note,
    pub(super) close: Callback<()>,
}

/// What was just told, above the page; it takes the focus.
#[component]
pub(super) fn News(props: &NewsProps) -> Html {
    let heading = use_node_ref();
    use_effect_with(props.note.clone(), {
        let heading = heading.clone();
        move |_| dom::focus(heading.cast::<HtmlElement>())
    });
    let (tone, role, testid) = match props.note {
        Note::Esia(_) | Note::Failed(_) => ("notice-warn", "alert", "error"),
        Note::Confirmed | Note::Accepted(_) => ("notice-good", "status", "note"),
        _ => ("notice-calm", "status", "note"),
    };
    let notice = words::note(&props.note);
    html! {
        <div class={classes!("card", "notice", "news", tone)} {role}>
            <h2 class="notice-title" tabindex="-1" ref={heading} data-testid={testid}>{ notice.title }</h2>
            <p>{ notice.body }</p>
            if !props.note.is_bad() {
                <button type="button" class="news-close" aria-label={words::CLOSE} onclick={props.close.reform(|_| ())} />
            }
        </div>
    }
}

/// A failure in the place of what could not be had, with another try.
pub(super) fn failed(trouble: &Trouble, again: Callback<()>, heading: &'static str) -> Html {
    let notice = words::trouble(trouble);
    let tone = match trouble.what {
        What::Other | What::Code(_) => "notice-bad",
        _ => "notice-warn",
    };
    html! {
        <div class={classes!("card", "notice", tone)} role="alert">
            <@{heading} id={(heading == "h1").then_some(TITLE)} class="notice-title" tabindex="-1" data-testid="error">
                { notice.title }
            </@>
            <p>{ notice.body }</p>
            <p>
                <button type="button" class="button button-main" data-testid="retry" onclick={again.reform(|_| ())}>
                    { words::RETRY }
                </button>
            </p>
        </div>
    }
}

/// Grey bars where a section will be.
pub(super) fn bones() -> Html {
    html! {
        <div class="card bones" aria-busy="true">
            <p class="visually-hidden">{ words::LOADING }</p>
            <div class="bone bone-line"></div>
            <div class="bone bone-short"></div>
        </div>
    }
}

/// A section's content as it stands.
pub(super) fn loaded<T: 'static>(load: &Load<T>, show: impl FnOnce(&T) -> Html) -> Html {
    match load.now() {
        Loaded::Waiting => bones(),
        Loaded::Here(value) => show(value),
        Loaded::Failed(trouble) => failed(trouble, load.again.clone(), "h2"),
    }
}

/// A sentence under a form that was refused.
pub(super) fn refusal(id: &'static str, sentence: Option<String>) -> Html {
    html! {
        <p class="failed" {id} role="alert" data-testid={sentence.is_some().then_some("error")}>
            { sentence.unwrap_or_default() }
        </p>
    }
}

/// Why an act failed, beside its button.
pub(super) fn act_failed(act: &Act) -> Html {
    act.trouble().map_or_else(Html::default, |trouble| {
        let notice = words::trouble(trouble);
        html! {
            <p class="failed" role="alert" data-testid="error">{ notice.title }{ ". " }{ notice.body }</p>
        }
    })
}
