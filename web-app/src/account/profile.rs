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

/// The page. `leaving`: the browser is on its way to Gosuslugi.
pub(super) fn page(view: &Rc<AccountView>, leaving: bool, flow: &Flow) -> Html {
    html! {
        <>
            { parts::heading(Route::Profile) }
            { person(view, leaving, flow) }
            <Contacts view={view.clone()} {leaving} flow={flow.clone()} />
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
fn person(view: &AccountView, leaving: bool, flow: &Flow) -> Html {
    let confirmed = view.level == Level::Confirmed;
    let confirm = {
        let flow = flow.clone();
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
                        disabled={leaving}
                        onclick={confirm}
                    >
                        { if leaving { words::LEAVING } else { words::CONFIRM } }
                    </button>
                </p>
            }
        </section>
    }
}
