//! Who the person is, and the ways into the account.

use std::rc::Rc;

use podpis_shared::wire::account::{AccountView, Level, LoginPurpose};
use yew::prelude::*;

use super::contacts::Contacts;
use super::flow::Flow;
use super::notices::NoticesCard;
use super::parts;
use crate::model::account::route::Route;
use crate::text::account as words;

/// Properties of [`Profile`].
#[derive(PartialEq, Properties)]
pub(super) struct ProfileProps {
    pub(super) view: Rc<AccountView>,
    /// The browser is leaving for Gosuslugi.
    pub(super) leaving: bool,
    pub(super) flow: Flow,
}

/// The page.
#[component]
pub(super) fn Profile(props: &ProfileProps) -> Html {
    let ProfileProps { view, flow, .. } = props;
    html! {
        <>
            { parts::heading(Route::Profile) }
            { person(props) }
            <Contacts view={view.clone()} leaving={props.leaving} flow={flow.clone()} />
            <NoticesCard view={view.clone()} flow={flow.clone()} />
            <section class="card below">
                <h2>{ words::MORE_SECTIONS }</h2>
                <ul class="ways">
                    { for [Route::Devices, Route::Agreements, Route::Data].iter().map(|route| html! {
                        <li>
                            <a class="way" href={route.href()}>
                                <span class="way-name">{ words::heading(*route) }</span>
                                <span class="soft">{ words::about(*route) }</span>
                            </a>
                        </li>
                    }) }
                </ul>
            </section>
        </>
    }
}

/// Name, and how well we know that it is theirs.
fn person(props: &ProfileProps) -> Html {
    let view = &props.view;
    let confirmed = view.level == Level::Confirmed;
    let confirm = {
        let flow = props.flow.clone();
        Callback::from(move |_| flow.esia(LoginPurpose::Bind, Route::Profile))
    };
    html! {
        <section class="card person">
            if let Some(name) = &view.name {
                <h2 class="person-name" data-testid="account-name">{ name }</h2>
            } else {
                <h2 class="person-name">{ words::NAME_UNKNOWN }</h2>
                <p class="soft">{ words::NAME_UNKNOWN_BODY }</p>
            }
            if let Some(date) = &view.birth_date {
                <p>{ words::born(date) }</p>
            }
            <p
                class={classes!("level", if confirmed { "state-done" } else { "state-goes" })}
                data-testid="account-level"
                data-level={if confirmed { "confirmed" } else { "contact" }}
            >
                <span class="doc-mark" aria-hidden="true"></span>
                <span>{ words::level(view.level) }</span>
            </p>
            if !confirmed {
                <p>{ words::CONFIRM_WHY }</p>
                <p>
                    <button
                        type="button"
                        class="button button-main"
                        data-testid="bind-esia"
                        disabled={props.leaving}
                        onclick={confirm}
                    >
                        { if props.leaving { words::LEAVING } else { words::CONFIRM } }
                    </button>
                </p>
            }
        </section>
    }
}
