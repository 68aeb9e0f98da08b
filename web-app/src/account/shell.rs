//! What stands around every page: the service's name, the way out, the sections.

use yew::prelude::*;

use super::flow::Flow;
use crate::dom;
use crate::model::account::route::{Filter, Route};
use crate::text::{self, account as words};

/// Id of the part that changes with the page.
pub(super) const MAIN: &str = "main";

/// Properties of [`Top`].
#[derive(PartialEq, Properties)]
pub(super) struct TopProps {
    /// Somebody is signed in.
    pub(super) signed_in: bool,
    pub(super) flow: Flow,
}

/// The head of every page.
#[component]
pub(super) fn Top(props: &TopProps) -> Html {
    let busy = use_state_eq(|| false);
    let skip = Callback::from(|_| dom::focus_id(MAIN));
    let leave = {
        let (flow, busy) = (props.flow.clone(), busy.setter());
        Callback::from(move |_| {
            busy.set(true);
            let busy = busy.clone();
            flow.sign_out(Callback::from(move |()| busy.set(false)));
        })
    };
    html! {
        <header class="top account-top">
            <button type="button" class="skip button button-main" onclick={skip}>{ words::SKIP }</button>
            <div>
                <p class="top-name">{ text::SERVICE }</p>
                <p class="top-what">{ words::DOES }</p>
            </div>
            if props.signed_in {
                <button
                    type="button"
                    class="button button-second button-small"
                    data-testid="sign-out"
                    disabled={*busy}
                    onclick={leave}
                >
                    { if *busy { words::SIGNING_OUT } else { words::SIGN_OUT } }
                </button>
            }
        </header>
    }
}

/// The navigation: three sections at the foot of a phone, all of them beside the page on a wide screen.
///
/// `to_sign`: how many documents wait.
pub(super) fn sections(open: Route, to_sign: u32) -> Html {
    const SECTIONS: [(Route, &str, bool); 6] = [
        (Route::Documents(Filter::ToSign), "documents", true),
        (Route::Profile, "profile", true),
        (Route::Devices, "devices", false),
        (Route::Agreements, "agreements", false),
        (Route::Data, "data", false),
        (Route::Help, "help", true),
    ];
    let here = |route: Route| match (route, open) {
        (Route::Documents(_), Route::Documents(_)) => true,
        (Route::Data, Route::Erase) => true,
        (route, here) => route == here,
    };
    html! {
        <nav class="sections" aria-label={words::NAVIGATION}>
            <ul>
                { for SECTIONS.iter().map(|(route, name, narrow)| {
                    let current = here(*route);
                    // On a phone a page below the profile stands under it.
                    let within = open.section() == *route;
                    html! {
                        <li class={classes!((!narrow).then_some("section-wide"))}>
                            <a
                                href={route.href()}
                                class={classes!("section", within.then_some("section-within"))}
                                data-testid={format!("nav-{name}")}
                                aria-current={current.then_some("page")}
                            >
                                <span class={classes!("icon", format!("icon-{name}"))} aria-hidden="true"></span>
                                <span class="section-name">{ words::short_heading(*route) }</span>
                                if matches!(route, Route::Documents(_)) && to_sign > 0 {
                                    <span class="count" aria-hidden="true">{ count(to_sign) }</span>
                                    <span class="visually-hidden">{ words::waiting(to_sign) }</span>
                                }
                            </a>
                        </li>
                    }
                }) }
            </ul>
        </nav>
    }
}

/// As many as there is room for.
fn count(number: u32) -> String {
    if number > 99 {
        "99+".into()
    } else {
        number.to_string()
    }
}
