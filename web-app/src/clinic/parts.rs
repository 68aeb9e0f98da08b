//! Small parts that the console's pages are made of.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::load::{Act, Load, Loaded};
use crate::dom;
use crate::model::clinic::Note;
use crate::model::clinic::trouble::Trouble;
use crate::text::clinic as words;

/// Id of a page's heading: the focus goes there when the page changes.
pub(super) const TITLE: &str = "page-title";

/// A page's heading, with a sentence under it.
pub(super) fn heading(title: &str, lead: &str) -> Html {
    html! {
        <div class="page-head">
            <h1 id={TITLE} tabindex="-1">{ title.to_owned() }</h1>
            if !lead.is_empty() {
                <p class="soft">{ lead.to_owned() }</p>
            }
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
        Note::Failed(_) => ("notice-warn", "alert", "error"),
        Note::Done(_) => ("notice-good", "status", "note"),
        Note::Ended(_) | Note::Anew | Note::Left => ("notice-calm", "status", "note"),
    };
    let (title, body) = words::note(&props.note);
    html! {
        <div class={classes!("card", "notice", "news", tone)} {role}>
            <h2 class="notice-title" tabindex="-1" ref={heading} data-testid={testid}>{ title }</h2>
            if !body.is_empty() {
                <p>{ body }</p>
            }
            <button type="button" class="news-close" aria-label={words::CLOSE} onclick={props.close.reform(|_| ())} />
        </div>
    }
}

/// A failure in the place of what could not be had, with another try.
pub(super) fn failed(trouble: &Trouble, again: Callback<()>, heading: &'static str) -> Html {
    let (title, body) = words::trouble(trouble);
    html! {
        <div class="card notice notice-warn" role="alert">
            <@{heading} id={(heading == "h1").then_some(TITLE)} class="notice-title" tabindex="-1" data-testid="error">
                { title }
            </@>
            <p>{ body }</p>
            <p>
                <button type="button" class="button button-main" data-testid="retry" onclick={again.reform(|_| ())}>
                    { words::RETRY }
                </button>
            </p>
        </div>
    }
}

/// Grey bars where something will be.
pub(super) fn bones() -> Html {
    html! {
        <div class="card bones" aria-busy="true">
            <p class="visually-hidden">{ words::LOADING }</p>
            <div class="bone bone-line"></div>
            <div class="bone bone-short"></div>
        </div>
    }
}

/// A page's content as it stands.
pub(super) fn loaded<T: 'static>(load: &Load<T>, show: impl FnOnce(&T) -> Html) -> Html {
    match load.now() {
        Loaded::Waiting => bones(),
        Loaded::Here(value) => show(value),
        Loaded::Failed(trouble) => failed(trouble, load.again.clone(), "h2"),
    }
}

/// Why an act failed, beside its button.
pub(super) fn act_failed(act: &Act) -> Html {
    refused(act.trouble())
}

/// Likewise of a failure that is kept elsewhere.
pub(super) fn refused(trouble: Option<&Trouble>) -> Html {
    html! {
        <div class="refused" role="alert">
            if let Some(trouble) = trouble {
                <p class="failed" data-testid="error">{ words::sentence(trouble) }</p>
                if let Some(law) = &trouble.law {
                    <p class="hint">{ words::rule(trouble.rule.as_deref(), law) }</p>
                }
            }
        </div>
    }
}

/// Nothing to show, and why.
pub(super) fn empty(title: &str, body: &str, done: bool) -> Html {
    html! {
        <div class="card empty">
            <span class={classes!("empty-mark", done.then_some("empty-done"))} aria-hidden="true"></span>
            <h2 data-testid="empty">{ title.to_owned() }</h2>
            <p class="soft">{ body.to_owned() }</p>
        </div>
    }
}

/// A fact: its name and its value.
pub(super) fn fact(name: &str, value: impl Into<Html>) -> Html {
    html! { <div><dt>{ name.to_owned() }</dt><dd>{ value.into() }</dd></div> }
}
