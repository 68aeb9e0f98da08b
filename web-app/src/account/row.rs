//! One document of the list.

use std::rc::Rc;

use podpis_shared::wire::account::DocumentItem;
use podpis_shared::{Status, Timestamp};
use yew::prelude::*;

use crate::model::account::urgency::Urgency;
use crate::text::account as words;

/// Properties of [`Row`].
#[derive(PartialEq, Properties)]
pub(super) struct RowProps {
    pub(super) item: Rc<DocumentItem>,
    /// The level of its heading.
    pub(super) level: &'static str,
    /// The colour of the person whom it is about, when that is somebody else.
    pub(super) person: Option<&'static str>,
    pub(super) now: Timestamp,
}

/// The row: all of it leads to the document.
#[component]
pub(super) fn Row(props: &RowProps) -> Html {
    let RowProps { item, now, .. } = props;
    let open = item.status.is_open();
    let waits = open && item.mine_to_sign;
    let id = |part: &str| format!("doc-{part}-{}", item.id);
    let described = ["whom", "clinic", "state"].map(id).join(" ");
    html! {
        <li
            class={classes!("doc", props.person, item.unread.then_some("doc-unread"))}
            id={format!("doc-{}", item.id)}
            data-testid="document-item"
            data-document-id={item.id.clone()}
            data-status={item.status.as_str()}
        >
            if let Some(name) = &item.on_behalf_of {
                <p class="doc-whom" id={id("whom")} data-testid="document-whom">
                    <span class="icon icon-person" aria-hidden="true"></span>
                    <span>{ words::for_whom(name, item.on_behalf_of_age) }</span>
                </p>
            }
            <div class="doc-body">
                <div class="doc-main">
                    <@{props.level} class="doc-title">
                        <a href={format!("/account/document#{}", item.id)} aria-describedby={described}>
                            { &item.title }
                        </a>
                        if item.unread {
                            { " " }
                            <span class="doc-new">{ words::UNREAD }</span>
                        }
                    </@>
                    <div class="doc-clinic">
                        if let Some(src) = &item.clinic.logo {
                            <img class="doc-logo" src={src.clone()} alt="" loading="lazy" />
                        }
                        <p id={id("clinic")}>{ &item.clinic.name }</p>
                    </div>
                </div>
                <div class="doc-facts" id={id("state")}>
                    <p class={classes!("doc-state", mark(item))}>
                        <span class="doc-mark" aria-hidden="true"></span>
                        <span>{ words::status(item, *now) }</span>
                    </p>
                    if waits {
                        { until(item, *now) }
                    } else if !item.kept {
                        <p class="doc-when">{ words::came(item.created_at, *now) }</p>
                    }
                </div>
            </div>
        </li>
    }
}

/// The deadline, louder as it nears, and how it is signed.
fn until(item: &DocumentItem, now: Timestamp) -> Html {
    let (until, left) = words::deadline(item.expires_at, now);
    let hours = matches!(Urgency::of(item.expires_at, now), Urgency::Hours(_));
    html! {
        <p class="doc-when">
            { words::way(item.method) }{ ", " }{ until }
            if let Some(left) = left {
                { " " }
                <strong class={classes!("doc-left", hours.then_some("doc-soon"))}>{ left }</strong>
            }
        </p>
    }
}

/// The shape and colour of a state.
fn mark(item: &DocumentItem) -> &'static str {
    match item.status {
        Status::Sent | Status::Opened if item.mine_to_sign => "state-waits",
        Status::Sent | Status::Opened | Status::PatientSigned => "state-goes",
        Status::Completed if item.kept => "state-kept",
        Status::Completed => "state-done",
        Status::Declined | Status::Expired | Status::Cancelled | Status::Superseded => "state-over",
    }
}
